/**
 * The outbox: mails as rows. A mail is sent at least once, because a second warning harms nobody and a
 * missing one cannot be made good; so every state change is guarded by the token of the claim.
 *
 * queued → claimed → (transport called) → accepted | rejected | deferred | unknown, and abandoned in the end.
 * `transport_called_at` is set while the outcome of a call is not known; a lease that ends before the call
 * gives the mail back, one that ends after it makes the mail unknown. Unknown is sent again, same bytes.
 */
import { randomBytes } from 'node:crypto'
import { isoInstant, type Instant } from '../base/clock.ts'
import { point } from '../base/point.ts'
import { marks, text } from '../db/own/row.ts'
import { committed, insist } from './insist.ts'
import type { Database, Row, Session, SqlValue } from '../db/session.ts'

export type OutboxState =
  | 'queued'
  | 'claimed'
  | 'unknown'
  | 'deferred'
  | 'accepted'
  | 'rejected'
  | 'bounced'
  | 'abandoned'
  | 'cancelled'

export interface MailToQueue {
  readonly campaign: string
  readonly policy: string
  readonly kind: string
  readonly keyText: string
  /** 32 hex digits, see `newToken`. */
  readonly token: string
  readonly messageId: string
  readonly address: string
  readonly message: Uint8Array
  readonly now: Instant
  /** Not sent before. */
  readonly notBefore: Instant
  /** Not sent at or after. */
  readonly giveUpAt: Instant
}

/** A mail that this process may send as long as nobody else claims it. */
export interface ClaimedMail {
  readonly id: string
  readonly claim: string
  readonly policy: string
  readonly kind: string
  readonly keyText: string
  readonly token: string
  readonly address: string
  readonly message: Uint8Array
  /** Calls of the transport so far. */
  readonly attempts: number
  readonly giveUpAt: Instant
}

export function newToken(random: (bytes: number) => Uint8Array = randomBytes): string {
  return Buffer.from(random(16)).toString('hex')
}

/** Inserts the mail and gives its id. */
export async function queueMail(tx: Session, mail: MailToQueue): Promise<string> {
  const id = newToken()
  await tx.run({
    text:
      'INSERT INTO oubli_outbox (id, campaign, policy, kind, key_text, token, message_id, address, message, ' +
      'state, attempts, not_before, give_up_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    values: [
      id,
      mail.campaign,
      mail.policy,
      mail.kind,
      mail.keyText,
      mail.token,
      mail.messageId,
      mail.address,
      mail.message,
      'queued',
      0,
      isoInstant(mail.notBefore),
      isoInstant(mail.giveUpAt),
      isoInstant(mail.now),
    ],
  })
  return id
}

export interface ClaimOptions {
  readonly limit: number
  readonly leaseMs: number
}

/**
 * Claims mails that are due, oldest first: `not_before` ≤ now. Two processes never claim the same one.
 * Throws what the database threw; rows that were claimed after all come back with their lease.
 */
export async function claimDue(
  database: Database,
  now: Instant,
  { limit, leaseMs }: ClaimOptions,
): Promise<readonly ClaimedMail[]> {
  const claim = newToken()
  const rows = await committed(database, async (tx) => {
    const due = await tx.rows({
      text:
        "SELECT id FROM oubli_outbox WHERE state IN ('queued', 'deferred', 'unknown') AND not_before <= ? " +
        `ORDER BY not_before, id LIMIT ${Math.max(0, Math.floor(limit))}${database.dialect.skipLocked}`,
      values: [isoInstant(now)],
    })
    if (due.length === 0) return []
    const ids = due.map((row) => text(row, 'id'))
    await tx.run({
      text:
        "UPDATE oubli_outbox SET state = 'claimed', claim_token = ?, lease_until = ? " +
        `WHERE id IN (${marks(ids)}) AND state IN ('queued', 'deferred', 'unknown')`,
      values: [claim, isoInstant(now + leaseMs), ...ids],
    })
    await point('mails claimed')
    return await tx.rows({
      text:
        'SELECT id, policy, kind, key_text, token, address, message, attempts, give_up_at FROM oubli_outbox ' +
        `WHERE id IN (${marks(ids)}) AND claim_token = ? ORDER BY not_before, id`,
      values: [...ids, claim],
    })
  })
  if (rows.length > 0) await point('claim committed')
  return rows.map((row) => claimed(row, claim))
}

