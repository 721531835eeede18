/** What runs did of what the last one left, and broke off before they could write it down. */
import type { Instant } from '../base/clock.ts'
import { brokenRuns } from '../db/own/runs.ts'
import { countFirstWarnings } from '../db/own/warnings.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { JobContext } from './context.ts'
import { doneByEntries } from './done-by-entries.ts'

/**
 * How many that would be warned or acted on had been handled by such runs: left out, they would make room for as many
 * others under an alarm. Under a policy that warns, its first mails; whom it erases had left that number before.
 */
export async function handledSince(
  ctx: JobContext,
  compiled: CompiledPolicy,
  since: Instant,
  run: string | null,
): Promise<number> {
  const { policy } = compiled
  const broken = await brokenRuns(ctx.database, policy.id, since, run)
  const [first] = broken
  if (first === undefined) return 0
  if (policy.warn !== null) return await countFirstWarnings(ctx.database, policy.id, first.asOf)
  let rows = 0
  const ids = broken.map(({ id }) => id)
  for await (const entry of doneByEntries(ctx, ids, [compiled]))
    if (entry.policy === policy.id) rows += entry.done.rows
  return rows
}
