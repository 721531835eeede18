/**
 * Sends what is due: claims some mails, asks once more whether each may leave, marks them as called, hands
 * them to the transport, several at a time, and knows when the fault is ours.
 */
import type { Clock, Instant } from '../base/clock.ts'
import { point } from '../base/point.ts'
import type { Database } from '../db/session.ts'
import { backOff, type BackOff } from './back-off.ts'
import { conclude } from './conclude-delivery.ts'
import type { DeliveryEvent } from './delivery-event.ts'
import { judgement, type Judgement, type MayLeave } from './judgement.ts'
import { OnTheWire } from './on-the-wire.ts'
import { claimDue, markCalled, newToken, recoverExpired, release, type ClaimedMail } from './outbox.ts'
import { sharedPace, type Pace } from './pace.ts'
import { endMail, holdBack, type RecordMail } from './settle.ts'
import { settleAnswers, tell } from './settle-answers.ts'
import { newTally, room, stopOf, type DeliveryStop, type Tally } from './tally.ts'
import type { MailToSend, Sent, Transport } from './transport.ts'

export interface DeliverySummary {
  readonly accepted: number
  readonly deferred: number
  readonly rejected: number
  readonly unknown: number
  readonly abandoned: number
  /** Null: everything that was due was tried, or the limit was reached, or the caller asked to stop. */
  readonly stopped: DeliveryStop | null
}

export interface DeliveryOptions {
  /** The database's time. */
  readonly now: () => Promise<Instant>
  /** This machine's clock, for the pace and for how long a mail waits for its connection. */
  readonly clock: Clock
  /** Calls of the transport in this delivery. */
  readonly limit: number
  /** Of all processes together. Null: as fast as the relay takes them. */
  readonly perMinute: number | null
  readonly record: RecordMail
  /** In [0, 1). */
  readonly random: () => number
  readonly wait: (milliseconds: number) => Promise<void>
  readonly backoff?: BackOff
  readonly onEvent?: (event: DeliveryEvent) => void
  /** True: end after the mails that are on the wire. */
  readonly stop?: () => boolean
  readonly mayLeave?: MayLeave
  /** A mail to a mailbox of ours, sent when all others were tried: where it is not taken, no refusal counts. */
  readonly canary?: () => Promise<MailToSend>
  /** Share of refusals above which the fault is ours; 0.05 unless told. */
  readonly refusedShare?: number
}

const leaseMs = 20 * 60_000
/** A mail that is not begun by then could outlive its lease: the longest silence that the transport allows follows. */
const beginWithin = leaseMs / 2
const claimSize = 100
/** A mail that may not leave is asked again after this. Milliseconds. */
const heldBack = 3_600_000
/** A wait is cut into pieces of this, so that a word to stop is heard. Milliseconds. */
const hearing = 1000

/** Mails on the wire for each connection: those that are sent, and those whose answers are written meanwhile. */
const perConnection = 6

interface Work {
  readonly database: Database
  readonly transport: Transport
  readonly options: DeliveryOptions
  readonly tally: Tally
  readonly wire: OnTheWire
  readonly pace: Pace | null
  readonly judgement: Judgement
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
  const wait = options.backoff ?? backOff
  await recoverExpired(database, started, (attempt) => wait(attempt, options.random))
  const tally = newTally()
  // One for all: what is settled together must be of one claim.
  const claim = newToken()
  const pace = options.perMinute === null ? null : sharedPace(database, options.perMinute, options.clock)
  const work: Work = {
    database,
    transport,
    options,
    tally,
    wire: new OnTheWire(
      (answers) => settleAnswers(database, options, answers, tally),
      options.wait,
      () => Math.ceil(room(tally, perConnection * transport.connections) / 2),
    ),
    pace,
    judgement: judgement(options.mayLeave, (pace?.most ?? claimSize) * 4, options.clock),
  }
  try {
    while (tally.calls < options.limit && stopOf(tally) === null && !asked(options)) {
      // Due when it started, but leased from now: a long delivery must not claim what anybody may take.
      const from = await options.now()
      const limit = claimable(options, tally)
      const mails = await claimDue(database, started, { limit, leaseMs, from, claim })
      if (mails.length === 0) break
      await deliverClaimed(work, mails)
    }
  } finally {
    // Also when the database failed: what the relay still says is worth writing down.
    await work.wire.empty()
  }
  return await conclude(work, started, claim)
}

