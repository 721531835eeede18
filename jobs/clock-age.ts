/** Has a clock been kept for a whole term? Nobody knows of those without a value what they did before it began. */
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
import { isKeptTooShort, monthOf } from '../plan/silence.ts'
import type { Table } from '../plan/site-schema.ts'
import type { JobContext } from './context.ts'

export interface KeptTooShort {
  /** First telling source of the clock: the column that a waiver names. */
  readonly table: string
  readonly column: string
  /** Month of the earliest value that can be true, in any telling source. */
  readonly first: string | null
  readonly waived: string | null
}

/** Rows that prove that a clock is old are counted up to this. */
const mostOlder = 10_000

export async function keptTooShort(
  ctx: JobContext,
  map: SettledMap,
  policy: CompiledPolicy,
  { withoutValue }: Contradictions,
  waived: (column: string) => string | null,
  now: Instant,
): Promise<KeptTooShort | null> {
  if (withoutValue === 0) return null
  const { cutoff } = bounds(policy, now, 0)
  const { zone, notBefore } = policy.clock
  const sources = tellingSources(policy.clock)
  const firsts: Instant[] = []
  let older = 0
  for (const source of sources) {
    const table = map.schema.get(source.joins.at(-1)?.table ?? policy.table)
    if (table === undefined) continue
    const past = await unlessDenied(() => pastOf(ctx, table, source, notBefore, cutoff))
    older += past?.older ?? 0
    if (past?.first != null) firsts.push(past.first)
  }
  if (!isKeptTooShort(older, withoutValue)) return null
  const table = sources[0]?.joins.at(-1)?.table ?? policy.table
  const column = sources[0]?.clock.column ?? ''
  const first = firsts.length === 0 ? null : monthOf(Math.min(...firsts), zone)
  return { table, column, first, waived: waived(`${table}.${column}`) }
}

interface Past {
  readonly older: number
  readonly first: Instant | null
}

async function pastOf(
  { database }: JobContext,
  table: Table,
  { joins, clock }: ClockSource,
  floor: Instant,
  before: Instant,
): Promise<Past> {
  const where = joins.at(-1)?.where ?? []
  if (clock.ordered) {
    const past = await readPast(
      database,
      database.dialect,
      { table, clock, where, indexed: isServed(table, [clock.column]) },
      { floor: encodeCutoff(floor, clock), before: encodeCutoff(before, clock), most: mostOlder },
    )
    return { older: past.older, first: past.first === null ? null : decodeTime(past.first, clock) }
  }
  const { column } = clock
  const { values } = await readValues(database, database.dialect, { table, column, where }, mostOlder)
  const times = values.flatMap(({ raw, rows }) => {
    const said = raw === null ? null : saidBy(raw, clock)
    const at = said === null || clock.never.includes(said) ? null : decodeTime(said, clock)
    return at === null || at < floor ? [] : [{ at, rows }]
  })
  return {
    older: times.filter(({ at }) => at < before).reduce((sum, { rows }) => sum + rows, 0),
    first: times.length === 0 ? null : Math.min(...times.map(({ at }) => at)),
  }
}
