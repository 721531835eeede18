/**
 * Is what a waiting mail says still true? Between queue and relay the person may have signed in, a hold may
 * have come, the address may have been put right, the terms may be others, or the policy may only observe.
 */
import type { Instant } from '../base/clock.ts'
import { keyFromText, keyText } from '../base/subject-ref.ts'
import { judgeRows } from '../engine/read-rows.ts'
import type { MayLeave } from '../mail/judgement.ts'
import { isLastMail } from '../mail/last-mails.ts'
import type { NamedDay } from '../plan/another-way.ts'
import { readClock } from '../plan/clock-reading.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { mailWaits } from '../plan/decision.ts'
import { goingAnotherWay } from './another-way.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'

/** Ids of those that may leave. */
export function mayLeave(ctx: JobContext, prepared: Pick<Prepared, 'plan'>): MayLeave {
  return async (mails, now) => {
    // What was done stays true, whatever the policy says by now.
    const may = new Set(mails.filter(isLastMail).map(({ id }) => id))
    for (const policy of prepared.plan.policies) {
      const own = mails.filter((mail) => mail.policy === policy.policy.id && mail.kind === policy.kind)
      if (own.length === 0 || policy.policy.status !== 'enforce') continue
      const waiting = await stillWaiting(ctx, policy, [...new Set(own.map((mail) => mail.keyText))], now)
      const going = await goingAnotherWay(ctx, prepared, policy, waiting, now)
      for (const { id, keyText } of own) if (waiting.has(keyText) && !going.has(keyText)) may.add(id)
    }
    return may
  }
}

/**
 * Those for whom a warning is on its way, and nothing waits but what is true now: to the address that they have,
 * about this silence, in these terms; with the day that it names. Of two silences neither mail leaves: a day named
 * for the earlier one is a lie, and the next `warn` clears it or it is given up.
 */
async function stillWaiting(
  ctx: JobContext,
  policy: CompiledPolicy,
  keys: readonly string[],
  now: Instant,
): Promise<ReadonlyMap<string, NamedDay>> {
  const judged = await judgeRows(ctx.ports, ctx.database, policy, keys.map(keyFromText), now)
  const waiting = new Map<string, NamedDay>()
  for (const { decision, facts } of judged) {
    if (decision.act !== 'spare' || !mailWaits.includes(decision.reason)) continue
    const { start } = readClock(policy.clock, facts, now)
    const mails = facts.warnings.filter(({ state }) => state === 'open' || state === 'unknown')
    const isTrue = mails.every(
      ({ addressHash, cycle, termsHash }) =>
        addressHash === facts.addressHash && cycle === start && termsHash === policy.termsHash,
    )
    if (!isTrue || start === null) continue
    const announced = Math.max(...mails.map((mail) => mail.announced))
    waiting.set(keyText(facts.key), { start, announced })
  }
  return waiting
}
