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
import { dumpOf, insert } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { slowRows } from '../engine/slow-views.ts'
import { quickPace } from '../quick-pace.ts'

const start = Date.parse('2026-06-01T10:00:00Z')
/** More than a run does while a slow machine asks it something. */
const rows = 3000
/** A row a batch, and no rest: between two looks at the signals there are many. */
const pace = { ...quickPace, rows_per_commit: { min: 1, max: 1 } }

type Table = 'page_views' | 'prospects'
/** A site with rows of one table that are due, and how many may write at the same time. */
type Prepared = Installation & { readonly table: Table; readonly writers: number }

async function prepared(database: Database, table: Table, more: object): Promise<Prepared> {
  const one = await install(database, { ...siteFiles, pace: { ...pace, ...more } }, start)
  await slowRows(database, table)
  const ids = Array.from({ length: rows }, (_, id) => id)
  await insert(
    database,
    table,
    table === 'page_views'
      ? ids.map((id) => ({ id, ip: '192.0.2.7', visited_at: '2024-01-01 10:00:00' }))
      : ids.map((id) => ({ id, email: `p${id}@mail.example`, collected_at: '2020-01-01 10:00:00' })),
  )
  await one.oubli(['run'])
  await one.approve()
  return { ...one, table, writers: 'writers' in more && database.dialect.locksRows ? 2 : 1 }
}

async function left({ database, table }: Prepared): Promise<number> {
  const [row] = await database.rows({ text: `SELECT COUNT(*) AS n FROM ${table}`, values: [] })
  return Number(row?.['n'])
}

/** The run has looked at its surroundings so many times more, and has had time for many batches. */
async function looks({ database }: Installation, times: number): Promise<void> {
  const from = await readBeatNumber(database)
  await until('looks', async () => (await readBeatNumber(database)) >= from + times)
}

/** Says what is left in the first state of the database that holds the wish. */
async function leftWhenAsked(one: Prepared, wish: 'pause' | 'stop'): Promise<number> {
  const said = one.oubli([wish])
  for (;;) {
    // One statement sees one state.
    const [row] = await one.database.rows({
      text: `SELECT COUNT(*) AS n, (SELECT MAX(value) FROM oubli_control WHERE name = ? AND value <> '') AS wish FROM ${one.table}`,
      values: [wish],
    })
    if (row?.['wish'] == null) continue
    expect((await said).exit).to.equal(0)
    return Number(row['n'])
  }
}

/** At most one batch more after `ask`, of each writer. */
async function expectHeld(one: Prepared, ask: () => Promise<number>): Promise<void> {
  const asked = await ask()
  await looks(one, 2)
  const held = await left(one)
  expect(asked - held, 'batches after the command').to.be.within(0, one.writers)
  expect(held, 'something is left to do').to.be.greaterThan(0)
}

/** So many batches more than `from` are done: each time it is asked at another place of a trip of several. */
async function batches(one: Prepared, from: number, many: number): Promise<void> {
  await until('batches', async () => (await left(one)) <= from - many)
}

async function expectStopped(one: Prepared, ended: Promise<Ended>): Promise<void> {
  const asked = await leftWhenAsked(one, 'stop')
  const { exit, text } = await ended
  expect(exit, text).to.equal(3)
  expect(text.trimEnd().split('\n').at(-1)).to.equal('why stopped: stopped by oubli stop')
  const last = await left(one)
  expect(asked - last, 'batches after the command').to.be.within(0, one.writers)
  expect(last, 'something is left to do').to.be.greaterThan(0)
}

eachDatabase('a run in a process of its own, within one batch,', (open) => {
  for (const [how, more, pause, resume] of [
    [
      'by command',
      {},
      (one: Prepared) => leftWhenAsked(one, 'pause'),
      (one: Prepared) => one.oubli(['resume']),
    ],
    [
      'by the pause file',
      { pause_file: '../pause' },
      async (one: Prepared) => {
        await writeFile(join(one.folder, 'pause'), '')
        return await left(one)
      },
      (one: Prepared) => rm(join(one.folder, 'pause')),
    ],
  ] as const)
    it(`${how} pauses, goes on and stops`, async function () {
      this.timeout(600_000)
      const one = await prepared(await open(), 'page_views', more)
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

  it('of people, and of each of two writers where there are two', async function () {
    this.timeout(600_000)
    const one = await prepared(await open(), 'prospects', {
      ...{ maintenance: 'daily 00:00-24:00', writers: 2 },
      people_per_commit: { min: 1, max: 1 },
    })
    const { child, ended } = begin(one, { point: 'nowhere' }, ['run'])
    try {
      // A cursor is kept for each writer that has written.
      await until('every writer', async () => {
        return (await dumpOf(one.database, 'oubli_cursor')).length === one.writers
      })
      await expectHeld(one, () => leftWhenAsked(one, 'pause'))
      const held = await left(one)
      await one.oubli(['resume'])
      await batches(one, held, 12)
      await expectStopped(one, ended)
    } finally {
      child.kill('SIGKILL')
      await ended
      await one.close()
    }
  })
})
