/**
 * A clock must not be starved: sign-ins that are erased after a year make everybody look silent to the
 * account policy that waits three, and active people would be erased.
 */
import type { Event, Kind, TimeColumn } from '../data-map.ts'
import type { Policy } from '../policy.ts'
import type { Problem } from '../problem.ts'
import { canEndEarlier } from './civil-span.ts'
import {
  eventOf,
  isBelow,
  kindOf,
  noticeDays,
  periodParams,
  problem,
  termKey,
  termOf,
  type LintContext,
  type Rule,
} from './lint-context.ts'
import { lossesOf, type Change, type Loss } from './losses.ts'

export const noClockIsStarved: Rule = (lint) =>
  lint.policies.flatMap((policy) =>
    lint.policies.flatMap((reader) => (reader === policy ? [] : starved(lint, policy, reader))),
  )

function starved(lint: LintContext, policy: Policy, reader: Policy): readonly Problem[] {
  const [term, read] = [termOf(policy), termOf(reader)]
  if (term === null || read === null) return []
  const taken = sources(lint, reader).filter((source) => isTaken(lint, policy, reader, source))
  const [source] = taken
  if (source === undefined) return []
  const params = { reader: reader.id, source: nameOf(source), notice: String(noticeDays(reader)) }
  if (canEndEarlier(term, read, noticeDays(reader))) {
    const periods = { ...periodParams('found', term), ...periodParams('read', read) }
    return [problem('E_CLOCK_STARVED', lint.at(policy, termKey(policy)), { ...params, ...periods })]
  }
  const other = taken.find((one) => !isNoOlder(lint, policy, one))
  if (other === undefined) return []
  return [
    problem('E_CLOCK_STARVED_EARLIER', lint.at(policy, 'counted_from'), {
      ...params,
      source: nameOf(other),
      event: policy.countedFrom,
    }),
  ]
}

interface Source extends Pick<TimeColumn, 'column' | 'where' | 'path'> {
  readonly table: string
}

function nameOf({ table, column, path }: Source): string {
  return path === undefined ? `${table}.${column}` : `${table}.${column} ${path}`
}

function sources(lint: LintContext, reader: Policy): readonly Source[] {
  return placesOf(eventOf(lint, reader), kindOf(lint, reader.data)?.table)
}

function placesOf(event: Event | null, own: string | undefined): readonly Source[] {
  if (event === null || own === undefined) return []
  return [...event.latestOf, ...(event.else === null ? [] : [event.else])].map((place) => ({
    ...place,
    table: place.table ?? own,
  }))
}

/**
 * The start of this policy's own term is never older than the source, so that a term long enough keeps the source
 * long enough: its event reads the source too, or is counted from it where it never happened.
 */
function isNoOlder(lint: LintContext, policy: Policy, source: Source): boolean {
  return placesOf(eventOf(lint, policy), kindOf(lint, policy.data)?.table).some(
    (one) => nameOf(one) === nameOf(source) && isSameWhere(one.where ?? {}, source.where ?? {}),
  )
}

/** Other words under `where` are other rows. */
function isSameWhere(one: NonNullable<Source['where']>, other: NonNullable<Source['where']>): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every((name) => one[name] === other[name])
}

function isTaken(lint: LintContext, policy: Policy, reader: Policy, source: Source): boolean {
  const kind = kindOf(lint, policy.data)
  const readKind = kindOf(lint, reader.data)
  if (kind === null || readKind === null) return false
  const losses = lossesOf(lint, policy)
  if (!leaves(lint, kind, readKind, losses) && losses.some((loss) => changes(loss, source))) return true
  // The reader's own rows, and those that leave with this row, have no clock left that could be read.
  if (isBelow(lint, readKind, kind.name) || [kind.table, source.table].includes(readKind.table)) return false
  const way = wayTo(lint, readKind, source)
  return losses.some((loss) => breaks(loss, way, source))
}

/** The rows whose clock is read go themselves: with the rows of the policy, unless its `but` says otherwise. */
function leaves(lint: LintContext, kind: Kind, readKind: Kind, [own, ...ruled]: readonly Loss[]): boolean {
  const said = ruled.find((loss) => loss.kind.table === readKind.table)
  if (said !== undefined) return said.rows
  return own?.rows === true && (kind.table === readKind.table || isBelow(lint, readKind, kind.name))
}

function changes(loss: Loss, source: Source): boolean {
  return isAmong(loss.kind, source) && loss.changes.some((change) => reaches(change, source))
}

/** The kind has rows of the source: its table, and no other word under `where` than the source reads. */
function isAmong({ table, link }: Kind, source: Source): boolean {
  const constants = Object.entries(link?.where ?? {})
  return (
    table === source.table && constants.every(([name, value]) => (source.where?.[name] ?? value) === value)
  )
}

/** The date goes, or the word that finds its row. */
function reaches({ column, places }: Change, source: Source): boolean {
  if (Object.hasOwn(source.where ?? {}, column)) return true
  if (column !== source.column) return false
  const { path } = source
  return path === undefined || places === null || places.some((one) => `${path}.`.startsWith(`${one}.`))
}

/** Kinds between the reader's rows and the source, the source's own kind among them. */
function wayTo(lint: LintContext, readKind: Kind, source: Source): readonly Kind[] {
  const ends = Object.values(lint.map.kinds).filter(
    (kind) => isAmong(kind, source) && isBelow(lint, kind, readKind.name),
  )
  const between = Object.values(lint.map.kinds).filter(
    (kind) => isBelow(lint, kind, readKind.name) && ends.some((end) => isBelow(lint, end, kind.name)),
  )
  return [...ends, ...between]
}

function breaks(loss: Loss, way: readonly Kind[], source: Source): boolean {
  if (loss.kind.table === source.table && !isAmong(loss.kind, source)) return false
  const onTheWay = loss.kind.table === source.table || way.some(({ table }) => table === loss.kind.table)
  return onTheWay && (loss.rows || loss.severed)
}
