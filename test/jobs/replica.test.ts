/** A real replica that falls behind, goes away and comes back, beside a run at work. */
import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import type { Point } from '../../base/point.ts'
import { until } from '../cli/lab.ts'
import { eachDatabase, eachServer, openOn } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { startMariaDb, type MariaDbServer } from '../mariadb-server.ts'
import { quickPace } from '../quick-pace.ts'

const start = Date.parse('2026-06-01T10:00:00Z')
const rows = 200

async function due(database: Database): Promise<void> {
  const views = Array.from({ length: rows }, (_, i) => i + 1)
  await insert(
    database,
    'page_views',
    views.map((id) => ({ id, ip: '192.0.2.7', visited_at: '2024-01-01 10:00:00' })),
  )
}

async function approved(one: Installation): Promise<void> {
  await one.oubli(['run'])
  await one.approve()
}

async function processOf(server: Database): Promise<number> {
  const [row] = await server.rows({ text: 'SELECT @@pid_file AS file, @@datadir AS folder', values: [] })
  return Number(await readFile(resolve(String(row?.['folder']), String(row?.['file'])), 'utf8'))
}

interface Replication {
  readonly primary: MariaDbServer
  readonly replica: MariaDbServer
  /** On the replica. */
  readonly there: Database
  readonly site: Database
}

async function startReplication(): Promise<Replication> {
  const binlog = ['--log-bin=bin', '--binlog-format=ROW']
  const primary = await startMariaDb({ flags: [...binlog, '--server-id=1'] })
  // One that was killed repeats what it had done already.
  const again = ['--slave-exec-mode=IDEMPOTENT', '--sync-relay-log-info=1', '--slave-net-timeout=5']
  const replica = await startMariaDb({ flags: ['--server-id=2', '--relay-log=relay', ...again] })
  const there = await openDatabase({ ...replica.settings('mysql'), poolSize: 1 })
  await sql(
    there,
    `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${primary.port}, MASTER_USER = 'root',` +
      " MASTER_PASSWORD = '', MASTER_SSL = 0, MASTER_CONNECT_RETRY = 1," +
      " MASTER_LOG_FILE = 'bin.000001', MASTER_LOG_POS = 4",
  )
  await sql(there, 'START SLAVE')
  const root = await openDatabase({ ...primary.settings('mysql'), poolSize: 1 })
  await sql(root, 'CREATE DATABASE site CHARACTER SET utf8mb4')
  await root.close()
  return { primary, replica, there, site: await openOn(primary.settings('site')) }
}

eachServer('beside a replica', (open) => {
  let one: Installation
  let at: Replication
  let committed = 0
  /** So that it is still at work when it is looked at. Milliseconds. */
  let rest = 0
  before(async function () {
    // Only to share the skipping of databases that nobody asked for.
    await open()
    at = await startReplication()
    const pace = {
      ...quickPace,
      rows_per_commit: { min: 1, max: 1 },
      replicas: `127.0.0.1:${at.replica.port}`,
      require: 'replica_lag_ms, read_only, threads_running, history_list',
    }
    one = await install(at.site, { ...siteFiles, pace }, start)
    await due(at.site)
    await approved(one)
    expect((await one.oubli(['run'])).exit).to.equal(0)
  })
  after(async () => {
    await one.close()
    await at.site.close()
    await at.there.close()
    await at.replica.stop()
    await at.primary.stop()
  })

  async function atWork() {
    const said = JSON.parse((await one.oubli(['status', '--json'])).out) as {
      readonly atWork: { readonly state: string; readonly reason: string | null } | null
    }
    return said.atWork
  }

  async function reason(wanted: RegExp): Promise<void> {
    await until(String(wanted), async () => {
      const found = await atWork()
      return found?.state === 'throttled' && wanted.test(found.reason ?? '')
    })
  }

  /** Status is a look behind: at first it still says that the lag is not known, as at the beginning of each run. */
  async function underWay(): Promise<void> {
    await until('a first commit', () => committed > 0)
    await until('at work', async () => (await atWork())?.state === 'working')
  }

  async function run() {
    committed = 0
    rest = 400
    const point = async (reached: Point): Promise<void> => {
      if (reached !== 'committed' && reached !== 'flat rows committed') return
      committed += 1
      await sleep(rest)
    }
    return await one.oubli(['run'], { point })
  }

  /** Nothing is written any more, but for the transaction at hand. */
  async function stands(): Promise<void> {
    const before = committed
    await sleep(1500)
    expect(committed).to.be.at.most(before + 1)
  }

  it('a run waits while it is behind, says so, and goes on when it has caught up', async () => {
    await due(at.site)
    const running = run()
    await underWay()
    await sql(at.there, 'STOP SLAVE SQL_THREAD')
    await reason(
      new RegExp(`^throttled: replica lag of 127\\.0\\.0\\.1:${at.replica.port} [\\d.]+ s > 1\\.5 s$`),
    )
    await stands()
    expect(await dumpOf(at.site, 'page_views')).not.to.have.length(0)
    await sql(at.there, 'START SLAVE SQL_THREAD')
    rest = 0
    const said = await running
    expect([said.exit, await dumpOf(at.site, 'page_views')]).to.deep.equal([0, []])
    expect(said.out).to.match(/^throttled for \d+ s$/m)
    const log = await readFile(join(one.folder, 'oubli.log'), 'utf8')
    expect(log).to.match(
      /throttled {2}page-views: nothing is written while replica_lag_ms is \d+, above 1500/,
    )
    expect(log).to.match(/throttle\.ended {2}page-views: the site has room again after \d+ s/)
  })

  it('a run waits while it cannot be asked', async () => {
    await due(at.site)
    const running = run()
    await underWay()
    await at.replica.kill()
    await reason(/^throttled: replica lag of 127\.0\.0\.1:\d+ is not known$/)
    await stands()
    await at.replica.start()
    rest = 0
    const said = await running
    expect([said.exit, await dumpOf(at.site, 'page_views')]).to.deep.equal([0, []])
  })

  it('a run waits while its last answer is too old: the replica is frozen', async () => {
    await due(at.site)
    const pid = await processOf(at.there)
    const running = run()
    await underWay()
    process.kill(pid, 'SIGSTOP')
    try {
      // No connection breaks, and the last value was a good one: only its age tells.
      await reason(/^throttled: replica lag of 127\.0\.0\.1:\d+ is not known$/)
      await stands()
      expect(await dumpOf(at.site, 'page_views')).not.to.have.length(0)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    rest = 0
    const said = await running
    expect([said.exit, await dumpOf(at.site, 'page_views')]).to.deep.equal([0, []])
    expect(said.out).to.match(/^throttled for \d+ s$/m)
  })
})

eachDatabase('a signal that the settings require', (open) => {
  it('and that cannot be read refuses the run before anything is changed', async () => {
    const pace = { ...quickPace, require: 'replica_lag_ms' }
    const one = await install(await open(), { ...siteFiles, pace }, start)
    try {
      await due(one.database)
      const said = await one.oubli(['run'])
      expect(said.exit).to.equal(4)
      expect(said.text).to.match(/^E_SIGNAL_MISSING {2}pace\.require: .*replica_lag_ms$/m)
      expect(await dumpOf(one.database, 'oubli_run')).to.deep.equal([])
      expect((await one.oubli(['status'])).out).to.include('No run is at work.')
    } finally {
      await one.close()
    }
  })
})
