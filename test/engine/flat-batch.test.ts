/** What a trip of flat transactions answers, and what is made of it: by blocks and in steps, on any database. */
import { expect } from 'chai'
import { DatabaseError, type FailureKind } from '../../db/database-error.ts'
import { insertEntries } from '../../db/own/entries.ts'
import { raiseToken } from '../../db/own/lease.ts'
import type { Database, Outcome, Row, Statement } from '../../db/session.ts'
import type { Part } from '../../db/site/flat-rows.ts'
import { applyFlat, type FlatResult } from '../../engine/flat-batch.ts'
import { readScope } from '../../engine/flat-scope.ts'
import { steadyPace } from '../../engine/pace.ts'
import { bounds } from '../../engine/walk.ts'
import { eachDatabase } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { asOf, createLab, due, fresh, insert, sql, type Lab } from './lab.ts'

const run = 'e'.repeat(32)

async function logs(database: Database): Promise<Lab> {
  const lab = await createLab(database, {
    tables: [
      'CREATE TABLE logs (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
      'CREATE INDEX logs_seen ON logs (seen_at)',
    ],
    kinds: [kind('log', 'logs', { events: { seen: event([at('seen_at')]) } })],
    policies: [policy('log')],
  })
  const old = Array.from({ length: 6 }, (_, i) => ({ id: i + 1, seen_at: due }))
  await insert(database, 'logs', [...old, { id: 7, seen_at: fresh }])
  return lab
}

const window = (low: bigint, high: bigint): Part => ({ by: 'window', low, high })

interface Way {
  readonly blocks: boolean
  readonly block?: (statement: Statement) => Promise<Outcome<Row>>
  readonly transaction?: Database['transaction']
  readonly clock?: () => number
}

/** One trip over the parts, by a database of which the test says what it answers. */
async function trip(lab: Lab, { blocks, clock, ...answers }: Way, ...parts: Part[]): Promise<FlatResult> {
  const one = lab.policy()
  const place = { run, asOf, lease: lab.lease, ...bounds(one, asOf, 0) }
  const read = await readScope(lab.database, one, place.bound)
  if (read === null) throw new Error('few holds')
  let seq = 0n
  const writer = { pace: steadyPace(5, () => null), cursor: 'p', nextSeq: () => (seq += 1n) }
  const database = { ...lab.database, dialect: { ...lab.database.dialect, blocks }, ...answers }
  const ports = { ...lab.ports, database, ...(clock === undefined ? {} : { stopwatch: clock }) }
  return await applyFlat(ports, { policy: one, place, read, writer, most: 10 }, parts)
}

const answer = (ended: string, committed: string, spent: number, errno = 0): Way => ({
  blocks: true,
  block: () =>
    Promise.resolve({
      state: 'committed',
      value: {
        oubli_committed: committed,
        oubli_ended: ended,
        oubli_failed: String(errno),
        oubli_spent: String(spent),
      },
    }),
})
const failed = (state: 'rolled back' | 'unknown', error: Error): Way => ({
  blocks: true,
  block: () => Promise.resolve({ state, error } as Outcome<Row>),
})
const database = (kindOf: FailureKind) => new DatabaseError(kindOf, 'statement', 'X')

/** A stopwatch that moves on by so much each time that it is asked. */
function ticking(step: number): () => number {
  let now = 0
  return () => (now += step)
}

async function idsLeft(lab: Lab): Promise<readonly number[]> {
  const rows = await lab.database.rows({ text: 'SELECT id FROM logs ORDER BY id', values: [] })
  return rows.map((row) => Number(row['id']))
}

