/** What a delivery has seen so far, and what follows from it: how much may be on the wire, and when to stop. */
import type { Instant } from '../base/clock.ts'
import type { ClaimedMail } from '../db/own/outbox.ts'
import { ourFault } from './our-fault.ts'
import type { Sent } from './transport.ts'

export type DeliveryStop =
  | 'relay refuses everything'
  | 'too many refusals to be true, none was counted'
  | 'relay cannot be reached'
  | 'the mail to our own mailbox was not taken, no refusal was counted'

export interface Held {
  readonly mail: ClaimedMail
  readonly code: string | null
  readonly ofAddress: boolean
}

export interface Tally {
  accepted: number
  deferred: number
  unknown: number
  abandoned: number
  /** When the last warning was accepted; null: none was. */
  warningTaken: Instant | null
  /** Refusals are judged together: until then their mails stand as deferred. */
  readonly held: Held[]
  /** Mails that were handed to the transport. */
  calls: number
  /** Calls in a row that did not reach a relay that takes mail. */
  unreached: number
  /** Why the last of them did not. */
  notReached: string | null
  /** Mails that were taken since the last one that was not even answered. */
  streak: number
}

export function newTally(): Tally {
  return {
    ...{ accepted: 0, deferred: 0, unknown: 0, abandoned: 0, warningTaken: null, held: [] },
    ...{ calls: 0, unreached: 0, notReached: null, streak: 0 },
  }
}

export function countAnswer(tally: Tally, { result, code }: Sent): void {
  // Our own queue was too slow for it; the relay was not asked.
  if (code === tooLate) return
  const reached = result !== 'deferred' || /^\d{3}$/.test(code ?? '')
  tally.unreached = reached ? 0 : tally.unreached + 1
  if (!reached) tally.notReached = code
  if (result === 'accepted') tally.streak += 1
  else if (result === 'unknown' || !reached) tally.streak = 0
}

/**
 * Mails that may be on the wire at once. A relay is tried with one; every mail that it takes makes room for
 * one more, up to the most: a relay that refuses or is gone costs no more mails than it must.
 */
export function room(tally: Tally, most: number): number {
  return Math.min(most, 1 + tally.streak)
}

/** The code of a mail that waited for its connection until its claim was too old. */
export const tooLate = 'ELATE'

const unreachableAfter = 5

/** A delivery is broken off where more than half of at least so many were refused; the rest is judged at its end. */
const brokenOffFrom = 20

export const everything = 'relay refuses everything'

export function stopOf(tally: Tally): DeliveryStop | null {
  if (tally.calls >= brokenOffFrom && ourFault(tally, 0.5)) return everything
  return tally.unreached >= unreachableAfter ? 'relay cannot be reached' : null
}

/** At its end: a relay that no mail of the delivery reached is gone, however few they were. */
export function endOf(tally: Tally): DeliveryStop | null {
  const reached = tally.calls === 0 || tally.unreached < tally.calls
  return stopOf(tally) ?? (reached ? null : 'relay cannot be reached')
}
