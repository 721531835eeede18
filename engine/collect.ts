/** Finds every row that could leave with some roots, from the root downwards, and which of them do. */
import type { Key } from '../base/subject-ref.ts'
import type { Session } from '../db/session.ts'
import { findRows, readColumns, type FoundRow, type Reading } from '../db/site/rows.ts'
import type { CompiledPolicy, Step } from '../plan/compiled.ts'
import { lateQuestions } from '../plan/read-last.ts'
import { keyText } from '../base/subject-ref.ts'
import { directSteps } from './direct-steps.ts'
import { lockGuards } from './lock-guards.ts'
import type { EnginePorts } from './ports.ts'

/** By step name; the root's own rows stand under the empty name. As found: under each step that leads to a row. */
export type Collected = ReadonlyMap<string, readonly FoundRow[]>

/** Most rows that one transaction may touch; a person with more is set aside and reported. */
export const rowBudget = 50_000
/** Most rows that are deleted without having been counted before: few enough to be undone at once. */
export const uncounted = 10_000

export class TooHeavy extends Error {
  constructor() {
    super('more rows than one transaction may touch')
    this.name = 'TooHeavy'
  }
}

/**
 * `lock`: every row is found and locked in one statement that does not wait, parents before children. A locked
 * parent holds back new children of a foreign key, so nothing can join a level once the next one is read; and
 * no row can be moved to another person between finding and writing it. A key that refers to other columns than
 * those of the primary key asks for a lock by the index of these.
 */
export async function collect(
  ports: EnginePorts,
  session: Session,
  policy: CompiledPolicy,
  keys: readonly Key[],
  reading: Reading = 'look',
): Promise<Collected> {
  const found = new Map<string, readonly FoundRow[]>()
  const { dialect } = ports.database
  found.set('', await readColumns(session, dialect, policy, keys, linkColumns(policy, null), reading))
  const guarding = reading === 'lock' && dialect.locksRows
  if (guarding) await lockGuards(session, dialect, policy, null, found.get('') ?? [])
  let rows = 0
  // What is deleted by its link alone is only counted here, never locked.
  const left = reading === 'lock' ? directSteps(dialect, policy) : new Set<string>()
  for (const step of rootDown(policy.steps)) {
    if (left.has(step.name)) continue
    const parents = found.get(step.from ?? '') ?? []
    const families = step.join.columns.map(({ parent: column }) =>
      step.from === null && step.join.enforced && isIntegerKey(policy, column) ? 'integer' : 'other',
    )
    const parent = policy.steps.find((one) => one.name === step.from)?.table ?? policy.table
    const columns = linkColumns(policy, step.name)
    const wanted = { columns, families, limit: rowBudget - rows, reading, parent }
    const children = parents.length === 0 ? [] : await findRows(session, dialect, step, parents, wanted)
    rows += children.length
    if (rows > rowBudget) throw new TooHeavy()
    found.set(step.name, children)
    if (guarding) await lockGuards(session, dialect, policy, step.name, children)
  }
  return found
}

/** A foreign key to it has the same type, so its values can be bound as what they are. */
function isIntegerKey(policy: CompiledPolicy, column: string): boolean {
  return policy.key.some(({ name, family }) => name === column && family === 'integer')
}

/**
 * The part of what was collected that leaves with these roots. Asked once, with those who really go: a row that two
 * people share is left to the step of the one who does.
 */
export function leavingWith(policy: CompiledPolicy, collected: Collected, keys: readonly Key[]): Collected {
  const roots = new Set(keys.map(keyText))
  const steps = new Map(policy.steps.map((step) => [step.name, step]))
  const leaving = new Map(
    [...collected].map(([name, rows]) => {
      const own = rows.filter((row) => roots.has(row.root))
      const step = steps.get(name)
      return [name, step === undefined ? own : withoutRoots(policy, step, own, roots)]
    }),
  )
  return onceEach(policy.steps, leaving)
}

/** Two ways can lead to one row, as from a message to its sender and its recipient: the first that takes it, does. */
function onceEach(steps: readonly Step[], leaving: Map<string, readonly FoundRow[]>): Collected {
  const gone = new Map<string, Set<string>>()
  for (const { name, table, then } of steps) {
    const before = gone.get(table) ?? new Set()
    const rows = (leaving.get(name) ?? []).filter((row) => !before.has(keyText(row.key)))
    leaving.set(name, rows)
    if (then.act !== 'erase' && then.act !== 'archive') continue
    for (const row of rows) before.add(keyText(row.key))
    gone.set(table, before)
  }
  return leaving
}

/** A reference from the root's table to itself finds only the people who stay. */
function withoutRoots(
  policy: CompiledPolicy,
  step: Step,
  children: readonly FoundRow[],
  leaving: ReadonlySet<string>,
): readonly FoundRow[] {
  if (step.table !== policy.table || step.then.act === 'detach') return children
  return children.filter((row) => !leaving.has(keyText(row.key)))
}

/** Steps stand in write order, leaves first; keys are found the other way round. */
export function rootDown(steps: readonly Step[]): readonly Step[] {
  const ordered: Step[] = []
  const known = new Set<string | null>([null])
  let rest = [...steps]
  while (rest.length > 0) {
    const ready = rest.filter((step) => known.has(step.from))
    if (ready.length === 0) throw new Error('a step starts from one that is not in the plan')
    for (const step of ready) known.add(step.name)
    ordered.push(...ready)
    rest = rest.filter((step) => !known.has(step.name))
  }
  return ordered
}

/** Columns of `name`'s rows (the root's for null) that deeper steps, or what is read again at the end, link to. */
function linkColumns(policy: CompiledPolicy, name: string | null): readonly string[] {
  const steps = policy.steps.filter((step) => step.from === name).map((step) => step.join)
  const table = name === null ? policy.table : policy.steps.find((step) => step.name === name)?.table
  const later = [...policy.rereadLast, ...lateQuestions(policy)].flatMap(({ joins }) =>
    joins.filter((_, i) => (joins[i - 1]?.table ?? policy.table) === table),
  )
  const columns = [...steps, ...later].flatMap((join) => join.columns.map(({ parent }) => parent))
  return [...new Set(columns)]
}
