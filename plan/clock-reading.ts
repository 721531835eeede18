/** What the clock of one row says, out of every source that it has. */
import type { Instant } from '../base/clock.ts'
import { decodeTime } from './clock-value.ts'
import type { ClockColumn, ClockSource, CompiledClock } from './compiled.ts'
import type { Facts, SourceReading } from './facts.ts'
import { valueAt } from './json-path.ts'

export interface Started {
  readonly start: Instant
  /** No telling source knew; counted from the event that the data map names instead. */
  readonly byElse: boolean
}

export interface ClockReading {
  /**
   * The latest instant that could be read, plausible or not: what a scan by cutoff would have seen. Or the request
   * to stay that came after it: then a scan finds the row too early, never too late.
   */
  readonly start: Instant | null
  readonly byElse: boolean
  readonly doubt: 'clock cannot be true' | 'no clock' | null
}

/** How far two clocks may be apart before a value counts as from the future. */
const skewMillis = 5 * 60_000

/**
 * The latest value over all sources counts, and one that cannot be true (unreadable, before `notBefore`, after
 * now) in any of them puts the whole clock in doubt: whoever wrote it may have written the others too.
 */
export function readClock(
  clock: CompiledClock,
  facts: Pick<Facts, 'readings' | 'else' | 'kept'>,
  now: Instant,
): ClockReading {
  const telling = tellingSources(clock)
  let byElse = true
  const values = clock.sources.flatMap((source, index) => {
    const reading = facts.readings[index]
    if (reading === undefined) throw new Error('a source of the clock was not read before judging')
    const said = [...happened(reading.earliest, source.clock), ...happened(reading.latest, source.clock)]
    if (said.length > 0 && telling.includes(source)) byElse = false
    return said
  })
  if (values.length === 0 && clock.else !== null) values.push(...happened(facts.else, clock.else))
  if (values.length === 0) return { start: null, byElse: false, doubt: 'no clock' }
  const read = values.filter((value) => value !== null)
  const plausible =
    read.length === values.length && read.every((at) => at >= clock.notBefore && at <= now + skewMillis)
  const latest = read.length === 0 ? null : Math.max(...read)
  return {
    start: latest === null ? null : (keptAfter(latest, facts.kept) ?? latest),
    byElse,
    doubt: plausible ? null : 'clock cannot be true',
  }
}

/**
 * Without the column that is `else` as well: a date that everybody has, put first so that rows can be searched by it,
 * says nothing of the event. All of them where there is no other.
 */
export function tellingSources({ sources, else: otherwise }: CompiledClock): readonly ClockSource[] {
  const telling = sources.filter(
    ({ joins, clock }) => joins.length > 0 || clock.path !== undefined || clock.column !== otherwise?.column,
  )
  return telling.length === 0 ? sources : telling
}

/**
 * The first request to stay after a sign of life: it begins the term anew. A second one without a sign of life in
 * between says nothing more. Null: there is none.
 */
export function keptAfter(start: Instant, kept: readonly Instant[] = []): Instant | null {
  return kept.find((at) => at > start) ?? null
}

/** By source of the clock: did it ever happen there? A value that cannot be read says that something did. */
export function happenedIn(
  { sources }: CompiledClock,
  { readings }: Pick<Facts, 'readings'>,
): readonly boolean[] {
  return sources.map(({ clock }, index) => happened(readings[index]?.latest ?? null, clock).length > 0)
}

/** What a column says of the time: all that stands in it, or what stands at its place in JSON. Null: nothing. */
export function saidBy(raw: string, { path }: ClockColumn): string | null {
  return path === undefined ? raw : valueAt(raw, path)
}

/**
 * Of values that the database does not sort by time. One that cannot be read stands first, so that it is seen
 * whatever stands beside it.
 */
export function extremesOf(raws: readonly string[], clock: ClockColumn): SourceReading {
  const values = raws
    .flatMap((raw) => saidBy(raw, clock) ?? [])
    .filter((raw) => !clock.never.includes(raw))
    .map((raw) => ({ raw, at: decodeTime(raw, clock) ?? -Infinity }))
    .sort((a, b) => a.at - b.at)
  return { earliest: values.at(0)?.raw ?? null, latest: values.at(-1)?.raw ?? null }
}

/** When the event happened that `else` names, for a text that names it. Null: never, or it cannot be true. */
export function elseAt(
  clock: Pick<CompiledClock, 'else' | 'notBefore'>,
  raw: string | null,
  now: Instant,
): Instant | null {
  const [at = null] = clock.else === null ? [] : happened(raw, clock.else)
  return at !== null && at >= clock.notBefore && at <= now + skewMillis ? at : null
}

/** No element for a value that means *never*; null for one that cannot be read. */
function happened(raw: string | null, column: ClockColumn): readonly (Instant | null)[] {
  return raw === null || column.never.includes(raw) ? [] : [decodeTime(raw, column)]
}
