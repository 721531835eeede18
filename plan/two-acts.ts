/**
 * Two kinds of one table, or the policy's own and one below it, of which a row can be both. It goes by whichever comes
 * first, and that is decided by where a batch ends; so what becomes of it, and what an archive keeps, must be the same.
 */
import type { Closing } from './closure.ts'
import { isSameValue } from './column-values.ts'
import type { RootAct, RootCondition, Step, StepAct } from './compiled.ts'
import { tell } from './plan-problem.ts'
import { samePairs, type Tie } from './tie.ts'

/** What becomes of the rows of one kind. */
interface Fate {
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

export function refuseTwoActs(closing: Closing): void {
  const { findings } = closing
  const all = fatesIn(closing)
  const archived = all.filter(({ then }) => then.act === 'archive')
  const lost = firstPair(archived, all, (_, { then }) => then.act === 'erase')
  if (lost !== null) {
    const [kept, erased] = lost
    const rule = erased.isRoot ? 'then: archive' : `but: { ${erased.kind}: archive }`
    const params = { archived: kept.kind, erased: erased.kind, rule }
    tell(findings, 'E_TWO_ACTS', { table: kept.table, params })
  }
  const empty = firstPair(archived, all, (one, other) => emptiedOf(one, other).length > 0)
  if (empty !== null) {
    const [kept, emptied] = empty
    const params = { archived: kept.kind, emptied: emptied.kind }
    const column = emptiedOf(kept, emptied).join(', ')
    tell(findings, 'E_ARCHIVED_EMPTIED', { table: kept.table, column, params })
  }
  const other = firstPair(archived, archived, (one, two) => archiveText(one.then) !== archiveText(two.then))
  if (other !== null) {
    const [kept, second] = other
    tell(findings, 'E_TWO_ARCHIVES', {
      table: kept.table,
      params: { archived: kept.kind, other: second.kind },
    })
  }
}

/** A kind whose archive copies one of these columns of the table; null where none does. */
export function copyingKind(closing: Closing, table: string, columns: readonly string[]): string | null {
  const copies = ({ then }: Fate) => archivedBy(then).some((column) => columns.includes(column))
  return fatesIn(closing).find((fate) => fate.table === table && copies(fate))?.kind ?? null
}

export function archivedBy(then: StepAct | null): readonly string[] {
  return then?.act === 'archive' ? then.columns.map(({ from }) => from) : []
}

/** The steps in the order of the map; the root comes last, as it is written last. */
function fatesIn({ members, then, only }: Closing): readonly Fate[] {
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

function fateOf(kind: string, { table, then, join }: Step, above: Fate | null): Fate {
  const constants = join.where.map(({ column, value }) => ({ column, values: [value] }))
  return { kind, isRoot: false, table, then, link: join.columns, above, constants }
}

function valuesOf(condition: RootCondition): Fate['constants'] {
  return condition.test === 'is one of' ? [condition] : []
}

function firstPair(
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
function meet(one: Fate, other: Fate): boolean {
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

function emptiedOf(archived: Fate, { then, link }: Fate): readonly string[] {
  const copied = archivedBy(archived.then)
  const emptied =
    then.act === 'detach'
      ? link.map(({ own }) => own)
      : then.act === 'anonymise'
        ? then.changes.map(({ column }) => column)
        : []
  return emptied.filter((column) => copied.includes(column))
}

function archiveText(then: StepAct): string {
  if (then.act !== 'archive') return ''
  return JSON.stringify([then.into, then.columns.map(({ to, from }) => JSON.stringify([to, from])).sort()])
}
