/** The statements that take a mail out of its claim: ended, put back, cancelled, forgotten. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Session, SqlValue } from '../session.ts'
import { count, marks, text } from './row.ts'

/** Takes address and bytes away in the statement that ends a mail; a mail that ended needs neither. */
const ended = 'address = NULL, message = NULL, claim_token = NULL, lease_until = NULL, ended_at = ?'

/** Where a mail stands while its outcome is not written: in its claim, or put back with the claim kept. */
export type Unsettled = 'claimed' | 'deferred'

/** Ends mails of one claim; gives the number of those that it still held. */
export async function endMails(
  tx: Session,
  mails: { readonly ids: readonly string[]; readonly claim: string; readonly from: Unsettled },
  ending: {
    readonly state: 'accepted' | 'rejected' | 'abandoned'
    readonly code: string | null
    readonly at: Instant
  },
): Promise<number> {
  const at = isoInstant(ending.at)
  return await change(tx, mails, `state = ?, reply_code = ?, accepted_at = ?, ${ended}`, [
    ending.state,
    ending.code,
    ending.state === 'accepted' ? at : null,
    at,
  ])
}

/** Puts mails of one claim back; `unknown` keeps the mark of the call: it may have been accepted. */
export async function putBack(
  tx: Session,
  mails: { readonly ids: readonly string[]; readonly claim: string; readonly keepClaim: boolean },
  to: {
    readonly state: 'deferred' | 'unknown'
    readonly code: string | null
    readonly notBefore: Instant
  },
): Promise<number> {
  const mark = to.state === 'deferred' ? ', transport_called_at = NULL' : ''
  const claim = mails.keepClaim ? '' : ', claim_token = NULL'
  const set = `state = ?, reply_code = ?, not_before = ?, lease_until = NULL${mark}${claim}`
  return await change(tx, { ...mails, from: 'claimed' }, set, [to.state, to.code, isoInstant(to.notBefore)])
}

/**
 * Puts mails of one claim back that were not called under it. No answer of a relay is why they wait. One that was
 * called before and got no answer stays unknown: it may be in the world, and a report about it counts.
 */
export async function putBackUncalled(
  tx: Session,
  mails: { readonly ids: readonly string[]; readonly claim: string },
  notBefore: Instant,
): Promise<number> {
  const state = "CASE WHEN transport_called_at IS NULL THEN 'deferred' ELSE 'unknown' END"
  const set = `state = ${state}, reply_code = NULL, not_before = ?, lease_until = NULL, claim_token = NULL`
  return await change(tx, { ...mails, from: 'claimed' }, set, [isoInstant(notBefore)])
}

async function change(
  tx: Session,
  mails: { readonly ids: readonly string[]; readonly claim: string; readonly from: Unsettled },
  set: string,
  values: readonly SqlValue[],
): Promise<number> {
  return await tx.run({
    text: `UPDATE oubli_outbox SET ${set} WHERE id IN (${marks(mails.ids)}) AND claim_token = ? AND state = ?`,
    values: [...values, ...mails.ids, mails.claim, mails.from],
  })
}

/**
 * The mail that a report is about; `claimed`: it is being sent. One after an erasure is nobody's, and has no
 * acceptance to take back.
 */
export async function mailOfToken(
  tx: Session,
  token: string,
): Promise<{ readonly id: string; readonly policy: string; readonly claimed: boolean } | null> {
  const [row] = await tx.rows({
    text: "SELECT id, policy, state FROM oubli_outbox WHERE token = ? AND kind <> ''",
    values: [token],
  })
  if (row === undefined) return null
  return { id: text(row, 'id'), policy: text(row, 'policy'), claimed: text(row, 'state') === 'claimed' }
}

/** One of them warned somebody at another address, and may be in the world, so that a report on it would count. */
export async function anyWarningToOthers(
  session: Session,
  tokens: readonly string[],
  addressHash: string | null,
): Promise<boolean> {
  if (tokens.length === 0) return false
  const rows = await session.rows({
    text:
      'SELECT o.id FROM oubli_outbox o JOIN oubli_warning w ON w.outbox_id = o.id ' +
      `WHERE o.token IN (${marks(tokens)}) AND o.kind <> '' AND w.address_hash <> ? ` +
      "AND o.state IN ('claimed', 'accepted', 'unknown') LIMIT 1",
    values: [...tokens, addressHash ?? ''],
  })
  return rows.length > 0
}

/** False: it was not in the world, or had bounced before. Lost answers count: the report is the proof. */
export async function setBounced(tx: Session, id: string, code: string, at: Instant): Promise<boolean> {
  const matched = await tx.run({
    text:
      `UPDATE oubli_outbox SET state = 'bounced', reply_code = ?, ${ended} ` +
      "WHERE id = ? AND state IN ('accepted', 'unknown')",
    values: [code, isoInstant(at), id],
  })
  return matched > 0
}

export async function cancelMails(
  tx: Session,
  policy: string,
  kind: string,
  keyText: string,
  at: Instant,
): Promise<void> {
  await tx.run({
    text:
      `UPDATE oubli_outbox SET state = 'cancelled', ${ended} WHERE policy = ? AND kind = ? AND key_text = ? ` +
      "AND state IN ('queued', 'claimed', 'deferred', 'unknown')",
    values: [isoInstant(at), policy, kind, keyText],
  })
}

/** Those that have not left, and that nobody can have read: no relay was asked, or each said no. */
export async function cancelUnsaidMails(
  tx: Session,
  policy: string,
  kind: string,
  keyText: string,
  at: Instant,
): Promise<void> {
  await tx.run({
    text:
      `UPDATE oubli_outbox SET state = 'cancelled', ${ended} WHERE policy = ? AND kind = ? AND key_text = ? ` +
      "AND state IN ('queued', 'claimed', 'deferred') AND transport_called_at IS NULL AND id IN (" +
      "SELECT outbox_id FROM oubli_warning WHERE policy = ? AND kind = ? AND key_text = ? AND state = 'open')",
    values: [isoInstant(at), policy, kind, keyText, policy, kind, keyText],
  })
}

/** At most 500 people. */
export async function forgetMails(tx: Session, kind: string, keyTexts: readonly string[]): Promise<void> {
  await tx.run({
    text: `DELETE FROM oubli_outbox WHERE kind = ? AND key_text IN (${marks(keyTexts)})`,
    values: [kind, ...keyTexts],
  })
}

/**
 * Mails that wait although a relay refused them for good: each keeps the claim under which it was refused until its
 * refusal counts or it is tried again. Those of this claim are left out.
 */
export async function refusedBefore(session: Session, claim: string): Promise<number> {
  const [row] = await session.rows({
    text: "SELECT COUNT(*) AS mails FROM oubli_outbox WHERE state = 'deferred' AND claim_token <> ?",
    values: [claim],
  })
  return row === undefined ? 0 : count(row, 'mails')
}

export async function acceptedSince(session: Session, since: Instant): Promise<boolean> {
  const rows = await session.rows({
    text: 'SELECT id FROM oubli_outbox WHERE accepted_at >= ? LIMIT 1',
    values: [isoInstant(since)],
  })
  return rows.length > 0
}