eachDatabase('a trip of flat transactions, as the server answers it,', (open) => {
  let lab: Lab
  before(async () => {
    lab = await logs(await open())
  })
  const parts = [window(1n, 3n), window(4n, 6n)]

  it('took the time that the server says, and no more than passed here', async () => {
    const said = answer('all', '3,3,', 250_000)
    expect(await trip(lab, { ...said, clock: ticking(1000) }, ...parts)).to.deep.equal({
      ...{ rows: [3, 3], milliseconds: 250, next: 'go on', stopped: null },
    })
    const forward = await trip(lab, { ...answer('all', '3,3,', 3_600_000_000), clock: ticking(40) }, ...parts)
    expect(forward.milliseconds, 'a clock put forward').to.equal(40)
  })

  it('reads the holds again when they have changed, with what was committed before', async () => {
    const said = { ...answer('holds changed', '3,', 5000), clock: ticking(1000) }
    expect(await trip(lab, said, ...parts)).to.deep.equal({
      ...{ rows: [3], milliseconds: 5, next: 'holds changed', stopped: null },
    })
  })

  it('is fenced', async () => {
    const error: unknown = await trip(lab, answer('fenced', '', 0), ...parts).catch((e: unknown) => e)
    expect(error).to.have.property('code', 'E_FENCED')
  })

  it('goes on row by row after an error, or stops where it concerns every row', async () => {
    const after = async (errno: number) => await trip(lab, answer('error', '', 0, errno), ...parts)
    expect(await after(1205)).to.deep.equal({ rows: [], milliseconds: 0, next: 'careful', stopped: null })
    expect(await after(1644)).to.include({ next: 'careful', stopped: null })
    expect(await after(1290)).to.include({ next: 'careful', stopped: 'not writable' })
  })

  it('that was not even begun is nothing but its error', async () => {
    const after = async (error: Error) => await trip(lab, failed('rolled back', error), ...parts)
    const careful = { rows: [], milliseconds: 0, next: 'careful', stopped: null }
    expect(await after(database('connection lost'))).to.deep.equal(careful)
    expect(await after(database('killed'))).to.deep.equal({ ...careful, stopped: 'killed' })
    expect(await after(new Error('of ours'))).to.deep.equal(careful)
  })

  it('whose answer was lost raises the token, and the entries tell which transactions committed', async () => {
    const { token } = lab.lease
    const nothing = await trip(lab, failed('unknown', database('connection lost')), ...parts)
    expect(nothing).to.deep.equal({ rows: [], milliseconds: null, next: 'careful', stopped: null })
    expect(lab.lease.token).to.equal(token + 1n)
    // The second moved no row and left no entry, the fourth was rolled back.
    const block = async ({ values }: Statement): Promise<Outcome<Row>> => {
      const places = values.flatMap((value, i) =>
        value === run && values[i + 4] === values[i - 1] ? [i] : [],
      )
      expect(places).to.have.length(4)
      const entry = (i: number, rows: number) => ({
        ...{ id: String(values[i - 1]), runId: run, createdAt: String(values[i + 1]) },
        leaf: `${String(values[i + 2])}${rows}${String(values[i + 3])}`,
      })
      const [first = 0, , third = 0] = places
      await lab.database.transaction((tx) => insertEntries(tx, [entry(first, 3), entry(third, 12)]))
      return { state: 'unknown', error: database('killed') }
    }
    const four = [...parts, window(7n, 8n), window(9n, 10n)]
    expect(await trip(lab, { blocks: true, block }, ...four)).to.deep.equal({
      ...{ rows: [3, 0, 12], milliseconds: null, next: 'careful', stopped: 'killed' },
    })
  })
})

