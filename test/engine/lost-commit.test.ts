/** The answer to COMMIT is lost, the lease is taken over, several run at once. */
import { expect } from 'chai'
import { points, type Point } from '../../base/point.ts'
import { openDatabase, type MysqlSettings } from '../../db/connect.ts'
import { takeLease } from '../../db/own/lease.ts'
import type { Database } from '../../db/session.ts'
import { OubliError } from '../../base/errors.ts'
import type { PolicyOutcome } from '../../engine/run-policy.ts'
import { cuts, startCommitProxy, type Cut } from '../commit-proxy.ts'
import { databaseUrlSettings, eachDatabase, eachServer } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { install, type Installation } from './installation.ts'
import { changesOf, killAt, later, leavesOf, siteOf, verified } from './kill.ts'
import { createLab, due, dumpOf, fresh, insert, portsOf, sql, type Lab, type Site } from './lab.ts'
import { expectSameOwn, runIds } from './own-state.ts'
import { fill, rowsOf, shopOf } from './shop.ts'
import { siteFiles, siteTables } from './site-files.ts'
import { twins, type Twins } from './twins.ts'

const people = [1, 2, 3]
const nothing = { users: [], sessions: [], logins: [], orders: [], order_lines: [], notes: [] }

eachServer('when the answer to COMMIT is lost', (open) => {
  for (const how of cuts) {
    it(`${how}, of people: nothing is lost, nothing is counted twice`, async () => {
      const lab = await createLab(await open(), shopOf('tied'))
      await fill(lab.database, people)
      const outcome = await runCut(lab, how, 'before commit')
      expect(outcome).to.include({ done: 3, busy: 0, setAside: 0, stopped: 'done' })
      expect(outcome.tables).to.deep.equal({
        users: { erased: '3' },
        sessions: { erased: '6' },
        logins: { erased: '3' },
        orders: { erased: '3' },
        order_lines: { erased: '6' },
        notes: { erased: '3' },
      })
      for (const one of people) expect(await rowsOf(lab.database, one)).to.deep.equal(nothing)
      expect(await dumpOf(lab.database, 'oubli_entry')).to.have.length(3)
      expect(await dumpOf(lab.database, 'oubli_tombstone')).to.have.length(3)
      expect(lab.lease.token > 1n, 'the token was raised').to.equal(true)
    })

    it(`${how}, of flat rows: nothing is lost, nothing is counted twice`, async () => {
      const lab = await createLab(await open(), logSite)
      const rows = Array.from({ length: 90 }, (_, id) => ({ id, seen_at: id % 9 === 8 ? fresh : due }))
      await insert(lab.database, 'logs', rows)
      const outcome = await runCut(lab, how, 'before flat rows')
      expect(outcome).to.deep.include({ done: 80, busy: 0, setAside: 0, tables: { logs: { erased: '80' } } })
      expect(await dumpOf(lab.database, 'logs')).to.have.length(10)
      const leaves = (await leavesOf(lab.database)) as readonly { tables: { logs: { erased: string } } }[]
      expect(leaves.reduce((sum, { tables }) => sum + Number(tables.logs.erased), 0)).to.equal(80)
      expect(lab.lease.token > 1n, 'the token was raised').to.equal(true)
    })
  }
})

const logSite: Site = {
  tables: [
    'CREATE TABLE logs (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
    'CREATE INDEX logs_seen ON logs (seen_at)',
  ],
  kinds: [kind('log', 'logs', { events: { seen: event([at('seen_at')]) } })],
  policies: [policy('log')],
}

/** The line is cut the first time that the point is reached. */
async function runCut(lab: Lab, how: Cut, where: Point): Promise<PolicyOutcome> {
  const { settings } = databaseUrlSettings(lab.database)
  const proxy = await startCommitProxy((settings as MysqlSettings).port ?? 3306)
  const far = await openDatabase({ ...(settings as MysqlSettings), port: proxy.port })
  let done = false
  try {
    Object.assign(lab.ports, {
      ...portsOf(far, (point) => {
        if (point === where && !done) {
          done = true
          proxy.cut(how)
        }
        return Promise.resolve()
      }),
    })
    const outcome = await lab.run()
    expect([done, proxy.waiting], 'the line was cut').to.deep.equal([true, null])
    return outcome
  } finally {
    await far.close()
    await proxy.close()
  }
}

