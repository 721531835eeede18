/** Each signal of the throttle, from the server to a run at work: it says why it waits, and writes nothing. */
import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Point } from '../../base/point.ts'
import { openDatabase } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import type { SignalName } from '../../engine/signals.ts'
import { until } from '../cli/lab.ts'
import { databaseUrlSettings, eachDatabase, eachServer } from '../databases.ts'
import { install, type Installation, type Said } from '../engine/installation.ts'
import { insert, sql } from '../engine/lab.ts'
import { isThere, obstacle } from '../engine/obstacle.ts'
import { siteFiles } from '../engine/site-files.ts'
import { quickPace } from '../quick-pace.ts'

const start = Date.parse('2026-06-01T10:00:00Z')
const rows = 500
const carts = [1, 2, 3]
const cart = (id: number): string => `SELECT * FROM carts WHERE id = ${id} FOR UPDATE`
const pace = { ...quickPace, rows_per_commit: { min: 1, max: 1 } }

async function installed(database: Database): Promise<Installation> {
  const one = await install(database, { ...siteFiles, pace }, start)
  await insert(
    database,
    'page_views',
    Array.from({ length: rows }, (_, id) => ({ id, ip: '192.0.2.7', visited_at: '2024-01-01 10:00:00' })),
  )
  await one.oubli(['run'])
  await one.approve()
  return one
}

interface AtWork {
  readonly committed: () => number
  readonly ended: Promise<Said>
}

/** With one threshold so low that what the test does is above it. */
function runWith(one: Installation, signal: SignalName, soft: number): AtWork {
  let committed = 0
  const point = async (reached: Point): Promise<void> => {
    if (reached !== 'committed' && reached !== 'flat rows committed') return
    committed += 1
    await sleep(60)
  }
  const env = { LANG: 'en', [`OUBLI_PACE_THRESHOLDS_${signal.toUpperCase()}_SOFT`]: String(soft) }
  const ended = one.oubli(['run', '--json', '--progress', '1'], { point, env })
  return { committed: () => committed, ended }
}

async function throttled(one: Installation, why: RegExp): Promise<void> {
  await until(String(why), async () => {
    const { atWork } = JSON.parse((await one.oubli(['status', '--json'])).out) as {
      readonly atWork: { readonly state: string; readonly reason: string | null } | null
    }
    return atWork?.state === 'throttled' && why.test(atWork.reason ?? '')
  })
}

/** The transaction at hand may end; after it there is none, for longer than two looks. */
async function stands(one: Installation): Promise<void> {
  await sleep(300)
  const before = await left(one)
  await sleep(1200)
  expect(await left(one)).to.equal(before)
}

async function left(one: Installation): Promise<number> {
  const [row] = await one.database.rows({ text: 'SELECT COUNT(*) AS n FROM page_views', values: [] })
  return Number(row?.['n'])
}

/** Status, progress and log say the same, and nothing is written while it waits. */
async function expectHeld(one: Installation, run: AtWork, signal: SignalName, why: RegExp): Promise<void> {
  await until('a first commit', () => run.committed() > 0)
  await throttled(one, why)
  await stands(one)
  await one.oubli(['stop'])
  const said = await run.ended
  expect(said.exit, said.text).to.equal(3)
  const { why_stopped: stopped, pace: report } = JSON.parse(said.out) as {
    readonly why_stopped: string
    readonly pace: { readonly throttled_seconds: number; readonly signals_missing: readonly string[] }
  }
  expect(stopped).to.equal('stopped by oubli stop')
  expect(report.throttled_seconds).to.be.greaterThan(0)
  expect(report.signals_missing).not.to.include(signal)
  expect(await left(one), 'something is left to do').to.be.greaterThan(0)
  const shown = said.text
    .split('\n')
    .filter((line) => line.startsWith('{"progress"'))
    .map((line) => (JSON.parse(line) as { progress: { state: string; reason: string | null } }).progress)
  expect(
    shown.filter(({ state, reason }) => state === 'throttled' && why.test(reason ?? '')),
  ).not.to.have.length(0)
  const log = await readFile(join(one.folder, 'oubli.log'), 'utf8')
  expect(log).to.match(
    new RegExp(`throttled {2}page-views: nothing is written while ${signal} is \\d+, above`),
  )
}

