/**
 * Notices of a policy that does not warn any more, or has another name or none. What they announced holds until its
 * day. After it they say nothing, nor to somebody who came back, and no other part of a run would look at them.
 */
import type { Instant } from '../base/clock.ts'
import { keyFromText, keyText } from '../base/subject-ref.ts'
import { noticingPolicies, type Noticing } from '../db/own/noticing.ts'
import { readFacts } from '../engine/read-rows.ts'
import { clearWarnings, openWarnings, warningsOf } from '../mail/warnings.ts'
import { cameBack, isOver, mayShowReturn } from '../plan/announced.ts'
import type { WarningFact } from '../plan/facts.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'

const pageSize = 100

/** `only`: the one policy that the run is about; null: all. */
export async function takeBackNotices(
  ctx: JobContext,
  prepared: Prepared,
  only: string | null,
  now: Instant,
): Promise<void> {
  // One that cannot be planned today still warns.
  const warns = ({ policy, kind }: Noticing): boolean =>
    prepared.policies.some(({ id, data, warn }) => id === policy && data === kind && warn !== null)
  for (const one of await noticingPolicies(ctx.database))
    if (!warns(one) && (only === null || only === one.policy)) await takeBack(ctx, prepared, one, now)
}

async function takeBack(
  ctx: JobContext,
  prepared: Prepared,
  { policy, kind }: Noticing,
  now: Instant,
): Promise<void> {
  let after: string | null = null
  while (ctx.stop() === null) {
    const keys: readonly string[] = await openWarnings(ctx.database, policy, kind, after, pageSize)
    if (keys.length === 0) return
    const all = await warningsOf(ctx.database, kind, keys)
    const told = new Map(
      keys.map((key) => [key, (all.get(key) ?? []).filter((one) => one.policy === policy)]),
    )
    const running = keys.filter((key) => !isOver(told.get(key) ?? [], now))
    const back = await returned(ctx, prepared, { policy, kind }, running, told, now)
    const over = keys.filter((key) => !running.includes(key) || back.has(key))
    if (over.length > 0)
      // What is not committed stands, and is found again by the next run.
      await ctx.database.transaction(async (tx) => {
        for (const key of over) await clearWarnings(tx, policy, kind, key, now)
      })
    after = keys.at(-1) ?? null
  }
}

/**
 * Those who came back since. While the policy is there, its own clock says so: by another one somebody could lose the
 * day that keeps this policy off, because they did what the mail asked. For one that is gone any clock on the kind does.
 */
async function returned(
  ctx: JobContext,
  prepared: Prepared,
  { policy, kind }: Noticing,
  keys: readonly string[],
  told: ReadonlyMap<string, readonly WarningFact[]>,
  now: Instant,
): Promise<ReadonlySet<string>> {
  const back = new Set<string>()
  if (keys.length === 0) return back
  const isThere = prepared.policies.some(({ id, data }) => id === policy && data === kind)
  for (const one of prepared.plan.policies) {
    if (one.kind !== kind || !mayShowReturn(one) || (isThere && one.policy.id !== policy)) continue
    const facts = await readFacts(ctx.ports, ctx.database, one, keys.map(keyFromText))
    for (const fact of facts) {
      const key = keyText(fact.key)
      if (cameBack(one, fact, told.get(key) ?? [], now)) back.add(key)
    }
  }
  return back
}
