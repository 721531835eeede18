/** What operators ask of a run at work, wherever it works: it reads the wish from the database. */
import { ask, readControl } from '../db/own/control.ts'
import type { JobContext } from './context.ts'
import { holderOf } from './lease.ts'

export interface ControlAnswer {
  /** False: it was so already, or there is no run to stop. */
  readonly changed: boolean
  /** Who holds the lease of runs: the run at work, or a replay; null when there is none. */
  readonly run: string | null
}

/** Holds for the run at work and for later ones, until `resumeRuns`. */
export async function pauseRuns(ctx: JobContext, by: string | null): Promise<ControlAnswer> {
  const changed = (await readControl(ctx.database)).pause === null
  if (changed) await ask(ctx.database, 'pause', 'on', await ctx.now(), by)
  return { changed, run: await holderOf(ctx, 'run') }
}

export async function resumeRuns(ctx: JobContext, by: string | null): Promise<ControlAnswer> {
  const changed = (await readControl(ctx.database)).pause !== null
  if (changed) await ask(ctx.database, 'pause', '', await ctx.now(), by)
  return { changed, run: await holderOf(ctx, 'run') }
}

/** For whoever holds the lease, also before its first word: what the last beat names may be over. A later run does not mind. */
export async function stopRun(ctx: JobContext, by: string | null): Promise<ControlAnswer> {
  const run = await holderOf(ctx, 'run')
  if (run !== null) await ask(ctx.database, 'stop', run, await ctx.now(), by)
  return { changed: run !== null, run }
}
