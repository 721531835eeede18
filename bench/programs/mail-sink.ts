/** A relay that takes everything at once and throws it away; on SIGTERM it says when it took the mails. */
import { SMTPServer } from 'smtp-server'
import { print, taskOf } from './program.ts'

export interface SinkReport {
  readonly mails: number
  /** Seconds from the first mail that was taken to the last. */
  readonly seconds: number
}

const { port } = taskOf() as { readonly port: number }
let mails = 0
let first = 0
let last = 0
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  disableReverseLookup: true,
  logger: false,
  onData: (stream, _, done) => {
    stream.on('end', () => {
      last = performance.now()
      if (mails === 0) first = last
      mails += 1
      done(null)
    })
    stream.resume()
  },
})
server.on('error', () => undefined)
process.on('SIGTERM', () => {
  const report: SinkReport = { mails, seconds: (last - first) / 1000 }
  print(report)
  process.exit(0)
})
server.listen(port, '127.0.0.1')
