/** A database with empty own tables, a transport that answers as told, and a clock that moves when told. */
import { systemClock, type Instant } from '../../base/clock.ts'
import { migrate } from '../../db/migrate.ts'
import type { Database, Row } from '../../db/session.ts'
import type { DeliveryOptions } from '../../mail/deliver.ts'
import type { DeliveryEvent } from '../../mail/delivery-event.ts'
import type { MailEvidence } from '../../mail/settle.ts'
import type { MailToSend, Sent, Transport } from '../../mail/transport.ts'
import { queueWarning, type QueuedWarning } from '../../mail/warnings.ts'
import { start } from './sample.ts'

export interface World {
  readonly database: Database
  now: Instant
  readonly sent: MailToSend[]
  /** What the transport answers, by address; `usual` otherwise. */
  readonly answers: Map<string, Sent | (() => Promise<Sent>)>
  usual: Sent
  readonly transport: Transport
  readonly evidence: MailEvidence[]
  readonly events: DeliveryEvent[]
  readonly options: DeliveryOptions
  queue(...warnings: readonly QueuedWarning[]): Promise<void>
  rows(text: string): Promise<readonly Row[]>
}

export const accepted: Sent = { result: 'accepted', code: '250' }
export const refused: Sent = { result: 'rejected', code: '550', ofAddress: true }
export const unanswered: Sent = { result: 'unknown', code: 'ETIMEDOUT' }

export async function makeWorld(database: Database): Promise<World> {
  await migrate(database)
  const empty = database.dialect.name === 'sqlite' ? 'DELETE FROM' : 'TRUNCATE TABLE'
  for (const table of ['oubli_outbox', 'oubli_warning', 'oubli_answer', 'oubli_refusal']) {
    await database.run({ text: `${empty} ${table}`, values: [] })
  }
  const world: World = {
    database,
    now: start,
    sent: [],
    answers: new Map(),
    usual: accepted,
    transport: {
      connections: 5,
      async send(mail) {
        world.sent.push(mail)
        const answer = world.answers.get(mail.address) ?? world.usual
        return typeof answer === 'function' ? answer() : answer
      },
      close: () => Promise.resolve(),
    },
    evidence: [],
    events: [],
    options: {
      now: () => Promise.resolve(world.now),
      clock: systemClock,
      limit: 1000,
      perMinute: null,
      record: (_tx, _at, evidence) => {
        world.evidence.push(...evidence)
        return Promise.resolve()
      },
      random: () => 0.5,
      wait: () => Promise.resolve(),
      onEvent: (event) => world.events.push(event),
    },
    async queue(...warnings) {
      const outcome = await database.transaction(async (tx) => {
        for (const one of warnings) await queueWarning(tx, one)
      })
      if (outcome.state !== 'committed') throw outcome.error
    },
    rows: (text) => database.rows({ text, values: [] }),
  }
  return world
}
