/** Sends what is due: claims, calls the transport, writes down what it said, and knows when the fault is ours. */
import type { Instant } from '../base/clock.ts'
import { point } from '../base/point.ts'
import type { Database } from '../db/session.ts'
import { backOff, type BackOff } from './back-off.ts'
import { faultShare, ourFault, worksLately } from './our-fault.ts'
import { claimDue, markCalled, recoverExpired, release, type ClaimedMail } from './outbox.ts'
import { endMail, postpone, type RecordMail } from './settle.ts'
import type { Sent, Transport } from './transport.ts'

export type DeliveryStop =
  'relay refuses everything' | 'too many refusals to be true, none was counted' | 'relay cannot be reached'

export interface DeliverySummary {
  readonly accepted: number
  readonly deferred: number
  readonly rejected: number
  readonly unknown: number
  readonly abandoned: number
  /** Null: everything that was due was tried, or the limit was reached, or the caller asked to stop. */
  readonly stopped: DeliveryStop | null
}

/** What may be told of one mail: never to whom. */
export interface DeliveryEvent {
  readonly event: 'mail.accepted' | 'mail.deferred' | 'mail.rejected' | 'mail.unknown' | 'mail.abandoned'
  readonly policy: string
  readonly code: string | null
  /** From 1; 0 when the mail was given up without a call. */
  readonly attempt: number
}

export interface DeliveryOptions {
  /** The database's time. */
  readonly now: () => Promise<Instant>
  /** Calls of the transport in this delivery. */
  readonly limit: number
  /** Null: as fast as the relay takes them. */
  readonly perMinute: number | null
  readonly record: RecordMail
  /** In [0, 1). */
  readonly random: () => number
  readonly wait: (milliseconds: number) => Promise<void>
  readonly backoff?: BackOff
  readonly onEvent?: (event: DeliveryEvent) => void
  /** True: end after the current mail. */
  readonly stop?: () => boolean
  /** False: what the mail says is not true any more, or may not be said now; it waits an hour and is asked again. */
  readonly mayLeave?: (mail: ClaimedMail) => Promise<boolean>
  /** Share of refusals above which the fault is ours; 0.05 unless told. */
  readonly refusedShare?: number
}

/** Longer than the longest silence that the transport allows. */
const leaseMs = 20 * 60_000
const claimSize = 20
/** A mail that may not leave is asked again after this. Milliseconds. */
const heldBack = 3_600_000
const unreachableAfter = 5

/** A delivery is broken off where more than half of at least so many were refused; the rest is judged at its end. */
const brokenOffFrom = 20

interface Held {
  readonly mail: ClaimedMail
  readonly code: string | null
}

interface Tally {
  accepted: number
  deferred: number
  unknown: number
  abandoned: number
  /** Refusals are judged together: until then their mails stand as deferred. */
  readonly held: Held[]
  calls: number
  /** Calls in a row that did not reach a relay that takes mail. */
  unreached: number
}

/**
 * One delivery. What becomes due while it runs is left to the next one, so a mail is tried at most once in
 * it. Refusals count only when the whole is not refused: see `ourFault`.
 */
