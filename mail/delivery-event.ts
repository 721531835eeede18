/** What a delivery tells while it works and when it stops: never to whom. */
import { results } from './our-fault.ts'
import type { DeliveryStop, Tally } from './tally.ts'

/** What became of one mail. */
export interface MailEvent {
  readonly event: 'mail.accepted' | 'mail.deferred' | 'mail.rejected' | 'mail.unknown' | 'mail.abandoned'
  readonly policy: string
  readonly code: string | null
  /** From 1; 0 when the mail was given up without a call. */
  readonly attempt: number
}

/** Why a delivery was stopped, or why no refusal of it counts. */
export type StopEvent =
  | { readonly event: 'mail.slice-refused'; readonly refused: number; readonly sent: number }
  | { readonly event: 'mail.relay-failed'; readonly code: string | null }
  | { readonly event: 'mail.canary-failed' }

export type DeliveryEvent = MailEvent | StopEvent

/**
 * `many`: so many were refused that no refusal counts; a relay that is gone in the end may have refused before.
 * `before`: refused in earlier deliveries, and judged with them.
 */
export function stopEvents(
  stopped: DeliveryStop | null,
  tally: Tally,
  many: boolean,
  before = 0,
): readonly StopEvent[] {
  const [failed, sent] = [tally.held.length + before, results(tally) + before]
  const refused = { event: 'mail.slice-refused', refused: failed, sent } as const
  switch (stopped) {
    case null:
      return []
    case 'relay refuses everything':
    case 'too many refusals to be true, none was counted':
      return [refused]
    case 'relay cannot be reached': {
      const gone = { event: 'mail.relay-failed', code: tally.notReached } as const
      return many ? [refused, gone] : [gone]
    }
    case 'the mail to our own mailbox was not taken, no refusal was counted':
      return [{ event: 'mail.canary-failed' }]
  }
}
