/**
 * Local time of a zone as a step function: offsets between transitions, asked from `Intl` once per stretch
 * of a little over a year and kept, because these functions run once per row. Nothing here depends on the
 * zone of the process.
 */
import type { Instant } from '../base/clock.ts'

/** Milliseconds of a wall clock, counted as if it stood in UTC. */
export type Local = number

export const millisPerHour = 3_600_000
export const millisPerDay = 86_400_000

/** Local time is `start + offset` from each start up to, not including, the next. */
interface Segment {
  readonly start: Instant
  readonly offset: number
}

const stretch = 2 ** 35
/** Each stretch knows this much of its neighbours, so that one is enough for any question. */
const overlap = 4 * millisPerDay
/** No zone has ever changed its offset twice within a day. */
const probe = millisPerDay
/** No clock was ever set back by more than a day; two days leave room. */
const reach = 2 * millisPerDay
/** `Intl` is asked only between the years 1 and 9999; outside, the offset at the border holds. */
const earliest = -62_135_510_400_000
const latest = 253_402_214_400_000

const formatters = new Map<string, Intl.DateTimeFormat>()
const known = new Map<string, Map<number, readonly Segment[]>>()
const fixedOffset = /^([+-])(\d{2}):(\d{2})$/

/** The first instant at which the local time is `local` or later. */
export function firstInstantFrom(local: Local, zone: string): Instant {
  const segments = segmentsAround(local, zone)
  for (const [index, { start, offset }] of segments.entries()) {
    const at = Math.max(start, local - offset)
    if (at < startAfter(segments, index)) return at
  }
  throw new RangeError('local time outside the range of instants')
}

/**
 * The last instant at which the local time is `local`; inside a gap the first instant after it. Never
 * decreases as `local` grows.
 */
export function lastInstantAt(local: Local, zone: string): Instant {
  const segments = segmentsAround(local, zone)
  for (let index = segments.length - 1; index >= 0; index -= 1) {
    const segment = segments[index]
    if (segment !== undefined && segment.start + segment.offset <= local) {
      return Math.min(local - segment.offset, startAfter(segments, index))
    }
  }
  throw new RangeError('local time outside the range of instants')
}

/** The latest local time shown at `at` or before: where a clock stepped back, what it had shown counts. */
export function latestLocalUntil(at: Instant, zone: string): Local {
  const segments = segmentsAround(at, zone)
  let local = -Infinity
  for (const [index, { start, offset }] of segments.entries()) {
    if (start > at) break
    const end = Math.min(at, startAfter(segments, index) - 1)
    if (end >= at - reach) local = Math.max(local, end + offset)
  }
  return local
}

/**
 * The lowest local time shown at `at` or after, or reached just before it: the border `b` such that
 * `lastInstantAt(local) < at` exactly when `local < b`.
 */
export function lowestLocalFrom(at: Instant, zone: string): Local {
  const segments = segmentsAround(at, zone)
  let local = Infinity
  for (const [index, { start, offset }] of segments.entries()) {
    if (start > at + reach) break
    if (startAfter(segments, index) >= at) local = Math.min(local, Math.max(start, at) + offset)
  }
  return local
}

function startAfter(segments: readonly Segment[], index: number): Instant {
  return segments[index + 1]?.start ?? Infinity
}

function segmentsAround(at: number, zone: string): readonly Segment[] {
  let stretches = known.get(zone)
  if (stretches === undefined) known.set(zone, (stretches = new Map<number, readonly Segment[]>()))
  const number = Math.floor(at / stretch)
  let segments = stretches.get(number)
  if (segments === undefined) stretches.set(number, (segments = readSegments(number, zone)))
  return segments
}

function readSegments(number: number, zone: string): readonly Segment[] {
  const from = number * stretch - overlap
  const to = (number + 1) * stretch + overlap
  const segments: Segment[] = [{ start: from, offset: offsetAt(from, zone) }]
  if (isFixed(zone) || to < earliest || from > latest) return segments
  let before = segments[0]?.offset ?? 0
  for (let at = from + probe; at < to; at += probe) {
    const offset = offsetAt(at, zone)
    if (offset === before) continue
    segments.push({ start: transitionBetween(at - probe, at, zone), offset })
    before = offset
  }
  return segments
}

/** First instant in (`low`, `high`] with the offset of `high`. */
function transitionBetween(low: Instant, high: Instant, zone: string): Instant {
  const offset = offsetAt(high, zone)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle, zone) === offset) high = middle
    else low = middle
  }
  return high
}

function isFixed(zone: string): boolean {
  return zone === 'UTC' || fixedOffset.test(zone)
}

function offsetAt(at: Instant, zone: string): number {
  if (zone === 'UTC') return 0
  const fixed = fixedOffset.exec(zone)
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3])
    return (fixed[1] === '-' ? -minutes : minutes) * 60_000
  }
  const second = Math.floor(Math.min(Math.max(at, earliest), latest) / 1000) * 1000
  return shownBy(formatterOf(zone), second) - second
}

function shownBy(formatter: Intl.DateTimeFormat, at: Instant): Local {
  const [month = 1, day = 1, year = 1, hour = 0, minute = 0, second = 0] = (
    formatter.format(at).match(/\d+/g) ?? []
  ).map(Number)
  // A leap year of the same cycle, then back: Date.UTC reads the years 0 to 99 as 1900 to 1999.
  return Date.UTC(year + 400, month - 1, day, hour, minute, second) - 146_097 * millisPerDay
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formatters.set(zone, formatter)
  }
  return formatter
}
