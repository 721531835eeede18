/**
 * The ladder of warnings of one person: what to do today, from what was sent so far. Pure. Every doubt ends in
 * waiting or in a new warning, never in erasure: a mail too many is a nuisance, an unwarned erasure cannot be
 * taken back.
 */
import type { Instant } from '../base/clock.ts'
import type { Warn } from '../policies/policy.ts'
import { announcedDay } from './announced.ts'
import { dayOf, dayStart, type DayNumber } from './day.ts'
import type { Facts, WarningFact } from './facts.ts'
import { failureDays, isFailing, isGivenUp, standingSince } from './failed-mails.ts'
import { waitsBecause } from './reply.ts'

export interface LadderInput extends Pick<Facts, 'addressState' | 'addressHash' | 'warnings'> {
  /** The latest day that a mail of another policy has named to this person, or may have; absent: none. */
  readonly promised?: Instant
  readonly warn: Warn
  /** The cycle: the clock's start value. Any sign of life begins another one. */
  readonly start: Instant
  readonly dueFrom: Instant
  readonly termsHash: string
  readonly now: Instant
  /** Zone of the policy's days. */
  readonly zone: string
}

export type LadderOutcome =
  | { readonly act: 'due'; readonly notice: 'warned' | 'unreachable' | 'no address' | 'invalid address' }
  | { readonly act: 'warn'; readonly round: number; readonly step: number; readonly announced: Instant }
  | {
      readonly act: 'wait'
      readonly reason:
        | 'active'
        | 'warned, not yet due'
        | 'accepted, waiting for bounces'
        | 'warning on its way'
        | 'deferred for days'
        | 'our own fault'
        | 'no address'
        | 'invalid address'
        | 'unreachable'
        | 'given up by other servers'
      /** When this reason ends by itself; null: by an event or by a person's decision. */
      readonly until: Instant | null
    }

/** Days in which delivery is retried; the first mail leaves room for them. */
const retryDays = 5
/** A warning this much older than its announced day says nothing any more. */
export const staleDays = 30
/** Servers try for up to five days before they give a mail back. */
const windowByDefault = 5
/** A server that puts off strangers takes them within hours; after so many days it is worth a word. */
const daysPutOff = 2
/** One refusal can be a fault of the day; without a number in the policy, two days count. */
const refusalsByDefault = 2

/** Days before the term at which the first warning is sent; 0 for a ladder that begins at the term. */
export function warnDaysAhead(warn: Warn): number {
  return warn.when === 'before the term' ? (warn.daysBefore[0] ?? 0) : 0
}

/** Days after its acceptance in which a mail may still come back; a relay that says yes to everything is common. */
export function bounceWindow(warn: Warn): number {
  return warn.bounceWindowDays ?? Math.min(windowByDefault, warn.minimumNoticeDays)
}

/** Days from a first mail to the earliest day that it may name. */
export function daysUntilErasure(warn: Warn): number {
  return retryDays + warn.minimumNoticeDays + 1
}

/** True once the first warning may be sent; exactly what `cutoffAhead(term, now, warnDaysAhead)` selects. */
export function inWarnWindow(warn: Warn, dueFrom: Instant, now: Instant, zone: string): boolean {
  if (warn.when === 'at the term') return dueFrom <= now
  return dayOf(dueFrom, zone) - warnDaysAhead(warn) <= dayOf(now, zone)
}

/** To be asked only once `inWarnWindow` is true. */
export function climb(given: LadderInput): LadderOutcome {
  const input = { ...given, dueFrom: Math.max(given.dueFrom, promisedDay(given)) }
  const cycle = input.warnings.filter((warning) => warning.cycle === input.start)
  if (input.addressState === 'none') return withoutAddress(input)
  if (input.addressState === 'invalid') return withInvalidAddress(input)
  if (cycle.some(({ state }) => state === 'open' || state === 'unknown'))
    return wait(whyOnItsWay(input, cycle), null)
  const failed = failureDays(input, cycle)
  if (isUnreachable(input.warn, failed)) return unreachable(input, cycle, failed)
  return inRound(input, cycle)
}

