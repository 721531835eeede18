/** A TCP proxy before a MySQL or MariaDB server that can lose a COMMIT, or another statement, or the answer to it. */
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/**
 * `forward` loses nothing; `lose commit` drops the line before the server sees the statement; `lose answer` when
 * it answers; `lose line` as soon as it has the statement.
 */
export type ProxyMode = 'forward' | 'lose commit' | 'lose answer' | 'lose line'

export interface CommitProxy {
  readonly port: number
  mode: ProxyMode
  close(): Promise<void>
}

/** `statement`: how the statement begins that is lost. */
export function startCommitProxy(serverPort: number, statement = 'COMMIT'): Promise<CommitProxy> {
  const sockets = new Set<Socket>()
  // Once: whatever comes after what was lost gets through.
  const take = (): ProxyMode => {
    const { mode } = proxy
    proxy.mode = 'forward'
    return mode
  }
  const listener = createServer((client) => {
    relay(client, connect(serverPort, '127.0.0.1'), take, sockets, statement)
  })
  const proxy: CommitProxy = {
    port: 0,
    mode: 'forward',
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        listener.close(() => {
          resolve()
        })
      }),
  }
  return new Promise((resolve) => {
    listener.listen(0, '127.0.0.1', () => {
      resolve(Object.assign(proxy, { port: (listener.address() as AddressInfo).port }))
    })
  })
}

function relay(
  client: Socket,
  server: Socket,
  take: () => ProxyMode,
  sockets: Set<Socket>,
  statement: string,
): void {
  let swallow = false
  const cut = (): void => {
    client.destroy()
    server.destroy()
  }
  for (const socket of [client, server]) {
    sockets.add(socket)
    socket.on('error', cut)
    socket.on('close', () => {
      sockets.delete(socket)
      cut()
    })
  }
  client.on('data', (chunk) => {
    const mode = begins(chunk, statement) ? take() : 'forward'
    swallow ||= mode === 'lose answer'
    if (mode === 'lose commit') cut()
    else server.write(chunk, mode === 'lose line' ? cut : undefined)
  })
  server.on('data', (chunk) => {
    if (swallow) cut()
    else client.write(chunk)
  })
}

/** Three bytes of length, a sequence number, COM_QUERY (3), then the text. */
function begins(packet: Buffer, statement: string): boolean {
  return packet[4] === 3 && packet.subarray(5).toString('latin1').startsWith(statement)
}
