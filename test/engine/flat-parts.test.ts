/** How a flat table is cut into parts: which way is chosen, and that no key falls between two of them. */
import { expect } from 'chai'
import fc from 'fast-check'
import { keyText } from '../../base/subject-ref.ts'
import { addHold } from '../../db/own/holds.ts'
import type { Database, SqlValue, Statement } from '../../db/session.ts'
import { listsFor, windowsFor } from '../../engine/flat-parts.ts'
import { canGoFlat } from '../../engine/flat-policy.ts'
import { steadyPace } from '../../engine/pace.ts'
import { runPolicy, type PolicyOutcome } from '../../engine/run-policy.ts'
import { eachDatabase, eachServer } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { asOf, createLab, due, fresh, insert, sql, type Lab } from './lab.ts'

const beyondDoubles = 2n ** 53n
const beyondSigned = 2n ** 63n

function windows(rows: number, low: bigint, high: bigint, size: number): readonly string[] | null {
  const parts = windowsFor({ rows, low, high }, size)
  return parts?.map((part) => (part.by === 'window' ? `${part.low}-${part.high}` : 'keys')) ?? null
}

describe('windows of a primary key', () => {
  it('hold about as many due rows as were asked, and end where the stretch ends', () => {
    expect(windows(100, 1n, 100n, 40)).to.deep.equal(['1-40', '41-80', '81-100'])
    expect(windows(50, 1n, 100n, 20)).to.deep.equal(['1-40', '41-80', '81-100'])
    expect(windows(5, -7n, -3n, 2)).to.deep.equal(['-7--6', '-5--4', '-3--3'])
    expect(windows(1, 9n, 9n, 500)).to.deep.equal(['9-9'])
  })

  it('are none where fewer than a tenth of the keys are due', () => {
    expect(windows(10, 1n, 100n, 10)).to.deep.equal(['1-100'])
    expect(windows(9, 1n, 100n, 10)).to.equal(null)
    expect(windows(1, 0n, 10n, 10), 'both ends count').to.equal(null)
    expect(windows(0, 1n, 1n, 10)).to.equal(null)
    expect(windows(1_000_000, -beyondSigned, beyondSigned - 1n, 1000)).to.equal(null)
  })

  it('move on even where more was counted than there are keys', () => {
    expect(windows(90, 1n, 3n, 1)).to.deep.equal(['1-1', '2-2', '3-3'])
  })

  for (const low of [0n, beyondDoubles + 1n, beyondSigned - 30n, 2n ** 64n - 1000n])
    it(`lie side by side and leave no key out, from ${low}`, () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 999 }),
          fc.integer({ min: 1, max: 1000 }),
          fc.integer({ min: 1, max: 60 }),
          (more, rows, size) => {
            const high = low + BigInt(more)
            const parts = windowsFor({ rows, low, high }, size)
            expect(parts === null).to.equal(rows * 10 < more + 1)
            let next = low
            for (const part of parts ?? []) {
              if (part.by !== 'window') throw new Error('a list')
              expect(part.low).to.equal(next)
              expect(part.high >= part.low).to.equal(true)
              // Were the due rows spread evenly, none would hold more of them than were asked.
              if (rows <= more + 1 && part.high > part.low)
                expect((Number(part.high - part.low + 1n) * rows) / (more + 1)).to.be.at.most(size + 1e-6)
              next = part.high + 1n
            }
            if (parts !== null) expect(next).to.equal(high + 1n)
          },
        ),
      )
    })
})

describe('lists of keys', () => {
  it('have the size that was asked, each key once and in its order', () => {
    const keys = ['5', '3', '9', '1', '7'].map((key) => [key])
    expect(listsFor(keys, 2)).to.deep.equal([
      { by: 'keys', keys: [['5'], ['3']] },
      { by: 'keys', keys: [['9'], ['1']] },
      { by: 'keys', keys: [['7']] },
    ])
    expect(listsFor(keys, 5)).to.deep.equal([{ by: 'keys', keys }])
    expect(listsFor([], 5)).to.deep.equal([])
  })
})

const unsigned = 'BIGINT UNSIGNED'

async function logs(database: Database, ids: readonly (number | bigint)[], type = 'BIGINT'): Promise<Lab> {
  const lab = await createLab(database, {
    tables: [
      `CREATE TABLE logs (id ${type} NOT NULL PRIMARY KEY, seen_at DATETIME NULL)`,
      'CREATE INDEX logs_seen ON logs (seen_at)',
    ],
    kinds: [kind('log', 'logs', { events: { seen: event([at('seen_at')]) } })],
    policies: [policy('log')],
  })
  await put(database, ids, due)
  expect(canGoFlat(lab.ports, lab.policy())).to.equal(true)
  return lab
}

async function put(database: Database, ids: readonly (number | bigint)[], seen: string): Promise<void> {
  await insert(
    database,
    'logs',
    ids.map((id) => ({ id, seen_at: seen })),
  )
}

interface Ways {
  windows: number
  lists: number
  /** Statements that delete, or choose what to delete, without the whole condition. */
  readonly bare: string[]
}

