/** What runs did of what the last one left, and broke off before they could write it down. */
import type { Instant } from '../base/clock.ts'
import { brokenRuns } from '../db/own/runs.ts'
import { countFirstWarnings } from '../db/own/sent-warnings.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { JobContext } from './context.ts'
import { doneByEntries } from './done-by-entries.ts'

/**
 * How many that would be warned or acted on had been handled by such runs: left out, they would make room for as many
 * others under an alarm. Under a policy that warns, its first mails; whom it erases had left that number before, but for
 * those without an address, where they go unwarned. The evidence does not tell these apart: rather too many are taken
 * for handled. Such an alarm stands until somebody approves, as each does.
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
  const { warn } = policy
  let handled = warn === null ? 0 : await countFirstWarnings(ctx.database, policy.id, first.asOf)
  if (warn !== null && warn.noAddress !== 'erase' && warn.invalidAddress?.finally !== 'erase') return handled
  const ids = broken.map(({ id }) => id)
  for await (const entry of doneByEntries(ctx, ids, [compiled], policy.id))
    if (entry.policy === policy.id) handled += entry.done.rows
  return handled
}