function claimed(row: Row, claim: string): ClaimedMail {
  const message = row['message']
  if (!(message instanceof Uint8Array)) throw new Error('a mail that is due has no bytes')
  return {
    id: text(row, 'id'),
    claim,
    policy: text(row, 'policy'),
    kind: text(row, 'kind'),
    keyText: text(row, 'key_text'),
    token: text(row, 'token'),
    address: text(row, 'address'),
    message,
    attempts: Number(text(row, 'attempts')),
    giveUpAt: Date.parse(text(row, 'give_up_at')),
  }
}

/**
 * Ends leases that nobody ended: before the call of the transport the mail is queued again, after it the
 * mail is unknown, because it may have been accepted.
 */
export async function recoverExpired(database: Database, now: Instant): Promise<void> {
  await committed(database, async (tx) => {
    const rows = await tx.rows({
      text:
        "SELECT id, transport_called_at FROM oubli_outbox WHERE state = 'claimed' AND lease_until <= ? " +
        `ORDER BY id LIMIT 1000${database.dialect.skipLocked}`,
      values: [isoInstant(now)],
    })
    const idsOf = (called: boolean): readonly string[] =>
      rows.filter((row) => (row['transport_called_at'] !== null) === called).map((row) => text(row, 'id'))
    await giveBack(tx, idsOf(false), 'queued')
    await giveBack(tx, idsOf(true), 'unknown')
    await point('claims recovered')
  })
  await point('recovery committed')
}

/** Ends claims; a warning follows its mail, because until a 250 is recorded unknown counts as not warned. */
async function giveBack(tx: Session, ids: readonly string[], state: 'queued' | 'unknown'): Promise<void> {
  if (ids.length === 0) return
  await tx.run({
    text:
      'UPDATE oubli_outbox SET state = ?, claim_token = NULL, lease_until = NULL ' +
      `WHERE id IN (${marks(ids)}) AND state = 'claimed'`,
    values: [state, ...ids],
  })
  if (state === 'queued') return
  await tx.run({
    text: `UPDATE oubli_warning SET state = 'unknown' WHERE outbox_id IN (${marks(ids)}) AND state = 'open'`,
    values: ids,
  })
}

/** True: the claim still holds, and from now on the mail may be in the world. Commit before sending. */
export async function markCalled(
  database: Database,
  mail: ClaimedMail,
  now: Instant,
  leaseMs: number,
): Promise<boolean> {
  const outcome = await insist(database, (tx) =>
    change(tx, mail, 'transport_called_at = ?, lease_until = ?, attempts = attempts + 1', [
      isoInstant(now),
      isoInstant(now + leaseMs),
    ]),
  )
  return outcome.state === 'committed' && outcome.value
}

/** Gives a claimed mail back untouched, when the delivery stops before its turn. */
export async function release(database: Database, mails: readonly ClaimedMail[]): Promise<void> {
  const ids = mails.map((mail) => mail.id)
  const claim = mails[0]?.claim
  if (claim === undefined) return
  await committed(database, (tx) =>
    tx.run({
      text:
        "UPDATE oubli_outbox SET state = CASE WHEN transport_called_at IS NULL THEN 'queued' ELSE 'unknown' END, " +
        `claim_token = NULL, lease_until = NULL WHERE id IN (${marks(ids)}) AND state = 'claimed' AND claim_token = ?`,
      values: [...ids, claim],
    }),
  )
  await point('claims given back')
}

/** Sets columns of a claimed mail; false when the claim was lost to a lease, a cancellation or an erasure. */
export async function change(
  tx: Session,
  mail: ClaimedMail,
  set: string,
  values: readonly SqlValue[],
  from: 'claimed' | 'deferred' = 'claimed',
): Promise<boolean> {
  const matched = await tx.run({
    text: `UPDATE oubli_outbox SET ${set} WHERE id = ? AND claim_token = ? AND state = ?`,
    values: [...values, mail.id, mail.claim, from],
  })
  return matched === 1
}

/** Takes address and bytes away in the statement that ends a mail; a mail that ended needs neither. */
export const ended = 'address = NULL, message = NULL, claim_token = NULL, lease_until = NULL, ended_at = ?'
