/**
 * The last reading before COMMIT. A table without a foreign key to the root does not wait for our lock on the
 * root, so a sign of life can arrive there after the judgement; and what keeps a person can begin in any row that is
 * not locked. Read with locks on the rows and the gaps it can neither be missed nor arrive later; any newcomer undoes
 * the whole batch.
 */
import type { Instant } from '../base/clock.ts'
import { keyText } from '../base/subject-ref.ts'
import type { Session, Statement } from '../db/session.ts'
import { linkIn } from '../db/site/links.ts'
import { isOneOf } from '../db/site/match.ts'
import { readGuarded, type FoundRow } from '../db/site/rows.ts'
import type { ClockSource, CompiledPolicy, Join, Step } from '../plan/compiled.ts'
import { saidBy } from '../plan/clock-reading.ts'
import { decodeTime } from '../plan/clock-value.ts'
import { cutoff } from '../plan/deadline.ts'
import { isSameWay, lateQuestions, unguardedSteps } from '../plan/read-last.ts'
import type { ColumnFamily } from '../plan/site-schema.ts'
import { rowBudget, TooHeavy, type Collected } from './collect.ts'
import { isMatching } from './covers.ts'
import type { EnginePorts } from './ports.ts'

/** Somebody came back, left a row, or is to be kept, since the batch was judged. Nothing of it may stand. */
export class Newcomer extends Error {
  constructor() {
    super('a row arrived or changed while its person was being erased')
    this.name = 'Newcomer'
  }
}

/** Signs of life of a batch in tables without a foreign key: a log of years may hold many of one person. */
const mostSigns = 20 * rowBudget

export async function refuseNewcomers(
  ports: EnginePorts,
  tx: Session,
  policy: CompiledPolicy,
  collected: Collected,
  now: Instant,
): Promise<void> {
  if (!ports.database.dialect.locksRows) return
  for (const source of policy.rereadLast) await refuseSignOfLife(ports, tx, policy, source, collected, now)
  await refuseKept(ports, tx, policy, collected)
  for (const step of unguardedSteps(policy)) {
    const parents = linksOf(step.join, collected.get(step.from ?? '') ?? [])
    const parent = policy.steps.find(({ name }) => name === step.from)?.table ?? policy.table
    const wanted = { columns: [], families: families(policy, step.from, step.join), parent, limit: rowBudget }
    const found = await readGuarded(tx, ports.database.dialect, step.join, parents, wanted)
    if (found === null || found.length > 0) throw new Newcomer()
  }
}

async function refuseSignOfLife(
  ports: EnginePorts,
  tx: Session,
  policy: CompiledPolicy,
  source: ClockSource,
  collected: Collected,
  now: Instant,
): Promise<void> {
  const { column } = source.clock
  for (const row of await rowsNow(ports, tx, policy, source.joins, collected, [column], mostSigns))
    refuseNewer(policy, source, row[column] ?? null, now)
}

/** A state holds for somebody by now, or what a row hangs on has become restricted. */
async function refuseKept(
  ports: EnginePorts,
  tx: Session,
  policy: CompiledPolicy,
  collected: Collected,
): Promise<void> {
  for (const question of lateQuestions(policy)) {
    const columns = question.restricted.map(({ column }) => column)
    // The server compares, as it did for the judgement.
    const holds = isOneOf(ports.database.dialect, question.states)
    const rows = await rowsNow(ports, tx, policy, question.joins, collected, columns, rowBudget, holds)
    if (rows.some((row) => holds !== null || isMatching(question.restricted, row))) throw new Newcomer()
  }
}

/** Throws `Newcomer` for a value of a clock that the judgement cannot have seen: one that keeps its person. */
export function refuseNewer(
  policy: CompiledPolicy,
  { clock }: ClockSource,
  raw: string | null,
  now: Instant,
): void {
  const value = raw === null ? null : saidBy(raw, clock)
  if (value === null || clock.never.includes(value)) return
  const at = decodeTime(value, clock)
  if (at === null || at < policy.clock.notBefore || at >= cutoff(policy.clock, now)) throw new Newcomer()
}

/**
 * Columns of the rows at the end of this way (for which `holds` does) as they are now: followed over what was collected
 * where it is known, else over what is there. Throws `TooHeavy` for more than `limit`: all of them are locked.
 */
async function rowsNow(
  ports: EnginePorts,
  tx: Session,
  policy: CompiledPolicy,
  joins: readonly Join[],
  collected: Collected,
  columns: readonly string[],
  limit: number,
  holds: Statement | null = null,
): Promise<readonly FoundRow['columns'][]> {
  let rows: readonly Pick<FoundRow, 'columns'>[] = collected.get('') ?? []
  let from: string | null = null
  for (const [i, join] of joins.entries()) {
    const next: Join | undefined = joins[i + 1]
    const read = await readGuarded(tx, ports.database.dialect, join, linksOf(join, rows), {
      columns: next === undefined ? columns : next.columns.map(({ parent }) => parent),
      families: families(policy, i === 0 ? null : undefined, join),
      parent: joins[i - 1]?.table ?? policy.table,
      holds: next === undefined ? holds : null,
      limit,
    })
    if (read === null) throw new TooHeavy()
    const step: Step | undefined = policy.steps.find((one) => one.from === from && isSameWay(one.join, join))
    const written = step === undefined || next === undefined ? [] : (collected.get(step.name) ?? [])
    rows = [...written, ...read.map((found) => ({ columns: found }))]
    from = step?.name ?? null
  }
  return rows.map((row) => row.columns)
}

/** Distinct values that rows below these link to; a row with NULL in them has none. */
function linksOf(join: Join, rows: readonly Pick<FoundRow, 'columns'>[]): readonly (readonly string[])[] {
  const links = new Map<string, readonly string[]>()
  for (const row of rows) {
    const values = join.columns.map(({ parent }) => row.columns[parent] ?? null)
    const link = linkIn(join, values)
    if (link !== null) links.set(keyText(link), link)
  }
  return [...links.values()]
}

/** The root's key columns are known; a value of any other column is left to the server to compare. */
function families(
  policy: CompiledPolicy,
  from: string | null | undefined,
  join: Join,
): readonly ColumnFamily[] {
  return join.columns.map(({ parent }) => {
    const key = from === null ? policy.key.find(({ name }) => name === parent) : undefined
    return key?.family === 'integer' ? 'integer' : 'other'
  })
}
