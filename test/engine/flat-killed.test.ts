/**
 * Several transactions of a flat table go in one trip to the server. Somebody ends the statement, the line or the
 * server in the middle of the third of them, or between the second and the third.
 */
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../db/connect.ts'
import { takeLease } from '../../db/own/lease.ts'
import type { Database } from '../../db/session.ts'
import { steadyPace } from '../../engine/pace.ts'
import { databaseUrlSettings, eachServer, openOn, startMariaDb } from '../databases.ts'
import type { MariaDbServer } from '../mariadb-server.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { leavesOf } from './kill.ts'
import { createLab, due, dumpOf, fresh, insert, portsOf, sql, type Lab, type Site } from './lab.ts'

const logSite: Site = {
  tables: [
    'CREATE TABLE logs (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
    'CREATE INDEX logs_seen ON logs (seen_at)',
  ],
  kinds: [kind('log', 'logs', { events: { seen: event([at('seen_at')]) } })],
  policies: [policy('log')],
}
/** Four rows in a transaction, all six transactions in one trip. */
const pace = steadyPace(4, () => null, 6)
const rows = 24
/** Gone with the first two transactions. */
const gone = 8

/** In the middle: the last row of the third transaction, or of the second, takes its time. */
const places = { 'in the middle of a transaction': 12, 'between two of them': 8 } as const
type Place = keyof typeof places

async function slowLab(database: Database, place: Place): Promise<Lab> {
  const lab = await createLab(database, logSite)
  lab.pace = pace
  const ids = Array.from({ length: rows }, (_, i) => ({ id: i + 1, seen_at: due }))
  await insert(database, 'logs', [...ids, { id: 100, seen_at: fresh }, { id: 101, seen_at: fresh }])
  await sql(
    database,
    `CREATE TRIGGER slow_logs AFTER DELETE ON logs FOR EACH ROW
     SET @oubli_slow = SLEEP(IF(OLD.id = ${places[place]}, ${place === 'between two of them' ? 1 : 3}, 0))`,
  )
  return lab
}

async function expectProven(lab: Lab, left: number): Promise<void> {
  expect(await lab.rows('logs')).to.have.length(left + 2)
  const leaves = (await leavesOf(lab.database)) as readonly { tables: { logs: { erased: string } } }[]
  const proven = leaves.reduce((sum, { tables }) => sum + Number(tables.logs.erased), 0)
  expect(proven, 'evidence and rows').to.equal(rows - left)
}

/** Number of the session once it stands at the place; `release` lets go of what keeps it there. */
async function reached(
  site: Database,
  place: Place,
): Promise<{ readonly session: string; readonly release: () => Promise<unknown> }> {
  const asleep = await found(site, "SELECT id FROM information_schema.processlist WHERE state = 'User sleep'")
  if (place === 'in the middle of a transaction') return { session: asleep, release: () => Promise.resolve() }
  // Who waits for the lease's row gets it when the second transaction ends; then the third waits.
  let over = (): void => undefined
  const end = new Promise<void>((resolve) => (over = resolve))
  const held = site.transaction(async (tx) => {
    await tx.run({ text: "UPDATE oubli_lease SET owner = owner WHERE name = 'run'", values: [] })
    await end
  })
  await found(
    site,
    `SELECT id FROM information_schema.processlist WHERE id = ${asleep} AND info LIKE 'SELECT token INTO%'`,
  )
  return {
    session: asleep,
    release: () => {
      over()
      return held
    },
  }
}

async function found(site: Database, text: string): Promise<string> {
  for (let tries = 0; tries < 12_000; tries += 1) {
    const [row] = await site.rows({ text, values: [] })
    if (row !== undefined) return String(row['id'])
    await sleep(10)
  }
  throw new Error('nobody got there')
}

for (const place of Object.keys(places) as Place[]) {
  eachServer(`a trip of several transactions that a DBA ends ${place}`, (open) => {
    for (const [how, stopped, done] of [
      ['KILL QUERY', 'killed', gone],
      ['KILL CONNECTION', 'done', rows],
    ] as const)
      it(`${how}: what was committed is proven and counted, the rest as a whole`, async function () {
        const lab = await slowLab(await open(), place)
        if (!lab.database.dialect.blocks) this.skip()
        const site = await openDatabase(databaseUrlSettings(lab.database).settings)
        const running = lab.run()
        const { session, release } = await reached(site, place)
        await sql(site, `${how} ${session}`)
        await release()
        expect(await running).to.include({ done, stopped, busy: 0, setAside: 0 })
        await expectProven(lab, rows - done)
        await sql(site, 'DROP TRIGGER slow_logs')
        expect(await lab.run()).to.include({ done: rows - done, stopped: 'done' })
        await expectProven(lab, 0)
        await site.close()
      })
  })
}

const wish = process.env['OUBLI_TEST_DATABASES']
const wanted = wish === undefined || wish.includes('mariadb')

;(wanted ? describe : describe.skip)('a trip of several transactions whose server ends (mariadb)', () => {
  let server: MariaDbServer
  before(async function () {
    this.timeout(600_000)
    // What was committed must still be there after a kill.
    server = await startMariaDb({
      flags: ['--innodb-flush-log-at-trx-commit=1', '--innodb-flush-method=fsync'],
    })
  })
  after(() => server.stop())

  let sites = 0
  for (const place of Object.keys(places) as Place[])
    for (const how of ['kill', 'shutdown'] as const)
      it(`${how} ${place}: what was committed is proven, and the next run does the rest`, async () => {
        const name = `site_${String((sites += 1))}`
        const root = await openDatabase(server.settings('mysql'))
        await sql(root, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`)
        await root.close()
        const first = await openOn(server.settings(name))
        const lab = await slowLab(first, place)
        const site = await openDatabase(server.settings(name))
        const running = lab.run().catch((error: unknown) => error)
        const { release } = await reached(site, place)
        await server[how]()
        await Promise.all([release(), running])
        for (const database of [first, site]) await database.close()
        await server.start()
        const again = await openOn(server.settings(name))
        const ports = portsOf(again, () => Promise.resolve())
        Object.assign(lab, { database: again, ports, rows: (table: string) => dumpOf(again, table) })
        // Whoever shuts it down in peace ends the sessions one by one: ours may be the last.
        const left = (await lab.rows('logs')).length - 2
        if (how === 'kill') expect(left).to.equal(rows - gone)
        else expect(left).to.be.at.most(rows - gone)
        await expectProven(lab, left)
        await sql(again, 'DROP TRIGGER slow_logs')
        const claim = { name: 'run', owner: 'next', now: Date.now() + 61_000, ttlMs: 60_000 }
        lab.lease.token = (await takeLease(again, claim))?.token ?? 0n
        expect(await lab.run()).to.include({ done: left, stopped: 'done', busy: 0, setAside: 0 })
        await expectProven(lab, 0)
        await again.close()
      })
})
