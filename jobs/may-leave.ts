/**
 * Is what a waiting mail says still true? Between queue and relay the person may have signed in, a hold may
 * have come, the address may have been put right, or the policy may only observe by now.
 */
import { keyFromText } from '../base/subject-ref.ts'
import { judgeRows } from '../engine/read-rows.ts'
import type { ClaimedMail } from '../mail/outbox.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'

export function mayLeave(
  ctx: JobContext,
  prepared: Pick<Prepared, 'plan'>,
): (mail: ClaimedMail) => Promise<boolean> {
  return async (mail) => {
    const policy = prepared.plan.policies.find(
      (one) => one.policy.id === mail.policy && one.kind === mail.kind,
    )
    if (policy?.policy.status !== 'enforce') return false
    const now = await ctx.now()
    const [row] = await judgeRows(ctx.ports, ctx.database, policy, [keyFromText(mail.keyText)], now)
    if (row?.decision.act !== 'spare' || row.decision.reason !== 'warning on its way') return false
    const open = row.facts.warnings.filter(({ state }) => state === 'open' || state === 'unknown')
    return open.every(({ addressHash }) => addressHash === row.facts.addressHash)
  }
}
