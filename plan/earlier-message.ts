/** Which message a new one follows. Pure. */
import type { Instant } from '../base/clock.ts'
import type { WarningFact } from './facts.ts'

export interface EarlierMessage {
  readonly sent: Instant
  readonly announced: Instant
}

/**
 * The last message of the policy that stands as accepted by the address of now; null: none. Who came back has none
 * any more, and one about a later clock stands when that has fallen back. What went to another address, or came
 * back, was read by nobody who reads the new one.
 */
export function earlierMessage(
  warnings: readonly WarningFact[],
  about: { readonly policy: string; readonly addressHash: string | null },
): EarlierMessage | null {
  let last: EarlierMessage | null = null
  for (const { policy, addressHash, state, acceptedAt, announced } of warnings) {
    if (policy !== about.policy || addressHash !== about.addressHash) continue
    if (state !== 'accepted' || acceptedAt === null) continue
    if (last === null || acceptedAt > last.sent) last = { sent: acceptedAt, announced }
  }
  return last
}
