/** `oubli run` within its declared maintenance hours: several writers while the site bears them, else one. */
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../cli/lab.ts'
import { openDatabase } from '../../db/connect.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import { databaseUrlSettings, eachDatabase, eachServer } from '../databases.ts'
import { quickPace } from '../quick-pace.ts'
import { install, type Installation } from './installation.ts'
import { changesOf, killAt, later, siteOf, verified } from './kill.ts'
import { sql } from './lab.ts'
import { siteFiles, siteTables } from './site-files.ts'
import { addDue, day, start } from './twins.ts'

const pace = {
  ...quickPace,
  maintenance: 'daily 02:00-04:00',
  writers: 2,
  people_per_commit: { min: 1, max: 1 },
  // Three sessions that wait for a row are near the limit.
  thresholds: { ...quickPace.thresholds, row_lock_waits: { soft: 4, hard: 1000 } },
}
/** Half a minute before and after four o'clock in Paris, two hours ahead of UTC. */
const within = Date.parse('2026-06-01T01:59:30Z')
const outside = Date.parse('2026-06-01T02:00:30Z')

async function installed(database: Database, more: object = {}): Promise<Installation> {
  const one = await install(database, { ...siteFiles, pace: { ...pace, ...more } }, start)
  await addDue(database, 1)
  await one.oubli(['run'])
  await one.approve()
  expect((await one.oubli(['run'])).exit).to.equal(0)
  return one
}

async function dueAgain(one: Installation, n: number, groups: number): Promise<void> {
  await setSandboxNow(one.database, start + n * day)
  for (let i = 0; i < groups; i += 1) await addDue(one.database, n * 10_000 + i * 10)
}

eachDatabase('writers in the maintenance hours', (open) => {
  let one: Installation
  before(async () => {
    one = await installed(await open())
  })
  after(() => one.close())

  it('are several, and one beside a site that waits or outside the hours; progress says so', async () => {
    const { locksRows, blocks } = one.database.dialect
    const several = locksRows ? 2 : 1
    await dueAgain(one, 1, 300)
    let [open, clock, over, seen] = [0, within, false, false]
    const together: number[] = []
    const running = one
      .oubli(['run'], {
        clock: () => clock,
        point: async (point) => {
          if (point === 'before lock') together.push((open += 1))
          if (point === 'locked' && !seen) await sleep(120)
          if (point === 'committed' || (point === 'flat rows committed' && !blocks)) open -= 1
        },
      })
      .finally(() => (over = true))
    const shown = async (): Promise<{ writers: number; state: string } | null> => {
      const { out } = await one.oubli(['status', '--json'], { clock: () => clock })
      return (JSON.parse(out) as { atWork: { writers: number; state: string } | null }).atWork
    }
    const shows = (writers: number, state: string): Promise<void> =>
      until(`${writers} ${state}`, async () => {
        const now = await shown()
        return over || (now?.writers === writers && now.state === state && together.length > 2)
      })
    /** Most that were open together when the next five began; two may have been sent before. */
    const most = async (): Promise<number> => {
      const from = together.length + 2
      await until('five more', () => Promise.resolve(over || together.length >= from + 5))
      return Math.max(0, ...together.slice(from))
    }
    await shows(several, 'working')
    expect(await most(), 'in the hours').to.equal(several)
    if (several === 2) {
      const release = await waiters(one.database)
      await shows(1, 'slowed')
      expect(await most(), 'beside a site that waits').to.equal(1)
      await release()
      await shows(2, 'working')
      clock = outside
      await shows(1, 'working')
      expect(await most(), 'outside the hours').to.equal(1)
      expect(over, 'it was still at work').to.equal(false)
    }
    seen = true
    const { exit, text } = await running
    expect(exit, text).to.equal(0)
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })
})

/** Three sessions of the site wait for a row that a fourth holds, until they are let go. */
async function waiters(database: Database): Promise<() => Promise<void>> {
  const site = await openDatabase(databaseUrlSettings(database).settings)
  await sql(site, 'CREATE TABLE counters (id INT NOT NULL PRIMARY KEY, n INT NOT NULL)')
  await sql(site, 'INSERT INTO counters VALUES (1, 0)')
  let letGo = (): void => undefined
  const end = new Promise<void>((resolve) => (letGo = resolve))
  const count = { text: 'UPDATE counters SET n = n + 1 WHERE id = 1', values: [] }
  const held = site.transaction(async (tx) => {
    await tx.run(count)
    await end
  })
  const waiting = Array.from({ length: 3 }, () =>
    site.transaction(async (tx) => {
      await tx.rows({ text: 'SELECT @@innodb_lock_wait_timeout', values: [] })
      await tx.run({ text: `SET STATEMENT innodb_lock_wait_timeout = 60 FOR ${count.text}`, values: [] })
    }),
  )
  return async () => {
    letGo()
    await Promise.all([held, ...waiting])
    await site.close()
  }
}

eachServer('a run of two writers that is killed', (open) => {
  let killed: Installation
  let alone: Installation
  before(async function () {
    this.timeout(600_000)
    const hours = { maintenance: 'daily 00:00-24:00' }
    killed = await installed(await open(), hours)
    alone = await installed(await open(), { ...hours, writers: 1 })
  })
  after(async () => {
    for (const one of [killed, alone]) await one.close()
  })

  ;(['locked', 'first write done', 'evidence written', 'before commit', 'committed'] as const).forEach(
    (point, i) => {
      it(`at "${point}": the next ends as one writer that nobody disturbs`, async () => {
        for (const one of [killed, alone]) await dueAgain(one, i + 1, 4)
        expect((await alone.oubli(['run'])).exit).to.equal(0)
        expect(await killAt(killed, { point, time: 2 }, ['run', '--policy', 'prospects'])).to.equal('SIGKILL')
        const next = await killed.oubli(['run'], { clock: () => Date.now() + later() })
        expect(next.exit, next.text).to.equal(0)
        expect(await siteOf(killed.database, siteTables)).to.deep.equal(
          await siteOf(alone.database, siteTables),
        )
        expect(await changesOf(killed.database)).to.deep.equal(await changesOf(alone.database))
        expect(await verified(killed)).to.match(/^VERIFIED/m)
      })
    },
  )
})
