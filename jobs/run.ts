/**
 * One run: guards, survey, warnings, deliveries, erasures, evidence. The order matters: who is warned is
 * settled before anybody is erased, and evidence is sealed last.
 */
import { isoInstant, type Instant } from '../base/clock.ts'
import type { ExitCode } from '../base/errors.ts'
import { dropOtherCursors } from '../db/own/cursor.ts'
import { finishRun, insertRun, interruptOthers, type RunState } from '../db/own/runs.ts'
import type { PolicyOutcome } from '../engine/run-policy.ts'
import { settleDrops } from '../engine/settle-drops.ts'
import type { DeliverySummary } from '../mail/deliver.ts'
import type { Turn } from '../plan/held-up.ts'
import type { Language } from '../policies/problem.ts'
import type { JobContext } from './context.ts'
import { guardBacklog, sealingPace } from './backlog.ts'
import { isConcerned } from './concerned.ts'
import { conclude } from './conclude.ts'
import { deliver, expireTellings } from './deliver.ts'
import { failed, type PolicyFault } from './failed-run.ts'
import { guardClock, guardForeignKeys } from './guards.ts'
import { withLease, type HeldLease } from './lease.ts'
import { heldMails } from './mails-held.ts'
import { tellUntaken, type Untaken } from './untaken.ts'
import { mayAct, planPolicy, type PlannedPolicy } from './plan.ts'
import { prepare, type Prepared } from './prepare.ts'
import { purgePolicy, type Hands, type Purged } from './purge.ts'
import { enforceTerms, recordPolicy, recordRun } from './record.ts'
import { readBounces, unreadBy, type BouncesRead } from './read-bounces.ts'
import { requirePolicy } from './require-policy.ts'
import { withinTime } from './run-time.ts'
import { refuseOlder } from './older.ts'
import { sealAtEnd, withoutSeal, type Unsealed } from './seal-and-tell.ts'
import { requireKey } from './signing.ts'
import { refuseRestoredSite } from './site-restored.ts'
import { shipCheckpoint, type SinkReport } from './sinks.ts'
import { sweep } from './sweep.ts'
import { takeBackNotices } from './taken-back.ts'
import { takeTurn, turnOf, turnsOf } from './turn.ts'
import { startWatch, type OnProgress, type PaceReport } from './watch.ts'
import { warnAll } from './warn-all.ts'
import type { WarnOutcome } from './warn.ts'
import { lastMailsOf } from './write-last-mails.ts'

export const phases = ['warn', 'deliver', 'purge'] as const
export type Phase = (typeof phases)[number]

export interface RunOptions {
  /** Which parts of a run; all by default. */
  readonly phases: readonly Phase[]
  /** Only this policy. */
  readonly policy: string | null
  readonly acceptClockGap: boolean
  /** The slot that the scheduler claimed for this run. */
  readonly slot: string | null
  /** The most rows, or people, of a pilot; left out in any other run. */
  readonly pilot?: number
  /** Told twice a second how far it is. */
  readonly onProgress?: OnProgress
  /** Of what is wrong with the policy files; English by default. */
  readonly lang?: Language
}

export interface RunPolicyReport {
  readonly planned: PlannedPolicy
  /** `enforced` although alarms stopped it: then `outcome` and `warned` are null. */
  readonly warned: WarnOutcome | null
  readonly outcome: PolicyOutcome | null
  /** Entered and not handled in this run. */
  readonly left: number
  /** Null or left out: this run was not to act by it. */
  readonly turn?: Turn | null
}

export interface RunReport {
  readonly run: string
  readonly asOf: Instant
  readonly fingerprint: string
  readonly policies: readonly RunPolicyReport[]
  readonly problems: Prepared['problems']
  /** What had come back. Null: no folder is set, or this run neither sends nor erases. */
  readonly bounces: BouncesRead | null
  readonly delivery: DeliverySummary | null
  /** Mails of which none was taken for days; null: none wait so. */
  readonly untaken: Untaken | null
  readonly pace: PaceReport
  readonly pilot: number | null
  /** Where the checkpoint of this run went; empty: nowhere off this host. */
  readonly sinks: readonly SinkReport[]
  /** Why its evidence waits to be sealed, or its people to be told; null: neither does, or somebody else seals. */
  readonly unsealed: Unsealed | null
  readonly exit: ExitCode
  /** One sentence: why the run stopped. */
  readonly whyStopped: string
}

export async function run(ctx: JobContext, options: RunOptions): Promise<RunReport> {
  const prepared = await prepare(ctx, options.lang)
  requirePolicy(prepared.policies, options.policy)
  requireKey(ctx)
  await refuseOlder(ctx)
  await refuseRestoredSite(ctx, prepared, true)
  return await withLease(ctx, 'run', async (lease) => await runUnderLease(ctx, prepared, options, lease))
}

async function runUnderLease(
  ctx: JobContext,
  prepared: Prepared,
  options: RunOptions,
  lease: HeldLease,
): Promise<RunReport> {
  const asOf = await ctx.now()
  // So that `oubli stop` can name it before it has said a word.
  const id = lease.owner
  await guardClock(ctx, id, asOf, options.acceptClockGap)
  if (options.phases.includes('purge')) {
    await guardForeignKeys(ctx)
    await guardBacklog(ctx)
  }
  const watch = await startWatch(ctx, { run: id, holder: id }, options.onProgress ?? (() => undefined))
  // The first word stands: a second one is no reason why the run ended.
  let word: string | null = null
  const stop = (): string | null => (word ??= ctx.stop() ?? watch.asked())
  try {
    return await runWatched({ ...ctx, stop }, prepared, options, { lease, watch }, id, asOf)
  } finally {
    await watch.close()
  }
}

