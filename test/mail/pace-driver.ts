/** One process that delivers at a rate: `node pace-driver.js '{ settings, port, perMinute }'`. Says how many were accepted. */
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../base/clock.ts'
import { openDatabase, type DatabaseSettings } from '../../db/connect.ts'
import { deliverDue } from '../../mail/deliver.ts'
import { smtpTransport } from '../../mail/smtp-transport.ts'
import { start } from './sample.ts'

const told = JSON.parse(process.argv[2] ?? '') as {
  readonly settings: DatabaseSettings
  readonly port: number
  readonly perMinute: number
}
const database = await openDatabase(told.settings)
const transport = smtpTransport({
  host: '127.0.0.1',
  port: told.port,
  tls: 'none',
  login: null,
  bounceAddress: 'bounces@boutique.example',
  name: null,
  ca: null,
  connections: 5,
})
const summary = await deliverDue(database, transport, {
  now: () => Promise.resolve(start),
  clock: systemClock,
  limit: 1000,
  perMinute: told.perMinute,
  record: () => Promise.resolve(),
  random: () => 0.5,
  wait: async (milliseconds) => {
    await sleep(milliseconds)
  },
})
await transport.close()
await database.close()
process.stdout.write(String(summary.accepted))
