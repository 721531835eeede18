/** People whose data goes by another policy before the day that a mail would name: they asked, or a decision ended it. Pure. */
import type { Instant } from '../base/clock.ts'
import { announcedDay, keepsDaysOfOthers, keptDays } from './announced.ts'
import { readClock } from './clock-reading.ts'
import type { CompiledPolicy } from './compiled.ts'
import { namesOf } from './covers.ts'
import type { Decision } from './decision.ts'
import type { Facts } from './facts.ts'

/** Of a mail that is to be written, or waits. */
export interface NamedDay {
  /** Where the clock of its policy stands. */
  readonly start: Instant
  readonly announced: Instant
}

/** Milliseconds: a month of 31 days, in which a request is answered (GDPR, article 12(3)). */
const patience = 31 * 86_400_000

/** It takes the same rows away, warns nobody, and counts from a date that no further act moves. */
export function isAnotherWay(policy: CompiledPolicy, other: CompiledPolicy): boolean {
  const { warn, status } = other.policy
  return (
    other.policy.id !== policy.policy.id &&
    namesOf(other).includes(policy.kind) &&
    status === 'enforce' &&
    warn === null &&
    other.clock.event.slides === 'never' &&
    keepsDaysOfOthers(other)
  )
}

/**
 * By the other policy the person goes before the day, of which a mail would say that a sign-in keeps everything; and by
 * its day, once printed, the other policy would be held up. Not where its date is older than the last sign of life: it
 * is no answer to that, and whether it still counts nobody can tell. And not where it was to go a month ago and is still
 * here: the other policy is not approved, is held up by an alarm, or has years of people to take first.
 */
export function goesBefore(
  other: CompiledPolicy,
  { facts, decision }: { readonly facts: Facts; readonly decision: Decision },
  { start, announced }: NamedDay,
  now: Instant,
): boolean {
  if (decision.act === 'spare' && decision.reason !== 'active') return false
  const own = readClock(other.clock, facts, now).start
  if (own === null || own < start || decision.dueFrom === null) return false
  if (now - decision.dueFrom > patience) return false
  const printed = announcedDay([...facts.warnings, ...keptDays(other, own, facts.others ?? [])])
  return Math.max(decision.dueFrom, printed) < announced
}