/**
 * The latest day that a mail has named, or may have, which this cycle does not count: one of another policy, or of a
 * later clock that has fallen back since (a restored column, a session that was deleted). What was printed holds.
 */
function promisedDay({ warnings, promised, start }: LadderInput): Instant {
  return Math.max(promised ?? -Infinity, announcedDay(warnings.filter(({ cycle }) => cycle !== start)))
}

/**
 * A mail that was put off says nothing against the address, for however many days: it spares and is named. One whose
 * answers are lost for days, in whichever rounds, is a matter of ours and of the relay.
 */
function whyOnItsWay(
  { addressHash, now, zone }: LadderInput,
  cycle: readonly WarningFact[],
): 'warning on its way' | 'deferred for days' | 'our own fault' {
  const why = cycle.filter(({ state }) => state === 'open').map(({ reply }) => waitsBecause(reply))
  if (why.includes('our fault')) return 'our own fault'
  const own = cycle.filter((mail) => mail.addressHash === addressHash)
  const accepted = Math.max(...own.map((mail) => standingSince(mail) ?? -Infinity))
  const unheard = own.filter(({ state, queuedAt }) => state !== 'accepted' && queuedAt > accepted)
  const lasts = (mails: readonly WarningFact[]): boolean =>
    mails.some(({ queuedAt }) => dayOf(now, zone) - dayOf(queuedAt, zone) >= daysPutOff)
  const unanswered = unheard.filter(({ state, lost }) => state === 'unknown' || lost === true)
  if (cycle.some(({ state }) => state === 'unknown') && lasts(unanswered)) return 'our own fault'
  return why.includes('put off') && lasts(unheard) ? 'deferred for days' : 'warning on its way'
}

function withoutAddress(input: LadderInput): LadderOutcome {
  // The rule speaks of people who gave none. An address that is gone since we wrote to it is a doubt.
  if (input.warn.noAddress === 'a person decides' || input.warnings.length > 0)
    return wait('no address', null)
  if (input.dueFrom > input.now) return wait('active', input.dueFrom)
  return { act: 'due', notice: 'no address' }
}

/**
 * A typing error may be put right, so there is a wait, and it begins with the term: nobody knows since when the address
 * is wrong. Where we have written before, the address was good once, and what became of it is a doubt.
 */
function withInvalidAddress({ warn, warnings, dueFrom, now, zone }: LadderInput): LadderOutcome {
  const rule = warn.invalidAddress
  if (rule === undefined || rule.finally === 'a person decides' || warnings.length > 0)
    return wait('invalid address', null)
  const until = dayStart(dayOf(dueFrom - 1, zone) + rule.waitDays + 1, zone)
  return until <= now ? { act: 'due', notice: 'invalid address' } : wait('invalid address', until)
}

function isUnreachable(warn: Warn, failed: readonly DayNumber[]): boolean {
  return failed.length >= refusalsOf(warn)
}

/** Days of refusals that make somebody unreachable. */
function refusalsOf({ ifUnreachable }: Warn): number {
  return Math.max(ifUnreachable === 'a person decides' ? refusalsByDefault : ifUnreachable.refusals, 1)
}

function unreachable(
  input: LadderInput,
  cycle: readonly WarningFact[],
  failed: readonly DayNumber[],
): LadderOutcome {
  const { ifUnreachable } = input.warn
  if (ifUnreachable === 'a person decides' || ifUnreachable.finally === 'a person decides')
    return wait('unreachable', null)
  const waited = dayStart(Math.max(...failed) + ifUnreachable.waitDays, input.zone)
  // A mail that arrived before the refusals may have printed a later day, and it holds; one that another server gave up
  // may have been read all the same, where it was forwarded to two mailboxes.
  const printed = cycle
    .filter(({ state }) => state === 'accepted' || state === 'undelivered')
    .map(({ announced }) => announced)
  const until = Math.max(waited, input.dueFrom, ...printed)
  return until <= input.now ? { act: 'due', notice: 'unreachable' } : wait('unreachable', until)
}

