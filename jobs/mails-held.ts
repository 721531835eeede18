/** Whether the mails of a policy leave: while they do not, nobody is warned, and so nobody falls due. */
import type { Instant } from '../base/clock.ts'
import { waitingByReply } from '../db/own/mail-volume.ts'
import { acceptedSince } from '../db/own/outbox-ends.ts'
import type { DeliverySummary } from '../mail/deliver.ts'
import { waitsBecause } from '../plan/reply.ts'
import type { JobContext } from './context.ts'
import type { RunPolicyReport } from './run.ts'

/** A relay that took any mail within so long works: what failed is tried again by itself. Milliseconds. */
const lately = 86_400_000

export type AreMailsHeld = (report: Pick<RunPolicyReport, 'planned' | 'warned'>) => boolean

/**
 * Asked of the outbox, because a run of the schedule delivers nothing itself and others deliver for it. `delivery`:
 * that of this run; null: it had none.
 */
export async function heldMails(
  { database }: Pick<JobContext, 'database'>,
  delivery: Pick<DeliverySummary, 'stopped'> | null,
  asOf: Instant,
): Promise<AreMailsHeld> {
  const waiting = (await acceptedSince(database, asOf - lately)) ? [] : await waitingByReply(database)
  const isOurs = waiting.some(({ reply }) => waitsBecause(reply ?? undefined) === 'our fault')
  // A delivery ends at the first few: what waits behind them has not been tried.
  const stuck = new Set(isOurs ? waiting.map(({ policy }) => policy) : [])
  return ({ planned: { policy }, warned }) => {
    if (policy.policy.warn === null) return false
    const paused = warned?.held === 'hard bounces' || warned?.held === 'deferrals'
    return delivery?.stopped != null || paused || stuck.has(policy.policy.id)
  }
}
