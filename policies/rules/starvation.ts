/**
 * A clock must not be starved: sign-ins that are erased after a year make everybody look silent to the
 * account policy that waits three, and active people would be erased.
 */
import type { Policy } from '../policy.ts'
import type { Problem } from '../problem.ts'
import { canEndEarlier } from './civil-span.ts'
import {
  endsRows,
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

export const noClockIsStarved: Rule = (lint) =>
  lint.policies.flatMap((policy) =>
    lint.policies.flatMap((reader) => (reader === policy ? [] : starved(lint, policy, reader))),
  )

function starved(lint: LintContext, policy: Policy, reader: Policy): readonly Problem[] {
  const [term, read] = [termOf(policy), termOf(reader)]
  const source = sources(lint, reader).find((column) => touches(lint, policy, reader, column))
  if (term === null || read === null || source === undefined) return []
  if (!canEndEarlier(term, read, noticeDays(reader))) return []
  const params = {
    reader: reader.id,
    source: `${source.table}.${source.column}`,
    notice: String(noticeDays(reader)),
    ...periodParams('found', term),
    ...periodParams('read', read),
  }
  return [problem('E_CLOCK_STARVED', lint.at(policy, termKey(policy)), params)]
}

interface Source {
  readonly table: string
  readonly column: string
}

function sources(lint: LintContext, reader: Policy): readonly Source[] {
  const event = eventOf(lint, reader)
  const own = kindOf(lint, reader.data)?.table
  if (event === null || own === undefined) return []
  return [...event.latestOf, ...(event.else === null ? [] : [event.else])].map(({ table, column }) => ({
    table: table ?? own,
    column,
  }))
}

function touches(lint: LintContext, policy: Policy, reader: Policy, source: Source): boolean {
  const kind = kindOf(lint, policy.data)
  const readKind = kindOf(lint, reader.data)
  if (kind === null || readKind === null || kind.table !== source.table) return false
  if (changedColumns(lint, policy).includes(source.column)) return true
  if (policy.then !== 'erase' && policy.then !== 'archive') return false
  // The reader's own rows, and those that leave with this row, have no clock left that could be read.
  return endsRows(policy) && kind.table !== readKind.table && !isBelow(lint, readKind, kind.name)
}

function changedColumns(lint: LintContext, policy: Policy): readonly string[] {
  const kind = kindOf(lint, policy.data)
  if (kind === null) return []
  switch (policy.then) {
    case 'truncate fields':
      return policy.fields
    case 'withdraw consent':
      return Object.keys(kind.withdrawn)
    case 'anonymise':
      return policy.fields.length > 0
        ? policy.fields
        : Object.entries(kind.personal).flatMap(([column, { strategy }]) =>
            strategy === 'keep' ? [] : [column],
          )
    case 'erase':
    case 'archive':
      return policy.fields
  }
}
