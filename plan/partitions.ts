/**
 * Which partitions hold nothing but due rows, by their bounds alone. A bound is brought into the raw form of
 * the clock and compared with the cutoff in the same form, so no value is judged by two rules.
 */
import { dayText, readDate } from './civil.ts'
import type { ClockColumn } from './compiled.ts'
import type { Partition, Partitioning } from './site-schema.ts'

/** A partition with nothing but due rows: its range in the raw form of the clock. */
export interface DuePartition extends Partition {
  readonly bound: string
  /** Inclusive; null: no lower end. */
  readonly low: string | null
  /** Exclusive. */
  readonly high: string
}

/** What the table is cut by, as far as it can be compared with a cutoff. */
type Cut = 'column' | 'to_days' | 'year' | 'unix_timestamp'

/**
 * How the table is cut along this clock; null: in a way that cannot be compared. Text columns sort by a
 * collation, fourteen digits can hide a thirteenth month, and pieces of partitions may be spread anyhow.
 */
export function cutAlong(partitioning: Partitioning, clock: ClockColumn): Cut | null {
  const { method, expression, subpartitioned } = partitioning
  if (subpartitioned || (method !== 'RANGE' && method !== 'RANGE COLUMNS')) return null
  const [, call, inner = '', bare = ''] =
    /^\s*(?:(\w+)\s*\(\s*`?([^`(),]+?)`?\s*\)|`?([^`(),]+?)`?)\s*$/.exec(expression) ?? []
  const column = call === undefined ? bare : inner
  if (column.toLowerCase() !== clock.column.toLowerCase()) return null
  const cut = call?.toLowerCase() ?? 'column'
  return cutsOf(clock, method).find((one) => one === cut) ?? null
}

function cutsOf({ format, family }: ClockColumn, method: string): readonly Cut[] {
  if ((format === 'datetime' || format === 'date') && family === format)
    return method === 'RANGE' ? ['to_days', 'year'] : ['column']
  if (format === 'timestamp') return method === 'RANGE' ? ['unix_timestamp'] : []
  const counted = format === 'epoch seconds' || format === 'epoch milliseconds'
  return counted && family === 'integer' ? ['column'] : []
}

/**
 * Oldest first: partitions in which every value that can be true is due, `bound` being the encoded cutoff.
 * One partition always stays, because a server drops none that is the last.
 */
export function whollyDue(
  partitioning: Partitioning,
  clock: ClockColumn,
  bound: string,
): readonly DuePartition[] {
  const cut = cutAlong(partitioning, clock)
  if (cut === null) return []
  const ends = partitioning.parts.map((part) => endOf(part, cut, clock))
  const due = partitioning.parts.flatMap((part, i): readonly DuePartition[] => {
    const low = ends[i - 1] ?? null
    const high = ends[i] ?? null
    if (part.bound === null || high === null || (i > 0 && low === null)) return []
    const due = isDue(high, bound, clock) && plainName.test(part.name)
    return due ? [{ name: part.name, bound: part.bound, low, high }] : []
  })
  return due.length === partitioning.parts.length ? due.slice(0, -1) : due
}

/** What can be quoted: a dot would be taken for the end of a schema's name. */
const plainName = /^[\p{L}\p{N}_$]{1,64}$/u

/** The first value past the partition in the raw form of the clock; null: none, or not readable. */
function endOf({ bound }: Partition, cut: Cut, clock: ClockColumn): string | null {
  if (bound === null) return null
  const midnight = clock.format === 'date' ? '' : ' 00:00:00'
  const number = /^-?\d{1,18}$/.test(bound) ? Number(bound) : null
  switch (cut) {
    case 'column':
      return clock.family === 'integer' ? (number === null ? null : bound) : literalEnd(bound, midnight)
    case 'to_days':
      return number === null ? null : startOf(number - daysBefore1970, midnight)
    case 'year':
      return number === null ? null : startOf(readDate(`${bound.padStart(4, '0')}-01-01`), midnight)
    case 'unix_timestamp':
      return number === null || number < 1 || number > lastSecond
        ? null
        : new Date(number * 1000).toISOString().slice(0, 19).replace('T', ' ')
  }
}

/** `TO_DAYS('1970-01-01')`. */
const daysBefore1970 = 719_528
/** Of the year 9999. */
const lastSecond = 253_402_300_799
const firstDay = -719_162
const lastDay = 2_932_896

/** Null outside the years 1 to 9999. */
function startOf(day: number | null, midnight: string): string | null {
  return day === null || day < firstDay || day > lastDay ? null : `${dayText(day)}${midnight}`
}

/** `'2020-01-01'` or `'2020-01-01 10:00:00.5'`; any other spelling of a date is left alone. */
function literalEnd(bound: string, midnight: string): string | null {
  const match = /^'(\d{4}-\d{2}-\d{2})( ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?)?'$/.exec(bound)
  if (match === null || readDate(match[1] ?? '') === null) return null
  if (midnight === '') return match[2] === undefined ? (match[1] ?? null) : null
  return `${match[1] ?? ''}${match[2] ?? midnight}`
}

/** Every value before `end` is before the cutoff as well. */
function isDue(end: string, bound: string, clock: ClockColumn): boolean {
  if (clock.family !== 'integer') return widened(end) <= widened(bound)
  // A whole number is before a bound with a fraction exactly when it is before the next whole one.
  const [whole = '', finer = ''] = bound.split('.')
  const up = /[1-9]/.test(finer) && !whole.startsWith('-') ? 1n : 0n
  return BigInt(end) <= BigInt(whole) + up
}

/** As text, the same moment written with more digits would sort later. */
function widened(raw: string): string {
  const [whole = '', finer = ''] = raw.split('.')
  return `${whole}.${finer.padEnd(6, '0')}`
}

/**
 * Between two values that can be true lie some that cannot (`2019-02-30`, `2019-05-00`), which servers store
 * when they are told to. All of them sort after the last moment of a month and before the next one; these
 * are the open intervals from the month of `low` to the month of `high`. Null: too many to ask for.
 */
export function impossibleBetween(
  low: string,
  high: string,
  clock: ClockColumn,
): readonly { readonly after: string; readonly before: string }[] | null {
  if (clock.family !== 'datetime' && clock.family !== 'date') return []
  const from = monthOf(low)
  const count = monthOf(high) - from
  if (count > mostMonths) return null
  const [last, first] = clock.family === 'date' ? ['', ''] : [' 23:59:59.999999', ' 00:00:00']
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const next = firstOfMonth(from + i + 1)
    return { after: `${dayText(next - 1)}${last}`, before: `${dayText(next)}${first}` }
  })
}

/** Fifty years. */
const mostMonths = 600

function monthOf(raw: string): number {
  return Number(raw.slice(0, 4)) * 12 + Number(raw.slice(5, 7)) - 1
}

function firstOfMonth(month: number): number {
  const year = String(Math.floor(month / 12)).padStart(4, '0')
  const day = readDate(`${year}-${String((month % 12) + 1).padStart(2, '0')}-01`)
  if (day === null) throw new RangeError('a month of the years 1 to 9999')
  return day
}
