/** Writes into the log what a delivery tells. */
import type { Log } from '../config/log.ts'
import type { DeliveryEvent } from '../mail/delivery-event.ts'

export function tellDelivery(log: Pick<Log, 'event'>, event: DeliveryEvent): void {
  switch (event.event) {
    case 'mail.accepted':
      log.event('mail.accepted', { policy: event.policy })
      return
    case 'mail.rejected':
      log.event('mail.refused', answerOf(event.code))
      return
    case 'mail.deferred':
    case 'mail.unknown':
      // Whether it was taken, nobody knows: it is sent again as well.
      log.event('mail.deferred', { ...answerOf(event.code), tries: event.attempt })
      return
    case 'mail.abandoned':
      log.event('mail.abandoned', { policy: event.policy })
      return
    case 'mail.slice-refused':
      log.event('mail.slice-refused', { refused: event.refused, sent: event.sent })
      return
    case 'mail.relay-failed':
      log.event('mail.relay-failed', answerOf(event.code))
      return
    case 'mail.canary-failed':
      log.event('mail.canary-failed', {})
      return
  }
}

/** A relay answers with three digits; what is wrong with a connection or an address has a name. */
function answerOf(code: string | null): { readonly reply?: number; readonly code?: string } {
  if (code === null) return {}
  return /^\d{3}$/.test(code) ? { reply: Number(code) } : { code }
}
