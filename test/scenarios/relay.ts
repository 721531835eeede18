/** A mail relay that takes, refuses and remembers. */
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface TakenMail {
  readonly to: string
  readonly text: string
}

export interface Relay {
  readonly port: number
  readonly taken: TakenMail[]
  refuse: readonly string[] | 'all' | 'none'
  close(): Promise<void>
}

export async function startRelay(): Promise<Relay> {
  const taken: TakenMail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onRcptTo: ({ address }, _session, done) => {
      const { refuse } = relay
      const refused = refuse === 'all' || (refuse !== 'none' && refuse.includes(address))
      // Relays do repeat the address in their answer; it must not reach a log.
      done(refused ? Object.assign(new Error(`no such person <${address}>`), { responseCode: 550 }) : null)
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        for (const { address } of session.envelope.rcptTo) taken.push({ to: address, text })
        done()
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const relay: Relay = {
    port: (server.server.address() as AddressInfo).port,
    taken,
    refuse: 'none',
    close: () =>
      new Promise((done) => {
        server.close(done)
      }),
  }
  return relay
}
