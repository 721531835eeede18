/** The months of a forecast, in the zone of the policies. */
import type { Instant } from '../base/clock.ts'
import { dayFrom, dayOf, dayStart, partsOf, plusMonths } from '../plan/day.ts'

/** `now`, then the first instant of each of the next `count` months: the edges of `count` months. */
export function startOfMonths(now: Instant, count: number, zone: string): readonly Instant[] {
  const { year, month } = partsOf(dayOf(now, zone))
  const first = dayFrom({ year, month, day: 1 })
  return [now, ...Array.from({ length: count }, (_, i) => dayStart(plusMonths(first, i + 1), zone))]
}
