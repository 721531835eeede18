/** What the time columns of the data map hold: every event of every kind. Counts, months and years only. */
import type { Instant } from '../base/clock.ts'
import { readValues } from '../db/site/clock-values.ts'
import { cameLate, hasStopped, profileOf, type Frame, type Profile } from '../plan/clock-profile.ts'
import { settleSource } from '../plan/compile-clock.ts'
import { startOfDay } from '../plan/civil.ts'
import type { Join } from '../plan/compiled.ts'
import { findingsFor } from '../plan/plan-problem.ts'
import type { SettledKind, SettledMap } from '../plan/settled-map.ts'
import type { Event, TimeColumn } from '../policies/data-map.ts'
import type { JobContext } from './context.ts'
import { unlessDenied } from '../db/denied.ts'

export interface EventReport {
  readonly kind: string
  readonly event: string
  readonly table: string
  /** With its place in JSON, and what chooses among the rows: `meta_value (meta_key = last_login)`. */
  readonly column: string
  /** `else`: counts where the event never happened. */
  readonly part: 'clock' | 'else'
  /** `ends`: the oldest and the newest rows by primary key. */
  readonly basis: 'whole table' | 'ends' | 'no right'
  readonly profile: Profile | null
  /** The clock's first value is more than a year younger than that of `else`. */
  readonly late: boolean
  /** It moves by acts of people, and nothing newer than three months stands in any source. */
  readonly stopped: boolean
}

/** Rows of a table that are read; half of them from each end of a larger one. */
const mostRead = 100_000

/** Each of them is read whole. */
const mostDocuments = 10_000

type Read = Pick<EventReport, 'table' | 'column' | 'basis' | 'profile'>

export async function readEvents(
  ctx: JobContext,
  map: SettledMap,
  now: Instant,
): Promise<readonly EventReport[]> {
  const { zone, launchedOn } = map.dataMap
  const frame = { notBefore: startOfDay(launchedOn, zone), now, zone }
  const known = new Map<string, Read>()
  const reports: EventReport[] = []
  for (const settled of map.kinds.values())
    for (const event of Object.values(settled.kind.events))
      reports.push(...(await readEvent(ctx, map, settled, event, frame, known)))
  return reports
}

async function readEvent(
  ctx: JobContext,
  map: SettledMap,
  settled: SettledKind,
  event: Event,
  frame: Frame,
  known: Map<string, Read>,
): Promise<readonly EventReport[]> {
  const clocks: Read[] = []
  for (const source of event.latestOf) {
    const found = await readColumn(ctx, map, settled, source, frame, known)
    if (found !== null) clocks.push(found)
  }
  const otherwise = event.else === null ? null : await readColumn(ctx, map, settled, event.else, frame, known)
  // A column that is `else` as well says nothing of the event.
  const others = clocks.filter((one) => !isSame(one, otherwise))
  const telling = others.length === 0 ? clocks : others
  const late = telling.map(
    ({ profile }) =>
      profile !== null &&
      otherwise !== null &&
      otherwise.profile !== null &&
      cameLate(profile, otherwise.profile),
  )
  const named = { kind: settled.kind.name, event: event.name }
  // One source that goes far enough back, or that is still written, is enough for the clock.
  const all = late.length > 0 && late.every((one) => one)
  const stopped = event.slides !== 'never' && telling.every(({ profile }) => hasStopped(profile, frame))
  return [
    ...clocks.map((one): EventReport => {
      const tells = telling.includes(one)
      return { ...named, part: 'clock', ...one, late: tells && all, stopped: tells && stopped }
    }),
    ...(otherwise === null
      ? []
      : [{ ...named, part: 'else' as const, ...otherwise, late: false, stopped: false }]),
  ]
}

function isSame(one: Read, other: Read | null): boolean {
  return one.table === other?.table && one.column === other.column
}

/** Null for a column that cannot be read as a time, or not be reached; the compiler has said why. */
async function readColumn(
  ctx: JobContext,
  map: SettledMap,
  settled: SettledKind,
  source: TimeColumn,
  frame: Frame,
  known: Map<string, Read>,
): Promise<Read | null> {
  const table = map.schema.get(source.table ?? settled.table.name)
  const tied = settleSource(map, settled, source, findingsFor(null))
  if (table === undefined || tied === null) return null
  const column = tied.clock
  const where = tied.joins.at(-1)?.where ?? []
  const id = JSON.stringify([table.name, column, where])
  const before = known.get(id)
  if (before !== undefined) return before
  const { database } = ctx
  const read = await unlessDenied(() =>
    readValues(
      database,
      database.dialect,
      { table, column: column.column, where },
      column.path === undefined ? mostRead : mostDocuments,
    ),
  )
  const found: Read = {
    table: table.name,
    column: `${column.column}${column.path === undefined ? '' : ` ${column.path}`}${whereText(where)}`,
    basis: read === null ? 'no right' : read.whole ? 'whole table' : 'ends',
    profile: read === null ? null : profileOf(read.values, column, frame),
  }
  known.set(id, found)
  return found
}

function whereText(where: Join['where']): string {
  return where.length === 0 ? '' : ` (${where.map(({ column, value }) => `${column} = ${value}`).join(', ')})`
}
