/** What the mails of one silence that failed say: refusals and bounces speak against the address, give-ups do not. Pure. */
import type { Instant } from '../base/clock.ts'
import { dayOf, type DayNumber } from './day.ts'
import type { WarningFact } from './facts.ts'

interface Address {
  readonly addressHash: string | null
  /** Zone of the policy's days. */
  readonly zone: string
}

/**
 * On so many days mails to one address about one silence were given up by other servers, or refused, or came back, and no
 * further round begins by itself. Each that was given up was tried for days, so that this is two weeks or more: an outage
 * is over by then, and what is left (a mailbox that stays full, a domain without a server) no mail puts right. Where each
 * is refused at once, for what we are or what we send, it is three days, and no mail puts that right either. It is more
 * than the two days that refusals take, because nobody has said that the address is wrong.
 */
export const mostFailed = 3

/** A late bounce takes the acceptance back. */
export function standingSince(mail: WarningFact): Instant | null {
  return mail.state === 'accepted' ? mail.acceptedAt : null
}

/** Local days of refusals and bounces of this address since the last mail to it that stands as accepted. */
export function failureDays(address: Address, cycle: readonly WarningFact[]): readonly DayNumber[] {
  return daysOf(sinceAccepted(address, cycle, ['refused', 'bounced']), address.zone)
}

/** No notice stands on what was accepted before: the latest that was heard is that a mail did not arrive. */
export function isFailing(address: Address, cycle: readonly WarningFact[]): boolean {
  return sinceAccepted(address, cycle, ['refused', 'bounced', 'undelivered']).length > 0
}

/**
 * Of the whole silence, whatever was accepted in between: where no report comes of first mails, and each reminder fails,
 * rounds would follow each other for ever. Refusals and bounces are counted by themselves, and as many of them as make
 * somebody unreachable: whose address refuses every mail goes that way, as the policy says. A mail whose answer was lost
 * begins a new round, as it may not have arrived, but was given up by no server: our relay was away.
 */
export function isGivenUp(address: Address, cycle: readonly WarningFact[], refusals: number): boolean {
  const days = (...states: readonly WarningFact['state'][]): number => {
    const failed = cycle.filter(
      ({ addressHash, state, lost }) =>
        addressHash === address.addressHash && states.includes(state) && lost !== true,
    )
    return daysOf(failed.map(failedSince), address.zone).length
  }
  return days('undelivered') >= mostFailed || days('refused', 'bounced') >= Math.max(mostFailed, refusals)
}

function sinceAccepted(
  { addressHash }: Address,
  cycle: readonly WarningFact[],
  states: readonly WarningFact['state'][],
): readonly Instant[] {
  const own = cycle.filter((mail) => mail.addressHash === addressHash)
  const accepted = Math.max(...own.map((mail) => standingSince(mail) ?? -Infinity))
  return own
    .filter(({ state }) => states.includes(state))
    .map(failedSince)
    .filter((at) => at > accepted)
}

function failedSince({ failedAt, queuedAt }: WarningFact): Instant {
  return failedAt ?? queuedAt
}

function daysOf(instants: readonly Instant[], zone: string): readonly DayNumber[] {
  return [...new Set(instants.map((at) => dayOf(at, zone)))]
}
