/**
 * What an operator asks of a run at work, it does before its next batch: of a run in a process of its own, the batches
 * are counted that it still writes after the wish was there.
 */
import { expect } from 'chai'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readBeatNumber } from '../../db/own/beat.ts'
import type { Database } from '../../db/session.ts'
import { until } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { begin, type Ended } from '../engine/kill.ts'
import { insert } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { slowViews } from '../engine/slow-views.ts'
import { quickPace } from '../quick-pace.ts'

const start = Date.parse('2026-06-01T10:00:00Z')
const rows = 600
/** A row a batch, and no rest: between two looks at the signals there are many. */
const pace = { ...quickPace, rows_per_commit: { min: 1, max: 1 } }

async function prepared(database: Database, more: object): Promise<Installation> {
  const one = await install(database, { ...siteFiles, pace: { ...pace, ...more } }, start)
  await slowViews(database)
  const views = Array.from({ length: rows }, (_, id) => ({
    ...{ id, ip: '192.0.2.7', visited_at: '2024-01-01 10:00:00' },
  }))
  await insert(database, 'page_views', views)
  await one.oubli(['run'])
  await one.approve()
  return one
}

async function left({ database }: Installation): Promise<number> {
  const [row] = await database.rows({ text: 'SELECT COUNT(*) AS n FROM page_views', values: [] })
  return Number(row?.['n'])
}

/** The run has looked at its surroundings so many times more, and has had time for many batches. */
async function looks({ database }: Installation, times: number): Promise<void> {
  const from = await readBeatNumber(database)
  await until('looks', async () => (await readBeatNumber(database)) >= from + times)
}

/** Says what is left in the first state of the database that holds the wish. */
async function leftWhenAsked(one: Installation, wish: 'pause' | 'stop'): Promise<number> {
  const said = one.oubli([wish])
  for (;;) {
    // One statement sees one state.
    const [row] = await one.database.rows({
      text: "SELECT COUNT(*) AS n, (SELECT MAX(value) FROM oubli_control WHERE name = ? AND value <> '') AS wish FROM page_views",
      values: [wish],
    })
    if (row?.['wish'] == null) continue
    expect((await said).exit).to.equal(0)
    return Number(row['n'])
  }
}

/** At most one batch more after `ask`. */
async function expectHeld(one: Installation, ask: () => Promise<number>): Promise<void> {
  const asked = await ask()
  await looks(one, 2)
  const held = await left(one)
  expect(asked - held, 'batches after the command').to.be.within(0, 1)
  expect(held, 'something is left to do').to.be.greaterThan(0)
}

/** So many batches more than `from` are done: each time it is asked at another place of a trip of several. */
async function batches(one: Installation, from: number, many: number): Promise<void> {
  await until('batches', async () => (await left(one)) <= from - many)
}

async function expectStopped(one: Installation, ended: Promise<Ended>): Promise<void> {
  const asked = await leftWhenAsked(one, 'stop')
  const { exit, text } = await ended
  expect(exit, text).to.equal(3)
  expect(text.trimEnd().split('\n').at(-1)).to.equal('why stopped: stopped by oubli stop')
  const last = await left(one)
  expect(asked - last, 'batches after the command').to.be.within(0, 1)
  expect(last, 'something is left to do').to.be.greaterThan(0)
}

eachDatabase('a run in a process of its own, within one batch,', (open) => {
  for (const [how, more, pause, resume] of [
    [
      'by command',
      {},
      (one: Installation) => leftWhenAsked(one, 'pause'),
      (one: Installation) => one.oubli(['resume']),
    ],
    [
      'by the pause file',
      { pause_file: '../pause' },
      async (one: Installation) => {
        await writeFile(join(one.folder, 'pause'), '')
        return await left(one)
      },
      (one: Installation) => rm(join(one.folder, 'pause')),
    ],
  ] as const)
    it(`${how} pauses, goes on and stops`, async function () {
      this.timeout(120_000)
      const one = await prepared(await open(), more)
      const { child, ended } = begin(one, { point: 'nowhere' }, ['run'])
      try {
        await batches(one, rows, 5)
        for (const many of [13, 7, 17, 11]) {
          await expectHeld(one, () => pause(one))
          const held = await left(one)
          await resume(one)
          await batches(one, held, many)
        }
        await expectStopped(one, ended)
      } finally {
        child.kill('SIGKILL')
        await ended
        await one.close()
      }
    })
})
