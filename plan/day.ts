/** Calendar days as whole numbers, for arithmetic that runs once per row. `civil.ts` has the same as text. */
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
  if (months === 0) return day
  const from = partsOf(day)
  const index = from.year * 12 + from.month - 1 + months
  const year = Math.floor(index / 12)
  const month = index - year * 12 + 1
  return dayFrom({ year, month, day: Math.min(from.day, lastOfMonth(year, month)) })
}

/** `month` counts from 1. */
export function lastOfMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** The parts must be a real date. */
export function dayFrom(parts: YearMonthDay): DayNumber {
  // Counted from March, so that the leap day is the last of its year.
  const year = parts.month > 2 ? parts.year : parts.year - 1
  const cycle = Math.floor(year / 400)
  const ofCycle = year - cycle * 400
  const month = (parts.month + 9) % 12
  const ofYear = Math.floor((153 * month + 2) / 5) + parts.day - 1
  return (
    cycle * 146_097 + ofCycle * 365 + Math.floor(ofCycle / 4) - Math.floor(ofCycle / 100) + ofYear - 719_468
  )
}

export function partsOf(day: DayNumber): YearMonthDay {
  const shifted = day + 719_468
  const cycle = Math.floor(shifted / 146_097)
  const ofCycle = shifted - cycle * 146_097
  const leaps = Math.floor(ofCycle / 1460) - Math.floor(ofCycle / 36_524) + Math.floor(ofCycle / 146_096)
  const yearOfCycle = Math.floor((ofCycle - leaps) / 365)
  const ofYear = ofCycle - (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100))
  const fromMarch = Math.floor((5 * ofYear + 2) / 153)
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  return {
    year: yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  }
}