function inRound(input: LadderInput, cycle: readonly WarningFact[]): LadderOutcome {
  const round = Math.max(-1, ...cycle.map((warning) => warning.round))
  const mails = cycle.filter((warning) => warning.round === round)
  const accepted = firstStanding(mails)
  if (accepted === null || isFailing(input, cycle) || !saysTheSame(input, mails))
    return newRound(input, cycle, round + 1)

  const told = Math.max(...mails.map(({ announced }) => announced))
  const noticeDays = Math.max(input.warn.minimumNoticeDays, bounceWindow(input.warn))
  const noticed = dayStart(dayOf(accepted, input.zone) + noticeDays + 1, input.zone)
  const announced = Math.max(told, noticed)
  const erasable = Math.max(announced, input.dueFrom)
  const stale = dayStart(dayOf(told, input.zone) + staleDays, input.zone)
  if (Math.max(erasable, input.now) > stale) return newRound(input, cycle, round + 1)
  if (erasable <= input.now) return { act: 'due', notice: 'warned' }
  const step = nextStep(input, mails, announced)
  if (step === null)
    return wait(
      mayComeBack(input, accepted) ? 'accepted, waiting for bounces' : 'warned, not yet due',
      erasable,
    )
  return today(input) ?? { act: 'warn', round, step, announced }
}

/** Only a name for the wait: an erasure is always later than the window. */
function mayComeBack({ warn, now, zone }: LadderInput, accepted: Instant): boolean {
  return dayOf(now, zone) < dayOf(accepted, zone) + bounceWindow(warn)
}

/** Nobody is erased on what was said to another address or in other words. */
function saysTheSame(input: LadderInput, mails: readonly WarningFact[]): boolean {
  return mails.every((mail) => mail.addressHash === input.addressHash && mail.termsHash === input.termsHash)
}

function newRound(input: LadderInput, cycle: readonly WarningFact[], round: number): LadderOutcome {
  if (isGivenUp(input, cycle, refusalsOf(input.warn))) return wait('given up by other servers', null)
  const { now, zone, warn, dueFrom } = input
  const noticed = dayOf(now, zone) + daysUntilErasure(warn)
  const announced = dayStart(Math.max(dayOf(dueFrom, zone), noticed), zone)
  // What was once named stays: no mail names an earlier day than one before it.
  const earlier = Math.max(-Infinity, ...cycle.map((warning) => warning.announced))
  return today(input) ?? { act: 'warn', round, step: 0, announced: Math.max(announced, earlier) }
}

/**
 * The latest step whose day has come since the last mail of the round. A step whose day lay before that mail is
 * dropped, and of several that have come only the latest is sent: mails are never stacked.
 */
function nextStep(input: LadderInput, mails: readonly WarningFact[], announced: Instant): number | null {
  const { warn, now, zone } = input
  const [end, current] = [dayOf(announced, zone), dayOf(now, zone)]
  const lastDay = Math.max(...mails.map((mail) => mailDay(mail, zone)))
  const lastStep = Math.max(...mails.map(({ step }) => step))
  for (let step = warn.daysBefore.length - 1; step > lastStep; step -= 1) {
    const day = end - (warn.daysBefore[step] ?? 0)
    if (day <= current && day > lastDay && current < end) return step
  }
  return null
}

/** At most one mail a local day, whatever became of it; null when today is still free. */
function today(input: LadderInput): LadderOutcome | null {
  const current = dayOf(input.now, input.zone)
  const last = Math.max(-Infinity, ...input.warnings.map((warning) => mailDay(warning, input.zone)))
  return last < current ? null : wait('warning on its way', dayStart(last + 1, input.zone))
}

/** The last local day on which anything was heard of a mail. */
function mailDay(mail: WarningFact, zone: string): DayNumber {
  return dayOf(Math.max(mail.queuedAt, mail.acceptedAt ?? -Infinity, mail.failedAt ?? -Infinity), zone)
}

function firstStanding(mails: readonly WarningFact[]): Instant | null {
  const first = Math.min(...mails.map((mail) => standingSince(mail) ?? Infinity))
  return first === Infinity ? null : first
}

function wait(
  reason: Extract<LadderOutcome, { act: 'wait' }>['reason'],
  until: Instant | null,
): LadderOutcome {
  return { act: 'wait', reason, until }
}