eachDatabase('a flat transaction in steps', (open) => {
  const steps = { blocks: false } as const
  const all = [1, 2, 3, 4, 5, 6, 7]

  it('passes the places of every write transaction, and leaves entry and cursor', async () => {
    const lab = await logs(await open())
    const passed: string[] = []
    lab.point = (point) => (passed.push(point), Promise.resolve())
    const { milliseconds, ...result } = await trip(lab, { ...steps, clock: ticking(10) }, window(2n, 7n))
    expect(result).to.deep.equal({ rows: [5], next: 'go on', stopped: null })
    expect(milliseconds, 'from the lease to the answer').to.equal(10)
    expect(passed).to.deep.equal([
      ...['before flat rows', 'before lock', 'locked', 'root written', 'evidence written', 'before commit'],
      'flat rows committed',
    ])
    expect(await idsLeft(lab)).to.deep.equal([1, 7])
    expect(await lab.rows('oubli_entry')).to.have.length(1)
    expect(await lab.rows('oubli_cursor')).to.have.length(1)
  })

  it('that finds nothing due leaves no trace', async () => {
    const lab = await logs(await open())
    expect(await trip(lab, steps, window(7n, 9n))).to.deep.include({ rows: [0], next: 'go on' })
    expect(await lab.rows('oubli_entry')).to.deep.equal([])
    expect(await lab.rows('oubli_cursor')).to.deep.equal([])
  })

  it('writes nothing when a hold came after the holds were read', async () => {
    const lab = await logs(await open())
    lab.point = async (point) => {
      if (point !== 'before flat rows') return
      await sql(
        lab.database,
        `INSERT INTO oubli_hold (id, kind, key_text, matter, because, set_by, set_at, review_by) VALUES ('h', 'log', '["2"]', 'm', 'b', 's', '2026-06-01', '2027-01-01')`,
      )
    }
    const { milliseconds, ...result } = await trip(lab, steps, window(1n, 6n))
    expect(result).to.deep.equal({ rows: [], next: 'holds changed', stopped: null })
    expect(milliseconds).to.be.a('number')
    expect(await idsLeft(lab)).to.deep.equal(all)
  })

  it('that the database refuses is undone, and goes row by row', async () => {
    const lab = await logs(await open())
    const fails = lab.database.dialect.locksRows
      ? "FOR EACH ROW BEGIN IF OLD.id = 4 THEN SIGNAL SQLSTATE '45000'; END IF; END"
      : "BEGIN SELECT RAISE(ABORT, 'no') WHERE OLD.id = 4; END"
    await sql(lab.database, `CREATE TRIGGER never BEFORE DELETE ON logs ${fails}`)
    const { milliseconds, ...result } = await trip(lab, steps, window(1n, 6n))
    expect(result).to.deep.equal({ rows: [], next: 'careful', stopped: null })
    expect(milliseconds).to.be.a('number')
    expect(await idsLeft(lab)).to.deep.equal(all)
    expect(await lab.rows('oubli_entry')).to.deep.equal([])
  })

  it('stops at a refusal that concerns every row, and lets a defect of ours through', async () => {
    const lab = await logs(await open())
    const transaction = () =>
      Promise.resolve({ state: 'rolled back', error: database('not writable') } as const)
    expect(await trip(lab, { ...steps, transaction }, window(1n, 6n))).to.include({ stopped: 'not writable' })
    const broken = new Error('of ours')
    const throws = () => Promise.resolve({ state: 'rolled back', error: broken } as const)
    expect(
      await trip(lab, { ...steps, transaction: throws }, window(1n, 6n)).catch((e: unknown) => e),
    ).to.equal(broken)
  })

  for (const [what, committed] of [
    ['was done', true],
    ['was not done', false],
  ] as const)
    it(`whose answer was lost and that ${what} is counted by its entry`, async () => {
      const lab = await logs(await open())
      const { token } = lab.lease
      let calls = 0
      const transaction: Database['transaction'] = async (work, options) => {
        calls += 1
        if (calls > 1 || committed) {
          const outcome = await lab.database.transaction(work, options)
          if (calls > 1) return outcome
        }
        return { state: 'unknown', error: database('connection lost') }
      }
      expect(await trip(lab, { ...steps, transaction }, window(1n, 4n))).to.deep.equal({
        ...{ rows: committed ? [4] : [], milliseconds: null, next: 'careful', stopped: null },
      })
      expect(lab.lease.token).to.equal(token + 1n)
    })

  it('writes nothing under a token that somebody else has raised', async () => {
    const lab = await logs(await open())
    await raiseToken(lab.database, 'run', lab.lease.token)
    const error: unknown = await trip(lab, steps, window(1n, 6n)).catch((e: unknown) => e)
    expect(error).to.have.property('code', 'E_FENCED')
    expect(await idsLeft(lab)).to.deep.equal(all)
  })
})
