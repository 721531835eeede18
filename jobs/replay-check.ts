/** After a replay, as after each run: whether the database still has something of those who went. */
import { entryFrom } from '../audit/entry-text.ts'
import { leavesOfRun } from '../db/own/log-place.ts'
import { askAfterAgain } from '../engine/again.ts'
import type { RunPlace } from '../engine/apply-batch.ts'
import { putEntry } from '../engine/evidence.ts'
import { newSample, type Sample } from '../engine/sample.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { JobContext } from './context.ts'
import type { OutsideLog } from './outside-log.ts'
import { checkedEntry } from './purge-checked.ts'

/** Of whom each policy has done again what it did, in all passes. */
export type Gone = Map<CompiledPolicy, Sample>

export function sampleOf(gone: Gone, policy: CompiledPolicy): Sample {
  const sample = gone.get(policy) ?? newSample()
  gone.set(policy, sample)
  return sample
}

/** Each answer is evidence at once: a replay that goes on later has forgotten whom this one took. */
export async function checkGone(
  ctx: JobContext,
  gone: Gone,
  place: Pick<RunPlace, 'run' | 'asOf' | 'lease'>,
): Promise<void> {
  for (const [policy, sample] of gone) {
    const again = await askAfterAgain(ctx.ports, policy, place, sample)
    if (again === null) continue
    const entry = checkedEntry(ctx, policy, { done: sample.seen, again }, place)
    const outcome = await ctx.database.transaction((tx) => putEntry(tx, place, entry))
    if (outcome.state !== 'committed') throw outcome.error
  }
}

/** Rows that were still there, of the whole replay, however often it was killed. */
export async function leftOfGone({ database }: JobContext, { id }: OutsideLog): Promise<number> {
  let left = 0
  for (const leaf of await leavesOfRun(database, id, 'purge.checked')) {
    const entry = entryFrom(leaf)
    if (entry?.kind !== 'purge.checked') continue
    for (const rows of Object.values(entry.left)) left += Number(rows)
  }
  return left
}