eachServer('a run that is killed while it asks what became of its COMMIT', (open) => {
  let pair: Twins
  before(async function () {
    this.timeout(600_000)
    pair = await twins(open)
  })
  after(() => pair.close())

  points.resolve.forEach((point, i) => {
    for (const [nr, how] of (['lose commit', 'lose answer'] as const).entries())
      it(`at "${point}", ${how}`, async () => {
        const { killed, undisturbed } = pair
        await pair.nextDay(2 * i + nr + 1)
        const undisturbedBefore = await runIds(undisturbed.database)
        const { settings } = databaseUrlSettings(killed.database)
        const proxy = await startCommitProxy((settings as MysqlSettings).port ?? 3306)
        proxy.cut(how, /INSERT INTO oubli_tombstone/)
        const env = { OUBLI_DATABASE_MYSQL_PORT: String(proxy.port) }
        const [signal, plain] = await Promise.all([
          killAt(killed, { point, env }),
          undisturbed.oubli(['run']),
        ])
        await proxy.close()
        expect([signal, plain.exit]).to.deep.equal(['SIGKILL', 0])
        const before = await runIds(killed.database)
        const next = await killed.oubli(['run'], { clock: () => Date.now() + later() })
        expect(next.exit, next.text).to.equal(0)
        expect(await siteOf(killed.database, siteTables)).to.deep.equal(
          await siteOf(undisturbed.database, siteTables),
        )
        expect(await changesOf(killed.database)).to.deep.equal(await changesOf(undisturbed.database))
        await expectSameOwn([killed.database, before], [undisturbed.database, undisturbedBefore])
        expect(await verified(killed)).to.match(/^VERIFIED/m)
      })
  })
})

eachDatabase('the fence of a run', (open) => {
  it('lets a holder whose lease was taken over commit nothing more', async () => {
    const lab = await createLab(await open(), shopOf('tied'))
    await fill(lab.database, people)
    const later = Date.now() + 61_000
    await takeLease(lab.database, { name: 'run', owner: 'other', now: later, ttlMs: 60_000 })
    const error: unknown = await lab.run().then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(error instanceof OubliError ? error.code : error).to.equal('E_FENCED')
    for (const one of people) expect((await rowsOf(lab.database, one))['users']).to.have.length(1)
    expect(await dumpOf(lab.database, 'oubli_entry')).to.deep.equal([])
  })
})

eachDatabase('several runs at once', (open) => {
  let one: Installation
  before(async () => {
    one = await install(await open(), siteFiles, Date.parse('2026-06-01T10:00:00Z'))
    await addViews(one.database, 0)
    await one.oubli(['run'])
    await one.approve()
    expect((await one.oubli(['run'])).exit).to.equal(0)
  })
  after(() => one.close())

  for (const many of [2, 4])
    it(`of ${many}, one works and the others end with 5`, async () => {
      await addViews(one.database, many * 100)
      const before = (await dumpOf(one.database, 'oubli_entry')).length
      // The first to work waits inside its batch until all others have ended.
      let release: () => void = () => undefined
      const others = new Promise<void>((resolve) => (release = resolve))
      let ended = 0
      const runs = Array.from({ length: many }, async () => {
        const said = await one.oubli(['run'], {
          point: (point) => (point === 'before flat rows' ? others : Promise.resolve()),
        })
        if ((ended += 1) === many - 1) release()
        return said.exit
      })
      expect((await Promise.all(runs)).sort()).to.deep.equal([
        0,
        ...Array.from({ length: many - 1 }, () => 5),
      ])
      expect(await dumpOf(one.database, 'page_views')).to.deep.equal([])
      const entries = await dumpOf(one.database, 'oubli_entry')
      expect(entries.length - before, 'one batch, one answer of the database, one end of a run').to.equal(3)
    })
})

async function addViews(database: Database, from: number): Promise<void> {
  await sql(database, 'DELETE FROM page_views WHERE id >= 0')
  await insert(
    database,
    'page_views',
    [1, 2, 3].map((n) => ({ id: from + n, ip: '192.0.2.7', visited_at: '2024-01-01 10:00:00' })),
  )
}
