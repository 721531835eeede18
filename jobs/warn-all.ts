/** The warnings of a run: later mails of every policy first, then first ones as far as there is room. */
import type { Instant } from '../base/clock.ts'
import type { JobContext } from './context.ts'
import { mayAct } from './plan.ts'
import type { Prepared } from './prepare.ts'
import type { RunPolicyReport } from './run.ts'
import { firstMails } from './warm-up.ts'
import { clearReturned, remindPolicy, warnPolicy, type Reminded } from './warn.ts'

export async function warnAll(
  ctx: JobContext,
  prepared: Prepared,
  reports: readonly RunPolicyReport[],
  asOf: Instant,
  purging: boolean,
): Promise<RunPolicyReport[]> {
  const reminded = new Map<RunPolicyReport, Reminded>()
  for (const report of reports) {
    const { policy } = report.planned
    if (policy.policy.warn === null) continue
    if (mayAct(report.planned)) reminded.set(report, await remindPolicy(ctx, prepared, policy, asOf))
    // A policy that may not act still takes notices back: who returned must not go on reading one.
    else await clearReturned(ctx, policy, asOf)
  }
  const acting = reports.map(({ planned }) => planned).filter(mayAct)
  const due = new Map(acting.map(({ policy, survey }) => [policy.policy.id, survey.due]))
  const warned: RunPolicyReport[] = []
  for (const report of reports) {
    const before = reminded.get(report)
    if (before === undefined) {
      warned.push(report)
      continue
    }
    const { policy } = report.planned
    const may = await firstMails(ctx, prepared, policy, asOf, { due, purging })
    const after = await warnPolicy(ctx, prepared, policy, asOf, before, may)
    warned.push({ ...report, warned: after, left: Math.max(0, report.left - after.first) })
  }
  return warned
}
