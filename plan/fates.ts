/** What becomes of the rows of each kind under one policy, and whether a row can be of two. */
import type { Closing } from './closure.ts'
import { isSameValue } from './column-values.ts'
import type { RootAct, RootCondition, Step, StepAct } from './compiled.ts'
import { samePairs, type Tie } from './tie.ts'

export interface Fate {
  readonly kind: string
  /** It is written so: `but: { kind: archive }`, or `then: archive` for the policy's own kind. */
  readonly isRoot: boolean
  readonly table: string
  readonly then: StepAct
  /** To the rows above, of which each row has one: their own columns are what a detach empties. */
  readonly link: Tie['columns']
  /** What becomes of the rows above; null: they stay, or there are none. */
  readonly above: Fate | null
  /** Of these values each row of the kind has one. */
  readonly constants: readonly { readonly column: string; readonly values: readonly string[] }[]
}

/** The policy's own rows, as if they were a step; null where they stay. */
export function ownFate(act: RootAct | null): StepAct | null {
  if (act?.act === 'erase') return { act: 'erase' }
  return act?.act === 'archive' && act.archive !== null ? { act: 'archive', ...act.archive } : null
}

/** The steps in the order of the map; the root comes last, as it is written last. */
export function fatesIn({ members, then, only }: Closing): readonly Fate[] {
  const [root] = members
  const constants = only.flatMap(valuesOf)
  const own: Fate | null =
    root === undefined || then === null
      ? null
      : {
          ...{ kind: root.settled.kind.name, isRoot: true, table: root.settled.table.name },
          ...{ then, link: [], above: null, constants },
        }
  const byStep = new Map<string, Fate>()
  for (const { settled, step } of members) {
    if (step === null) continue
    const above = step.from === null ? own : (byStep.get(step.from) ?? null)
    byStep.set(step.name, fateOf(settled.kind.name, step, above))
  }
  return [...byStep.values(), ...(own === null ? [] : [own])]
}

export function fateOf(
  kind: string,
  { table, then, join }: Pick<Step, 'table' | 'then' | 'join'>,
  above: Fate | null,
): Fate {
  const constants = join.where.map(({ column, value }) => ({ column, values: [value] }))
  return { kind, isRoot: false, table, then, link: join.columns, above, constants }
}

function valuesOf(condition: RootCondition): Fate['constants'] {
  return condition.test === 'is one of' ? [condition] : []
}

export function goes({ then }: Fate): boolean {
  return then.act === 'erase' || then.act === 'archive'
}

export function archivedBy(then: StepAct | null): readonly string[] {
  return then?.act === 'archive' ? then.columns.map(({ from }) => from) : []
}

/** Columns that change in rows that stay. */
export function changedBy({ then, link }: Fate): readonly string[] {
  if (then.act === 'detach') return link.map(({ own }) => own)
  return then.act === 'anonymise' ? then.changes.map(({ column }) => column) : []
}

/** It is emptied as the row above goes, whatever `personal` says. */
export function isEmptiedLink({ link, above }: Fate, column: string): boolean {
  return above !== null && goes(above) && link.some(({ own }) => own === column)
}

export function firstPair(
  some: readonly Fate[],
  others: readonly Fate[],
  clash: (one: Fate, other: Fate) => boolean,
): readonly [Fate, Fate] | null {
  for (const one of some) {
    const other = others.find((fate) => fate !== one && meet(one, fate) && clash(one, fate))
    if (other !== undefined) return [one, other]
  }
  return null
}

/**
 * A row can be both, unless it would have to hold two values in one column, or hang by one link on a row that would. In
 * doubt the server takes two values for one.
 */
export function meet(one: Fate, other: Fate): boolean {
  if (one.table !== other.table) return false
  if (one.above !== null && other.above !== null && samePairs(one.link, other.link))
    // Each hangs on one row alone, as the columns above tell rows apart (`E_LINK_NOT_UNIQUE`).
    if (one.above.table === other.above.table && !meet(one.above, other.above)) return false
  return one.constants.every((own) =>
    other.constants.every(
      ({ column, values }) =>
        column !== own.column || values.some((value) => own.values.some((mine) => isSameValue(value, mine))),
    ),
  )
}

/** Another kind by whose name rows of this one can go as well; null: none. */
export function otherName(closing: Closing, kind: string): string | null {
  const all = fatesIn(closing)
  const own = all.find((fate) => fate.kind === kind)
  const isOther = (fate: Fate) => own !== undefined && fate !== own && goes(fate) && meet(own, fate)
  return all.find(isOther)?.kind ?? null
}

/** A row of both is found by both from the same row of the policy, in one transaction. */
export function goTogether(one: Fate | null, other: Fate | null): boolean {
  if (one === null || other === null || one.isRoot || other.isRoot) return one === other
  return one.table === other.table && samePairs(one.link, other.link) && goTogether(one.above, other.above)
}
