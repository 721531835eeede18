/**
 * The outbox: mails as rows. A mail is sent at least once, because a second warning harms nobody and a
 * missing one cannot be made good; so every state change is guarded by the token of the claim.
 *
 * queued → claimed → (transport called) → accepted | rejected | deferred | unknown, and abandoned in the end.
 * `transport_called_at` is set while the outcome of a call is not known; a lease that ends before the call
 * gives the mail back, one that ends after it makes the mail unknown. Unknown is sent again, same bytes.
 */
import { randomBytes } from 'node:crypto'
import type { Instant } from '../base/clock.ts'
import {
  giveUpClaim,
  insertMail,
  lockDue,
  lockExpired,
  readClaimed,
  requeue,
  setCalled,
  setClaimed,
  setUnknown,
  type ClaimedMail,
  type MailToQueue,
} from '../db/own/outbox.ts'
import { setWarningsUnknown } from '../db/own/warnings.ts'
import { point } from '../base/point.ts'
import type { Database, Session } from '../db/session.ts'
import { committed, insist } from './insist.ts'

export type { ClaimedMail, MailToQueue, OutboxState } from '../db/own/outbox.ts'

export function newToken(random: (bytes: number) => Uint8Array = randomBytes): string {
  return Buffer.from(random(16)).toString('hex')
}

/** Inserts the mail and gives its id. */
export async function queueMail(tx: Session, mail: MailToQueue): Promise<string> {
  const id = newToken()
  await insertMail(tx, id, mail)
  return id
}

export interface ClaimOptions {
  readonly limit: number
  readonly leaseMs: number
  /** The lease counts from here; from `now` unless told. */
  readonly from?: Instant
  /** Of the delivery that asks; a new one unless told. */
  readonly claim?: string
}

/**
 * Claims mails that are due: `not_before` ≤ now. Two processes never claim the same one.
 * Throws what the database threw; rows that were claimed after all come back with their lease.
 */
export async function claimDue(
  database: Database,
  now: Instant,
  { limit, leaseMs, from = now, claim = newToken() }: ClaimOptions,
): Promise<readonly ClaimedMail[]> {
  const mails = await committed(database, async (tx) => {
    const ids = await lockDue(tx, database.dialect.skipLocked, now, limit)
    if (ids.length === 0) return []
    await setClaimed(tx, ids, claim, from + leaseMs)
    await point('mails claimed')
    return await readClaimed(tx, ids, claim)
  })
  if (mails.length > 0) await point('claim committed')
  return mails
}

/**
 * Ends leases that nobody ended: before the call of the transport the mail is queued again, after it the
 * mail is unknown, because it may have been accepted. Such a one waits as one that got no answer does, `wait`
 * milliseconds from its call: where nothing can be written down, the same mail must not leave with every lease.
 */
export async function recoverExpired(
  database: Database,
  now: Instant,
  wait: (attempt: number) => number = () => 0,
): Promise<void> {
  await committed(database, async (tx) => {
    const expired = await lockExpired(tx, database.dialect.skipLocked, now)
    const uncalled = expired.filter(({ calledAt }) => calledAt === null).map(({ id }) => id)
    if (uncalled.length > 0) await requeue(tx, uncalled)
    const called = expired.filter(({ calledAt }) => calledAt !== null)
    for (const { id, calledAt, attempts } of called)
      await setUnknown(tx, id, (calledAt ?? now) + wait(attempts))
    // The warning follows its mail: until a 250 is recorded, unknown counts as not warned.
    const unknown = called.map(({ id }) => id)
    if (unknown.length > 0) await setWarningsUnknown(tx, unknown)
    await point('claims recovered')
  })
  await point('recovery committed')
}

/**
 * Those of the mails that their claim still holds, and whose lease is not over: from now on they may be in the world. Committed before
 * the first of them is sent; none when the database did not say that it is done. All are of one claim.
 */
export async function markCalled(
  database: Database,
  mails: readonly ClaimedMail[],
  now: Instant,
  leaseMs: number,
): Promise<readonly ClaimedMail[]> {
  const claim = mails[0]?.claim
  if (claim === undefined) return []
  const ids = mails.map((mail) => mail.id)
  const mark = (session: Session): Promise<readonly string[]> =>
    setCalled(session, ids, claim, now, now + leaseMs)
  // One statement commits by itself, in one round trip; marking twice what was marked is no harm.
  const outcome = await mark(database).then(
    (value) => ({ state: 'committed', value }) as const,
    () => insist(database, mark),
  )
  if (outcome.state !== 'committed') return []
  const held = new Set(outcome.value)
  return mails.filter((mail) => held.has(mail.id))
}

/** Gives claimed mails back untouched, when the delivery stops before their turn. All are of one claim. */
export async function release(database: Database, mails: readonly ClaimedMail[]): Promise<void> {
  const claim = mails[0]?.claim
  if (claim === undefined) return
  const ids = mails.map((mail) => mail.id)
  await committed(database, (tx) => giveUpClaim(tx, ids, claim))
  await point('claims given back')
}