/** No more than leave within a minute: a claim that waits for its turn must not outlive its lease. */
function claimable({ limit, perMinute }: DeliveryOptions, { calls }: Tally): number {
  return Math.min(claimSize, perMinute ?? claimSize, limit - calls)
}

/** Hands the mails out by the handful, as there is room on the wire; gives back what is left at a stop. */
async function deliverClaimed(work: Work, mails: readonly ClaimedMail[]): Promise<void> {
  const { options, tally, pace } = work
  let rest = mails
  while (rest.length > 0) {
    const free = Math.min(await freeRoom(work), pace?.most ?? claimSize, rest.length)
    if (stopOf(tally) !== null || asked(options)) break
    const turns = pace === null ? null : await pace.turns(free)
    if (turns !== null && !(await comes(options, turns[0] ?? 0))) break
    await sendHandful(work, rest, free, turns)
    rest = rest.slice(free)
  }
  await release(work.database, rest)
}

/** Waits until half of the wire is free: the next handful then shares its statements with many. */
async function freeRoom({ transport, tally, wire }: Work): Promise<number> {
  for (;;) {
    const all = room(tally, perConnection * transport.connections)
    if (2 * wire.open <= all && wire.open < all) return all - wire.open
    await wire.change()
  }
}

async function sendHandful(
  work: Work,
  mails: readonly ClaimedMail[],
  count: number,
  turns: readonly Instant[] | null,
): Promise<void> {
  const { database, options, tally, wire, pace } = work
  const until = options.clock() + beginWithin
  const now = await options.now()
  const leaving = await whoLeaves(work, mails, count, now)
  const called = await markCalled(database, leaving, now, leaseMs)
  if (called.length > 0) await point('call marked')
  tally.calls += called.length
  for (const [i, mail] of called.entries()) wire.add(mail, call(work, mail, turns?.[i] ?? null, until))
  if (turns !== null) pace?.giveBack(turns.slice(called.length))
}

/** Those of the first mails that are still to be sent; the others of them are ended or put back. */
async function whoLeaves(
  { database, options, tally, judgement }: Work,
  mails: readonly ClaimedMail[],
  count: number,
  now: Instant,
): Promise<readonly ClaimedMail[]> {
  const first = mails.slice(0, count)
  for (const mail of first.filter(({ giveUpAt }) => now >= giveUpAt)) {
    const done = await endMail(database, mail, { result: 'abandoned', code: null }, now, options.record)
    if (!done) continue
    tally.abandoned += 1
    tell(options, mail, 'mail.abandoned', null, 0)
  }
  const leaving = new Set(await judgement.ofFirst(count, mails, now))
  const inTime = first.filter(({ giveUpAt }) => now < giveUpAt)
  const kept = inTime.filter((mail) => !leaving.has(mail))
  await holdBack(database, kept, now + heldBack)
  return inTime.filter((mail) => leaving.has(mail))
}

/**
 * Never rejects: a transport that throws has a fault of its own, and how far it got nobody knows. `until`: of this
 * machine's clock.
 */
async function call(
  { transport, options }: Work,
  { address, message, token }: ClaimedMail,
  turn: Instant | null,
  until: Instant,
): Promise<Sent> {
  try {
    if (turn !== null) await comes({ ...options, stop: () => false }, turn)
    return await transport.send({ address, message, token, late: () => options.clock() >= until })
  } catch {
    return { result: 'unknown', code: null }
  }
}

/** Waits for an instant of this machine's clock; false when a word to stop came before it. */
async function comes(options: DeliveryOptions, at: Instant): Promise<boolean> {
  for (;;) {
    const left = at - options.clock()
    if (left <= 0) return true
    if (left > hearing && asked(options)) return false
    await options.wait(Math.min(Math.ceil(left), hearing))
  }
}

function asked(options: DeliveryOptions): boolean {
  return options.stop?.() ?? false
}
