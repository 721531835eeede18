/**
 * By what the rows of a kind are found and dated, where another kind of the same table changes it in a row that is both
 * and stays: the act that was promised for that row would never come, or somebody who is active would look silent.
 */
import type { Closing } from './closure.ts'
import type { ClockSource } from './compiled.ts'
import {
  archivedBy,
  changedBy,
  fateOf,
  fatesIn,
  firstPair,
  goes,
  goTogether,
  isEmptiedLink,
  meet,
  type Fate,
} from './fates.ts'
import { tell } from './plan-problem.ts'

export function refuseFoundNoMore(closing: Closing): void {
  const all = fatesIn(closing)
  const lost = (one: Fate, other: Fate) => lostTo(closing, all, one, other)
  const pair = firstPair(all, all, (one, other) => lost(one, other).length > 0)
  if (pair !== null) {
    const [one, other] = pair
    const columns = lost(...pair)
    const column = columns.join(', ')
    const params = {
      ...{ kind: one.kind, other: other.kind, act: actForBoth(one, other) },
      own: isOfPersonal(other, columns) ? column : '',
      same: sameLink(one, other) ? one.kind : '',
    }
    tell(closing.findings, 'E_FOUND_NO_MORE', { table: one.table, column, params })
  }
  const root = all.find(({ isRoot }) => isRoot)
  const clock = root === undefined ? null : firstTaken(closing, all, root)
  if (root === undefined || clock === null) return
  const { table, columns, other, source } = clock
  const isTaken = goes(other)
  const isLink = other.link.some(({ own }) => columns.includes(own))
  const params = {
    ...{ kind: root.kind, other: other.kind, source },
    letting: isTaken && !isLink ? other.kind : '',
    own: isOfPersonal(other, columns) ? other.kind : '',
  }
  const spot = isTaken ? { table, params } : { table, column: columns.join(', '), params }
  tell(closing.findings, 'E_OWN_CLOCK_STARVED', spot)
}

/** Empty where `other` would not find its rows then. */
function actForBoth(one: Fate, other: Fate): string {
  const changed = changedBy(one)
  if (other.link.some(({ own }) => changed.includes(own))) return ''
  return one.then.act === 'archive' ? 'archive' : 'erase'
}

/** `personal` alone has these columns changed. */
function isOfPersonal(other: Fate, columns: readonly string[]): boolean {
  return other.then.act === 'anonymise' && !columns.some((column) => isEmptiedLink(other, column))
}

/** Anonymised alike, each does all that the other would. */
function sameLink(one: Fate, other: Fate): boolean {
  const linkOf = ({ link }: Fate) => link.map(({ own }) => own)
  return !one.isRoot && linkOf(one).sort().join() === linkOf(other).sort().join()
}

/** Columns by which `one` finds its rows, or what hangs on them, and which `other` changes before. */
function lostTo(closing: Closing, all: readonly Fate[], one: Fate, other: Fate): readonly string[] {
  if (one.then.act === 'detach' || goTogether(one, other)) return []
  const changed = changedBy(other)
  const wanted = changedBy(one)
  if (one.then.act === 'anonymise' && wanted.every((column) => changed.includes(column))) return []
  const copied = archivedBy(one.then)
  const finding = [
    ...one.link.map(({ own }) => own),
    ...one.constants.map(({ column }) => column),
    ...(one.isRoot ? closing.only.map(({ column }) => column) : []),
    ...all.filter(({ above }) => above === one).flatMap(({ link }) => link.map(({ parent }) => parent)),
  ]
  return [...new Set(finding)].filter((column) => changed.includes(column) && !copied.includes(column))
}

interface Taken {
  readonly table: string
  readonly columns: readonly string[]
  readonly other: Fate
  readonly source: string
}

function firstTaken({ clock }: Closing, all: readonly Fate[], root: Fate): Taken | null {
  if (clock === null) return null
  const otherwise = clock.else === null ? [] : [{ joins: [], clock: clock.else }]
  for (const read of [...clock.sources, ...otherwise])
    for (const { at, columns } of wayOf(read, root))
      for (const other of all) {
        if (other === root || !meet(at, other) || goTogether(at, other)) continue
        const changed = changedBy(other).filter((column) => columns.includes(column))
        const taken = !at.isRoot && goes(other) ? columns : changed
        if (taken.length === 0) continue
        const source = `${read.joins.at(-1)?.table ?? root.table}.${read.clock.column}`
        return { table: at.table, columns: taken, other, source }
      }
  return null
}

/** The rows from the policy's own to the date, with the columns that lead on. */
function wayOf(
  { joins, clock }: ClockSource,
  root: Fate,
): readonly { readonly at: Fate; readonly columns: readonly string[] }[] {
  const hops = joins.filter(({ columns }, i) => {
    const above = i === 0 ? root.table : joins[i - 1]?.table
    // A further name of the very row.
    return above !== joins[i]?.table || !columns.every(({ own, parent }) => own === parent)
  })
  let at = root
  const way = [{ at, columns: leadOn(0) }]
  hops.forEach((join, i) => {
    at = fateOf(root.kind, { table: join.table, then: root.then, join }, at)
    const own = [...join.columns.map((pair) => pair.own), ...join.where.map(({ column }) => column)]
    way.push({ at, columns: [...own, ...leadOn(i + 1)] })
  })
  return way

  function leadOn(next: number): readonly string[] {
    return hops[next]?.columns.map(({ parent }) => parent) ?? [clock.column]
  }
}
