/**
 * A host is frozen inside a destructive transaction, or in the middle of a flat table, until its lease is over.
 * Another takes over only once nothing of the first can commit any more; the woken one goes on or writes nothing.
 */
import { expect } from 'chai'
import { openDatabase } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import { until } from '../cli/lab.ts'
import { databaseUrlSettings, eachDatabase, eachServer } from '../databases.ts'
import { quickPace } from '../quick-pace.ts'
import { install, type Installation } from './installation.ts'
import { begin, changesOf, later, leavesOf, siteOf, stopped, verified } from './kill.ts'
import { dumpOf, insert, sql } from './lab.ts'
import { isThere, obstacle } from './obstacle.ts'
import { siteFiles, siteTables } from './site-files.ts'
import { start, twins, type Twins } from './twins.ts'

eachDatabase('a host that is frozen inside its work', (open) => {
  let pair: Twins
  let n = 0
  before(async function () {
    this.timeout(600_000)
    pair = await twins(open)
  })
  after(() => pair.close())
  beforeEach(async () => {
    await pair.nextDay((n += 1))
    expect((await pair.undisturbed.oubli(['run'])).exit).to.equal(0)
  })

  const people = ['run', '--policy', 'prospects']
  const views = ['run', '--policy', 'page-views']

  for (const point of ['first write done', 'before commit'] as const)
    it(`at "${point}": nobody takes over while its transaction is open, and woken it goes on`, async () => {
      const { killed } = pair
      const frozen = begin(killed, { point, signal: 'SIGSTOP' }, people)
      await stopped(frozen.child)
      const before = await siteOf(killed.database, [...siteTables, 'oubli_lease', 'oubli_heartbeat'])
      const other = await killed.oubli(['run'], { clock: () => Date.now() + later() })
      expect([other.exit, other.text.includes('E_BUSY')], other.text).to.deep.equal([5, true])
      expect(await siteOf(killed.database, [...siteTables, 'oubli_lease', 'oubli_heartbeat'])).to.deep.equal(
        before,
      )
      frozen.child.kill('SIGCONT')
      const { exit, text } = await frozen.ended
      expect(exit, text).to.equal(0)
      expect((await killed.oubli(['run'])).exit).to.equal(0)
      await expectSame()
    })

  for (const point of ['before flat rows', 'flat rows committed'] as const)
    it(`at "${point}": another takes over, and the woken one writes nothing`, async () => {
      const { killed } = pair
      const frozen = begin(killed, { point, signal: 'SIGSTOP' }, views)
      await stopped(frozen.child)
      const next = await killed.oubli(['run'], { clock: () => Date.now() + later() })
      expect(next.exit, next.text).to.equal(0)
      await expectFenced(frozen)
    })

  it('at "first write done", and the server ends its session: another takes over', async function () {
    const { killed } = pair
    if (!killed.database.dialect.locksRows) this.skip()
    const frozen = begin(killed, { point: 'first write done', signal: 'SIGSTOP' }, people)
    await stopped(frozen.child)
    const [row] = await killed.database.rows({
      text: 'SELECT trx_mysql_thread_id AS id FROM information_schema.innodb_trx WHERE trx_rows_modified > 0',
      values: [],
    })
    await sql(killed.database, `KILL CONNECTION ${String(row?.['id'])}`)
    const next = await killed.oubli(['run'], { clock: () => Date.now() + later() })
    expect(next.exit, next.text).to.equal(0)
    await expectFenced(frozen)
  })

  async function expectFenced(frozen: ReturnType<typeof begin>): Promise<void> {
    const { database } = pair.killed
    const before = [await siteOf(database, siteTables), await dumpOf(database, 'oubli_entry')]
    frozen.child.kill('SIGCONT')
    const { exit, text } = await frozen.ended
    expect([exit, text.includes('E_FENCED')], text).to.deep.equal([5, true])
    expect([await siteOf(database, siteTables), await dumpOf(database, 'oubli_entry')]).to.deep.equal(before)
    await expectSame()
  }

  async function expectSame(): Promise<void> {
    const { killed, undisturbed } = pair
    expect(await siteOf(killed.database, siteTables)).to.deep.equal(
      await siteOf(undisturbed.database, siteTables),
    )
    expect(await changesOf(killed.database)).to.deep.equal(await changesOf(undisturbed.database))
    expect(await verified(killed)).to.match(/^VERIFIED/m)
  }
})

eachServer('a host that is frozen while the server works through a trip of its transactions', (open) => {
  const rows = 400
  let one: Installation
  let site: Database
  before(async function () {
    const database = await open()
    if (!database.dialect.blocks) this.skip()
    const pace = { ...quickPace, rows_per_commit: { min: 2, max: 2 } }
    one = await install(database, { ...siteFiles, pace }, start)
    site = await openDatabase(databaseUrlSettings(database).settings)
    const views = Array.from({ length: rows }, (_, i) => i + 1)
    await insert(
      database,
      'page_views',
      views.map((id) => ({ id, ip: '192.0.2.7', visited_at: '2024-01-01 10:00:00' })),
    )
    // The first trip is one transaction; the second holds as many as a fifth of a second does.
    await sql(
      site,
      "CREATE TRIGGER stops AFTER DELETE ON page_views FOR EACH ROW SET @stopped = IF(OLD.id = 4, GET_LOCK('place', 60) + RELEASE_LOCK('place'), 0)",
    )
    await one.oubli(['run'])
    await one.approve()
  })
  after(async () => {
    await site.close()
    await one.close()
  })

  it('the other takes over between two of them, and the rest of the trip changes nothing', async () => {
    const { letGo } = await obstacle(site, "SELECT GET_LOCK('place', 0)")
    const frozen = begin(one, { point: 'nowhere' }, ['run'])
    await until('it stops there', () => isThere(one.database, "state = 'User lock'"))
    frozen.child.kill('SIGSTOP')
    await stopped(frozen.child)
    const again = one.oubli(['run'], { clock: () => Date.now() + later() })
    await until('the next run waits', () => isThere(one.database, "info LIKE 'UPDATE oubli_lease%'"))
    await letGo()
    const next = await again
    expect(next.exit, next.text).to.equal(0)
    const entries = await dumpOf(site, 'oubli_entry')
    frozen.child.kill('SIGCONT')
    const { exit, text } = await frozen.ended
    expect([exit, text.includes('E_FENCED')], text).to.deep.equal([5, true])
    expect(await dumpOf(site, 'oubli_entry')).to.deep.equal(entries)
    expect(await dumpOf(site, 'page_views')).to.deep.equal([])
    const byRun = new Map<unknown, number>()
    for (const leaf of await leavesOf(site)) {
      const tables = leaf['tables'] as { page_views?: { erased: string } } | undefined
      const erased = Number(tables?.page_views?.erased ?? 0)
      if (leaf['kind'] === 'rows.erased') byRun.set(leaf['run'], (byRun.get(leaf['run']) ?? 0) + erased)
    }
    expect([...byRun.values()], 'two trips of the first, the rest by the other').to.have.members([
      4,
      rows - 4,
    ])
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })
})
