/** Which of two periods is longer, when the answer depends on the day from which one counts. */
import type { Period } from '../period.ts'

const dayMs = 86_400_000
/** A leap cycle: every month length and both lengths of a year occur as a start and as an end. */
const firstDay = Date.UTC(2023, 0, 1)
const startDays = 1461

/** True when `a`, with `extraDays` after it, ends later than `b` for at least one day of start. */
export function canEndLater(a: Period, b: Period, extraDays = 0): boolean {
  return someStart((start) => endOf(start, a) + extraDays * dayMs > endOf(start, b))
}

/** True when `a` ends earlier than `b`, with `extraDays` after it, for at least one day of start. */
export function canEndEarlier(a: Period, b: Period, extraDays = 0): boolean {
  return someStart((start) => endOf(start, a) < endOf(start, b) + extraDays * dayMs)
}

/** Days between start and end for the start that makes the period shortest. Hours count as parts of a day. */
export function shortestDays(period: Period): number {
  let shortest = Number.POSITIVE_INFINITY
  someStart((start) => {
    shortest = Math.min(shortest, (endOf(start, period) - start) / dayMs)
    return false
  })
  return shortest
}

function someStart(holds: (start: number) => boolean): boolean {
  for (let day = 0; day < startDays; day += 1) if (holds(firstDay + day * dayMs)) return true
  return false
}

/** Months before days; a day that the month lacks becomes its last one. */
function endOf(start: number, period: Period): number {
  const date = new Date(start)
  const month = date.getUTCMonth() + period.years * 12 + period.months
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate()
  const day = Math.min(date.getUTCDate(), lastDay)
  const days = period.weeks * 7 + period.days + period.hours / 24
  return Date.UTC(date.getUTCFullYear(), month, day) + days * dayMs
}
