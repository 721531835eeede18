/** Whom no mail of a policy is written to any more, because another one takes what it speaks of before the day that it names. */
import type { Instant } from '../base/clock.ts'
import { keyFromText, keyText } from '../base/subject-ref.ts'
import { judgeRows } from '../engine/read-rows.ts'
import { goesBefore, isAnotherWay, type NamedDay } from '../plan/another-way.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'

/** Both by key text. */
export async function goingAnotherWay(
  ctx: Pick<JobContext, 'ports' | 'database'>,
  { plan }: Pick<Prepared, 'plan'>,
  policy: CompiledPolicy,
  days: ReadonlyMap<string, NamedDay>,
  now: Instant,
): Promise<ReadonlySet<string>> {
  const going = new Set<string>()
  if (days.size === 0) return going
  for (const other of plan.policies.filter((one) => isAnotherWay(policy, one))) {
    const judged = await judgeRows(ctx.ports, ctx.database, other, [...days.keys()].map(keyFromText), now)
    for (const one of judged) {
      const key = keyText(one.facts.key)
      const day = days.get(key)
      if (day !== undefined && goesBefore(other, one, day, now)) going.add(key)
    }
  }
  return going
}
