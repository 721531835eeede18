/** `kill -9` at every named place of a batch: the next run ends as if nothing had happened. */
import { expect } from 'chai'
import { points, type Point } from '../../base/point.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import { eachDatabase } from '../databases.ts'
import { quickPace } from '../quick-pace.ts'
import { changesOf, killAt, later, leavesOf, siteOf, verified } from './kill.ts'
import { dumpOf } from './lab.ts'
import { expectSameOwn, runIds } from './own-state.ts'
import { doneBy, expectSignedTotals } from './signed-totals.ts'
import { siteTables } from './site-files.ts'
import { day, twins, type Twins } from './twins.ts'

/** Which of the two policies come by a point. Where a block holds the whole transaction, flat rows stop at its ends only. */
function visited(point: Point, { dialect }: Database): { readonly people: boolean; readonly rows: boolean } {
  const flat = point === 'before flat rows' || point === 'flat rows committed'
  const steps = ['before lock', 'locked', 'root written', 'evidence written', 'before commit'].includes(point)
  return { people: !flat, rows: flat || (steps && !dialect.blocks) }
}

eachDatabase('a run that is killed', (open) => {
  let pair: Twins
  before(async function () {
    this.timeout(600_000)
    pair = await twins(open)
  })
  after(() => pair.close())

  points.write.forEach((point, i) => {
    it(`at "${point}", of people and of flat rows`, async () => {
      const { killed, undisturbed } = pair
      const way = visited(point, killed.database)
      const now = await pair.nextDay(i + 1)
      const runs = await runIds(killed.database)
      const undisturbedBefore = await runIds(undisturbed.database)
      const [signal, plain] = await Promise.all([
        killAt(killed, { point }, ['run', '--policy', way.people ? 'prospects' : 'page-views']),
        undisturbed.oubli(['run']),
      ])
      expect([signal, plain.exit]).to.deep.equal(['SIGKILL', 0])
      const busy = await killed.oubli(['run'])
      expect(busy.exit, busy.text).to.equal(5)
      expect(busy.text).to.include('E_BUSY')
      if (way.people && way.rows)
        expect(await killAt(killed, { point, ahead: later() }, ['run', '--policy', 'page-views'])).to.equal(
          'SIGKILL',
        )

      await expectNextEqual(pair, undisturbedBefore)

      const dump = await siteOf(killed.database, siteTables)
      const changes = await changesOf(killed.database)
      for (const shift of [0, day / 2]) {
        await setSandboxNow(killed.database, now + shift)
        expect((await killed.oubli(['run'])).exit).to.equal(0)
      }
      expect(await siteOf(killed.database, siteTables)).to.deep.equal(dump)
      expect(await changesOf(killed.database)).to.deep.equal(changes)
      const ended = (await finished(killed.database)).filter((run) => !runs.includes(run))
      expect(ended, 'one run.finished for each run that ended').to.have.length(3)
      expect(new Set(ended).size).to.equal(3)
    })
  })

  it('leaves evidence that verifies, and no mail', async () => {
    const { killed, undisturbed } = pair
    for (const one of [killed, undisturbed]) expect(await verified(one)).to.match(/^VERIFIED/m)
    expect(await dumpOf(killed.database, 'oubli_outbox')).to.deep.equal([])
    expect(await dumpOf(killed.database, 'oubli_set_aside')).to.deep.equal([])
  })
})

/** One person, or row, in a transaction. */
const one = { min: 1, max: 1 }

eachDatabase('a run that is killed after it has come on', (open) => {
  let pair: Twins
  before(async function () {
    this.timeout(600_000)
    pair = await twins(open, { pace: { ...quickPace, people_per_commit: one, rows_per_commit: one } }, 2)
  })
  after(() => pair.close())

  points.write.forEach((point, i) => {
    it(`at "${point}" of its second transaction`, async () => {
      const { killed, undisturbed } = pair
      const way = visited(point, killed.database)
      await pair.nextDay(i + 1)
      const undisturbedBefore = await runIds(undisturbed.database)
      expect((await undisturbed.oubli(['run'])).exit).to.equal(0)
      const policies = [...(way.people ? ['prospects'] : []), ...(way.rows ? ['page-views'] : [])]
      for (const [nr, policy] of policies.entries()) {
        const before = await runIds(killed.database)
        const blow = { point, time: 2, ahead: later(nr) }
        expect(await killAt(killed, blow, ['run', '--policy', policy])).to.equal('SIGKILL')
        const run = await newRun(killed.database, before)
        const cursors = await dumpOf(killed.database, 'oubli_cursor')
        expect(cursors.map((cursor) => [cursor['run_id'], cursor['policy']])).to.deep.equal([[run, policy]])
        expect(await doneBy(killed.database, run), 'of four').to.be.within(1, 2)
      }
      await expectNextEqual(pair, undisturbedBefore)
    })
  })

  it('leaves evidence that verifies', async () => {
    expect(await verified(pair.killed)).to.match(/^VERIFIED/m)
  })
})

/** The next run ends as the one of the twin that nobody disturbed, and signs what it did itself. */
async function expectNextEqual(
  { killed, undisturbed }: Twins,
  undisturbedBefore: readonly string[],
): Promise<void> {
  const before = await runIds(killed.database)
  expect((await killed.oubli(['run'], { clock: () => Date.now() + later(2) })).exit).to.equal(0)
  expect(await siteOf(killed.database, siteTables)).to.deep.equal(
    await siteOf(undisturbed.database, siteTables),
  )
  expect(together(await changesOf(killed.database))).to.deep.equal(
    together(await changesOf(undisturbed.database)),
  )
  await expectSameOwn([killed.database, before], [undisturbed.database, undisturbedBefore])
  await expectSignedTotals(killed.database, await newRun(killed.database, before))
}

/** Whoever goes on cuts what is left of a flat table anew: of its leaves that differ in the count alone, the sum. */
function together(changes: readonly string[]): readonly string[] {
  const sums = new Map<string, number>()
  for (const change of changes) {
    const flat = /^(.*"rows\.\w+".*"page_views":\{"\w+":")(\d+)(".*)$/.exec(change)
    const [key, count] = flat === null ? [change, 1] : [`${flat[1]}…${flat[3]}`, Number(flat[2])]
    sums.set(key, (sums.get(key) ?? 0) + count)
  }
  return [...sums].map(([key, count]) => `${count} × ${key}`).sort()
}

/** The one that is not among these. */
async function newRun(database: Database, before: readonly string[]): Promise<string> {
  return (await runIds(database)).find((run) => !before.includes(run)) ?? ''
}

async function finished(database: Database): Promise<readonly string[]> {
  return (await leavesOf(database))
    .filter((leaf) => leaf['kind'] === 'run.finished')
    .map((leaf) => String(leaf['run']))
}
