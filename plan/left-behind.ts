/**
 * Two kinds of one table whose rows go, of which a row can be both, and what hangs on the rows of one of them. When such
 * a row goes by its other name, that would stay, and nothing would lead to it any more.
 */
import type { Closing, Member } from './closure.ts'
import type { Fate } from './fates.ts'
import { fatesIn, goes, goTogether, meet } from './fates.ts'
import { tell } from './plan-problem.ts'
import { furtherStub } from './reference-stubs.ts'
import { samePairs, type Tie } from './tie.ts'

export function refuseLeftBehind(closing: Closing): void {
  const all = fatesIn(closing)
  const going = all.filter(goes)
  for (const below of all) {
    const { above } = below
    const member = closing.members.find(({ settled }) => settled.kind.name === below.kind)
    if (above === null || member?.settled.tie == null || !goes(above) || isAmong(above, below.table)) continue
    const { tie } = member.settled
    const other = going.find(
      (one) =>
        one !== above &&
        meet(one, above) &&
        !goTogether(one, above) &&
        !isAskedByKey(closing, member, tie, one) &&
        !closing.members.some((further) => isFurtherName(further, below.table, tie, one)),
    )
    if (other === undefined) continue
    const stub = furtherStub(closing.map.dataMap.kinds, other.kind, member.settled, tie)
    const params = { child: below.kind, kind: above.kind, other: other.kind, toTable: above.table, stub }
    tell(closing.findings, 'E_BELOW_ONE_NAME', { table: below.table, params })
  }
}

/** Answers to answers have no end, and the data map has one. */
function isAmong(fate: Fate, table: string): boolean {
  return fate.table === table || (fate.above !== null && isAmong(fate.above, table))
}

/** `references.ts` asks what becomes of what the server deletes along, and of what refers to the policy's own rows. */
function isAskedByKey(
  { map, policy }: Closing,
  { settled }: Member,
  { foreignKey }: Tie,
  other: Fate,
): boolean {
  if (foreignKey === null) return false
  const { name: table } = settled.table
  const names = Object.values(map.dataMap.kinds).flatMap((kind) => (kind.table === table ? [kind.name] : []))
  const isRuled = names.some((name) =>
    foreignKey.columns.some((column) => Object.hasOwn(policy.but, `${name}.${column}`)),
  )
  return other.isRoot || foreignKey.onDelete === 'cascade' || isRuled
}

/** It names all of the rows that the tie names, below `above`. */
function isFurtherName({ settled, step }: Member, table: string, tie: Tie, above: Fate): boolean {
  const own = settled.tie
  if (own === null || settled.table.name !== table || !samePairs(own.columns, tie.columns)) return false
  const hangsHere =
    step === null ? own.parent === above.kind : (step.from ?? '') === (above.isRoot ? '' : above.kind)
  return (
    hangsHere &&
    own.where.every(({ column, value }) =>
      tie.where.some((one) => one.column === column && one.value === value),
    )
  )
}
