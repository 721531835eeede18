/** The timer: wakes up at each slot and every few minutes, and asks the slots what there is to do. */
import { createTask } from 'node-cron'
import { OubliError, safeError } from '../base/errors.ts'
import { writeAtomic } from '../config/files.ts'
import { isoInstant } from '../base/clock.ts'
import type { JobContext } from './context.ts'
import { deliver } from './deliver.ts'
import { prepare } from './prepare.ts'
import { phases, run, type Phase } from './run.ts'
import { runSlot } from './slots.ts'
import { verify } from './verify.ts'

export const scheduledJobs = ['warn', 'deliver', 'purge', 'verify'] as const
export type ScheduledJob = (typeof scheduledJobs)[number]

/** What a timer forgot is found again this often. */
const catchUp = '*/5 * * * *'
/** node-cron drops a tick that is later than this; ours may be as late as it likes, the slot decides. */
const tolerance = 6 * 3_600_000

/** Runs until `ctx.stop()` says so; resolves after the work at hand has ended. */
export async function schedule(ctx: JobContext, untilStopped: Promise<void>): Promise<void> {
  const jobs = scheduledJobs.map((job) => ({ job, line: ctx.settings.schedule[job] }))
  let busy: Promise<void> = Promise.resolve()
  const wake = (): void => {
    busy = busy.then(() => wakeUp(ctx, jobs))
  }
  const zone = ctx.settings.schedule.zone
  const tasks = [...jobs.map(({ line }) => line), catchUp].map((line) =>
    createTask(line, wake, {
      timezone: zone,
      missedExecutionTolerance: tolerance,
      suppressMissedWarning: true,
    }),
  )
  for (const task of tasks) await task.start()
  wake()
  await untilStopped
  for (const task of tasks) await task.destroy()
  await busy
}

/** One look at all jobs; never throws, because the timer must go on. */
export async function wakeUp(
  ctx: JobContext,
  jobs: readonly { readonly job: ScheduledJob; readonly line: string }[],
): Promise<void> {
  for (const { job, line } of jobs) {
    if (ctx.stop() !== null) return
    try {
      const outcome = await runSlot(ctx, job, line, await ctx.now(), (slot) => work(ctx, job, slot))
      if (outcome.state === 'ran') ctx.log.event('slot.done', { job, slot: outcome.slot })
    } catch (error) {
      const code = error instanceof OubliError ? error.code : (safeError(error).code ?? 'unexpected')
      ctx.log.event(code === 'E_BUSY' ? 'slot.busy' : 'slot.failed', { job, code })
    }
  }
  await beatFile(ctx)
}

async function work(ctx: JobContext, job: ScheduledJob, slot: string): Promise<void> {
  switch (job) {
    case 'warn':
    case 'purge': {
      const parts: readonly Phase[] = phases.filter((phase) => phase === job)
      const report = await run(ctx, { phases: parts, policy: null, acceptClockGap: false, slot })
      ctx.log.event('why.stopped', { job, exit: report.exit })
      return
    }
    case 'deliver':
      await deliver(ctx, await prepare(ctx), slot)
      return
    case 'verify': {
      const report = await verify(ctx, ctx.settings.evidence.verifierKey)
      ctx.log.event(report.state === 'failed' ? 'evidence.failed' : 'evidence.checked', {
        entries: report.entries,
      })
    }
  }
}

/** A file that a monitor can look at: its age is how long ago the timer was last awake. */
async function beatFile(ctx: JobContext): Promise<void> {
  const { heartbeatFile } = ctx.settings
  if (heartbeatFile !== null) await writeAtomic(heartbeatFile, `${isoInstant(ctx.clock())}\n`)
}
