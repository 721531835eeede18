/** What sizes a batch is how long its transaction was open, never how long it waited. */
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseError } from '../../db/database-error.ts'
import { openDatabase } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import { OpenTime } from '../../engine/open-time.ts'
import { steadyPace, type Sample } from '../../engine/pace.ts'
import { runPolicy, type PolicyOutcome } from '../../engine/run-policy.ts'
import { databaseUrlSettings, eachDatabase, eachServer, useDatabase } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { asOf, createLab, due, insert, type Lab } from './lab.ts'

/** Somebody is in the way for so long; a transaction of a few rows takes far less than half of it. */
const wait = 1500

const policies = ['people', 'logs'] as const

async function siteOf(database: Database): Promise<Lab> {
  const columns = 'id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL'
  const seen = { events: { seen: event([at('seen_at')]) } }
  const lab = await createLab(database, {
    tables: [
      `CREATE TABLE users (${columns})`,
      'CREATE INDEX users_seen ON users (seen_at)',
      `CREATE TABLE logs (${columns})`,
      'CREATE INDEX logs_seen ON logs (seen_at)',
    ],
    kinds: [kind('account', 'users', { subject: true, ...seen }), kind('log', 'logs', seen)],
    policies: [policy('account', { id: 'people' }), policy('log', { id: 'logs' })],
  })
  for (const table of ['users', 'logs'])
    await insert(
      database,
      table,
      [1, 2, 3, 4].map((id) => ({ id, seen_at: due })),
    )
  return lab
}

interface Timed {
  readonly outcome: PolicyOutcome
  readonly samples: readonly Sample[]
}

async function timed(lab: Lab, id: string): Promise<Timed> {
  const samples: Sample[] = []
  const pace = { ...steadyPace(25, () => null), took: (sample: Sample) => void samples.push(sample) }
  const place = { run: 'a'.repeat(32), asOf, lease: lab.lease }
  return { outcome: await runPolicy(lab.ports, lab.policy(id), place, { items: 100, pace }), samples }
}

function expectShort({ outcome, samples }: Timed): void {
  expect(outcome).to.include({ done: 4, stopped: 'done' })
  expect(samples.filter(({ end }) => end === 'committed')).to.have.length.greaterThan(0)
  for (const { end, milliseconds } of samples) expect(milliseconds, end).to.be.within(0.01, wait / 2)
}

/** Before the first write transaction of ours begins. */
function beforeFirst(database: Database, happen: () => Promise<unknown>): void {
  const transaction = database.transaction.bind(database)
  const block = database.block.bind(database)
  let happened = false
  const first = async (): Promise<void> => {
    if (happened) return
    happened = true
    await happen()
  }
  Object.assign(database, {
    transaction: async (...args: Parameters<typeof transaction>) => {
      await first()
      return (await transaction(...args)) as never
    },
    block: async (...args: Parameters<typeof block>) => {
      await first()
      return await block(...args)
    },
  })
}

/** Resolves when `statement` was answered; its transaction stays open for a while. */
async function holdBack(site: Database, statement: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    site
      .transaction(async (tx) => {
        await tx.run({ text: statement, values: [] })
        resolve()
        await sleep(wait)
      })
      .then((outcome) => {
        if (outcome.state !== 'committed') reject(new Error(outcome.state))
      }, reject)
  })
}

const onLease = "UPDATE oubli_lease SET owner = owner WHERE name = 'run'"

eachDatabase('the time that a transaction was open', (open) => {
  for (const id of policies) {
    it(`is without the wait for a lock on the lease or on the database (${id})`, async () => {
      const lab = await siteOf(await open())
      const site = await openDatabase(databaseUrlSettings(lab.database).settings)
      beforeFirst(lab.database, () => holdBack(site, onLease))
      const began = Date.now()
      expectShort(await timed(lab, id))
      expect(Date.now() - began, 'it waited').to.be.greaterThan(wait / 2)
      await site.close()
    })

    it(`is not known when the answer to COMMIT was lost, and what asks for it does not count (${id})`, async () => {
      const lab = await siteOf(await open())
      loseFirst(lab.database)
      const { outcome, samples } = await timed(lab, id)
      expect(outcome).to.include({ done: 4, stopped: 'done' })
      expect(samples[0]).to.deep.include({ milliseconds: null, rows: 4, end: 'committed' })
    })
  }

  it('is that of the statements, whatever the end', async () => {
    const lab = await siteOf(await open())
    let tries = 0
    lab.point = async (point) => {
      if (point !== 're-checked') return
      await sleep(120)
      tries += 1
      if (tries === 1) throw new DatabaseError('deadlock', 'statement', 'ER_LOCK_DEADLOCK')
    }
    const { outcome, samples } = await timed(lab, 'people')
    expect(outcome).to.include({ done: 4, stopped: 'done' })
    expect(samples.map(({ end }) => end)).to.deep.equal(['busy', 'committed'])
    for (const { milliseconds } of samples) expect(milliseconds).to.be.within(100, wait)
  })
})

eachServer('the time that a transaction was open', (open) => {
  for (const id of policies)
    it(`is without the wait for a connection (${id})`, async () => {
      const { settings } = databaseUrlSettings(await open())
      const only = { ...settings, poolSize: 1 }
      const database = await openDatabase(only)
      useDatabase(database, only)
      const lab = await siteOf(database)
      const own = { transaction: database.transaction.bind(database) }
      beforeFirst(database, () => holdBack(own as Database, 'UPDATE logs SET id = id WHERE id = 99'))
      expectShort(await timed(lab, id))
      await database.close()
    })
})

/** The first that commits is told as one whose answer never came. */
function loseFirst(database: Database): void {
  const transaction = database.transaction.bind(database)
  const block = database.block.bind(database)
  const error = new DatabaseError('connection lost', 'commit', 'PROTOCOL_CONNECTION_LOST')
  let lost = false
  const lose = <T extends { readonly state: string }>(outcome: T) => {
    if (lost || outcome.state !== 'committed') return outcome
    lost = true
    return { state: 'unknown', error } as const
  }
  Object.assign(database, {
    transaction: async (...args: Parameters<typeof transaction>) => lose(await transaction(...args)) as never,
    block: async (...args: Parameters<typeof block>) => lose(await block(...args)),
  })
}

describe('the time of a transaction', () => {
  it('is nothing when it has not begun, and not known once its answer was lost', () => {
    let now = 1000
    const open = new OpenTime(() => now)
    open.end()
    expect(open.milliseconds).to.equal(0)
    open.begin()
    now += 40
    open.end()
    expect(open.milliseconds).to.equal(40)
    open.lose()
    expect(open.milliseconds).to.equal(null)
  })
})
