/** A TCP proxy before a MySQL or MariaDB server that can lose a COMMIT, or another statement, or the answer to it. */
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/**
 * `lose commit` drops the line before the server sees the statement; `lose line` as soon as the server has it;
 * `lose answer` when it answers, `half answer` in the middle of that.
 */
export type Cut = 'lose commit' | 'lose line' | 'lose answer' | 'half answer'
export const cuts: readonly Cut[] = ['lose commit', 'lose line', 'lose answer', 'half answer']

export interface CommitProxy {
  readonly port: number
  /** Cuts the line at the next such statement, once; on a connection that has sent `after` before it, if told. */
  cut(how: Cut, after?: RegExp): void
  /** At the next cut every other line is cut as well, and so many connections are refused after it. */
  refuse(connections: number): void
  /** Null: the cut that was asked for last has happened. */
  readonly waiting: Cut | null
  close(): Promise<void>
}

interface Order {
  how: Cut | null
  after: RegExp | null
  refuse: number
}

/** `statement`: what is lost; also a COMMIT inside a compound statement, unless told. */
export function startCommitProxy(serverPort: number, statement = /\bCOMMIT\b/): Promise<CommitProxy> {
  const sockets = new Set<Socket>()
  const order: Order = { how: null, after: null, refuse: 0 }
  let refused = 0
  const goDown = (): void => {
    if (order.refuse === 0) return
    refused = order.refuse
    order.refuse = 0
    for (const socket of sockets) socket.destroy()
  }
  const listener = createServer((client) => {
    if (refused > 0) {
      refused -= 1
      client.destroy()
      return
    }
    relay(client, connect(serverPort, '127.0.0.1'), { order, statement, goDown }, sockets)
  })
  return new Promise((resolve) => {
    listener.listen(0, '127.0.0.1', () => {
      resolve({
        port: (listener.address() as AddressInfo).port,
        get waiting() {
          return order.how
        },
        cut: (how, after) => {
          Object.assign(order, { how, after: after ?? null })
        },
        refuse: (connections) => {
          order.refuse = connections
        },
        close: () =>
          new Promise((closed) => {
            for (const socket of sockets) socket.destroy()
            listener.close(() => {
              closed()
            })
          }),
      })
    })
  })
}

function relay(
  client: Socket,
  server: Socket,
  {
    order,
    statement,
    goDown,
  }: { readonly order: Order; readonly statement: RegExp; readonly goDown: () => void },
  sockets: Set<Socket>,
): void {
  let seen = false
  let answer: 'whole' | 'none' | 'half' = 'whole'
  const end = (): void => {
    client.destroy()
    server.destroy()
  }
  const cut = (): void => {
    end()
    goDown()
  }
  for (const socket of [client, server]) {
    sockets.add(socket)
    socket.on('error', end)
    socket.on('close', () => {
      sockets.delete(socket)
      end()
    })
  }
  client.on('data', (chunk) => {
    const text = queryText(chunk)
    seen ||= order.after?.test(text) ?? true
    if (order.how !== null && seen && statement.test(text)) {
      const how = order.how
      order.how = null
      if (how === 'lose commit') {
        cut()
        return
      }
      if (how === 'lose line') {
        server.write(chunk, cut)
        return
      }
      answer = how === 'half answer' ? 'half' : 'none'
    }
    server.write(chunk)
  })
  server.on('data', (chunk) => {
    if (answer === 'whole') client.write(chunk)
    else if (answer === 'none') cut()
    else
      client.write(chunk.subarray(0, chunk.length >> 1), () => {
        cut()
      })
  })
}

/** Three bytes of length, a sequence number, COM_QUERY (3), then the text: a plain COMMIT or a compound statement. */
function queryText(packet: Buffer): string {
  return packet[4] === 3 ? packet.subarray(5).toString('latin1') : ''
}
