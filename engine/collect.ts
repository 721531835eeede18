/** Finds every row that leaves with some roots, from the root downwards. */
import type { Key } from '../base/subject-ref.ts'
import type { Session } from '../db/session.ts'
import { findRows, lockRows, readColumns, type FoundRow } from '../db/site/rows.ts'
import type { CompiledPolicy, Step } from '../plan/compiled.ts'
import { keyText } from '../base/subject-ref.ts'
import type { EnginePorts } from './ports.ts'

/** By step name; the root's own rows stand under the empty name. */
export type Collected = ReadonlyMap<string, readonly FoundRow[]>

/** Most rows that one transaction may touch; a person with more is set aside and reported. */
export const rowBudget = 50_000

export class TooHeavy extends Error {
  constructor() {
    super('more rows than one transaction may touch')
    this.name = 'TooHeavy'
  }
}

export async function collect(
  ports: EnginePorts,
  session: Session,
  policy: CompiledPolicy,
  keys: readonly Key[],
): Promise<Collected> {
  const found = new Map<string, readonly FoundRow[]>()
  const { dialect } = ports.database
  found.set('', await readColumns(session, dialect, policy, keys, linkColumns(policy, null)))
  let rows = 0
  for (const step of rootDown(policy.steps)) {
    const parents = found.get(step.from ?? '') ?? []
    const families = step.join.columns.map(() => 'other' as const)
    const wanted = { columns: linkColumns(policy, step.name), families, limit: rowBudget - rows }
    const children = parents.length === 0 ? [] : await findRows(session, dialect, step, parents, wanted)
    rows += children.length
    if (rows > rowBudget) throw new TooHeavy()
    found.set(step.name, withoutRoots(policy, step, children, keys))
  }
  return found
}

/** A reference from the root's table to itself finds only the people who stay. */
function withoutRoots(
  policy: CompiledPolicy,
  step: Step,
  children: readonly FoundRow[],
  keys: readonly Key[],
): readonly FoundRow[] {
  if (step.table !== policy.table) return children
  const leaving = new Set(keys.map(keyText))
  return step.then.act === 'detach' ? children : children.filter((row) => !leaving.has(keyText(row.key)))
}

/** Locks what was collected, by primary key and without waiting, before anything is written. */
export async function lockCollected(
  ports: EnginePorts,
  session: Session,
  policy: CompiledPolicy,
  collected: Collected,
): Promise<void> {
  if (!ports.database.dialect.locksRows) return
  for (const step of policy.steps) {
    const rows = collected.get(step.name) ?? []
    if (rows.length > 0)
      await lockRows(
        session,
        ports.database.dialect,
        step,
        rows.map((row) => row.key),
        'refuse',
      )
  }
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

/** Columns of `name`'s rows (the root's for null) that deeper steps link to. */
function linkColumns(policy: CompiledPolicy, name: string | null): readonly string[] {
  const columns = policy.steps
    .filter((step) => step.from === name)
    .flatMap((step) => step.join.columns.map(({ parent }) => parent))
  return [...new Set(columns)]
}
