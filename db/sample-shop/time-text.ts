/** Instants as the shop's columns spell them, and steps back through the calendar, all in UTC. */
import type { Instant } from '../../base/clock.ts'

export const second = 1000
export const hour = 3600 * second
export const day = 24 * hour

/** `YYYY-MM-DD HH:MM:SS`. */
export function dateTimeText(at: Instant): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ')
}

/** `YYYY-MM-DD`. */
export function dateText(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** The same time of day so many calendar months earlier; the month's last day where the number is missing. */
export function monthsBefore(now: Instant, months: number): Instant {
  const at = new Date(now)
  const wanted = at.getUTCDate()
  at.setUTCDate(1)
  at.setUTCMonth(at.getUTCMonth() - months)
  const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate()
  at.setUTCDate(Math.min(wanted, lastDay))
  return at.getTime()
}
