/** To whom of a page of people a mail is due. */
import type { Instant } from '../base/clock.ts'
import { keyText } from '../base/subject-ref.ts'
import type { Judged } from '../engine/read-rows.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { Decision } from '../plan/decision.ts'
import { goingAnotherWay } from './another-way.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'

export type WarnDecision = Extract<Decision, { readonly act: 'warn' }>

export interface ToWarn extends Judged {
  readonly decision: WarnDecision
}

/**
 * Not those of whom another policy disposes before the day of the mail. That is asked a page at a
 * time and not of each under lock, because it is asked again before a mail leaves.
 */
export async function toWarn(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
  page: readonly Judged[],
  now: Instant,
): Promise<readonly ToWarn[]> {
  const due = page.filter((row): row is ToWarn => row.decision.act === 'warn')
  const days = new Map(due.map(({ facts, decision }) => [keyText(facts.key), decision]))
  const going = await goingAnotherWay(ctx, prepared, policy, days, now)
  return due.filter(({ facts }) => !going.has(keyText(facts.key)))
}
