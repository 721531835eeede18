/** Deletes the rows of a direct step, and looks at what they told of their people. */
import type { Instant } from '../base/clock.ts'
import { keyText } from '../base/subject-ref.ts'
import type { Session } from '../db/session.ts'
import { countBelow, deleteBelow } from '../db/site/destroy.ts'
import { linkIn } from '../db/site/links.ts'
import type { FoundRow } from '../db/site/rows.ts'
import type { CompiledPolicy, Step } from '../plan/compiled.ts'
import { TooHeavy } from './collect.ts'
import { clocksIn } from './direct-steps.ts'
import { refuseNewer } from './newcomers.ts'
import type { EnginePorts } from './ports.ts'

/** Throws `Newcomer` when one of the rows tells that its person has come back since. */
export async function deleteDirectly(
  ports: EnginePorts,
  tx: Session,
  policy: CompiledPolicy,
  step: Step,
  roots: readonly FoundRow[],
  now: Instant,
  { budget, countFirst }: { readonly budget: number; readonly countFirst: boolean },
): Promise<readonly { readonly root: string }[]> {
  if (roots.length === 0) return []
  if (budget < 0) throw new TooHeavy()
  const { dialect } = ports.database
  const clocks = clocksIn(policy, step)
  const columns = clocks.map(({ clock }) => clock.column)
  const parents = roots.map((root) => root.key)
  // Undoing fifty thousand deletions costs as much as doing them.
  if (countFirst && (await countBelow(tx, dialect, step.join, parents, budget)) > budget) throw new TooHeavy()
  const rows = await deleteBelow(tx, dialect, step.join, parents, columns, budget)
  if (rows.length > budget) throw new TooHeavy()
  for (const row of rows)
    clocks.forEach((source, i) => {
      refuseNewer(policy, source, row.columns[i] ?? null, now)
    })
  const known = new Map(roots.map(({ key, root }) => [linkText(step, key), root]))
  return rows.map(({ parent }) => ({ root: known.get(linkText(step, parent)) ?? keyText(parent) }))
}

/** Of one column, which is the key of the people. */
function linkText({ join }: Step, values: readonly string[]): string {
  return keyText(linkIn(join, values) ?? values)
}
