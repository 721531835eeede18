/** What a term may be counted from. */
import type { Event, Kind, TimeColumn } from '../data-map.ts'
import type { Problem } from '../problem.ts'
import { eventOf, kindOf, problem, termKey, termOf, type LintContext, type Rule } from './lint-context.ts'
import type { Policy } from '../policy.ts'
import { reasonLength } from './reasons.ts'

/** A start that the site itself moves never comes to an end: each import or sync would begin it anew. */
export const siteMovesNoClock: Rule = (lint) =>
  lint.policies
    .filter((policy) => eventOf(lint, policy)?.slides === 'by the site')
    .map((policy) =>
      problem('E_CLOCK_MOVED_BY_SITE', lint.at(policy, 'counted_from'), { event: policy.countedFrom }),
    )

/**
 * A sign of life that never came must be replaced, or the row stays for ever. A fixed event is different:
 * who never asked for deletion has no such start, and must not get one.
 */
export const everyoneHasAStart: Rule = (lint) =>
  lint.policies.flatMap((policy): readonly Problem[] => {
    const event = eventOf(lint, policy)
    if (event === null || event.slides === 'never' || event.else !== null || !canBeMissing(event)) return []
    if (policy.then !== 'erase' && policy.then !== 'anonymise') return []
    const place = lint.atMap('kinds', policy.data, 'events', policy.countedFrom)
    return [problem('E_START_MISSING', place, { event: event.name, kind: policy.data, policy: policy.id })]
  })

/**
 * A date that everybody has, among signs of life: who has no other looks as if the clock had said so. The share of
 * people by `else` and the age of the clock are then about everybody, and say nothing of those.
 */
export const fixedDatesAreElse: Rule = (lint) =>
  lint.policies.flatMap((policy): readonly Problem[] => {
    const event = eventOf(lint, policy)
    const kind = kindOf(lint, policy.data)
    if (kind === null || event === null || event.latestOf.length < 2) return []
    // The later of two fixed dates is a fair start for a row (ordered, delivered); for people it is silence.
    if (!kind.subject && event.slides === 'never') return []
    return event.latestOf
      .filter(({ table, path }) => path === undefined && (table === null || table === kind.table))
      .filter(({ column }) => column !== event.else?.column && isFixed(kind, column))
      .map(({ column }) =>
        problem('E_FIXED_DATE_IN_CLOCK', lint.atMap('kinds', kind.name, 'events', event.name, 'latest_of'), {
          column,
          event: event.name,
        }),
      )
  })

/** By what the data map says itself: it tells a person from a later one, stands in for another event, or begins one. */
function isFixed({ identity, events, table }: Kind, column: string): boolean {
  if (identity.includes(column)) return true
  return Object.values(events).some(({ else: otherwise, slides, latestOf: [only, second] }) => {
    const start = slides === 'never' && second === undefined ? only : undefined
    return [otherwise, start].some(
      (one) =>
        one?.column === column && one.path === undefined && (one.table === null || one.table === table),
    )
  })
}

/** Hours run from the very instant of the event, so its rounding would be passed over without a word. */
export const hoursAreNotRounded: Rule = (lint) =>
  lint.policies
    .filter((policy) => (termOf(policy)?.hours ?? 0) > 0)
    .filter((policy) => (eventOf(lint, policy)?.roundedTo ?? null) !== null)
    .map((policy) =>
      problem('E_HOURS_ROUNDED', lint.at(policy, termKey(policy)), { event: policy.countedFrom }),
    )

/** An archived row keeps only the columns that were copied; a clock on any other one would be empty. */
export const archiveKeepsItsClock: Rule = (lint) =>
  lint.policies.flatMap((policy) => lostClockColumns(lint, policy))

function lostClockColumns(lint: LintContext, policy: Policy): readonly Problem[] {
  const event = eventOf(lint, policy)
  const archived = Object.values(lint.map.kinds).filter((kind) => kind.archive?.into === policy.data)
  if (event === null || event.else !== null) return []
  const [scanned] = event.latestOf
  if (scanned === undefined || !isOwn(lint, policy, scanned)) return []
  return archived
    .filter((kind) => !Object.hasOwn(kind.archive?.columns ?? {}, scanned.column))
    .map((kind) =>
      problem('E_ARCHIVE_LOSES_CLOCK', lint.atMap('kinds', kind.name, 'archive', 'columns'), {
        column: scanned.column,
        event: event.name,
        policy: policy.id,
      }),
    )
}

/** A waiver lets people be erased whom a column shows to be active: somebody has to answer for it. */
export const waiversHaveAReason: Rule = (lint) =>
  Object.values(lint.map.kinds).flatMap((kind) =>
    Object.values(kind.events).flatMap((event) =>
      Object.entries(event.waived ?? {}).flatMap(([column, reason]): readonly Problem[] => {
        if (reason.trim().length >= reasonLength) return []
        const place = lint.atMap('kinds', kind.name, 'events', event.name, 'waived', column)
        return [problem('E_WAIVED_WITHOUT_REASON', place, { column, event: event.name })]
      }),
    ),
  )

function isOwn(lint: LintContext, policy: Policy, column: TimeColumn): boolean {
  return column.table === null || column.table === kindOf(lint, policy.data)?.table
}

/** Another table may hold no row at all for a person, which says never too. */
function canBeMissing(event: Event): boolean {
  return event.latestOf.every(({ table, never }) => table !== null || never.length > 0)
}
