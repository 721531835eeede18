/** What a run would do now: nothing is written. */
import type { Instant } from '../base/clock.ts'
import { latestApproval } from '../db/own/approvals.ts'
import { lastRunPolicies } from '../db/own/runs.ts'
import { inForceTerms, observedRun } from '../db/own/terms.ts'
import { populationOf } from '../db/site/count-rows.ts'
import { seenPartitions, type Seen } from '../engine/check-partition.ts'
import { survey, type Survey } from '../engine/survey.ts'
import { alarms, type Alarm } from '../plan/alarms.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { standing, type Standing } from '../plan/standing.ts'
import type { JobContext } from './context.ts'
import { termsFor, type Prepared } from './prepare.ts'

export interface PlannedPolicy {
  readonly policy: CompiledPolicy
  readonly survey: Survey
  readonly standing: Standing
  readonly alarms: readonly Alarm[]
  /** People or rows that entered since the last run; null when the policy never ran. */
  readonly newly: number | null
  /** Partitions that are wholly due by their bounds; only looked into where tables are counted. */
  readonly partitions: readonly Seen[]
}

/** `countTables` adds rows by table, at a cost that follows what is due. */
export async function planPolicy(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
  now: Instant,
  options: { readonly countTables: boolean; readonly run: string | null },
): Promise<PlannedPolicy> {
  const id = policy.policy.id
  const found = await survey(ctx.ports, policy, now, options.countTables)
  const approval = await latestApproval(ctx.database, prepared.plan.fingerprint, now)
  const inForce = await inForceTerms(ctx.database, id)
  const acting = termsFor(prepared, id)
  const observed = await observedRun(ctx.database, id, acting.hash)
  const stands = standing({
    status: policy.policy.status,
    termsHash: acting.hash,
    terms: acting.terms,
    inForce,
    observedBefore: observed !== null && observed !== options.run,
    approved: approval?.counts[id] ?? null,
    found: found.due + found.toWarn,
  })
  const history = await lastRunPolicies(ctx.database, id, 10)
  const left = history[0]?.leftOver ?? null
  // A policy that never acted is compared with nothing: it acts only under an approval of these very counts.
  const approved = history.length === 0 ? found.entering : stands.mode === 'enforced' ? stands.approved : null
  return {
    policy,
    survey: found,
    standing: stands,
    partitions: options.countTables ? await seenPartitions(ctx.ports, policy, now) : [],
    newly: left === null ? null : Math.max(0, found.entering - left),
    alarms: alarms({
      policy: policy.policy,
      dueNow: found.entering,
      leftLastRun: left,
      newlyDueHistory: history.map((run) => run.newlyDue),
      population: await population(ctx, prepared, policy),
      byElse: found.byElse,
      canaries: found.canaries,
      approvedCount: approved,
    }),
  }
}

async function population(ctx: JobContext, prepared: Prepared, policy: CompiledPolicy): Promise<number> {
  const table = prepared.schema.get(policy.table)
  return table === undefined ? 0 : await populationOf(ctx.database, ctx.database.dialect, table)
}

/** Enforced and not stopped by an alarm. */
export function mayAct(planned: PlannedPolicy): boolean {
  return planned.standing.mode === 'enforced' && planned.alarms.length === 0
}
