/** What the values of one time column look like: shares, months and years, never a value. Pure. */
import type { Instant } from '../base/clock.ts'
import { saidBy } from './clock-reading.ts'
import { decodeTime } from './clock-value.ts'
import type { ClockColumn } from './compiled.ts'
import { dayOf, type DayNumber } from './day.ts'
import { monthOf, yearOf } from './silence.ts'

export interface Profile {
  readonly rows: number
  /** NULL, or a value that means *never*. */
  readonly never: number
  /** Values that no date is behind, such as 0000-00-00 where it does not mean never. */
  readonly unreadable: number
  /** Before the first day that can be true. */
  readonly ancient: number
  readonly future: number
  /** Months of the earliest and the latest value that can be true. */
  readonly first: string | null
  readonly last: string | null
  /** Values that can be true, by year. */
  readonly years: Readonly<Record<string, number>>
  readonly spikes: readonly Spike[]
}

/** One value, or one day, that an implausible share of the rows has. */
export interface Spike {
  readonly of: 'value' | 'day'
  readonly month: string
  readonly rows: number
}

export interface Frame {
  /** Earliest instant that a value can be. */
  readonly notBefore: Instant
  readonly now: Instant
  readonly zone: string
}

const skewMillis = 5 * 60_000
/** Fewer equal values are chance. */
const leastOfSpike = 20
/** Share of all values that can be true. A day is shared by many anyway, and the days before now most of all. */
const shareOfValue = 0.05
const shareOfDay = 0.2
const recentDays = 30
const mostSpikes = 3

export function profileOf(
  values: readonly { readonly raw: string | null; readonly rows: number }[],
  column: ClockColumn,
  frame: Frame,
): Profile {
  const { zone } = frame
  let [rows, never, unreadable, ancient, future] = [0, 0, 0, 0, 0]
  const byValue = new Map<Instant, number>()
  for (const { raw: found, rows: many } of values) {
    rows += many
    const raw = found === null ? null : saidBy(found, column)
    const at = raw === null || column.never.includes(raw) ? 'never' : decodeTime(raw, column)
    if (at === 'never') never += many
    else if (at === null) unreadable += many
    else if (at < frame.notBefore) ancient += many
    else if (at > frame.now + skewMillis) future += many
    else byValue.set(at, (byValue.get(at) ?? 0) + many)
  }
  const times = [...byValue].sort(([a], [b]) => a - b)
  const [first, last] = [times.at(0)?.[0], times.at(-1)?.[0]]
  const years: Record<string, number> = {}
  for (const [at, many] of times) years[yearOf(at, zone)] = (years[yearOf(at, zone)] ?? 0) + many
  return {
    ...{ rows, never, unreadable, ancient, future, years },
    first: first === undefined ? null : monthOf(first, zone),
    last: last === undefined ? null : monthOf(last, zone),
    spikes: spikesIn(times, column, frame),
  }
}

/** The most frequent first. A day whose rows nearly all have one value is told as that value only. */
function spikesIn(
  times: readonly (readonly [Instant, number])[],
  { format }: ClockColumn,
  { now, zone }: Frame,
): readonly Spike[] {
  const all = times.reduce((sum, [, many]) => sum + many, 0)
  const today = dayOf(now, zone)
  const days = new Map<DayNumber, { at: Instant; rows: number }>()
  const spikes: (Spike & { readonly day: DayNumber })[] = []
  for (const [at, many] of times) {
    const day = dayOf(at, zone)
    days.set(day, { at, rows: (days.get(day)?.rows ?? 0) + many })
    if (format !== 'date' && many >= leastOfSpike && many >= all * shareOfValue)
      spikes.push({ of: 'value', month: monthOf(at, zone), rows: many, day })
  }
  for (const [day, { at, rows }] of days) {
    const told = spikes.some((spike) => spike.day === day && spike.rows * 2 >= rows)
    if (told || day > today - recentDays || rows < leastOfSpike || rows < all * shareOfDay) continue
    spikes.push({ of: 'day', month: monthOf(at, zone), rows, day })
  }
  return spikes
    .sort((a, b) => b.rows - a.rows)
    .slice(0, mostSpikes)
    .map(({ of, month, rows }) => ({ of, month, rows }))
}

/**
 * True when a clock begins more than a year after the column that counts in its stead, and somebody is counted by
 * that one: the column came later than the accounts, and nobody knows what happened before.
 */
export function cameLate(clock: Profile, otherwise: Profile): boolean {
  if (clock.first === null || otherwise.first === null) return false
  // In rows of key and value, who has none has no row.
  if (clock.never === 0 && clock.rows >= otherwise.rows) return false
  return monthsOf(clock.first) - monthsOf(otherwise.first) > 12
}

/** Nothing newer than three months: nobody came, or the site writes it no longer. */
export function hasStopped(clock: Profile | null, { now, zone }: Frame): boolean {
  return clock?.last != null && monthsOf(monthOf(now, zone)) - monthsOf(clock.last) > 3
}

function monthsOf(month: string): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5))
}
