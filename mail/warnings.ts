/** What we remember of warning a person: rows of oubli_warning and oubli_refusal, and the mails behind them. */
import { isoInstant, type Instant } from '../base/clock.ts'
import { point } from '../base/point.ts'
import { keyFromText } from '../base/subject-ref.ts'
import type { Row, Session } from '../db/session.ts'
import type { WarningFact } from '../plan/facts.ts'
import { checkAddress } from './address.ts'
import { marks, text } from '../db/own/row.ts'
import { queueMail, type MailToQueue } from './outbox.ts'

export interface QueuedWarning extends MailToQueue {
  /** The clock's start that the person is warned about. */
  readonly cycle: Instant
  readonly round: number
  readonly step: number
  readonly addressHash: string
  readonly termsHash: string
  /** First instant at which erasure is announced. */
  readonly announced: Instant
}

/**
 * Queues a mail and its warning in the caller's transaction: either both exist or neither. Gives the id of
 * the mail, or null when this step of this round was queued before.
 */
export async function queueWarning(tx: Session, warning: QueuedWarning): Promise<string | null> {
  if (!checkAddress(warning.address).ok) throw new Error('a warning needs an address that can be written to')
  const { policy, kind, keyText: key } = warning
  const place = [policy, kind, key, isoInstant(warning.cycle), warning.round, warning.step] as const
  const before = await tx.rows({
    text:
      'SELECT step FROM oubli_warning WHERE policy = ? AND kind = ? AND key_text = ? AND cycle = ? ' +
      'AND round = ? AND step = ?',
    values: place,
  })
  if (before.length > 0) return null
  const id = await queueMail(tx, warning)
  await point('mail queued')
  await tx.run({
    text:
      'INSERT INTO oubli_warning (policy, kind, key_text, cycle, round, step, subject_id, address_hash, ' +
      'terms_hash, announced, outbox_id, queued_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    values: [
      ...place,
      subjectId(key),
      warning.addressHash,
      warning.termsHash,
      isoInstant(warning.announced),
      id,
      isoInstant(warning.now),
      'open',
    ],
  })
  await point('warning queued')
  return id
}

/** What the site joins with its own table: the key itself where it is one column. */
function subjectId(key: string): string {
  const parts = keyFromText(key)
  return parts.length === 1 ? (parts[0] ?? key) : key
}

const page = 500

/** Every warning of these people, of every policy, cycle and round, oldest first. */
export async function warningsOf(
  session: Session,
  kind: string,
  keyTexts: readonly string[],
): Promise<ReadonlyMap<string, readonly WarningFact[]>> {
  const found = new Map<string, WarningFact[]>()
  for (let from = 0; from < keyTexts.length; from += page) {
    const keys = keyTexts.slice(from, from + page)
    const rows = await session.rows({
      text:
        'SELECT policy, key_text, cycle, round, step, address_hash, terms_hash, announced, queued_at, state, ' +
        `accepted_at, failed_at FROM oubli_warning WHERE kind = ? AND key_text IN (${marks(keys)}) ` +
        'ORDER BY key_text, queued_at, cycle, round, step',
      values: [kind, ...keys],
    })
    for (const row of rows) {
      const key = text(row, 'key_text')
      const list = found.get(key)
      if (list === undefined) found.set(key, [warningFact(row)])
      else list.push(warningFact(row))
    }
  }
  return found
}

function warningFact(row: Row): WarningFact {
  return {
    policy: text(row, 'policy'),
    cycle: Date.parse(text(row, 'cycle')),
    round: Number(text(row, 'round')),
    step: Number(text(row, 'step')),
    addressHash: text(row, 'address_hash'),
    termsHash: text(row, 'terms_hash'),
    announced: Date.parse(text(row, 'announced')),
    queuedAt: Date.parse(text(row, 'queued_at')),
    acceptedAt: instantOrNull(row, 'accepted_at'),
    state: text(row, 'state') as WarningFact['state'],
    failedAt: instantOrNull(row, 'failed_at'),
  }
}

function instantOrNull(row: Row, column: string): Instant | null {
  return row[column] === null ? null : Date.parse(text(row, column))
}

/** Keys of people with a warning of the policy, in order, after a key (null: from the first). */
export async function openWarnings(
  session: Session,
  policy: string,
  kind: string,
  afterKey: string | null,
  limit: number,
): Promise<readonly string[]> {
  const rows = await session.rows({
    text:
      'SELECT DISTINCT key_text FROM oubli_warning WHERE policy = ? AND kind = ?' +
      `${afterKey === null ? '' : ' AND key_text > ?'} ORDER BY key_text LIMIT ${Math.floor(limit)}`,
    values: afterKey === null ? [policy, kind] : [policy, kind, afterKey],
  })
  return rows.map((row) => text(row, 'key_text'))
}

/**
 * The person came back: nothing that was said or refused before counts any more, and mails that have not
 * left are cancelled. One that is on the wire cannot be called back; its result then finds no warning.
 */
export async function clearWarnings(
  tx: Session,
  policy: string,
  kind: string,
  keyText: string,
  now: Instant,
): Promise<void> {
  const person = [policy, kind, keyText] as const
  const where = 'WHERE policy = ? AND kind = ? AND key_text = ?'
  await tx.run({
    text:
      "UPDATE oubli_outbox SET state = 'cancelled', address = NULL, message = NULL, claim_token = NULL, " +
      `lease_until = NULL, ended_at = ? ${where} AND state IN ('queued', 'claimed', 'deferred', 'unknown')`,
    values: [isoInstant(now), ...person],
  })
  await tx.run({ text: `DELETE FROM oubli_warning ${where}`, values: person })
  await tx.run({ text: `DELETE FROM oubli_refusal ${where}`, values: person })
  await point('warnings cleared')
}

/** Removes everything that the mail tables hold of these people; for the transaction that erases them. */
export async function forgetSubject(tx: Session, kind: string, keyTexts: readonly string[]): Promise<void> {
  for (let from = 0; from < keyTexts.length; from += page) {
    const keys = keyTexts.slice(from, from + page)
    for (const table of ['oubli_outbox', 'oubli_warning', 'oubli_refusal']) {
      await tx.run({
        text: `DELETE FROM ${table} WHERE kind = ? AND key_text IN (${marks(keys)})`,
        values: [kind, ...keys],
      })
    }
  }
}
