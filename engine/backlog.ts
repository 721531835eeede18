/** Counts apart, among what a survey finds, the rows of a frozen backlog: those whose clock lies before its edge. */
import type { Instant } from '../base/clock.ts'
import { scannedClock } from '../db/site/candidates.ts'
import { countFlat, type FlatScope } from '../db/site/flat-rows.ts'
import { decodeTime, encodeCutoff } from '../plan/clock-value.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { cutoff, dueFrom } from '../plan/deadline.ts'
import { noticeRuns, type Decision } from '../plan/decision.ts'
import type { WholePart } from './check-partition.ts'
import type { EnginePorts } from './ports.ts'

export interface BacklogCount {
  /** Still there, their term over, and a run or a running notice will end them. */
  readonly overdue: number
  /** Of those entering what the policy does. */
  readonly entering: number
  readonly byElse: number
}

export interface BacklogTally {
  /** Starts before this instant belong to it. */
  readonly edge: Instant
  /** The same for the end of a term: at this instant or before. */
  readonly lastDue: Instant
  readonly count: { -readonly [field in keyof BacklogCount]: number }
}

/** `edge`: null where nothing is frozen. */
export function backlogTally(policy: CompiledPolicy, edge: Instant | null): BacklogTally | null {
  if (edge === null) return null
  const lastDue = dueFrom(policy.clock, edge - 1)
  return { edge, lastDue, count: { overdue: 0, entering: 0, byElse: 0 } }
}

/** Due without a mail before, or the first mail is due. */
export function isEntering(decision: Decision): boolean {
  if (decision.act === 'due') return decision.notice !== 'warned' && decision.notice !== 'unreachable'
  return decision.act === 'warn' && decision.round === 0 && decision.step === 0
}

/** Other reasons keep a row for a time that no run shortens, or until a person decides. */
function isUnderWay({ reason, until }: Extract<Decision, { readonly act: 'spare' }>): boolean {
  return (
    noticeRuns.includes(reason) || (['unreachable', 'invalid address'].includes(reason) && until !== null)
  )
}

export function noteBacklog(tally: BacklogTally | null, decision: Decision, now: Instant): void {
  if (tally === null || decision.dueFrom === null || decision.dueFrom > tally.lastDue) return
  if (decision.act === 'spare' && !isUnderWay(decision)) return
  const { count } = tally
  if (decision.dueFrom <= now) count.overdue += 1
  if (decision.act === 'spare' || !isEntering(decision)) return
  count.entering += 1
  if (decision.byElse) count.byElse += 1
}

/** Of a flat table, by the condition that finds what is due. `whole`: partitions that were counted already. */
export async function noteFlatBacklog(
  ports: EnginePorts,
  policy: CompiledPolicy,
  now: Instant,
  scope: FlatScope,
  whole: WholePart | null,
  tally: BacklogTally | null,
): Promise<void> {
  if (tally === null) return
  const { database } = ports
  const clock = scannedClock(policy)
  const edge = Math.min(tally.edge, cutoff(policy.clock, now))
  const end = whole === null ? null : decodeTime(whole.high, clock)
  const inside = end !== null && end <= edge ? whole : null
  const bounds = { ...scope.bounds, to: encodeCutoff(edge, clock) }
  const rest = await countFlat(database, database.dialect, policy, { ...scope, bounds }, inside?.high ?? null)
  tally.count.overdue += rest.due + (inside?.rows ?? 0)
  tally.count.entering += rest.due + (inside?.rows ?? 0)
}
