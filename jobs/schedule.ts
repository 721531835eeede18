/** The timer: wakes up at each slot and every few minutes, and asks the slots what there is to do. */
import { createTask } from 'node-cron'
import type { VerifyReport } from '../audit/verify.ts'
import { OubliError, safeError } from '../base/errors.ts'
import { writeAtomic } from '../config/files.ts'
import { isoInstant } from '../base/clock.ts'
import { migrationState, refuseNewer } from '../db/migrate.ts'
import type { JobContext } from './context.ts'
import { deliver } from './deliver.ts'
import { refuseOlder } from './older.ts'
import { firstProblem } from './policy-files-error.ts'
import { prepare } from './prepare.ts'
import { readBounces } from './read-bounces.ts'
import { phases, run, type Phase } from './run.ts'
import { runSlot } from './slots.ts'
import { toldFault } from './told-fault.ts'
import { verify } from './verify.ts'
import { waker } from './waker.ts'

export const scheduledJobs = ['warn', 'deliver', 'purge', 'verify'] as const
export type ScheduledJob = (typeof scheduledJobs)[number]

/** What a timer forgot is found again this often. */
const catchUp = '*/5 * * * *'
/** node-cron drops a tick that is later than this; ours may be as late as it likes, the slot decides. */
const tolerance = 6 * 3_600_000

export interface JobLine {
  readonly job: ScheduledJob
  readonly line: string
}

/** Runs until `untilStopped`; resolves after the work at hand has ended. */
export async function schedule(ctx: JobContext, untilStopped: Promise<void>): Promise<void> {
  await refuseOlder(ctx)
  const jobs = scheduledJobs.map((job) => ({ job, line: ctx.settings.schedule[job] }))
  const { wake, idle } = waker(ctx.clock, () => wakeUp(ctx, jobs))
  const zone = ctx.settings.schedule.zone
  const tasks = [...jobs.map(({ line }) => line), catchUp].map((line) =>
    createTask(line, wake, {
      timezone: zone,
      missedExecutionTolerance: tolerance,
      suppressMissedWarning: true,
    }),
  )
  for (const task of tasks) await task.start()
  ctx.log.event('schedule.started', {})
  wake()
  await untilStopped
  ctx.log.event('run.stopping', { why: ctx.stop() ?? 'asked to end' })
  for (const task of tasks) await task.destroy()
  await idle()
  ctx.log.event('schedule.stopped', {})
}

/** One look at all jobs; never throws, because the timer must go on. */
export async function wakeUp(ctx: JobContext, jobs: readonly JobLine[]): Promise<void> {
  for (const { job, line } of jobs) {
    if (ctx.stop() !== null) return
    try {
      // Before the slot is claimed: under a timer that goes on a backup can be restored, or another host upgraded.
      refuseNewer(await migrationState(ctx.database))
      await refuseOlder(ctx)
      const outcome = await runSlot(ctx, job, line, await ctx.now(), (slot) => work(ctx, job, slot))
      if (outcome.state === 'ran') ctx.log.event('slot.done', { job, slot: outcome.slot })
      if (outcome.state === 'failed') ctx.log.event('slot.unfinished', { job, tries_left: outcome.left })
    } catch (error) {
      const code = codeOf(error)
      ctx.log.event(code === 'E_BUSY' ? 'slot.busy' : 'slot.failed', { job, code, ...firstProblem(error) })
      tellDefect(ctx, error)
    }
  }
  // A heartbeat that cannot be written is told by its age; it must not stop the timer.
  await beatFile(ctx).catch((error: unknown) => {
    ctx.log.event('slot.failed', { job: 'heartbeat', code: codeOf(error) })
  })
}

async function work(ctx: JobContext, job: ScheduledJob, slot: string): Promise<'done' | 'unfinished'> {
  switch (job) {
    case 'warn':
    case 'purge': {
      const parts: readonly Phase[] = phases.filter((phase) => phase === job)
      const report = await run(ctx, { phases: parts, policy: null, acceptClockGap: false, slot })
      ctx.log.event('why.stopped', { job, exit: report.exit, why: report.whyStopped })
      // What failed, was interrupted or waits to be sealed goes on; what a safety stop refused waits for a person.
      const goesOn = report.exit === 3 && (ctx.stop() !== null || report.unsealed !== null)
      return report.exit === 1 || goesOn ? 'unfinished' : 'done'
    }
    case 'deliver': {
      const prepared = await prepare(ctx)
      await readBounces(ctx, prepared)
      const { stopped } = await deliver(ctx, prepared, null)
      // The next slot is minutes away and tries again; whoever alerts on the log hears of each that failed.
      if (stopped !== null) ctx.log.event('why.stopped', { job, exit: 4, why: stopped })
      return 'done'
    }
    case 'verify': {
      tellVerified(ctx, await verify(ctx, { key: ctx.settings.evidence.verifierKey }))
      return 'done'
    }
  }
}

/** Whoever alerts on the log must not take what could not be checked for checked. */
function tellVerified({ log }: JobContext, { state, entries, findings, more }: VerifyReport): void {
  switch (state) {
    case 'verified':
      log.event('evidence.checked', { entries })
      return
    case 'unverified':
      log.event('evidence.unverified', { entries })
      return
    case 'failed':
      log.event('evidence.failed', { entries, findings: findings.length + more })
  }
}

/** Under a timer nobody sees a stack, and without one a defect can only be guessed at. */
function tellDefect({ log }: JobContext, error: unknown): void {
  if (toldFault(error) instanceof OubliError) return
  const { name, code, stack } = safeError(error)
  const known = { ...(code === undefined ? {} : { code }), ...(stack === undefined ? {} : { stack }) }
  log.event('error.unexpected', { name, ...known })
}

function codeOf(error: unknown): string {
  return error instanceof OubliError ? error.code : (safeError(error).code ?? 'unexpected')
}

/** A file that a monitor can look at: its age is how long ago the timer was last awake. */
async function beatFile(ctx: JobContext): Promise<void> {
  const { heartbeatFile } = ctx.settings
  if (heartbeatFile !== null) await writeAtomic(heartbeatFile, `${isoInstant(ctx.clock())}\n`)
}
