/** Days that mails have named and that hold, also under a policy that does not warn. Pure. */
import type { Instant } from '../base/clock.ts'
import { readClock } from './clock-reading.ts'
import type { CompiledPolicy } from './compiled.ts'
import { namesOf } from './covers.ts'
import type { Facts, WarningFact } from './facts.ts'

/**
 * A mail that may have been read. One that nobody answered for may have arrived; one that another server gave up may have
 * been forwarded to two mailboxes, and have reached the other.
 */
function wasSaid({ state }: WarningFact): boolean {
  return state === 'accepted' || state === 'unknown' || state === 'undelivered'
}

/** The latest day that was named; -Infinity: none. */
export function announcedDay(warnings: readonly WarningFact[]): Instant {
  return Math.max(-Infinity, ...warnings.filter(wasSaid).map(({ announced }) => announced))
}

/** No day that was named, or that a waiting mail may still name, is to come. */
export function isOver(warnings: readonly WarningFact[], now: Instant): boolean {
  return warnings.every((one) => one.announced <= now || !(wasSaid(one) || one.state === 'open'))
}

/**
 * What a mail of one policy says is left until its day, another policy that warns nobody must leave as well: it may be
 * the same one under a new name. Fields alone and withdrawn consents take nothing away that a mail speaks of.
 */
export function keepsDaysOfOthers({ policy, act }: Pick<CompiledPolicy, 'policy' | 'act'>): boolean {
  switch (act.act) {
    case 'erase':
    case 'archive':
      return true
    case 'anonymise':
      return policy.fields.length === 0
    case 'withdraw consent':
    case 'truncate fields':
      return false
  }
}

/**
 * The mails of other policies whose days this one keeps. Not those whose first is older than what its clock counts from:
 * who asks to be forgotten after it does not wait for its day. A clock that is rounded up begins later than that. A date
 * without a time begins with its day, before a mail of that day: whether the person wrote it after reading, or the site
 * by itself before, nobody can tell, and what was printed holds.
 */
export function keptDays(
  policy: Pick<CompiledPolicy, 'policy' | 'act' | 'clock'>,
  start: Instant,
  others: readonly WarningFact[],
): readonly WarningFact[] {
  if (!keepsDaysOfOthers(policy)) return []
  if (policy.clock.fiscalYearEnds !== null) return others
  const isOfOne = (a: WarningFact, b: WarningFact): boolean => a.policy === b.policy && a.cycle === b.cycle
  return others.filter((mail) => others.every((one) => !isOfOne(one, mail) || one.queuedAt >= start))
}

/**
 * Whether a start of some clock shows that the person came back since these warnings. It must lie behind the mails:
 * the clock may be another one than theirs, under the old name too, and have always been later.
 */
export function showsReturn(start: Instant, warnings: readonly WarningFact[]): boolean {
  return warnings.every(({ queuedAt }) => queuedAt < start)
}

/** A clock that no act of the person moves, or that is rounded up, can tell no return. */
export function mayShowReturn({ clock }: CompiledPolicy): boolean {
  return clock.event.slides === 'by the person' && clock.fiscalYearEnds === null
}

/** By the clock of this policy the person came back since these warnings of it. */
export function cameBack(
  policy: CompiledPolicy,
  facts: Facts,
  warnings: readonly WarningFact[],
  now: Instant,
): boolean {
  const { start, doubt } = readClock(policy.clock, facts, now)
  return mayShowReturn(policy) && start !== null && doubt === null && showsReturn(start, warnings)
}

/**
 * Kinds under which mails may have named a day to the rows of this policy: the names of these rows, and for
 * people each name that is not there any more, because nobody can say whose rows it named. `noticing`: of which policies
 * there are mails, or may be in this run; `kinds`: those that can be read.
 */
export function namesTold(
  policy: CompiledPolicy,
  noticing: readonly { readonly policy: string; readonly kind: string }[],
  kinds: ReadonlySet<string>,
): readonly string[] {
  const names = namesOf(policy)
  const told = noticing.filter(
    (one) =>
      (names.includes(one.kind) || (policy.subject && !kinds.has(one.kind))) &&
      (policy.policy.warn !== null || one.policy === policy.policy.id || keepsDaysOfOthers(policy)),
  )
  return [...new Set(told.map(({ kind }) => kind))]
}
