/** What happens to a mail, its warning and the evidence when the outcome of a call is known, in one transaction. */
import { isoInstant, type Instant } from '../base/clock.ts'
import { point } from '../base/point.ts'
import type { Database, Dialect, Session } from '../db/session.ts'
import { insist } from './insist.ts'
import { text } from '../db/own/row.ts'
import { change, ended, type ClaimedMail } from './outbox.ts'

/** For the evidence: that a warning of a policy was accepted or failed. Nothing about whom. */
export interface MailEvidence {
  readonly kind: 'warning.accepted' | 'warning.failed'
  readonly policy: string
  /** Null: the person was erased or came back meanwhile, so no warning stands behind the mail. */
  readonly warning: WarningEvidence | null
}

export interface WarningEvidence {
  readonly termsHash: string
  readonly round: number
  readonly step: number
  readonly announced: Instant
  readonly state: 'accepted' | 'refused' | 'bounced' | 'abandoned'
}

/** Writes the evidence in the transaction that changes the mail. */
export type RecordMail = (tx: Session, evidence: MailEvidence) => Promise<void>

export type Ending =
  | { readonly result: 'accepted'; readonly code: string | null }
  | { readonly result: 'rejected'; readonly code: string | null }
  | { readonly result: 'abandoned'; readonly code: string | null }

/** Same address, refused for the same person, on one day: one refusal. The day is that of UTC. */
export function refusalDay(at: Instant): string {
  return isoInstant(at).slice(0, 10)
}

/**
 * Ends a mail: address and bytes go, the warning follows, evidence is written. False when the claim was lost
 * (lease, cancellation, erasure of the person) or when the database did not say that it is done; the mail
 * then turns unknown with its lease and is sent again.
 */
export async function endMail(
  database: Database,
  mail: ClaimedMail,
  ending: Ending,
  now: Instant,
  record: RecordMail,
  from: 'claimed' | 'deferred' = 'claimed',
): Promise<boolean> {
  // Losing what the relay said would send the mail twice; that an answer to COMMIT is lost, the lease repairs.
  const outcome = await insist(database, async (tx) => {
    const at = isoInstant(now)
    const accepted = ending.result === 'accepted'
    const set = `state = ?, reply_code = ?, accepted_at = ?, ${ended}`
    const done = await change(tx, mail, set, [ending.result, ending.code, accepted ? at : null, at], from)
    if (!done) return false
    if (accepted) await acceptWarning(tx, mail.id, at)
    else await failWarning(tx, database.dialect, mail.id, ending.result, ending.code, now)
    await record(tx, {
      kind: accepted ? 'warning.accepted' : 'warning.failed',
      policy: mail.policy,
      warning: await warningBehind(tx, mail.id),
    })
    await point('mail ended')
    return true
  })
  return outcome.state === 'committed' && outcome.value
}

/** What the evidence says of the warning behind a mail that has ended. */
export async function warningBehind(tx: Session, outboxId: string): Promise<WarningEvidence | null> {
  const [row] = await tx.rows({
    text: 'SELECT terms_hash, round, step, announced, state FROM oubli_warning WHERE outbox_id = ?',
    values: [outboxId],
  })
  if (row === undefined) return null
  return {
    termsHash: text(row, 'terms_hash'),
    round: Number(text(row, 'round')),
    step: Number(text(row, 'step')),
    announced: Date.parse(text(row, 'announced')),
    state: text(row, 'state') as WarningEvidence['state'],
  }
}

/** Puts a mail back. `unknown` keeps the mark of the call: it may have been accepted. */
export async function postpone(
  database: Database,
  mail: ClaimedMail,
  result: 'deferred' | 'unknown',
  code: string | null,
  notBefore: Instant,
  keepClaim = false,
): Promise<boolean> {
  const mark = result === 'deferred' ? ', transport_called_at = NULL' : ''
  const claim = keepClaim ? '' : ', claim_token = NULL'
  const outcome = await insist(database, async (tx) => {
    const done = await change(
      tx,
      mail,
      `state = ?, reply_code = ?, not_before = ?, lease_until = NULL${mark}${claim}`,
      [result, code, isoInstant(notBefore)],
    )
    if (done && result === 'unknown') {
      await tx.run({
        text: "UPDATE oubli_warning SET state = 'unknown' WHERE outbox_id = ? AND state = 'open'",
        values: [mail.id],
      })
    }
    await point('mail postponed')
    return done
  })
  return outcome.state === 'committed' && outcome.value
}

/** An acceptance clears earlier refusals: the latest answer of the other side counts. */
async function acceptWarning(tx: Session, outboxId: string, at: string): Promise<void> {
  await tx.run({
    text:
      "UPDATE oubli_warning SET state = 'accepted', accepted_at = ? WHERE outbox_id = ? " +
      "AND state IN ('open', 'unknown')",
    values: [at, outboxId],
  })
  const [row] = await tx.rows({
    text: 'SELECT policy, kind, key_text, address_hash FROM oubli_warning WHERE outbox_id = ?',
    values: [outboxId],
  })
  if (row === undefined) return
  await tx.run({
    text: 'DELETE FROM oubli_refusal WHERE policy = ? AND kind = ? AND key_text = ? AND address_hash = ?',
    values: [text(row, 'policy'), text(row, 'kind'), text(row, 'key_text'), text(row, 'address_hash')],
  })
}

const failedState = { rejected: 'refused', abandoned: 'abandoned', bounced: 'bounced' } as const

/** A refused or bounced mail is also one refusal on its day; one that was given up says nothing of the address. */
export async function failWarning(
  tx: Session,
  dialect: Dialect,
  outboxId: string,
  how: keyof typeof failedState,
  code: string | null,
  now: Instant,
): Promise<void> {
  const [row] = await tx.rows({
    text: 'SELECT policy, kind, key_text, address_hash FROM oubli_warning WHERE outbox_id = ?',
    values: [outboxId],
  })
  if (row === undefined) return
  await tx.run({
    text: 'UPDATE oubli_warning SET state = ?, accepted_at = NULL, failed_at = ? WHERE outbox_id = ?',
    values: [failedState[how], isoInstant(now), outboxId],
  })
  if (how === 'abandoned') return
  await tx.run({
    text: dialect.insertIgnore('oubli_refusal', [
      'policy',
      'kind',
      'key_text',
      'address_hash',
      'day',
      'code',
    ]),
    values: [
      text(row, 'policy'),
      text(row, 'kind'),
      text(row, 'key_text'),
      text(row, 'address_hash'),
      refusalDay(now),
      code ?? '',
    ],
  })
}
