/**
 * Does the database's clock go on from the last run as a clock should? One that jumped ahead after the
 * warnings would turn a notice of thirty days into one.
 */
import type { Instant } from '../base/clock.ts'

const hour = 3_600_000
const day = 24 * hour
/**
 * A run may come this long after the last one: seven days, and the hours by which a weekly run can be late,
 * because clocks go back in autumn and no timer fires on the second. Two slots of a slower schedule are allowed
 * as well.
 */
const widestGap = 7 * day + 12 * hour

export type ClockVerdict =
  { readonly ok: true } | { readonly ok: false; readonly why: 'behind' | 'ahead'; readonly days: number }

/** `slotLength`: milliseconds between two slots of the schedule, 0 when unknown. Both edges are inclusive. */
export function checkClock(now: Instant, lastRun: Instant | null, slotLength: number): ClockVerdict {
  if (lastRun === null) return { ok: true }
  if (now < lastRun) return { ok: false, why: 'behind', days: Math.ceil((lastRun - now) / day) }
  const allowed = Math.max(widestGap, 2 * slotLength)
  if (now - lastRun > allowed) return { ok: false, why: 'ahead', days: Math.floor((now - lastRun) / day) }
  return { ok: true }
}
