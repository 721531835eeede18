/**
 * `kill -9` while the server works on a trip of several flat transactions, at each statement of one of them. Nobody
 * but the server is at these places, so triggers stop it there; the next run comes when the old session is gone, or
 * while it still stands there and goes on afterwards.
 */
import { expect } from 'chai'
import { openDatabase } from '../../db/connect.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { onPoint } from '../../base/point.ts'
import type { Database } from '../../db/session.ts'
import { until } from '../cli/lab.ts'
import { databaseUrlSettings, eachServer } from '../databases.ts'
import { quickPace } from '../quick-pace.ts'
import { install, type Installation } from './installation.ts'
import { begin, changesOf, later, siteOf, verified } from './kill.ts'
import { insert, sql } from './lab.ts'
import { isThere, obstacle } from './obstacle.ts'
import { expectSameOwn, runIds } from './own-state.ts'
import { siteFiles, siteTables } from './site-files.ts'
import { day, start } from './twins.ts'

/** Two rows a transaction; after the first, up to ten transactions a trip. */
const site = { ...siteFiles, pace: { ...quickPace, rows_per_commit: { min: 2, max: 2 } } }
const rows = 24
/** Of the day: the first row of the fifth transaction. */
const stopAt = 8

/** Statement of the transaction → when the server stops at it. */
const places = {
  'before the rows': ['BEFORE DELETE ON page_views', 'OLD.id % 100 = '],
  'after the rows': ['AFTER DELETE ON page_views', 'OLD.id % 100 = '],
  'before the entry': ['BEFORE INSERT ON oubli_entry', gone()],
  'after the entry': ['AFTER INSERT ON oubli_entry', gone()],
  'after the note for the sealer': ['AFTER INSERT ON oubli_waiting', gone()],
  'before the cursor': ['BEFORE UPDATE ON oubli_cursor', gone()],
  'before the COMMIT': ['AFTER UPDATE ON oubli_cursor', gone()],
} as const

/** Right after the rows of the fifth transaction: nothing of it is left, and of the one after it everything. */
function gone(): string {
  return '(SELECT MIN(id % 100) FROM page_views) = 2 + '
}

async function stopAtPlace(database: Database, place: keyof typeof places | null): Promise<void> {
  await sql(database, 'DROP TRIGGER IF EXISTS stops')
  if (place === null) return
  const [when, test] = places[place]
  await sql(
    database,
    `CREATE TRIGGER stops ${when} FOR EACH ROW SET @stopped = IF(${test}${stopAt}, GET_LOCK('place', 60) + RELEASE_LOCK('place'), 0)`,
  )
}

/** Of the session that works on a trip: it is there at all, and it waits at the fence of the next transaction. */
const isOld = "info LIKE 'BEGIN NOT ATOMIC%'"
const atFence = "info LIKE 'SELECT token INTO%'"

