/** How a delivery ends: whether its refusals count, and what it says of itself. */
import type { Instant } from '../base/clock.ts'
import { noteWarningTaken } from '../db/own/control.ts'
import { refusedBefore } from '../db/own/outbox-ends.ts'
import type { Database } from '../db/session.ts'
import type { DeliveryOptions, DeliverySummary } from './deliver.ts'
import { stopEvents } from './delivery-event.ts'
import { faultShare, ourFault, worksLately } from './our-fault.ts'
import { settleHeld } from './settle-answers.ts'
import { endOf, everything, type Tally } from './tally.ts'
import type { Sent, Transport } from './transport.ts'

interface Work {
  readonly database: Database
  readonly transport: Transport
  readonly options: DeliveryOptions
  readonly tally: Tally
}

/** `claim`: of this delivery. */
export async function conclude(work: Work, started: Instant, claim: string): Promise<DeliverySummary> {
  const { database, options, tally } = work
  if (tally.warningTaken !== null) await noteWarningTaken(database, tally.warningTaken)
  const before = tally.held.length === 0 ? 0 : await refusedBefore(database, claim)
  const many = ourFault(tally, options.refusedShare ?? faultShare, before)
  let stopped = endOf(tally)
  if (many) stopped ??= ourFault(tally, 0.5) ? everything : 'too many refusals to be true, none was counted'
  const canary = await sendCanary(work)
  const fault = many || (canary !== null && canary !== 'accepted')
  if (canary === 'rejected' || (fault && tally.held.length > 0))
    stopped ??= 'the mail to our own mailbox was not taken, no refusal was counted'
  const proven = canary === 'accepted' || tally.accepted > 0 || (await worksLately(database, started))
  const rejected = await settleHeld(database, options, tally, fault || !proven)
  for (const event of stopEvents(stopped, tally, many, before)) options.onEvent?.(event)
  const { accepted, deferred, unknown, abandoned } = tally
  return {
    accepted,
    deferred: deferred + tally.held.length - rejected,
    rejected,
    unknown,
    abandoned,
    stopped,
  }
}

/** Null: there is none, or nothing else was sent. It never counts as a mail of the delivery. */
async function sendCanary({ options, transport, tally }: Work): Promise<Sent['result'] | null> {
  if (options.canary === undefined || tally.calls === 0) return null
  // A relay that is not reached, or that refuses everybody, would not take this one either.
  if (endOf(tally) !== null) return 'deferred'
  const mail = await options.canary()
  return await transport.send(mail).then(
    ({ result }) => result,
    () => 'unknown' as const,
  )
}
