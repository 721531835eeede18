/**
 * The slots of a cron line in a zone. node-cron forgets a slot that it missed, so the latest slot is computed
 * here and remembered in the database; the timer only wakes us up.
 */
import { parse } from 'node-cron'
import { addDays, civilDate } from '../plan/civil.ts'
import { lastInstantAt } from '../plan/zone.ts'
import type { Instant } from '../base/clock.ts'

/** How many days back a slot is looked for: a yearly schedule is the slowest that makes sense. */
const furthest = 366

interface Fields {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly days: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  readonly weekdays: ReadonlySet<number>
}

/** The latest slot at or before `now`; null when there is none within a year. Day of month and day of week must both match, as in node-cron. */
export function latestSlotOf(line: string, zone: string, now: Instant): Instant | null {
  const fields = fieldsOf(line)
  let date = civilDate(now, zone)
  for (let back = 0; back <= furthest; back += 1, date = addDays(date, -1)) {
    if (!onDay(fields, date)) continue
    for (const hour of fields.hours)
      for (const minute of fields.minutes) {
        const at = lastInstantAt(Date.parse(`${date}T00:00:00Z`) + (hour * 60 + minute) * 60_000, zone)
        if (at <= now) return at
      }
  }
  return null
}

/** Milliseconds between the latest slot and the one before it. */
export function slotLength(line: string, zone: string, now: Instant): number {
  const last = latestSlotOf(line, zone, now)
  const before = last === null ? null : latestSlotOf(line, zone, last - 1)
  return last === null || before === null ? 0 : last - before
}

const fourWeeks = 28 * 86_400_000
/** A line that rings more often says enough by so many. */
const mostSlots = 1000

/**
 * Milliseconds from slot to slot on the average of the four weeks before `now`, for what lies weeks ahead: a line of
 * working days has a gap of three. Of a line that rings less often: between its last two. 0: no two within a year.
 */
export function meanSlotLength(line: string, now: Instant): number {
  // In a zone without summer time an even line stays even.
  const last = latestSlotOf(line, 'UTC', now)
  let [first, gaps] = [last, 0]
  while (last !== null && first !== null && last - first < fourWeeks && gaps < mostSlots) {
    const before = latestSlotOf(line, 'UTC', first - 1)
    if (before === null) break
    ;[first, gaps] = [before, gaps + 1]
  }
  return last === null || first === null || gaps === 0 ? 0 : (last - first) / gaps
}

/** Whether there is a slot on the local day of an instant. */
export function hasSlot(line: string, zone: string, at: Instant): boolean {
  return onDay(fieldsOf(line), civilDate(at, zone))
}

/** Whether a slot of the same local day comes after an instant. */
export function hasSlotLater(line: string, zone: string, at: Instant): boolean {
  const date = civilDate(at, zone)
  const fields = fieldsOf(line)
  const [hour = 0] = fields.hours
  const [minute = 0] = fields.minutes
  return (
    onDay(fields, date) &&
    lastInstantAt(Date.parse(`${date}T00:00:00Z`) + (hour * 60 + minute) * 60_000, zone) > at
  )
}

function fieldsOf(line: string): Fields {
  const fields = parse(line)
  const numbers = (list: readonly (number | string)[]): number[] =>
    list.map(Number).filter((value) => !Number.isNaN(value))
  return {
    minutes: [...fields.minute].sort((a, b) => b - a),
    hours: [...fields.hour].sort((a, b) => b - a),
    days: new Set(numbers(fields.dayOfMonth)),
    months: new Set(fields.month),
    weekdays: new Set(numbers(fields.dayOfWeek).map((day) => day % 7)),
  }
}

function onDay(fields: Fields, date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`)
  return (
    fields.days.has(day.getUTCDate()) &&
    fields.months.has(day.getUTCMonth() + 1) &&
    fields.weekdays.has(day.getUTCDay())
  )
}
