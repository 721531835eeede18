/** Calendar days of a zone as text, for everything that shows or stores a date. */
import type { Instant } from '../base/clock.ts'
import type { Period } from '../policies/period.ts'
import { dayFrom, dayOf, dayPlus, dayStart, lastOfMonth, partsOf, type DayNumber } from './day.ts'

/** `YYYY-MM-DD`, years 0001 to 9999; sorts as text. */
export type CivilDate = string

const pattern = /^(\d{4})-(\d{2})-(\d{2})$/

/** The local date of an instant; where a clock stepped back over midnight, the later date. */
export function civilDate(at: Instant, zone: string): CivilDate {
  return dayText(dayOf(at, zone))
}

/** The first instant of the local day; 00:00 may be missing. */
export function startOfDay(date: CivilDate, zone: string): Instant {
  return dayStart(dayNumber(date), zone)
}

/** `days` may be negative. */
export function addDays(date: CivilDate, days: number): CivilDate {
  return dayText(dayNumber(date) + days)
}

/** One addition by the civil rule: months clipped to the last day of the month, then weeks and days. */
export function addPeriod(date: CivilDate, period: Period): CivilDate {
  return dayText(dayPlus(dayNumber(date), period))
}

/** Negative when `a` is the earlier. */
export function compareDates(a: CivilDate, b: CivilDate): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Null when the text is no date of the calendar (0000-00-00, 2023-02-31, anything else). */
export function readDate(text: string): DayNumber | null {
  const match = pattern.exec(text)
  if (match === null) return null
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > lastOfMonth(year, month)) return null
  return dayFrom({ year, month, day })
}

/** Throws a RangeError outside the years 1 to 9999, where text would no longer sort. */
export function dayText(day: DayNumber): CivilDate {
  const parts = partsOf(day)
  if (!(parts.year >= 1 && parts.year <= 9999)) throw new RangeError('a date outside the years 1 to 9999')
  return `${digits(parts.year, 4)}-${digits(parts.month, 2)}-${digits(parts.day, 2)}`
}

function dayNumber(date: CivilDate): DayNumber {
  const day = readDate(date)
  if (day === null) throw new RangeError('not a date of the calendar')
  return day
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0')
}