async function runWatched(
  ctx: JobContext,
  prepared: Prepared,
  options: RunOptions,
  hands: Hands,
  id: string,
  asOf: Instant,
): Promise<RunReport> {
  const job = options.phases.length === 3 ? 'run' : options.phases.join('+')
  await insertRun(ctx.database, {
    id,
    job,
    slot: options.slot,
    asOf: isoInstant(asOf),
    toolVersion: ctx.ports.toolVersion,
    fingerprint: prepared.plan.fingerprint,
    startedAt: isoInstant(asOf),
    ...(options.pilot === undefined ? {} : { pilot: options.pilot }),
  })
  try {
    await interruptOthers(ctx.database, id)
    await dropOtherCursors(ctx.database, id, hands.lease.fence)
    await settleDrops(ctx.ports, { lease: hands.lease.fence })
    ctx.log.event('run.started', { run: id, job, as_of: isoInstant(asOf) })
    const report = await work(withinTime(ctx), prepared, options, hands, id, asOf)
    return await close(ctx, report, job)
  } catch (error) {
    throw await failed(ctx, id, error)
  }
}

async function work(
  ctx: JobContext,
  prepared: Prepared,
  options: RunOptions,
  hands: Hands,
  id: string,
  asOf: Instant,
): Promise<RunReport> {
  // Before anything is counted: whose mail came back is not warned.
  const sendsOrErases = options.phases.some((phase) => phase !== 'warn')
  const bounces = sendsOrErases ? await readBounces(ctx, prepared) : null
  const chosen = prepared.plan.policies.filter(({ policy }) => isConcerned(policy, options))
  let reports: RunPolicyReport[] = []
  for (const policy of chosen) {
    const planned = await planPolicy(ctx, prepared, policy, asOf, { countTables: false, run: id })
    reports.push({ planned, warned: null, outcome: null, left: planned.survey.entering })
  }
  // What can fail for all that the database holds fails here, before anything is written.
  const purging = options.phases.includes('purge')
  const lastMails = new Map(
    reports
      .filter(({ planned }) => purging && mayAct(planned))
      .map(({ planned: { policy } }) => [policy, lastMailsOf(ctx, prepared, policy)]),
  )
  for (const { planned } of reports) await enforceTerms(ctx, prepared, planned, id, asOf)
  let delivery: DeliverySummary | null = null
  if (options.phases.includes('warn')) await takeBackNotices(ctx, prepared, options.policy, asOf)
  if (options.phases.includes('warn')) reports = await warnAll(ctx, prepared, reports, asOf, purging)
  if (options.phases.includes('deliver')) delivery = await deliver(ctx, prepared, id)
  else await expireTellings(ctx, prepared, id, asOf)
  const areMailsHeld = await heldMails(ctx, delivery, asOf)
  let fault: PolicyFault | null = null
  const purge = { ...hands, lastMails, sealing: await sealingPace(ctx), pilot: options.pilot }
  const before: RunPolicyReport[] = []
  for (const [i, report] of await turnsOf(ctx, reports)) {
    const unheard = unreadBy(bounces) !== null && report.planned.policy.policy.warn !== null
    const acts: boolean =
      purging && mayAct(report.planned) && ctx.stop() === null && fault === null && !unheard
    if (acts) await takeTurn(ctx, report)
    const done: Purged = acts ? await purgePolicy(ctx, report, asOf, id, purge) : report
    const spent = hands.watch.spent()
    const soFar = { before, stop: ctx.stop(), faulty: fault !== null, unheard, hold: spent.now }
    const after: Purged = purging ? { ...done, turn: turnOf(done, spent, soFar) } : done
    fault ??= after.fault ?? null
    reports[i] = after
    before.push(after)
    try {
      await hands.lease.stillOurs()
      // Each by itself: what one did is known to the next run, whatever becomes of those after it.
      await recordPolicy(ctx, prepared, { ...after, mailsHeld: areMailsHeld(after) }, id, asOf)
    } catch (error) {
      throw fault ?? error
    }
  }
  if (fault !== null) throw fault
  await sweep(ctx, prepared)
  hands.watch.begin(null)
  const pilot = options.pilot ?? null
  const untaken = await tellUntaken(ctx, asOf)
  const pace = hands.watch.report()
  const found = { run: id, asOf, bounces, delivery, untaken, policies: reports, pilot, pace }
  return conclude(ctx, prepared, found, options.policy)
}

async function close(ctx: JobContext, report: RunReport, job: string): Promise<RunReport> {
  await recordRun(ctx, report, job)
  const states: Record<ExitCode, RunState> = {
    0: 'done',
    1: 'failed',
    2: 'failed',
    3: 'partly',
    4: 'refused',
    5: 'failed',
    6: 'failed',
  }
  await finishRun(ctx.database, report.run, states[report.exit], await ctx.now(), report.whyStopped)
  const unsealed = await sealAtEnd(ctx, report.asOf)
  const end = { ...report, unsealed, ...(unsealed === null ? {} : withoutSeal(report, unsealed)) }
  if (unsealed !== null)
    await finishRun(ctx.database, report.run, states[end.exit], await ctx.now(), end.whyStopped)
  // Where nothing was sealed, no checkpoint is newer than the one that was sent before.
  const sinks = unsealed?.sealed !== false ? await shipCheckpoint(ctx) : []
  ctx.log.event('run.finished', { run: report.run, exit: end.exit })
  return { ...end, sinks }
}
