/** Calendar days as whole numbers, for arithmetic that runs once per row. `civil.ts` has the same as text. */
import { UTCDateMini } from '@date-fns/utc/date/mini'
import { addMonths } from 'date-fns/addMonths'
import { getDaysInMonth } from 'date-fns/getDaysInMonth'
import type { Instant } from '../base/clock.ts'
import type { Period } from '../policies/period.ts'
import { firstInstantFrom, latestLocalUntil, millisPerDay } from './zone.ts'

/** Days since 1970-01-01 in the proleptic Gregorian calendar. */
export type DayNumber = number

/** `month` counts from 1. */
export interface YearMonthDay {
  readonly year: number
  readonly month: number
  readonly day: number
}

/**
 * The local day of an instant. Never decreases as time goes on: where a clock stepped back over midnight
 * (four zones until 2011), the later day stays, or a deadline would have no inverse.
 */
export function dayOf(at: Instant, zone: string): DayNumber {
  return Math.floor(latestLocalUntil(at, zone) / millisPerDay)
}

/**
 * The first instant of a local day: 00:00, or the end of the gap where midnight, or the whole day, is
 * missing. `dayStart(day) <= at` exactly when `day <= dayOf(at)`.
 */
export function dayStart(day: DayNumber, zone: string): Instant {
  return firstInstantFrom(day * millisPerDay, zone)
}

/**
 * Years and months first, in one addition clipped to the last day of the month, then weeks and days: the
 * civil rule. Chained additions would drift (29 February + 1 year + 3 years). Hours are not days and are
 * left alone.
 */
export function dayPlus(day: DayNumber, period: Period): DayNumber {
  const months = period.years * 12 + period.months
  return plusMonths(day, months) + period.weeks * 7 + period.days
}

/** `months` may be negative. Clipped to the last day of the month. */
export function plusMonths(day: DayNumber, months: number): DayNumber {
  return dayIn(addMonths(utcDate(day), months))
}

/** `month` counts from 1. */
export function lastOfMonth(year: number, month: number): number {
  return getDaysInMonth(utcDate(dayFrom({ year, month, day: 1 })))
}

/** The parts must be a real date. */
export function dayFrom({ year, month, day }: YearMonthDay): DayNumber {
  // Not `Date.UTC`, which takes the years 0 to 99 for those of the last century.
  return new Date(0).setUTCFullYear(year, month - 1, day) / millisPerDay
}

export function partsOf(day: DayNumber): YearMonthDay {
  const date = utcDate(day)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** date-fns reckons in the zone of the process, but for a date that says its own: a day here has none. */
function utcDate(day: DayNumber): Date {
  return new UTCDateMini(day * millisPerDay)
}

function dayIn(date: Date): DayNumber {
  return date.getTime() / millisPerDay
}
