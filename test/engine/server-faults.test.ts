/** What befalls a server while a run is at work on it: it stops, dies, goes read-only, or its DBA steps in. */
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import type { Point } from '../../base/point.ts'
import { databaseUrlSettings, openOn, startMariaDb, type Open } from '../databases.ts'
import type { MariaDbServer } from '../mariadb-server.ts'
import { signal } from '../signal.ts'
import type { Said } from './installation.ts'
import { changesOf, later, siteOf, verified } from './kill.ts'
import { sql } from './lab.ts'
import { siteTables } from './site-files.ts'
import { twins, type Twins } from './twins.ts'

const wish = process.env['OUBLI_TEST_DATABASES']
const wanted = wish === undefined || wish.includes('mariadb')

;(wanted ? describe : describe.skip)('a server that has faults (mariadb)', () => {
  let server: MariaDbServer
  let pair: Twins
  let site: Database
  let n = 0
  let sites = 0
  before(async function () {
    this.timeout(600_000)
    // What was committed must still be there after a kill.
    server = await startMariaDb({
      flags: ['--innodb-flush-log-at-trx-commit=1', '--innodb-flush-method=fsync'],
    })
    site = await openDatabase(server.settings('mysql'))
    // Runs work as an account that cannot write once the server is read-only; the site's DBA is root.
    const open: Open = async () => {
      const name = `site_${String((sites += 1))}`
      await sql(site, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`)
      await sql(site, `GRANT ALL ON ${name}.* TO 'oubli'@'%'`)
      return await openOn({ ...server.settings(name), user: 'oubli' })
    }
    pair = await twins(open)
  })
  after(async () => {
    await pair.close()
    await pair.killed.database.close()
    await pair.undisturbed.database.close()
    await site.close()
    await server.stop()
  })
  beforeEach(async () => {
    await pair.nextDay((n += 1))
    expect((await pair.undisturbed.oubli(['run'])).exit).to.equal(0)
  })

  for (const how of ['kill', 'shutdown'] as const)
    for (const point of ['locked', 'first write done', 'before commit', 'committed'] as const) {
      it(`is restarted after ${how} at "${point}", and the run goes on`, async () => {
        const said = await runWith(point, async () => {
          await server[how]()
          await server.start()
        })
        expect(said.exit, said.text).to.equal(0)
        await expectDone()
      })
    }

  for (const how of ['kill', 'shutdown'] as const)
    it(`is gone after ${how}: the run says so, and the next one does its work`, async () => {
      const before = await stateNow()
      const said = await runWith('first write done', () => server[how]())
      await server.start()
      expect(said.exit, said.text).to.equal(1)
      expect(said.text)
        .to.match(/E_DATABASE_LOST/)
        .and.not.include('E_UNEXPECTED')
      expect(await stateNow(), 'nothing half done').to.deep.equal(before)
      await nextRun()
    })

  it('goes read-only: nothing is tried again, and the run says so', async () => {
    const before = await stateNow()
    let tries = 0
    const said = await runWith(
      'locked',
      () => sql(site, 'SET GLOBAL read_only = 1'),
      (point) => {
        if (point === 'before lock') tries += 1
      },
    )
    expect(said.exit, said.text).to.equal(1)
    expect(said.text)
      .to.match(/E_NOT_WRITABLE/)
      .and.not.include('E_UNEXPECTED')
    expect(tries).to.equal(1)
    await sql(site, 'SET GLOBAL read_only = 0')
    expect(await stateNow()).to.deep.equal(before)
    await nextRun()
  })

  it('has no room on its disk: nobody is set aside for it, and the next run does its work', async () => {
    const before = await stateNow()
    const full = `${schema()}.no_room`
    const said = await runWith('flat rows committed', () =>
      sql(
        site,
        `CREATE TRIGGER ${full} BEFORE DELETE ON ${schema()}.prospects FOR EACH ROW SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114`,
      ),
    )
    await sql(site, `DROP TRIGGER ${full}`)
    expect(said.exit, said.text).to.equal(1)
    expect(said.text).to.match(/why stopped: prospects: not writable/)
    const apart = { text: 'SELECT * FROM oubli_set_aside', values: [] }
    expect(await pair.killed.database.rows(apart)).to.deep.equal([])
    expect(await stateNow()).to.deep.equal(before)
    await nextRun()
  })

  it('ends our connection by the hand of its DBA: the batch is done again, whole', async () => {
    const said = await runWith('first write done', async () => {
      const [row] = await site.rows({
        text: 'SELECT trx_mysql_thread_id AS id FROM information_schema.innodb_trx WHERE trx_rows_modified > 0',
        values: [],
      })
      await sql(site, `KILL CONNECTION ${String(row?.['id'])}`)
    })
    expect(said.exit, said.text).to.equal(0)
    await expectDone()
  })

  it('has no connection for us for a moment: nobody is set aside for it, and the run goes on', async () => {
    const said = await runWith('first write done', async () => {
      await sql(site, "ALTER USER 'oubli'@'%' ACCOUNT LOCK")
      await sql(site, 'KILL USER oubli')
      setTimeout(() => void sql(site, "ALTER USER 'oubli'@'%' ACCOUNT UNLOCK"), 100)
    })
    expect(said.exit, said.text).to.equal(0)
    await expectDone()
  })

  it('ends our query by the hand of its DBA: the run stops, and says so', async () => {
    const before = await stateNow()
    // Somebody holds the lease's row, so that our transaction waits in its first statement.
    const blocker = await openDatabase(server.settings(schema()))
    let blocking: Promise<unknown> = Promise.resolve()
    const said = await runWith('flat rows committed', () => {
      const held = signal()
      blocking = blocker.transaction(async (tx) => {
        await tx.run({ text: "UPDATE oubli_lease SET owner = owner WHERE name = 'run'", values: [] })
        held.give()
        await killQuery('SELECT token FROM%')
      })
      return Promise.race([held.given, blocking])
    })
    await blocking
    await blocker.close()
    expect(said.exit, said.text).to.equal(1)
    expect(said.text).to.match(/why stopped: prospects: killed/)
    expect(await stateNow()).to.deep.equal(before)
    await nextRun()
  })

  it('ends our query in the middle of a DELETE: nobody is half done, the run stops, and says so', async () => {
    const before = await stateNow()
    const slow = `${schema()}.slow`
    let ended: Promise<void> = Promise.resolve()
    const said = await runWith('flat rows committed', async () => {
      await sql(
        site,
        `CREATE TRIGGER ${slow} BEFORE DELETE ON ${schema()}.prospects FOR EACH ROW DO SLEEP(3)`,
      )
      ended = killQuery('%SLEEP(3)%')
    })
    await ended
    await sql(site, `DROP TRIGGER ${slow}`)
    expect(said.exit, said.text).to.equal(1)
    expect(said.text).to.match(/why stopped: prospects: killed/)
    const apart = { text: 'SELECT * FROM oubli_set_aside', values: [] }
    expect(await pair.killed.database.rows(apart)).to.deep.equal([])
    expect(await stateNow()).to.deep.equal(before)
    await nextRun()
  })

  function schema(): string {
    const { url } = databaseUrlSettings(pair.killed.database)
    return url.slice(url.lastIndexOf('/') + 1)
  }

  async function killQuery(like: string): Promise<void> {
    for (let tries = 0; tries < 12_000; tries += 1) {
      const [row] = await site.rows({
        // Not by its user, which in a trigger is whoever made that.
        text: "SELECT id FROM information_schema.processlist WHERE command = 'Query' AND info LIKE ? AND id <> CONNECTION_ID()",
        values: [like],
      })
      if (row !== undefined) {
        await sql(site, `KILL QUERY ${String(row['id'])}`)
        return
      }
      await sleep(10)
    }
    throw new Error(`no query like ${like} was seen`)
  }

  /** What happens the first time that the point is reached. */
  async function runWith(
    where: Point,
    happen: () => Promise<unknown>,
    also: (point: Point) => void = () => undefined,
  ): Promise<Said> {
    let happened = false
    const said = await pair.killed.oubli(['run'], {
      clock: () => Date.now() + later(n * 2),
      point: async (point) => {
        also(point)
        if (point !== where || happened) return
        happened = true
        await happen()
      },
    })
    expect(happened, `"${where}" was reached`).to.equal(true)
    return said
  }

  /** Of the people; the flat rows of the same run are done before them. */
  async function stateNow(): Promise<unknown> {
    const { database } = pair.killed
    const changes = (await changesOf(database)).filter((leaf) => leaf.includes('"prospects"'))
    return [await siteOf(database, ['prospects', 'clicks', 'receipts', 'old_receipts']), changes]
  }

  async function expectDone(): Promise<void> {
    const { killed, undisturbed } = pair
    expect(await siteOf(killed.database, siteTables)).to.deep.equal(
      await siteOf(undisturbed.database, siteTables),
    )
    expect(await changesOf(killed.database)).to.deep.equal(await changesOf(undisturbed.database))
    expect(await verified(killed)).to.match(/^VERIFIED/m)
  }

  async function nextRun(): Promise<void> {
    const next = await pair.killed.oubli(['run'], { clock: () => Date.now() + later(n * 2 + 1) })
    expect(next.exit, next.text).to.equal(0)
    await expectDone()
  }
})
