/** Has each source of a clock been kept for a whole term? Nobody knows what those without a value did before it began. */
import type { Instant } from '../base/clock.ts'
import { unlessDenied } from '../db/denied.ts'
import { readPast, readValues } from '../db/site/clock-values.ts'
import type { Contradictions } from '../engine/contradictions.ts'
import { bounds } from '../engine/walk.ts'
import { saidBy, tellingSources } from '../plan/clock-reading.ts'
import { decodeTime, encodeCutoff } from '../plan/clock-value.ts'
import type { ClockSource, CompiledPolicy } from '../plan/compiled.ts'
import { isServed } from '../plan/index-need.ts'
import type { SettledMap } from '../plan/settled-map.ts'
import { isKeptTooShort, monthOf, type Depth } from '../plan/silence.ts'
import type { Table } from '../plan/site-schema.ts'
import { waivable } from '../plan/waived.ts'
import type { JobContext } from './context.ts'

/** A source of the clock that says nothing of the whole term. */
export interface KeptTooShort {
  /** What a waiver names: the column, or one place in it. */
  readonly table: string
  readonly column: string
  readonly place?: string
  /** Month of the earliest value that can be true. */
  readonly first: string | null
  /** Silent people without a value there. */
  readonly without: number
  readonly waived: string | null
}

/** Rows that prove that a clock is old are counted up to this; all of a source up to ten times as many. */
const mostOlder = 10_000

/**
 * Each source by itself. One that goes back far enough says nothing for another: who signs in and never orders is
 * silent by the orders of eight years, and by a sign-in column of last year. Least of all a date that everybody has.
 */
export async function keptTooShort(
  ctx: JobContext,
  map: SettledMap,
  policy: CompiledPolicy,
  { withoutIn }: Contradictions,
  waived: (...names: readonly string[]) => string | null,
  now: Instant,
): Promise<readonly KeptTooShort[]> {
  const { cutoff } = bounds(policy, now, 0)
  const { zone, sources } = policy.clock
  const telling = tellingSources(policy.clock)
  const short: KeptTooShort[] = []
  for (const [i, source] of sources.entries()) {
    const without = withoutIn[i] ?? 0
    const table = map.schema.get(source.joins.at(-1)?.table ?? policy.table)
    if (without === 0 || table === undefined || !telling.includes(source)) continue
    const past = await unlessDenied(() => pastOf(ctx, table, policy, source, cutoff))
    if (!isKeptTooShort(past ?? { older: 0, rows: 0 }, without)) continue
    const first = past?.first == null ? null : monthOf(past.first, zone)
    const sign = { table: table.name, column: source.clock.column, ...placeIn(source) }
    short.push({ ...sign, first, without, waived: waived(...waivable(sign)) })
  }
  return short
}

/** As of a sign of life: in JSON, or under the one word by which rows of key and value are chosen. */
function placeIn({ joins, clock: { path } }: ClockSource): { readonly place?: string } {
  if (path !== undefined) return { place: ` ${path}` }
  const [word, ...others] = joins.at(-1)?.where ?? []
  return word === undefined || others.length > 0 ? {} : { place: ` (${word.column} = ${word.value})` }
}

interface Past extends Depth {
  readonly first: Instant | null
}

async function pastOf(
  { database }: JobContext,
  table: Table,
  policy: CompiledPolicy,
  { joins, clock }: ClockSource,
  before: Instant,
): Promise<Past> {
  const floor = policy.clock.notBefore
  const where = joins.at(-1)?.where ?? policy.constants
  if (clock.ordered) {
    const past = await readPast(
      database,
      database.dialect,
      { table, clock, where, indexed: isServed(table, [clock.column]) },
      { floor: encodeCutoff(floor, clock), before: encodeCutoff(before, clock), most: mostOlder },
    )
    return { ...past, first: past.first === null ? null : decodeTime(past.first, clock) }
  }
  const { column } = clock
  const { values } = await readValues(database, database.dialect, { table, column, where }, mostOlder)
  const times = values.flatMap(({ raw, rows }) => {
    const said = raw === null ? null : saidBy(raw, clock)
    const at = said === null || clock.never.includes(said) ? null : decodeTime(said, clock)
    return at === null || at < floor ? [] : [{ at, rows }]
  })
  return {
    rows: times.reduce((sum, { rows }) => sum + rows, 0),
    older: times.filter(({ at }) => at < before).reduce((sum, { rows }) => sum + rows, 0),
    first: times.length === 0 ? null : Math.min(...times.map(({ at }) => at)),
  }
}
