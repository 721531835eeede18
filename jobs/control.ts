/** What operators ask of a run at work, wherever it works: it reads the wish from the database. */
import { readBeat } from '../db/own/beat.ts'
import { ask, readControl } from '../db/own/control.ts'
import type { JobContext } from './context.ts'
import { isLeaseHeld } from './lease.ts'

export interface ControlAnswer {
  /** False: it was so already, or there is no run to stop. */
  readonly changed: boolean
  /** The run at work; null when there is none. */
  readonly run: string | null
}

/** Holds for the run at work and for later ones, until `resumeRuns`. */
export async function pauseRuns(ctx: JobContext, by: string | null): Promise<ControlAnswer> {
  const changed = (await readControl(ctx.database)).pause === null
  if (changed) await ask(ctx.database, 'pause', 'on', await ctx.now(), by)
  return { changed, run: await runAtWork(ctx) }
}

export async function resumeRuns(ctx: JobContext, by: string | null): Promise<ControlAnswer> {
  const changed = (await readControl(ctx.database)).pause !== null
  if (changed) await ask(ctx.database, 'pause', '', await ctx.now(), by)
  return { changed, run: await runAtWork(ctx) }
}

/** For the run at work only: a later one does not mind. */
export async function stopRun(ctx: JobContext, by: string | null): Promise<ControlAnswer> {
  const run = await runAtWork(ctx)
  if (run !== null) await ask(ctx.database, 'stop', run, await ctx.now(), by)
  return { changed: run !== null, run }
}

async function runAtWork(ctx: JobContext): Promise<string | null> {
  if (!(await isLeaseHeld(ctx, 'run'))) return null
  return (await readBeat(ctx.database))?.run ?? null
}