eachServer('a run that is killed inside a trip of flat transactions', (open) => {
  let killed: Installation
  let undisturbed: Installation
  let beside: Database
  let days = 0
  before(async function () {
    this.timeout(600_000)
    const both = []
    for (const database of [await open(), await open()]) {
      const one = await install(database, site, start)
      await addViews(database, 0)
      await one.oubli(['run'])
      await one.approve()
      expect((await one.oubli(['run'])).exit).to.equal(0)
      both.push(one)
    }
    ;[killed, undisturbed] = both as [Installation, Installation]
    beside = await openDatabase(databaseUrlSettings(killed.database).settings)
  })
  after(async () => {
    await beside.close()
    await killed.close()
    await undisturbed.close()
  })

  async function nextDay(): Promise<void> {
    days += 1
    for (const { database } of [killed, undisturbed]) {
      await setSandboxNow(database, start + days * day)
      await addViews(database, days * 100)
    }
  }

  /** Until both sites were purged, and nobody can tell which run was killed. */
  async function expectSame(before: readonly string[], undisturbedBefore: readonly string[]): Promise<void> {
    expect((await undisturbed.oubli(['run'])).exit).to.equal(0)
    await stopAtPlace(killed.database, null)
    expect(await siteOf(killed.database, siteTables)).to.deep.equal(
      await siteOf(undisturbed.database, siteTables),
    )
    expect(await changesOf(killed.database)).to.deep.equal(await changesOf(undisturbed.database))
    await expectSameOwn([killed.database, before], [undisturbed.database, undisturbedBefore])
    expect(await verified(killed)).to.match(/^VERIFIED/m)
  }

  const next = () => killed.oubli(['run'], { clock: () => Date.now() + later() })

  /** Transactions of the run that is in the second list alone. */
  async function committedBy(earlier: readonly string[], now: readonly string[]): Promise<number> {
    const [run, ...others] = now.filter((id) => !earlier.includes(id))
    expect(others).to.deep.equal([])
    const [row] = await beside.rows({
      text: 'SELECT COUNT(*) AS n FROM oubli_entry WHERE run_id = ?',
      values: [run ?? ''],
    })
    return Number(row?.['n'])
  }

  for (const place of [...(Object.keys(places) as (keyof typeof places)[]), null])
    for (const orphan of place === null ? [false] : [false, true])
      it(`${place ?? 'before the next fence'}${orphan ? ', the old session still at work' : ''}`, async function () {
        if (!killed.database.dialect.blocks) this.skip()
        this.timeout(600_000)
        await nextDay()
        const undisturbedBefore = await runIds(undisturbed.database)
        await stopAtPlace(killed.database, place ?? 'before the COMMIT')
        let stands = await obstacle(beside, "SELECT GET_LOCK('place', 0)")
        const { child, ended } = begin(killed, { point: 'nowhere' }, ['run'])
        await until('it stops there', () => isThere(killed.database, "state = 'User lock'"))
        if (place === null) {
          // Who waits for the lease's row gets it when the transaction ends; then the next one waits.
          const lease = obstacle(
            killed.database,
            "SET STATEMENT innodb_lock_wait_timeout = 60 FOR SELECT * FROM oubli_lease WHERE name = 'run' FOR UPDATE",
          )
          await until('one waits', () => isThere(beside, "info LIKE 'SET STATEMENT%FOR UPDATE'"))
          await stands.letGo()
          stands = await lease
          await until('the next waits', () => isThere(beside, atFence))
        }
        child.kill('SIGKILL')
        expect((await ended).signal).to.equal('SIGKILL')
        const before = await runIds(killed.database)
        let again: ReturnType<typeof next>
        if (orphan) {
          again = next()
          // Unless the server has noticed before that nobody listens to the old session.
          await until(
            'the next run waits',
            async () =>
              (await isThere(beside, "info LIKE 'UPDATE oubli_lease%'")) || !(await isThere(beside, isOld)),
          )
          await stands.letGo()
        } else {
          await stands.letGo()
          await until('it is gone', async () => !(await isThere(beside, isOld)))
          again = next()
        }
        const said = await again
        expect(said.exit, said.text).to.equal(0)
        await expectSame(before, undisturbedBefore)
      })

  it('at the next fence, while somebody else takes over', async function () {
    if (!killed.database.dialect.blocks) this.skip()
    this.timeout(600_000)
    await nextDay()
    const undisturbedBefore = await runIds(undisturbed.database)
    const atFirst = await runIds(killed.database)
    await stopAtPlace(killed.database, 'before the COMMIT')
    const stands = await obstacle(beside, "SELECT GET_LOCK('place', 0)")
    const { child, ended } = begin(killed, { point: 'nowhere' }, ['run'])
    await until('it stops there', () => isThere(killed.database, "state = 'User lock'"))
    const before = await runIds(killed.database)
    let waited = false
    onPoint(async (reached) => {
      if (reached !== 'lease won' || waited) return
      // The token is raised and not committed yet: the old session can read neither.
      await until('it waits at the fence', () => isThere(beside, atFence))
      waited = true
      child.kill('SIGKILL')
      await ended
    })
    try {
      const again = next()
      await until('the next run waits', () => isThere(beside, "info LIKE 'UPDATE oubli_lease%'"))
      await stands.letGo()
      const said = await again
      expect(said.exit, said.text).to.equal(0)
    } finally {
      child.kill('SIGKILL')
      onPoint(() => Promise.resolve())
    }
    expect(waited).to.equal(true)
    expect(await committedBy(atFirst, before), 'what it had begun, and nothing more').to.equal(5)
    await expectSame(before, undisturbedBefore)
  })
})

async function addViews(database: Database, from: number): Promise<void> {
  await insert(
    database,
    'page_views',
    Array.from({ length: rows }, (_, n) => ({
      ...{ id: from + n, ip: '192.0.2.7', visited_at: '2024-01-01 10:00:00' },
    })),
  )
}
