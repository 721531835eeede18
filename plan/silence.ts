/** Who is silent by a clock, and from when on an act contradicts that. */
import type { Instant } from '../base/clock.ts'
import type { Decision, SpareReason } from './decision.ts'
import { dayOf, partsOf } from './day.ts'
import { millisPerDay } from './zone.ts'

/** The clock does not call these silent, cannot be believed, or no policy ever touches them. */
const notSilent: readonly SpareReason[] = ['active', 'clock cannot be true', 'no clock', 'exception']

/** Past the term or in the window of the warnings, whatever keeps the row for now: a hold ends, an order is closed. */
export function isSilent(decision: Decision): boolean {
  return decision.act !== 'spare' || !notSilent.includes(decision.reason)
}

/** Clocks of two tables may differ by this much. */
const skewMillis = 5 * 60_000

/**
 * An act from `from` on (inclusive) and before `to` contradicts a clock that lies before `cutoff`. Who signs in
 * once, is remembered and gets an answer days later would contradict every clock by some hours, so a tenth of the
 * term is let pass, and never more than thirty days. What lies in the future is no act.
 */
export function contradictingAct(
  cutoff: Instant,
  now: Instant,
): { readonly from: Instant; readonly to: Instant } {
  const slack = Math.max(0, Math.min(30 * millisPerDay, (now - cutoff) / 10))
  return { from: wholeSecond(cutoff + slack), to: wholeSecond(now + skewMillis) }
}

function wholeSecond(at: number): Instant {
  return Math.floor(at / 1000) * 1000
}

/** How far back a source of a clock goes: rows with a value, and those older than the term. */
export interface Depth {
  readonly older: number
  readonly rows: number
}

/** So many old values are no strays. */
const [fewOld, oldShare] = [10, 10]

/**
 * A source has not been kept for a whole term: next to nobody has a value that old, and yet people are called
 * silent because they have none. A stray old value among a hundred such people does not prove the contrary. What
 * few people ever do (a review) is known to be old by its own rows: one in ten of them is.
 */
export function isKeptTooShort({ older, rows }: Depth, silentWithoutValue: number): boolean {
  if (silentWithoutValue === 0 || older * 100 >= silentWithoutValue) return false
  return older < fewOld || older * oldShare < rows
}

/**
 * `all`: of every silent person. `newest rows`: only the newest rows of the table were looked at, because no index
 * leads to it. `no right`: the account may not read it. `collations`: the server does not compare the keys.
 */
export type SignBasis = 'all' | 'newest rows' | 'no right' | 'collations'

/** False: nobody knows what the column says. */
export function isRead(basis: SignBasis): boolean {
  return basis !== 'no right' && basis !== 'collations'
}

export function yearOf(at: Instant, zone: string): string {
  return String(partsOf(dayOf(at, zone)).year)
}

/** `2023-04`. */
export function monthOf(at: Instant, zone: string): string {
  const { year, month } = partsOf(dayOf(at, zone))
  return `${year}-${String(month).padStart(2, '0')}`
}
