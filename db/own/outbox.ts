/** The statements of the outbox. What they mean, and in which order they come, stands in `mail/`. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Row, Session } from '../session.ts'
import { marks, text, textOrNull } from './row.ts'

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

export async function insertMail(tx: Session, id: string, mail: MailToQueue): Promise<void> {
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
}

/**
 * Ids of mails that are due, locked until the transaction ends; what others have locked is passed over. Mails to be tried
 * again come first, up to half of the limit: among them are later steps, which new first mails must not overtake, and
 * more of them, put off each time, would leave no room for anybody else. Each half is oldest first, and takes what the
 * other leaves. One statement a state: each follows an index in order and locks no more than it gives back, while one
 * for all three would sort, and lock, whatever is due.
 */
export async function lockDue(
  tx: Session,
  skipLocked: string,
  now: Instant,
  limit: number,
): Promise<readonly string[]> {
  const due = async (state: OutboxState): Promise<readonly { id: string; key: string }[]> => {
    const rows = await tx.rows({
      text:
        'SELECT id, not_before FROM oubli_outbox WHERE state = ? AND not_before <= ? ' +
        `ORDER BY not_before, id LIMIT ${Math.max(0, Math.floor(limit))}${skipLocked}`,
      values: [state, isoInstant(now)],
    })
    return rows.map((row) => ({ id: text(row, 'id'), key: `${text(row, 'not_before')} ${text(row, 'id')}` }))
  }
  const queued = await due('queued')
  const tried = [...(await due('deferred')), ...(await due('unknown'))]
  tried.sort((a, b) => (a.key < b.key ? -1 : 1))
  const again = tried.slice(0, Math.max(Math.ceil(limit / 2), limit - queued.length))
  return [...again, ...queued].slice(0, limit).map(({ id }) => id)
}

export async function setClaimed(
  tx: Session,
  ids: readonly string[],
  claim: string,
  leaseUntil: Instant,
): Promise<void> {
  await tx.run({
    text:
      "UPDATE oubli_outbox SET state = 'claimed', claim_token = ?, lease_until = ? " +
      `WHERE id IN (${marks(ids)}) AND state IN ('queued', 'deferred', 'unknown')`,
    values: [claim, isoInstant(leaseUntil), ...ids],
  })
}

/** The mails of a claim with their bytes, oldest first. */
export async function readClaimed(
  tx: Session,
  ids: readonly string[],
  claim: string,
): Promise<readonly ClaimedMail[]> {
  const rows = await tx.rows({
    text:
      'SELECT id, policy, kind, key_text, token, address, message, attempts, give_up_at FROM oubli_outbox ' +
      `WHERE id IN (${marks(ids)}) AND claim_token = ? ORDER BY not_before, id`,
    values: [...ids, claim],
  })
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

export interface ExpiredClaim {
  readonly id: string
  /** When the transport was called under it; null: it was not. */
  readonly calledAt: Instant | null
  /** Calls so far. */
  readonly attempts: number
}

/** Claims whose lease is over, locked. */
export async function lockExpired(
  tx: Session,
  skipLocked: string,
  now: Instant,
): Promise<readonly ExpiredClaim[]> {
  const rows = await tx.rows({
    text:
      "SELECT id, transport_called_at, attempts FROM oubli_outbox WHERE state = 'claimed' AND lease_until <= ? " +
      `ORDER BY id LIMIT 1000${skipLocked}`,
    values: [isoInstant(now)],
  })
  return rows.map((row) => {
    const called = textOrNull(row, 'transport_called_at')
    const calledAt = called === null ? null : Date.parse(called)
    return { id: text(row, 'id'), calledAt, attempts: Number(text(row, 'attempts')) }
  })
}

/** What was tried before is no first try for having been claimed in vain. */
const uncalled = "CASE WHEN attempts = 0 THEN 'queued' ELSE 'deferred' END"

/** Ends claims under which nothing was called. */
export async function requeue(tx: Session, ids: readonly string[]): Promise<void> {
  await tx.run({
    text:
      `UPDATE oubli_outbox SET state = ${uncalled}, claim_token = NULL, lease_until = NULL ` +
      `WHERE id IN (${marks(ids)}) AND state = 'claimed'`,
    values: [...ids],
  })
}

/** Ends a claim after its call: what became of it nobody knows. */
export async function setUnknown(tx: Session, id: string, notBefore: Instant): Promise<void> {
  await tx.run({
    text:
      "UPDATE oubli_outbox SET state = 'unknown', not_before = ?, claim_token = NULL, lease_until = NULL " +
      "WHERE id = ? AND state = 'claimed'",
    values: [isoInstant(notBefore), id],
  })
}

/** Ends a claim before its calls. A mail that was called under an earlier one stays unknown. */
export async function giveUpClaim(tx: Session, ids: readonly string[], claim: string): Promise<void> {
  await tx.run({
    text:
      `UPDATE oubli_outbox SET state = CASE WHEN transport_called_at IS NULL THEN ${uncalled} ELSE 'unknown' END, ` +
      `claim_token = NULL, lease_until = NULL WHERE id IN (${marks(ids)}) AND state = 'claimed' AND claim_token = ?`,
    values: [...ids, claim],
  })
}

/**
 * The ids of those that the claim still holds, with a lease that is not over at `now`; they are marked as called.
 * Marking them again finds the lease that the first time gave them.
 */
export async function setCalled(
  session: Session,
  ids: readonly string[],
  claim: string,
  now: Instant,
  leaseUntil: Instant,
): Promise<readonly string[]> {
  const held = `WHERE id IN (${marks(ids)}) AND claim_token = ? AND state = 'claimed' AND lease_until > ?`
  const own = [...ids, claim, isoInstant(now)]
  const matched = await session.run({
    text: `UPDATE oubli_outbox SET transport_called_at = ?, lease_until = ?, attempts = attempts + 1 ${held}`,
    values: [isoInstant(now), isoInstant(leaseUntil), ...own],
  })
  if (matched === ids.length) return ids
  const rows = await session.rows({ text: `SELECT id FROM oubli_outbox ${held}`, values: own })
  return rows.map((row) => text(row, 'id'))
}
