/** A TCP proxy before a MySQL or MariaDB server that can lose the COMMIT, or only the answer to it. */
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** `forward` loses nothing; `lose commit` drops the line before the server sees it; `lose answer` after. */
export type ProxyMode = 'forward' | 'lose commit' | 'lose answer'

export interface CommitProxy {
  readonly port: number
  mode: ProxyMode
  close(): Promise<void>
}

export function startCommitProxy(serverPort: number): Promise<CommitProxy> {
  const sockets = new Set<Socket>()
  const listener = createServer((client) => {
    relay(client, connect(serverPort, '127.0.0.1'), () => proxy.mode, sockets)
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

function relay(client: Socket, server: Socket, mode: () => ProxyMode, sockets: Set<Socket>): void {
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
    if (isCommit(chunk) && mode() !== 'forward') {
      if (mode() === 'lose commit') {
        cut()
        return
      }
      swallow = true
    }
    server.write(chunk)
  })
  server.on('data', (chunk) => {
    if (swallow) cut()
    else client.write(chunk)
  })
}

/** Three bytes of length, a sequence number, COM_QUERY (3), then the text. */
function isCommit(packet: Buffer): boolean {
  return packet[4] === 3 && packet.subarray(5).toString('latin1') === 'COMMIT'
}
