/** How long something of ours is kept: a number of days, months or years. */
import type { Instant } from '../base/clock.ts'

export const keptForm = /^([1-9]\d{0,3}) (day|month|year)s?$/

/** The moment that lies so long before another, in UTC; the last day of a month stays within its month. */
export function beforeNow(kept: string, now: Instant): Instant {
  const [, count = '0', unit] = keptForm.exec(kept) ?? []
  const date = new Date(now)
  if (unit === 'day') return now - Number(count) * 86_400_000
  const months = Number(count) * (unit === 'year' ? 12 : 1)
  const day = date.getUTCDate()
  date.setUTCMonth(date.getUTCMonth() - months, 1)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  return date.setUTCDate(Math.min(day, last))
}
