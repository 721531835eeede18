/** A mail server that misbehaves on purpose, one fault at a time. */
import { createServer, type AddressInfo, type Socket } from 'node:net'

export type Fault =
  | 'none'
  | 'greeting closed'
  | 'greeting 421'
  | 'MAIL 421'
  | 'MAIL 550'
  | 'RCPT 450'
  | 'RCPT 550'
  | 'DATA drop'
  | 'DATA 554'
  | 'drop before dot'
  | 'dot 451'
  | 'dot 550'
  | 'dot 552'
  | 'dot 554'
  | 'dot 421'
  | 'dot drop'
  | 'dot hang'
  | 'accept then cut'

export interface ScriptedServer {
  readonly port: number
  /** What was said to it, without the message. */
  readonly commands: string[]
  /** Messages that it took over, whatever it answered. */
  readonly taken: string[]
  connections: number
  fault: Fault
  /** Called when it has a message, before it answers. */
  taking: () => void
  /** Ends every connection, as a relay does that has waited long enough. */
  hangUp(): void
  /** What follows the number of a refusal. */
  words: string
  /** Recipients refused with 550 for good, whatever the fault. */
  readonly dead: Set<string>
  /** Recipients put off with 450, whatever the fault. */
  readonly later: Set<string>
  close(): Promise<void>
}

const echo = 'no such person <camille@mail.example> here'

export async function scriptedServer(fault: Fault = 'none'): Promise<ScriptedServer> {
  const sockets = new Set<Socket>()
  const net = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    server.connections += 1
    talk(server, socket)
  })
  await new Promise<void>((done) => net.listen(0, '127.0.0.1', done))
  const server: ScriptedServer = {
    port: (net.address() as AddressInfo).port,
    commands: [],
    taken: [],
    connections: 0,
    fault,
    taking: () => undefined,
    words: echo,
    dead: new Set(),
    later: new Set(),
    hangUp: () => {
      for (const socket of sockets) socket.destroy()
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((done) =>
        net.close(() => {
          done()
        }),
      )
    },
  }
  return server
}

function talk(server: ScriptedServer, socket: Socket): void {
  const say = (line: string): void => {
    socket.write(`${line}\r\n`)
  }
  let message: string | null = null
  let rest = ''
  if (server.fault === 'greeting closed') return void socket.destroy()
  say(server.fault === 'greeting 421' ? '421 busy' : '220 ready')
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    rest += chunk
    for (;;) {
      if (message !== null) {
        if (server.fault === 'drop before dot') return void socket.destroy()
        const end = `\r\n${rest}`.indexOf('\r\n.\r\n')
        if (end === -1) return
        message = rest.slice(0, end)
        rest = rest.slice(end + 3)
        finish(server, socket, message)
        message = null
        continue
      }
      const at = rest.indexOf('\r\n')
      if (at === -1) return
      const line = rest.slice(0, at)
      rest = rest.slice(at + 2)
      server.commands.push(line)
      const verb = line.slice(0, 4).toUpperCase()
      if (verb === 'EHLO') say('250-scripted\r\n250 DSN')
      else if (verb === 'MAIL') {
        if (server.fault === 'MAIL 421') return void socket.end('421 enough for today\r\n')
        say(server.fault === 'MAIL 550' ? `550 sender ${server.words}` : '250 ok')
      } else if (verb === 'RCPT') say(rcptReply(server, line))
      else if (verb === 'DATA') {
        if (server.fault === 'DATA drop') return void socket.destroy()
        if (server.fault === 'DATA 554') say(`554 ${server.words}`)
        else {
          say('354 go on')
          message = ''
        }
      } else if (verb === 'STAR') say('502 no such thing')
      else if (verb === 'QUIT') return void socket.end('221 bye\r\n')
      else say('250 ok')
    }
  })
}

function rcptReply(server: ScriptedServer, line: string): string {
  const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
  if (server.fault === 'RCPT 450' || server.later.has(address)) return `450 ${server.words}`
  return server.fault === 'RCPT 550' || server.dead.has(address) ? `550 ${server.words}` : '250 ok'
}

function finish(server: ScriptedServer, socket: Socket, message: string): void {
  const reply = /^dot (\d{3})$/.exec(server.fault)?.[1]
  if (reply !== undefined) return void socket.write(`${reply} ${server.words}\r\n`)
  if (server.fault === 'dot drop') return void socket.destroy()
  server.taken.push(message)
  server.taking()
  if (server.fault === 'dot hang') return
  if (server.fault === 'accept then cut') return void socket.end('25')
  socket.write('250 2.0.0 taken\r\n')
}