/** The run, and by which parts it looked for what it deletes. */
async function runIt(lab: Lab, size: number): Promise<PolicyOutcome & { readonly ways: Ways }> {
  const ways: Ways = { windows: 0, lists: 0, bare: [] }
  const { database } = lab
  const hear = ({ text }: Statement): void => {
    for (const line of text.split('\n').filter((one) => one.includes(' FROM `logs`'))) {
      if (line.includes('`id` BETWEEN ? AND ?')) ways.windows += 1
      // In steps the keys that were found are deleted by a list, whatever led to them.
      else if (/`id` IN \(/.test(line) && (database.dialect.blocks || !line.startsWith('DELETE')))
        ways.lists += 1
      if (!line.includes('`seen_at` >= ? AND `seen_at` < ?')) ways.bare.push(line)
    }
  }
  const heard: Database = {
    dialect: database.dialect,
    rows: (statement) => database.rows(statement),
    run: (statement) => database.run(statement),
    transaction: (work, options) =>
      database.transaction(
        (tx) =>
          work({
            rows: (statement) => (hear(statement), tx.rows(statement)),
            run: (statement) => (hear(statement), tx.run(statement)),
          }),
        options,
      ),
    block: (statement) => (hear(statement), database.block(statement)),
    close: () => database.close(),
  }
  const outcome = await runPolicy(
    { ...lab.ports, database: heard },
    lab.policy(),
    { run: 'f'.repeat(32), asOf, lease: lab.lease },
    { items: 10_000, pace: steadyPace(size, () => null, 3) },
  )
  return { ...outcome, ways }
}

async function idsLeft(lab: Lab): Promise<readonly bigint[]> {
  const rows = await lab.database.rows({ text: 'SELECT id FROM logs ORDER BY id', values: [] })
  return rows.map((row) => BigInt(row['id'] as string))
}

const dense = range(1, 41)
const scattered = range(0, 40).map((i) => 1000 + i * 99_991)

eachDatabase('the parts of a flat table', (open) => {
  it('are windows where due rows are dense, each with the whole condition', async () => {
    const lab = await logs(await open(), dense)
    await put(lab.database, range(101, 111), fresh)
    const { ways, done } = await runIt(lab, 10)
    expect([done, ways.lists, ways.bare]).to.deep.equal([40, 0, []])
    // More than four where the next stretch is read ahead, before these rows are gone.
    expect(ways.windows).to.be.at.least(4)
    expect(await idsLeft(lab)).to.deep.equal(range(101, 111).map(BigInt))
  })

  it('are lists of keys where due rows are scattered, each with the whole condition', async () => {
    const lab = await logs(await open(), scattered)
    await put(lab.database, range(101, 111), fresh)
    const { ways, done } = await runIt(lab, 10)
    expect([done, ways.windows, ways.bare]).to.deep.equal([40, 0, []])
    expect(ways.lists).to.be.at.least(4)
    expect(await idsLeft(lab)).to.deep.equal(range(101, 111).map(BigInt))
  })

  for (const [what, ids] of Object.entries({ window: dense, 'list of keys': scattered }))
    it(`leave a row alone that becomes young before its ${what} is reached`, async () => {
      const lab = await logs(await open(), ids)
      const young = ids.at(-1) ?? 0
      let touched = 0
      lab.point = async (point) => {
        if (point === 'before flat rows' && touched === 0)
          touched = await sql(lab.database, 'UPDATE logs SET seen_at = ? WHERE id = ?', fresh, young)
      }
      const { ways, ...outcome } = await runIt(lab, 8)
      expect(outcome).to.include({ done: 39, busy: 0, setAside: 0, stopped: 'done' })
      expect(what === 'window' ? ways.lists : ways.windows).to.equal(0)
      expect(await idsLeft(lab)).to.deep.equal([BigInt(young)])
    })

  for (const [what, step] of Object.entries({ windows: 1n, 'lists of keys': 1_000_003n }))
    it(`take keys beyond 2^53 for what they are, by ${what}`, async () => {
      await keepsNeighbours(await logs(await open(), from(beyondDoubles, step)), beyondDoubles + step, step)
    })
})

eachServer('the parts of a flat table', (open) => {
  for (const [what, step] of Object.entries({ windows: 1n, 'lists of keys': 1_000_003n }))
    it(`take keys above 2^63 for what they are, by ${what}`, async () => {
      const lab = await logs(await open(), from(beyondSigned, step), unsigned)
      await keepsNeighbours(lab, beyondSigned + step, step)
    })
})

/** Twenty due rows, one under a hold; the fresh one beyond them could be taken for the last by who rounds. */
async function keepsNeighbours(lab: Lab, held: bigint, step: bigint): Promise<void> {
  const young = (await idsLeft(lab)).at(-1)! + 1n
  await put(lab.database, [young], fresh)
  await hold(lab, String(held))
  const { ways, ...outcome } = await runIt(lab, 6)
  expect(outcome).to.include({ done: 19, busy: 0, setAside: 0, stopped: 'done' })
  expect(step === 1n ? ways.lists : ways.windows).to.equal(0)
  expect(step === 1n ? ways.windows : ways.lists).to.be.greaterThan(2)
  expect(await idsLeft(lab)).to.deep.equal([held, young])
}

async function hold(lab: Lab, key: SqlValue & string): Promise<void> {
  await addHold(lab.database, {
    ...{ id: key, kind: 'log', keyText: keyText([key]), matter: 'm', because: 'b', setBy: 'DPO' },
    ...{ setAt: '2026-06-01T10:00:00.000Z', reviewBy: '2027-01-01' },
  })
}

function from(low: bigint, step: bigint): readonly bigint[] {
  return range(0, 20).map((i) => low + BigInt(i) * step)
}

function range(low: number, end: number): readonly number[] {
  return Array.from({ length: end - low }, (_, i) => low + i)
}
