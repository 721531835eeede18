/** What a run would do now: nothing is written. */
import type { Instant } from '../base/clock.ts'
import { latestApproval } from '../db/own/approvals.ts'
import { hasActedSince, lastEntering, latestBacklog, type BacklogRow } from '../db/own/backlogs.ts'
import { lastReplayAt, lastRunPolicies } from '../db/own/runs.ts'
import { inForceTerms, observedRun } from '../db/own/terms.ts'
import { populationOf } from '../db/site/count-rows.ts'
import { seenPartitions, type Seen } from '../engine/check-partition.ts'
import { survey, type Survey } from '../engine/survey.ts'
import { alarms, newlyDue, type Alarm, type BacklogPart } from '../plan/alarms.ts'
import { notComparable } from '../plan/baseline.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { cutoff } from '../plan/deadline.ts'
import { standing, type Standing } from '../plan/standing.ts'
import type { JobContext } from './context.ts'
import { handledSince } from './handled-since.ts'
import { lostHolds } from './lost-holds.ts'
import { termsFor, type Prepared } from './prepare.ts'

export interface PlannedPolicy {
  readonly policy: CompiledPolicy
  readonly survey: Survey
  readonly standing: Standing
  readonly alarms: readonly Alarm[]
  /** People or rows that entered since the last run; null when there is none to compare with. */
  readonly newly: number | null
  /** The same of the latest runs that let it act, newest first. */
  readonly newlyBefore: readonly number[]
  /** Partitions that are wholly due by their bounds; only looked into where tables are counted. */
  readonly partitions: readonly Seen[]
  /** What was frozen when the policy began to act; null: nothing was. */
  readonly frozen: BacklogRow | null
}

export interface PlanOptions {
  /** Adds rows by table, at a cost that follows what is due. */
  readonly countTables: boolean
  readonly run: string | null
  /** Count apart what is overdue now, in the place of what was frozen before. */
  readonly freeze?: boolean
}

export async function planPolicy(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
  now: Instant,
  options: PlanOptions,
): Promise<PlannedPolicy> {
  const id = policy.policy.id
  const acting = termsFor(prepared, id)
  const frozen = await latestBacklog(ctx.database, id, acting.hash)
  const edge = options.freeze === true ? cutoff(policy.clock, now) : (frozen?.edge ?? null)
  const found = await survey(ctx.ports, policy, now, options.countTables, edge)
  const replayedAt = await lastReplayAt(ctx.database)
  const approval = sinceReplay(
    await latestApproval(ctx.database, prepared.plan.fingerprint, id, now),
    replayedAt,
  )
  const inForce = await inForceTerms(ctx.database, id)
  const observed = await observedRun(ctx.database, id, acting.hash)
  const stands = standing({
    status: policy.policy.status,
    termsHash: acting.hash,
    terms: acting.terms,
    inForce,
    observedBefore: observed !== null && observed !== options.run,
    approved: approval?.most ?? null,
    found: found.due + found.toWarn,
  })
  const history = await lastRunPolicies(ctx.database, id, 10)
  const before = [
    ...history.slice(0, 1).map(({ asOf, termsHash }) => ({ at: asOf, termsHash })),
    ...(frozen === null ? [] : [{ at: frozen.frozenAt, termsHash: frozen.termsHash }]),
  ]
  const faults = before.map((counted) => notComparable(counted, acting.hash, replayedAt))
  const last = history[0]
  const handled = new Map<Instant, number>()
  const since = async (at: Instant): Promise<number> => {
    const known = handled.get(at) ?? (await handledSince(ctx, policy, at, options.run))
    handled.set(at, known)
    return known
  }
  const entered = {
    dueNow: found.entering,
    // Of nothing, nothing can have been handled.
    leftLastRun:
      last === undefined ? null : last.leftOver && Math.max(0, last.leftOver - (await since(last.asOf))),
    backlog: await backlogPart(ctx, frozen, found, since),
    // What was frozen under these terms is compared with, also before a run acted under them.
    allNew: faults.includes(null) ? null : (faults[0] ?? null),
  }
  const covered =
    stands.mode !== 'enforced' || approval === null ? null : await stillCovered(ctx, id, approval, frozen)
  return {
    policy,
    survey: found,
    standing: stands,
    partitions: options.countTables ? await seenPartitions(ctx.ports, policy, now) : [],
    newly: history.length === 0 || entered.allNew !== null ? null : newlyDue(entered),
    newlyBefore: history.map((run) => run.newlyDue),
    frozen,
    // A policy that never acted is compared with nothing: it acts only under an approval of these very counts.
    alarms: alarms({
      ...entered,
      policy: policy.policy,
      newlyDueHistory: history.map((run) => run.newlyDue),
      population: await population(ctx, prepared, policy),
      byElse: found.byElse,
      canaries: found.canaries,
      lostHolds: await lostHolds(ctx, prepared, [policy]),
      approvedCount: history.length === 0 && inForce === null ? found.entering : covered,
    }),
  }
}

/** An approval that came back with a backup saw another database: it neither lets a policy begin nor an alarm pass. */
function sinceReplay<A extends { readonly approvedAt: Instant }>(
  approval: A | null,
  replayedAt: Instant | null,
): A | null {
  return approval === null || replayedAt === null || approval.approvedAt > replayedAt ? approval : null
}

/**
 * Beside a backlog an approval covers one run: what it found is then known, and must not make room for others
 * while the backlog shrinks.
 */
async function stillCovered(
  ctx: JobContext,
  policy: string,
  approval: { readonly most: number; readonly approvedAt: Instant },
  frozen: BacklogRow | null,
): Promise<number | null> {
  const isSpent = frozen !== null && (await hasActedSince(ctx.database, policy, approval.approvedAt))
  return isSpent ? null : approval.most
}

async function backlogPart(
  ctx: JobContext,
  frozen: BacklogRow | null,
  { backlog }: Survey,
  handledSince: (at: Instant) => Promise<number>,
): Promise<BacklogPart | null> {
  if (frozen === null || backlog === null) return null
  const first = { ...frozen.entering, handled: 0, asOf: frozen.frozenAt }
  const last = (await lastEntering(ctx.database, frozen)) ?? first
  const before = { ...last, handled: last.handled + (await handledSince(last.asOf)) }
  return { now: { old: backlog.entering, byElse: backlog.byElse }, before }
}

async function population(ctx: JobContext, prepared: Prepared, policy: CompiledPolicy): Promise<number> {
  const table = prepared.schema.get(policy.table)
  if (table === undefined) return 0
  return await populationOf(ctx.database, ctx.database.dialect, table, policy.constants)
}

/** Enforced and not stopped by an alarm. */
export function mayAct(planned: PlannedPolicy): boolean {
  return planned.standing.mode === 'enforced' && planned.alarms.length === 0
}