export async function deliverDue(
  database: Database,
  transport: Transport,
  options: DeliveryOptions,
): Promise<DeliverySummary> {
  const started = await options.now()
  await recoverExpired(database, started)
  const tally: Tally = {
    accepted: 0,
    deferred: 0,
    unknown: 0,
    abandoned: 0,
    held: [],
    calls: 0,
    unreached: 0,
  }
  let stopped: DeliveryStop | null = null
  while (stopped === null && tally.calls < options.limit && !asked(options)) {
    const limit = Math.min(claimSize, options.limit - tally.calls)
    const mails = await claimDue(database, started, { limit, leaseMs })
    if (mails.length === 0) break
    stopped = await deliverClaimed(database, transport, options, mails, tally)
  }
  const fault = ourFault(tally, options.refusedShare ?? faultShare)
  if (fault) stopped ??= ourFault(tally, 0.5) ? everything : 'too many refusals to be true, none was counted'
  const proven = tally.accepted > 0 || (await worksLately(database, started))
  const rejected = await settleHeld(database, options, tally, fault || !proven)
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

async function deliverClaimed(
  database: Database,
  transport: Transport,
  options: DeliveryOptions,
  mails: readonly ClaimedMail[],
  tally: Tally,
): Promise<DeliveryStop | null> {
  for (const [i, mail] of mails.entries()) {
    const stop = stopOf(tally)
    if (stop !== null || asked(options)) {
      await release(database, mails.slice(i))
      return stop
    }
    await deliverOne(database, transport, options, mail, tally)
  }
  return stopOf(tally)
}

async function deliverOne(
  database: Database,
  transport: Transport,
  options: DeliveryOptions,
  mail: ClaimedMail,
  tally: Tally,
): Promise<void> {
  const now = await options.now()
  if (now >= mail.giveUpAt) {
    const done = await endMail(database, mail, { result: 'abandoned', code: null }, now, options.record)
    if (!done) return
    tally.abandoned += 1
    tell(options, mail, 'mail.abandoned', null, 0)
    return
  }
  if (options.mayLeave !== undefined && !(await options.mayLeave(mail))) {
    await postpone(database, mail, 'deferred', null, now + heldBack)
    return
  }
  if (options.perMinute !== null && tally.calls > 0) await options.wait(60_000 / options.perMinute)
  if (!(await markCalled(database, mail, await options.now(), leaseMs))) return
  await point('call marked')
  tally.calls += 1
  const sent = await call(transport, mail)
  await point('mail sent')
  const reached = sent.result !== 'deferred' || /^\d{3}$/.test(sent.code ?? '')
  tally.unreached = reached ? 0 : tally.unreached + 1
  await settle(database, options, mail, sent, tally)
  await point('mail settled')
}

/** A transport that throws has a fault of its own, and how far it got nobody knows. */
async function call(transport: Transport, mail: ClaimedMail): Promise<Sent> {
  try {
    return await transport.send({ address: mail.address, message: mail.message, token: mail.token })
  } catch {
    return { result: 'unknown', code: null }
  }
}

async function settle(
  database: Database,
  options: DeliveryOptions,
  mail: ClaimedMail,
  { result, code }: Sent,
  tally: Tally,
): Promise<void> {
  const now = await options.now()
  const attempt = mail.attempts + 1
  const later = now + (options.backoff ?? backOff)(attempt, options.random)
  switch (result) {
    case 'accepted':
      if (await endMail(database, mail, { result, code }, now, options.record)) tally.accepted += 1
      else tally.unknown += 1
      break
    case 'rejected':
      if (await postpone(database, mail, 'deferred', code, later, true)) tally.held.push({ mail, code })
      return
    case 'deferred':
    case 'unknown':
      if (await postpone(database, mail, result, code, later)) tally[result] += 1
      break
  }
  tell(options, mail, `mail.${result}`, code, attempt)
}

async function settleHeld(
  database: Database,
  options: DeliveryOptions,
  tally: Tally,
  fault: boolean,
): Promise<number> {
  let rejected = 0
  for (const { mail, code } of tally.held) {
    const attempt = mail.attempts + 1
    const ending = { result: 'rejected', code } as const
    const counts =
      !fault && (await endMail(database, mail, ending, await options.now(), options.record, 'deferred'))
    if (counts) rejected += 1
    tell(options, mail, counts ? 'mail.rejected' : 'mail.deferred', code, attempt)
  }
  return rejected
}

const everything = 'relay refuses everything'

function stopOf(tally: Tally): DeliveryStop | null {
  if (tally.calls >= brokenOffFrom && ourFault(tally, 0.5)) return everything
  return tally.unreached >= unreachableAfter ? 'relay cannot be reached' : null
}

function asked(options: DeliveryOptions): boolean {
  return options.stop?.() ?? false
}

function tell(
  options: DeliveryOptions,
  { policy }: ClaimedMail,
  event: DeliveryEvent['event'],
  code: string | null,
  attempt: number,
): void {
  options.onEvent?.({ event, policy, code, attempt })
}
