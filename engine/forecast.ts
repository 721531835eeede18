/** What becomes due in the months to come, if nobody comes back and nothing else changes. Reads only. */
import type { Instant } from '../base/clock.ts'
import { countFlat } from '../db/site/flat-rows.ts'
import { scannedClock } from '../db/site/candidates.ts'
import { firstClock, reachBetween } from '../db/site/reach.ts'
import { decodeTime, encodeCutoff } from '../plan/clock-value.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { dayOf } from '../plan/day.ts'
import { mailWaits } from '../plan/decision.ts'
import { cutoff, dueFrom } from '../plan/deadline.ts'
import type { Facts } from '../plan/facts.ts'
import { judge } from '../plan/judge.ts'
import { canGoFlat } from './flat-policy.ts'
import { readScope, type ReadScope } from './flat-scope.ts'
import type { EnginePorts } from './ports.ts'
import { walk } from './walk.ts'

export interface Forecast {
  /** Rows that become due between two edges, by their order. */
  readonly months: readonly ForecastMonth[]
  /** The first day after now from which a row is due; null: none in sight. */
  readonly next: Instant | null
  /**
   * The first end of a term after now, also of a row that is kept for a reason; null: none in sight, and none in
   * these months where they were counted.
   */
  readonly first: { readonly at: Instant; readonly basis: 'exact' | 'estimate' } | null
}

export interface ForecastMonth {
  readonly rows: number
  readonly basis: 'exact' | 'estimate' | 'at least'
}

/** `edges`: now, then the first instant of each following month; one more than there are months. */
export type Edges = readonly Instant[]

/** From the index of the scanned clock alone: who is kept for a reason, or seen elsewhere, is not known. */
export async function estimateForecast(
  ports: EnginePorts,
  policy: CompiledPolicy,
  edges: Edges,
): Promise<Forecast> {
  const { database } = ports
  const bounds = edges.map((at, i) => rawBound(policy, i === 0 ? at : at - 1))
  const months: ForecastMonth[] = []
  for (const [i, to] of bounds.slice(1).entries()) {
    const { rows, basis } = await reachBetween(database, database.dialect, policy, bounds[i] ?? to, to)
    months.push({ rows, basis: basis === 'exact' ? 'estimate' : basis })
  }
  const next = await firstEnd(ports, policy, bounds[0] ?? '', false)
  return { months, next, first: next === null ? null : { at: next, basis: 'estimate' } }
}

/** From the index of the scanned clock, at a raw bound or after it. `concerned`: of a row that the policy concerns. */
async function firstEnd(
  { database }: EnginePorts,
  policy: CompiledPolicy,
  bound: string,
  concerned: boolean,
): Promise<Instant | null> {
  const first = await firstClock(database, database.dialect, policy, bound, concerned)
  const start = first === null ? null : decodeTime(first, scannedClock(policy))
  return start === null ? null : dueFrom(policy.clock, start)
}

/** Counted, each row judged as of the day on which its term ends. Reads everything that becomes due. */
export async function countForecast(
  ports: EnginePorts,
  policy: CompiledPolicy,
  edges: Edges,
): Promise<Forecast> {
  const counts = edges.slice(1).map(() => 0)
  const [now = 0] = edges
  const end = edges.at(-1) ?? now
  const read = canGoFlat(ports, policy)
    ? await readScope(ports.database, policy, rawBound(policy, end - 1))
    : null
  let next = read === null ? null : await countFlatMonths(ports, policy, edges, read, counts)
  // One clock alone decides there, and what is kept has it as well.
  let first = read === null ? null : await firstEnd(ports, policy, rawBound(policy, now), true)
  if (read === null)
    for await (const page of walk(ports, policy, now, daysUntil(policy, now, end)))
      for (const { facts, decision } of page) {
        const due = decision.dueFrom
        if (due !== null && due > now) first = Math.min(first ?? Infinity, due)
        const month = due === null ? -1 : edges.findIndex((edge) => due < edge) - 1
        if (due === null || due <= now || month < 0 || !goes(policy, facts, due)) continue
        counts[month] = (counts[month] ?? 0) + 1
        next = Math.min(next ?? Infinity, due)
      }
  const months = counts.map((rows) => ({ rows, basis: 'exact' as const }))
  return { months, next, first: first === null ? null : { at: first, basis: 'exact' } }
}

async function countFlatMonths(
  ports: EnginePorts,
  policy: CompiledPolicy,
  edges: Edges,
  read: ReadScope,
  counts: number[],
): Promise<Instant | null> {
  const { database } = ports
  const bounds = edges.map((at, i) => rawBound(policy, i === 0 ? at : at - 1))
  let next: Instant | null = null
  for (const i of counts.keys()) {
    const range = { from: bounds[i] ?? '', to: bounds[i + 1] ?? '' }
    const found = await countFlat(
      database,
      database.dialect,
      policy,
      { ...read.scope, bounds: range },
      range.from,
    )
    counts[i] = found.due
    const start = found.oldest === null ? null : decodeTime(found.oldest, scannedClock(policy))
    if (start !== null) next ??= dueFrom(policy.clock, start)
  }
  return next
}

/** Due, or told so, once its term has ended: nothing that keeps it is known today. */
function goes(policy: CompiledPolicy, facts: Facts, due: Instant): boolean {
  const then = judge(policy, facts, due)
  return then.act !== 'spare' || mailsKeep.includes(then.reason)
}

/** A notice delays an erasure and does not prevent it. */
const mailsKeep: readonly string[] = ['warned, not yet due', 'accepted, waiting for bounces', ...mailWaits]

function rawBound(policy: CompiledPolicy, at: Instant): string {
  return encodeCutoff(cutoff(policy.clock, at), scannedClock(policy))
}

function daysUntil(policy: CompiledPolicy, now: Instant, end: Instant): number {
  return dayOf(end, policy.clock.zone) - dayOf(now, policy.clock.zone)
}
