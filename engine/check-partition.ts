/** Looks into partitions that are wholly due by their bounds: is there a row that the policy would spare? */
import type { Instant } from '../base/clock.ts'
import { heldKinds } from '../db/own/holds.ts'
import { readPartitioning } from '../db/partitioning.ts'
import { scannedClock } from '../db/site/candidates.ts'
import { countPartition, hasAnyOf, readExtremes } from '../db/site/partition.ts'
import type { Session } from '../db/session.ts'
import { encodeCutoff } from '../plan/clock-value.ts'
import { readClock } from '../plan/clock-reading.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { cutoff, dueFrom } from '../plan/deadline.ts'
import { impossibleBetween, whollyDue, type DuePartition } from '../plan/partitions.ts'
import type { EnginePorts } from './ports.ts'

/**
 * Partitions that are wholly due by their bounds, oldest first; none while a hold could cover a row of them, or a mail
 * may have named a day for one.
 */
export async function duePartitions(
  session: Session,
  policy: CompiledPolicy,
  now: Instant,
): Promise<readonly DuePartition[]> {
  if (policy.dropsPartitions !== true || policy.announced === true) return []
  const held = await heldKinds(session)
  if (policy.owners.some(({ kind }) => held.has(kind))) return []
  const partitioning = await readPartitioning(session, policy.table)
  if (partitioning === null) return []
  const clock = scannedClock(policy)
  return whollyDue(partitioning, clock, encodeCutoff(cutoff(policy.clock, now), clock))
}

export type Look =
  | { readonly found: 'due'; readonly rows: number; readonly low: string }
  /** `doubtful`: a row in it has a clock that cannot be true, or that never ran. */
  | { readonly found: 'empty' | 'doubtful' }

/**
 * Cost: two or three points of an index, and one walk over the smallest index of the partition to count. What
 * lies between two values that can be true can be true as well, but for the gaps between months.
 */
export async function lookInto(
  ports: EnginePorts,
  policy: CompiledPolicy,
  { name }: DuePartition,
  now: Instant,
): Promise<Look> {
  const { database } = ports
  const { dialect } = database
  const extremes = await readExtremes(database, dialect, policy, name)
  if (extremes !== null && !(await isPlain(ports, policy, name, extremes, now))) return { found: 'doubtful' }
  const rows = await countPartition(database, dialect, policy, name)
  if (rows === 0) return { found: 'empty' }
  return extremes === null ? { found: 'doubtful' } : { found: 'due', rows, low: extremes.low }
}

async function isPlain(
  ports: EnginePorts,
  policy: CompiledPolicy,
  name: string,
  { low, high }: { readonly low: string; readonly high: string },
  now: Instant,
): Promise<boolean> {
  const { clock } = policy
  const reading = readClock(clock, { readings: [{ earliest: low, latest: high }], else: null }, now)
  if (reading.doubt !== null || reading.start === null) return false
  if (dueFrom(clock, reading.start) > now) return false
  const gaps = impossibleBetween(low, high, scannedClock(policy))
  if (gaps === null) return false
  return !(await hasAnyOf(ports.database, ports.database.dialect, policy, name, gaps))
}

/** The oldest rows of a table as far as they go by whole partitions. */
export interface WholePart {
  readonly rows: number
  /** Lowest clock among them, raw; null: there is no row. */
  readonly low: string | null
  /** Where they end in the raw form of the clock, exclusive. */
  readonly high: string
}

/** Counted by their partitions, which costs a fraction of judging each row. Null: none goes as a whole. */
export async function wholePart(
  ports: EnginePorts,
  policy: CompiledPolicy,
  now: Instant,
): Promise<WholePart | null> {
  let whole = null as WholePart | null
  for (const part of await duePartitions(ports.database, policy, now)) {
    // What lies below it, or between, was not looked at.
    if (part.low !== (whole?.high ?? null)) break
    const look = await lookInto(ports, policy, part, now)
    if (look.found === 'doubtful') break
    const here: { readonly rows: number; readonly low: string | null } =
      look.found === 'due' ? look : { rows: 0, low: null }
    whole = { rows: (whole?.rows ?? 0) + here.rows, low: whole?.low ?? here.low, high: part.high }
  }
  return whole
}

export interface Seen {
  readonly partition: string
  /** Null: it stays, because a row in it is in doubt. */
  readonly rows: number | null
}

/** For the plan: what a run would drop if `per_run` had no end. */
export async function seenPartitions(
  ports: EnginePorts,
  policy: CompiledPolicy,
  now: Instant,
): Promise<readonly Seen[]> {
  const seen: Seen[] = []
  for (const part of await duePartitions(ports.database, policy, now)) {
    const look = await lookInto(ports, policy, part, now)
    if (look.found !== 'empty')
      seen.push({ partition: part.name, rows: look.found === 'due' ? look.rows : null })
  }
  return seen
}
