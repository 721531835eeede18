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

/**
 * Each answer is evidence at once: a replay that goes on later has forgotten whom this one took. The entries of this
 * attempt, by their ids.
 */
export async function checkGone(
  ctx: JobContext,
  gone: Gone,
  place: Pick<RunPlace, 'run' | 'asOf' | 'lease'>,
): Promise<ReadonlySet<string>> {
  const answers = new Set<string>()
  for (const [policy, sample] of gone) {
    const again = await askAfterAgain(ctx.ports, policy, place, sample)
    if (again === null) continue
    const entry = checkedEntry(ctx, policy, { done: sample.seen, again }, place)
    const outcome = await ctx.database.transaction((tx) => putEntry(tx, place, entry))
    if (outcome.state !== 'committed') throw outcome.error
    answers.add(entry.id)
  }
  return answers
}

/**
 * Rows that were still there. Of those who went, what this attempt was answered (`answers`): whoever an earlier one
 * found left was looked for, and taken, again. What hung on them is added up over all attempts: whose they are went
 * with an earlier one, so that nobody asks after them again.
 */
export async function leftOfGone(
  { database }: JobContext,
  { id }: OutsideLog,
  policies: readonly Pick<CompiledPolicy, 'policy' | 'table'>[],
  answers: ReadonlySet<string>,
): Promise<number> {
  const rootOf = new Map(policies.map(({ policy, table }) => [policy.id, table]))
  let left = 0
  for (const leaf of await leavesOfRun(database, id, 'purge.checked')) {
    const entry = entryFrom(leaf)
    if (entry?.kind !== 'purge.checked') continue
    const looked = answers.has(entry.id) ? undefined : rootOf.get(entry.policy.id)
    for (const [table, rows] of Object.entries(entry.left)) if (table !== looked) left += Number(rows)
  }
  return left
}
