/**
 * When a term ends, and the exact inverse. Keeping lasts through the last lawful day; the two functions agree
 * to the millisecond, so a run may ask the database for `start < cutoff` and judge each row by `dueFrom`.
 */
import type { Instant } from '../base/clock.ts'
import type { Period } from '../policies/period.ts'
import type { Policy } from '../policies/policy.ts'
import type { CompiledClock } from './compiled.ts'
import { dayFrom, dayOf, dayPlus, dayStart, lastOfMonth, partsOf, plusMonths, type DayNumber } from './day.ts'
import { millisPerHour } from './zone.ts'

export type Term = Pick<CompiledClock, 'period' | 'ends' | 'fiscalYearEnds' | 'zone'>

const capped: readonly string[] = ['cookie', 'consent', 'cookie_consent']

/** The law caps cookies and consents and asks for no minimum, so the last day itself is already too long. */
export function endsOf(category: string, { keepAtMost }: Pick<Policy, 'keepAtMost'>): Term['ends'] {
  return capped.includes(category) && keepAtMost !== null ? 'same day' : 'next day'
}

/** The first instant at which what started at `start` may go. Never decreases as `start` grows. */
export function dueFrom(term: Term, start: Instant): Instant {
  if (term.period.hours > 0) return start + term.period.hours * millisPerHour
  const from = dayOf(start, term.zone)
  const counted = term.fiscalYearEnds === null ? from : fiscalEndFrom(from, term.fiscalYearEnds)
  return dayStart(dayPlus(counted, term.period) + extraDay(term), term.zone)
}

/** `start < cutoff(term, now)` exactly when `dueFrom(term, start) <= now`, for whole milliseconds. */
export function cutoff(term: Term, now: Instant): Instant {
  if (term.period.hours > 0) return now - term.period.hours * millisPerHour + 1
  return startAfterLast(term, dayOf(now, term.zone))
}

/**
 * The cutoff for rows whose due day is at most `days` civil days ahead: `start < cutoffAhead` exactly when
 * the start of the local day that lies `days` before the day of `dueFrom(start)` is reached.
 */
export function cutoffAhead(term: Term, now: Instant, days: number): Instant {
  const beyond = dayStart(dayOf(now, term.zone) + days + 1, term.zone)
  if (term.period.hours > 0) return beyond - term.period.hours * millisPerHour
  // The last day that begins before `beyond`: not simply its eve, where a whole day is missing.
  return startAfterLast(term, dayOf(beyond - 1, term.zone))
}

function extraDay(term: Term): number {
  return term.ends === 'next day' ? 1 : 0
}

/** The start of the day after the last one from which the term ends on `due` or earlier. */
function startAfterLast(term: Term, due: DayNumber): Instant {
  const last = latestDayFor(term.period, due - extraDay(term))
  const counted = term.fiscalYearEnds === null ? last : fiscalEndUntil(last, term.fiscalYearEnds)
  return dayStart(counted + 1, term.zone)
}

/** The latest day such that `dayPlus(day, period) <= limit`. Subtracting clips: up to three days too early. */
function latestDayFor(period: Period, limit: DayNumber): DayNumber {
  let day = plusMonths(limit - period.weeks * 7 - period.days, -(period.years * 12 + period.months))
  while (dayPlus(day + 1, period) <= limit) day += 1
  return day
}

/** The first end of a fiscal year on `day` or after it. */
function fiscalEndFrom(day: DayNumber, ends: string): DayNumber {
  const { year } = partsOf(day)
  const end = fiscalEnd(year, ends)
  return end >= day ? end : fiscalEnd(year + 1, ends)
}

/** The last end of a fiscal year on `day` or before it. */
function fiscalEndUntil(day: DayNumber, ends: string): DayNumber {
  const { year } = partsOf(day)
  const end = fiscalEnd(year, ends)
  return end <= day ? end : fiscalEnd(year - 1, ends)
}

/** `ends` is `MM-DD`; 02-29 means the last of February. */
function fiscalEnd(year: number, ends: string): DayNumber {
  const month = Number(ends.slice(0, 2))
  return dayFrom({ year, month, day: Math.min(Number(ends.slice(3)), lastOfMonth(year, month)) })
}
