/**
 * After a policy's work: the database is asked again, outside any transaction, whether something of what went
 * is still there. Rows that were worked on one by one are asked after by their keys and links; rows that went by
 * whole windows or partitions by the condition that made them due.
 */
import { keyText } from '../base/subject-ref.ts'
import { DatabaseError } from '../db/database-error.ts'
import { readStretch } from '../db/site/flat-rows.ts'
import { readRoots } from '../db/site/read-facts.ts'
import { findRows, readColumns, type FoundRow } from '../db/site/rows.ts'
import type { ColumnChange, CompiledPolicy, Step } from '../plan/compiled.ts'
import { isConstant, newValue } from '../plan/strategy.ts'
import type { RunPlace } from './apply-batch.ts'
import type { FlatDone } from './flat-policy.ts'
import { readScope } from './flat-scope.ts'
import type { EnginePorts } from './ports.ts'
import type { Family } from './sample.ts'
import { areAllNamed, type Tally } from './tally.ts'

/** What the database answered. */
export interface Again {
  /** Roots that were asked after, of those that the run has done. */
  readonly asked: number
  /** Table → rows that are still there, at least; every table that was asked stands in it, also with 0. */
  readonly left: Readonly<Record<string, number>>
}

/** Most rows that a table is searched for: one is a finding already. */
const mostLeft = 1000

/**
 * `dropped`: rows of partitions that went whole. Null: the server did not answer, or nothing can be asked; what the run
 * has done stands all the same.
 */
export async function askAgain(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  total: Tally,
  flat: FlatDone | null,
  dropped = 0,
): Promise<Again | null> {
  try {
    const named = await askByKeys(ports, policy, place, total.sample.families)
    // Partitions can lie on both sides of where a run was stopped, so it says nothing of them then.
    const rows = (flat?.rows ?? 0) + (total.stopped === null ? dropped : 0)
    const due = flat === null || rows === 0 ? null : await dueLeft(ports, policy, place, total, flat)
    if (due === null) return named.asked === 0 ? null : named
    // Who is named can be due as well, so that the sum could count a row twice.
    const left = { ...named.left, [policy.table]: Math.max(named.left[policy.table] ?? 0, due) }
    return { asked: named.asked + rows, left }
  } catch (error) {
    if (error instanceof DatabaseError) return null
    throw error
  }
}

async function askByKeys(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  families: readonly Family[],
): Promise<Again> {
  const { same, others } = await rootsLeft(ports, policy, place, families)
  // By key: two links can lead to one row, as from a message to its sender and its recipient.
  const left = new Map([[policy.table, new Set(same)]])
  // Whose key was given to somebody else since: rows below it are the other's.
  const asked = families.filter(({ key }) => !others.has(keyText(key)))
  for (const step of policy.steps) {
    const parents = asked.flatMap((family) => family.parents.get(step.from ?? '') ?? [])
    const rows = await stepLeft(ports, policy, step, parents)
    left.set(step.table, new Set([...(left.get(step.table) ?? []), ...rows.map(({ key }) => keyText(key))]))
  }
  return {
    asked: asked.length,
    left: Object.fromEntries([...left].map(([table, { size }]) => [table, size])),
  }
}

interface RootsLeft {
  readonly same: ReadonlySet<string>
  readonly others: ReadonlySet<string>
}

/**
 * Whoever carries a mark of this run is not left behind, whatever their clock says by now: they may have signed in
 * since, and some clocks no database can compare.
 */
async function rootsLeft(
  ports: EnginePorts,
  policy: CompiledPolicy,
  { asOf }: RunPlace,
  families: readonly Family[],
): Promise<RootsLeft> {
  const { database } = ports
  const keys = families.map(({ key }) => key)
  const gone = policy.act.act === 'erase' || policy.act.act === 'archive'
  const rows = gone
    ? await readColumns(database, database.dialect, policy, keys, policy.identity)
    : [...(await readRoots(database, database.dialect, policy, keys, 'told')).values()].filter(
        ({ done }) => done === null || done.at < asOf,
      )
  const known = new Map(families.map((family) => [keyText(family.key), family.identity]))
  const same = new Set<string>()
  const others = new Set<string>()
  for (const { key, columns } of rows) {
    const before = known.get(keyText(key))
    const isSame = policy.identity.every((column, i) => (columns[column] ?? null) === (before?.[i] ?? null))
    ;(isSame ? same : others).add(keyText(key))
  }
  return { same, others }
}

/** Rows of a step that still lead to a root that is done, and are not as the step leaves them. */
async function stepLeft(
  ports: EnginePorts,
  policy: CompiledPolicy,
  step: Step,
  parents: readonly FoundRow[],
): Promise<readonly FoundRow[]> {
  if (parents.length === 0) return []
  const { database } = ports
  const columns = step.then.act === 'anonymise' ? step.then.changes.filter(isComparable) : []
  const rows = await findRows(database, database.dialect, step, parents, {
    columns: columns.map(({ column }) => column),
    families: step.join.columns.map(() => 'other' as const),
    limit: mostLeft,
    reading: 'look',
    parent: policy.steps.find(({ name }) => name === step.from)?.table ?? policy.table,
  })
  if (step.then.act !== 'anonymise') return rows
  return rows.filter((row) => columns.some((change) => !isAsWritten(change, row)))
}

/** Done again, these change nothing, so a value that they would change was never done. */
const settled: readonly string[] = ['truncated_ip', 'generalised', 'bucketed']

/**
 * A number or a day may read back otherwise than it was written; a text may not. Nor may what is cut: of a whole
 * number and of bytes it gives back the very value when nothing is left to cut.
 */
function isComparable(change: ColumnChange): boolean {
  const { strategy } = change.strategy
  if (settled.includes(strategy)) return ['text', 'integer', 'binary'].includes(change.family)
  return strategy === 'null' || (isConstant(change) && strategy !== 'keep' && change.family === 'text')
}

function isAsWritten(change: ColumnChange, { columns }: FoundRow): boolean {
  const value = columns[change.column] ?? null
  return value === newValue(change, value, '')
}

/** Rows that are due still although the run has passed them, beside those that it says it could not do. */
async function dueLeft(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  total: Tally,
  { upTo }: FlatDone,
): Promise<number | null> {
  const { database } = ports
  // Of those that are not kept by key nobody can say which went in a later pass before it was stopped.
  if (total.stopped !== null && !areAllNamed(total)) return null
  const read = await readScope(database, policy, place.bound)
  const to = total.stopped === null ? place.bound : upTo
  if (read === null || to === null) return null
  const scope = { ...read.scope, bounds: { ...read.scope.bounds, to } }
  const spared = total.busy + total.setAside.length
  const { rows } = await readStretch(database, database.dialect, policy, scope, null, mostLeft + spared)
  return Math.max(0, rows - spared)
}
