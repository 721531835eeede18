/** Days on the command line. */
import type { Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { readDate } from '../plan/civil.ts'
import { dayStart } from '../plan/day.ts'

/** The first instant of a day that is written `YYYY-MM-DD`. Throws `OubliError` `E_DAY`. */
export function dayOption(option: string, text: string, zone: string): Instant {
  const day = readDate(text)
  if (day === null)
    throw new OubliError(
      'settings',
      'E_DAY',
      `${option}: expected a day such as 2027-01-01, found something else`,
      'Write the year, the month and the day.',
    )
  return dayStart(day, zone)
}
