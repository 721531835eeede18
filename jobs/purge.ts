/** The erasing part of a run for one policy, and what is known of it when it breaks. */
import type { Instant } from '../base/clock.ts'
import { runPolicy, type PolicyOutcome } from '../engine/run-policy.ts'
import { addRows, tableCounts, type Sums } from '../engine/tally.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { sealingPace } from './backlog.ts'
import type { JobContext } from './context.ts'
import { doneByEntries } from './done-by-entries.ts'
import { PolicyFault, reasonOf } from './failed-run.ts'
import type { HeldLease } from './lease.ts'
import { dueLeft } from './leftover.ts'
import { paceOf } from './pace.ts'
import type { PlannedPolicy } from './plan.ts'
import type { RunPolicyReport } from './run.ts'
import type { Watch } from './watch.ts'
import type { lastMailsOf } from './write-last-mails.ts'

export interface Hands {
  readonly lease: HeldLease
  readonly watch: Watch
}

export interface PurgeHands extends Hands {
  readonly lastMails: ReadonlyMap<CompiledPolicy, ReturnType<typeof lastMailsOf>>
  readonly sealing: Awaited<ReturnType<typeof sealingPace>>
  readonly pilot: number | undefined
}

/** `fault`: why it broke on the way; the report then says what it had done until there. */
export type Purged = RunPolicyReport & { readonly fault?: PolicyFault }

export async function purgePolicy(
  ctx: JobContext,
  report: RunPolicyReport,
  asOf: Instant,
  run: string,
  hands: PurgeHands,
): Promise<Purged> {
  const { policy } = report.planned
  const id = policy.policy.id
  const tell = ({ done, stopped, apart, oftenBusy }: PolicyOutcome): void => {
    for (const { ref, code } of apart) ctx.log.event('row.set-aside', { run, policy: id, row: ref, code })
    for (const { ref, runs } of oftenBusy) ctx.log.event('row.busy', { run, policy: id, row: ref, runs })
    ctx.log.event('policy.done', { run, policy: id, done, stopped })
  }
  try {
    const outcome = await carryOut(ctx, report.planned, asOf, run, hands)
    tell(outcome)
    return withOutcome(report, outcome)
  } catch (error) {
    const fault = new PolicyFault(id, error)
    const outcome = await outcomeByEntries(ctx, report.planned, run, reasonOf(error)).catch(() => null)
    // The database is gone; the first error says so.
    if (outcome === null) throw fault
    tell(outcome)
    return { ...withOutcome(report, outcome), fault }
  }
}

async function carryOut(
  ctx: JobContext,
  { policy, survey }: PlannedPolicy,
  asOf: Instant,
  run: string,
  { lease, watch, lastMails, sealing, pilot }: PurgeHands,
): Promise<PolicyOutcome> {
  // No more than was counted and compared with the alarms: what becomes due meanwhile is for the next run. Whoever
  // typed the number of a pilot means that number, also where the slice of a run is smaller.
  const items = Math.min(pilot ?? policy.policy.perRun.items, survey.due)
  return await runPolicy(
    { ...ctx.ports, ...lastMails.get(policy) },
    policy,
    { run, asOf, lease: lease.fence },
    {
      items,
      due: survey.due,
      byName: pilot !== undefined,
      pace: sealing(paceOf(ctx, policy, lease, watch, items), policy.subject),
    },
  )
}

function withOutcome(report: RunPolicyReport, outcome: PolicyOutcome): RunPolicyReport {
  const after = { ...report, outcome }
  // Whoever had a mail before had entered in an earlier run, and is not among those left.
  const entering = Math.max(0, report.left - outcome.entered)
  return { ...after, left: report.planned.policy.policy.warn === null ? dueLeft(after) : entering }
}

/** Evidence commits with the change, so it knows also what was committed last. */
async function outcomeByEntries(
  ctx: JobContext,
  { policy, survey }: PlannedPolicy,
  run: string,
  stopped: string,
): Promise<PolicyOutcome> {
  const id = policy.policy.id
  let done = 0
  const sums: Sums = new Map()
  for await (const one of doneByEntries(ctx, [run], [policy])) {
    if (one.policy !== id) continue
    done += one.done.rows
    for (const [table, acts] of Object.entries(one.done.acts))
      for (const [act, rows] of Object.entries(acts)) addRows(sums, table, act, rows)
  }
  return {
    policy: id,
    done,
    // Evidence does not tell who had no mail before: as many as there can be of them.
    entered: Math.min(done, Math.max(0, survey.entering - survey.toTell)),
    ...{ busy: 0, oftenBusy: [], setAside: 0, apart: [], again: null },
    tables: tableCounts(sums),
    stopped,
  }
}
