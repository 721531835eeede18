/** A run whose settings say nothing of a pace: as gentle as docs/gentle.md promises, from end to end. */
import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stopwatch } from '../../base/clock.ts'
import type { Point } from '../../base/point.ts'
import type { Database } from '../../db/session.ts'
import { eachDatabase } from '../databases.ts'
import { install } from '../engine/installation.ts'
import { leavesOf } from '../engine/kill.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { slowViews } from '../engine/slow-views.ts'

const start = Date.parse('2026-06-01T10:00:00Z')
/** In Paris, outside the working hours of the default. */
const night = Date.parse('2026-06-01T01:00:00Z')
const rows = 250
const share = 0.02
const most = 100
/** One row in so many takes long. */
const every = 50

async function due(database: Database): Promise<void> {
  const views = Array.from({ length: rows }, (_, id) => ({
    ...{ id, ip: '192.0.2.7', visited_at: '2024-01-01 10:00:00' },
  }))
  await insert(database, 'page_views', views)
}

/**
 * Milliseconds that each transaction took from its first row to its evidence, which is most of the time that it was
 * open. MariaDB goes through one on its own, so there triggers look at the clock.
 */
async function openTimes(database: Database) {
  const each: number[] = []
  let since = 0
  const point = (reached: Point): Promise<void> => {
    if (reached === 'locked') since = stopwatch()
    if (reached === 'evidence written') each.push(stopwatch() - since)
    return Promise.resolve()
  }
  if (!database.dialect.blocks) return { point, read: () => Promise.resolve(each) }
  for (const text of [
    'CREATE TABLE spent (id INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY, milliseconds DOUBLE NOT NULL)',
    'CREATE TRIGGER begins BEFORE DELETE ON page_views FOR EACH ROW SET @since = COALESCE(@since, SYSDATE(6))',
    `CREATE TRIGGER ends AFTER INSERT ON oubli_waiting FOR EACH ROW BEGIN
      INSERT INTO spent (milliseconds) SELECT TIMESTAMPDIFF(MICROSECOND, @since, SYSDATE(6)) / 1000 FROM DUAL WHERE @since IS NOT NULL;
      SET @since = NULL;
    END`,
  ])
    await sql(database, text)
  return {
    point,
    read: async () => {
      const found = await database.rows({ text: 'SELECT milliseconds FROM spent ORDER BY id', values: [] })
      return found.map(({ milliseconds }) => Number(milliseconds))
    },
  }
}

eachDatabase('a run without a word on its pace', (openOne) => {
  it('takes 100 rows at most, and rests for 98 % of the time', async () => {
    const one = await install(await openOne(), { ...siteFiles, pace: null }, start)
    try {
      const { database } = one
      expect(await readFile(join(one.folder, 'config/oubli.yml'), 'utf8')).not.to.include('"pace"')
      await slowViews(database, every)
      await due(database)
      await one.oubli(['run'])
      await one.approve()
      const times = await openTimes(database)
      const begun = stopwatch()
      const clock = () => night + Math.floor(stopwatch() - begun)
      const { exit, out, text } = await one.oubli(['run', '--json'], { clock, point: times.point })
      expect(exit, text).to.equal(0)
      expect(await dumpOf(database, 'page_views')).to.deep.equal([])

      const sizes = (await leavesOf(database))
        .filter(({ kind }) => kind === 'rows.erased')
        .map(({ tables }) => Number((tables as { page_views: { erased: string } }).page_views.erased))
      expect(sizes.reduce((sum, size) => sum + size)).to.equal(rows)
      expect(Math.max(...sizes), 'rows of a transaction').to.be.at.most(most)
      const { pace } = JSON.parse(out) as { readonly pace: { readonly rested_seconds: number } }
      const open = await times.read()
      // One that found no row is open, too, and leaves no evidence.
      expect(open.length).to.be.at.least(sizes.length)
      // After the last one there is nothing to rest for.
      const seconds = open.slice(0, -1).reduce((sum, one) => sum + one) / 1000
      const asked = seconds * (1 / share - 1)
      expect(asked).to.be.above(1)
      // What the run reads and asks between two transactions it takes off its rest: a fifth is more than enough.
      expect(pace.rested_seconds + 0.5, 'whole seconds at rest').to.be.at.least(asked * 0.8)
    } finally {
      await one.close()
    }
  })
})
