/** How long a run may take, as a reason to stop like any other. */
import type { JobContext } from './context.ts'

export const timeUp = 'the time of this run is used up'

/** The same context, whose `stop` also says so once `limits.run_minutes` have passed from now on. */
export function withinTime(ctx: JobContext): JobContext {
  const end = ctx.clock() + ctx.settings.limits.runMinutes * 60_000
  return { ...ctx, stop: () => ctx.stop() ?? (ctx.clock() >= end ? timeUp : null) }
}