eachServer('a run at work waits', (open) => {
  let one: Installation
  let site: Database
  const busy: Promise<unknown>[] = []
  before(async () => {
    one = await installed(await open())
    await sql(one.database, 'CREATE TABLE carts (id INT NOT NULL PRIMARY KEY, n INT NOT NULL)')
    await insert(
      one.database,
      'carts',
      carts.map((id) => ({ id, n: 0 })),
    )
    const { settings } = databaseUrlSettings(one.database)
    site = await openDatabase(settings.client === 'mysql' ? { ...settings, poolSize: 8 } : settings)
  })
  after(async () => {
    await site.close()
    await one.close()
  })
  afterEach(async () => {
    await Promise.all(busy.splice(0))
  })

  /** Another that wants the cart's row, and gets it when it is free. */
  async function wantCart(id: number): Promise<void> {
    const text = `SET STATEMENT innodb_lock_wait_timeout = 60 FOR UPDATE carts SET n = n + 1 WHERE id = ${id}`
    const { state } = await site.transaction((tx) => tx.run({ text, values: [] }))
    expect(state).to.equal('committed')
  }

  async function untilWanted(id: number): Promise<void> {
    const text = `info LIKE 'SET STATEMENT%UPDATE carts%id = ${id}'`
    while (!(await isThere(one.database, text))) await sleep(5)
  }

  it('while more statements are at work than the server bears', async () => {
    const run = runWith(one, 'threads_running', 5)
    await until('a first commit', () => run.committed() > 0)
    const { letGo } = await obstacle(site, "SELECT GET_LOCK('place', 0)")
    const place = { text: "SELECT GET_LOCK('place', 300), RELEASE_LOCK('place')", values: [] }
    busy.push(...Array.from({ length: 7 }, () => site.rows(place)))
    try {
      await expectHeld(one, run, 'threads_running', /^throttled: threads running \d+ > 5$/)
    } finally {
      await letGo()
    }
  })

  it('while old row versions pile up, and goes on when they are cleared', async () => {
    let end: () => void = () => undefined
    const read = new Promise<void>((resolve) => (end = resolve))
    const run = runWith(one, 'history_list', 8)
    await until('a first commit', () => run.committed() > 0)
    // Whoever reads an old state keeps InnoDB from clearing anything newer.
    busy.push(
      site.transaction(
        async (tx) => {
          await tx.rows({ text: 'SELECT * FROM carts', values: [] })
          await read
        },
        { isolation: 'repeatable read' },
      ),
    )
    try {
      await throttled(one, /^throttled: history list \d+ > 8$/)
      await stands(one)
    } finally {
      end()
    }
    const held = run.committed()
    await until('room again', () => run.committed() > held)
    await one.oubli(['stop'])
    expect((await run.ended).exit).to.equal(3)
    const log = await readFile(join(one.folder, 'oubli.log'), 'utf8')
    expect(log).to.match(/throttle\.ended {2}page-views: the site has room again/)
  })

  it('while sessions of the site wait long for a row lock', async () => {
    const shop = { open: true }
    const run = runWith(one, 'row_lock_wait_ms', 20)
    await until('a first commit', () => run.committed() > 0)
    // One after the other is served: whenever the signal is read, somebody has just waited.
    const shopping = carts.map(async (id) => {
      while (shop.open) {
        const { letGo } = await obstacle(site, cart(id))
        const wanted = wantCart(id)
        await untilWanted(id)
        await sleep(120)
        await letGo()
        await wanted
      }
    })
    try {
      await expectHeld(one, run, 'row_lock_wait_ms', /^throttled: row lock wait \d+ ms > 20 ms$/)
    } finally {
      shop.open = false
      await Promise.all(shopping)
    }
  })

  it('while sessions of the site wait for a row lock just then', async () => {
    const run = runWith(one, 'row_lock_waits', 1)
    await until('a first commit', () => run.committed() > 0)
    const { letGo } = await obstacle(site, cart(1))
    busy.push(wantCart(1), wantCart(1))
    try {
      await expectHeld(one, run, 'row_lock_waits', /^throttled: row lock waits [12] > 1$/)
    } finally {
      await letGo()
    }
  })
})

eachDatabase('a run at work waits', (open) => {
  it('while its own small write takes too long', async () => {
    const one = await installed(await open())
    try {
      const { database } = one
      if (database.dialect.locksRows)
        await sql(database, 'CREATE TRIGGER slow BEFORE UPDATE ON oubli_beat FOR EACH ROW DO SLEEP(0.05)')
      else {
        await sql(database, 'CREATE TABLE ballast (id INTEGER NOT NULL PRIMARY KEY)')
        await insert(
          database,
          'ballast',
          Array.from({ length: 100 }, (_, id) => ({ id })),
        )
        await sql(
          database,
          'CREATE TRIGGER slow BEFORE UPDATE ON oubli_beat BEGIN SELECT COUNT(*) FROM ballast a, ballast b, ballast c; END',
        )
      }
      const run = runWith(one, 'commit_ms', 4)
      await expectHeld(one, run, 'commit_ms', /^throttled: commit time \d+ ms > 4 ms$/)
    } finally {
      await one.close()
    }
  })
})
