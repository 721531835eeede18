/** Tells a fault of ours (a blocked relay, a wrong setting) from an address that takes no mail. */
import type { Instant } from '../base/clock.ts'
import { acceptedSince } from '../db/own/outbox-ends.ts'
import type { Session } from '../db/session.ts'

/** A refusal says something of a person only while the relay takes mail for others; weekly runs must fit. Milliseconds. */
const provenFor = 8 * 86_400_000

/** Refusals count up to this share, and always below the least: one dead address in ten mails proves nothing. */
export const faultShare = 0.05
const faultLeast = 3
interface Results {
  readonly accepted: number
  readonly deferred: number
  readonly unknown: number
  /** Refused, and not judged yet. */
  readonly held: readonly unknown[]
}

/**
 * Whether so many were refused that the refusals say something about us and nothing about the people. `before`: mails
 * that were refused in earlier deliveries, did not count and wait; one of them comes back among few others, and would
 * be taken for a single dead address.
 */
export function ourFault(seen: Results, share: number, before = 0): boolean {
  const refused = seen.held.length + before
  return refused >= faultLeast && refused / (results(seen) + before) > share
}

/** Mails that something was said of, or that nobody answered. */
export function results({ held, accepted, deferred, unknown }: Results): number {
  return held.length + accepted + deferred + unknown
}

/** True: a mail to somebody was accepted not long ago, so the relay does take mail. */
export async function worksLately(session: Session, now: Instant): Promise<boolean> {
  return await acceptedSince(session, now - provenFor)
}
