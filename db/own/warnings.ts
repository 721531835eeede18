/** The statements of warnings: what was said to whom, for which terms and which day. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { WarningFact } from '../../plan/facts.ts'
import type { Row, Session } from '../session.ts'
import { marks, text } from './row.ts'

export interface WarningRow {
  readonly policy: string
  readonly kind: string
  readonly keyText: string
  readonly cycle: Instant
  readonly round: number
  readonly step: number
  /** What the site joins with its own table. */
  readonly subjectId: string
  readonly addressHash: string
  readonly termsHash: string
  readonly announced: Instant
  readonly outboxId: string
  readonly queuedAt: Instant
}

/** A step of a round, for one person. */
export type WarningPlace = Pick<WarningRow, 'policy' | 'kind' | 'keyText' | 'cycle' | 'round' | 'step'>

export async function warningExists(session: Session, place: WarningPlace): Promise<boolean> {
  const rows = await session.rows({
    text:
      'SELECT step FROM oubli_warning WHERE policy = ? AND kind = ? AND key_text = ? AND cycle = ? ' +
      'AND round = ? AND step = ?',
    values: placeValues(place),
  })
  return rows.length > 0
}

export async function insertWarning(tx: Session, warning: WarningRow): Promise<void> {
  await tx.run({
    text:
      'INSERT INTO oubli_warning (policy, kind, key_text, cycle, round, step, subject_id, address_hash, ' +
      'terms_hash, announced, outbox_id, queued_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    values: [
      ...placeValues(warning),
      warning.subjectId,
      warning.addressHash,
      warning.termsHash,
      isoInstant(warning.announced),
      warning.outboxId,
      isoInstant(warning.queuedAt),
      'open',
    ],
  })
}

function placeValues(place: WarningPlace) {
  return [place.policy, place.kind, place.keyText, isoInstant(place.cycle), place.round, place.step] as const
}

/** What an ended mail needs to know of the warning behind it. */
export interface WarningBehind {
  readonly outboxId: string
  readonly policy: string
  readonly kind: string
  readonly keyText: string
  readonly addressHash: string
  readonly termsHash: string
  readonly round: number
  readonly step: number
  readonly announced: Instant
  readonly state: WarningFact['state']
  /** The address has refused a mail on some day. */
  readonly refusedBefore: boolean
}

/** By the id of the mail; a mail without a warning is not in it: the person came back, or was never warned. */
export async function warningsBehind(
  session: Session,
  outboxIds: readonly string[],
): Promise<ReadonlyMap<string, WarningBehind>> {
  const rows = await session.rows({
    text:
      'SELECT outbox_id, policy, kind, key_text, address_hash, terms_hash, round, step, announced, state, ' +
      'EXISTS (SELECT 1 FROM oubli_refusal r WHERE r.policy = w.policy AND r.kind = w.kind ' +
      'AND r.key_text = w.key_text AND r.address_hash = w.address_hash) AS refused ' +
      `FROM oubli_warning w WHERE outbox_id IN (${marks(outboxIds)})`,
    values: outboxIds,
  })
  return new Map(
    rows.map((row) => [
      text(row, 'outbox_id'),
      {
        outboxId: text(row, 'outbox_id'),
        policy: text(row, 'policy'),
        kind: text(row, 'kind'),
        keyText: text(row, 'key_text'),
        addressHash: text(row, 'address_hash'),
        termsHash: text(row, 'terms_hash'),
        round: Number(text(row, 'round')),
        step: Number(text(row, 'step')),
        announced: Date.parse(text(row, 'announced')),
        state: text(row, 'state') as WarningFact['state'],
        refusedBefore: text(row, 'refused') === '1',
      },
    ]),
  )
}

export async function setWarningsAccepted(
  tx: Session,
  outboxIds: readonly string[],
  at: Instant,
): Promise<void> {
  await tx.run({
    text:
      "UPDATE oubli_warning SET state = 'accepted', accepted_at = ? " +
      `WHERE outbox_id IN (${marks(outboxIds)}) AND state IN ('open', 'unknown')`,
    values: [isoInstant(at), ...outboxIds],
  })
}

/** Not before it was accepted: the ledger outside is told when, and the latest that it knows of a mail counts. */
export async function setWarningFailed(
  tx: Session,
  outboxId: string,
  state: Extract<WarningFact['state'], 'refused' | 'bounced' | 'undelivered' | 'abandoned'>,
  at: Instant,
): Promise<void> {
  await tx.run({
    // MariaDB assigns from left to right. A mail that may have arrived was not kept from leaving: its day was said.
    text:
      "UPDATE oubli_warning SET state = CASE WHEN state = 'unknown' AND ? = 'abandoned' THEN 'undelivered' ELSE ? END, " +
      'failed_at = CASE WHEN accepted_at > ? THEN accepted_at ELSE ? END, ' +
      'accepted_at = NULL WHERE outbox_id = ?',
    values: [state, state, isoInstant(at), isoInstant(at), outboxId],
  })
}

/** Until a 250 is recorded, a mail that nobody answered counts as not warned. */
export async function setWarningsUnknown(tx: Session, outboxIds: readonly string[]): Promise<void> {
  await tx.run({
    text: `UPDATE oubli_warning SET state = 'unknown' WHERE outbox_id IN (${marks(outboxIds)}) AND state = 'open'`,
    values: outboxIds,
  })
}

/** Every warning of these people (at most 500), of every policy, cycle and round, oldest first for each. */
export async function readWarnings(
  session: Session,
  kind: string,
  keyTexts: readonly string[],
): Promise<readonly { readonly keyText: string; readonly fact: WarningFact }[]> {
  const rows = await session.rows({
    text:
      'SELECT w.policy, w.key_text, w.cycle, w.round, w.step, w.address_hash, w.terms_hash, w.announced, ' +
      'w.queued_at, w.state, w.accepted_at, w.failed_at, o.reply_code, o.transport_called_at, o.state AS mail FROM oubli_warning w ' +
      "LEFT JOIN oubli_outbox o ON o.id = w.outbox_id AND ((w.state = 'open' AND o.ended_at IS NULL) " +
      "OR (w.state = 'undelivered' AND o.state = 'abandoned')) " +
      `WHERE w.kind = ? AND w.key_text IN (${marks(keyTexts)}) ` +
      'ORDER BY w.key_text, w.queued_at, w.cycle, w.round, w.step',
    values: [kind, ...keyTexts],
  })
  return rows.map((row) => ({ keyText: text(row, 'key_text'), fact: warningFact(row) }))
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
    state: stateIn(row),
    failedAt: instantOrNull(row, 'failed_at'),
    ...(row['mail'] === 'abandoned' ? { lost: true as const } : {}),
    ...(row['reply_code'] === null ? {} : { reply: text(row, 'reply_code') }),
  }
}

/** A mail that is in the hands of a relay, or of a process that died beside one, may have been read already. */
function stateIn(row: Row): WarningFact['state'] {
  const state = text(row, 'state') as WarningFact['state']
  return state === 'open' && row['transport_called_at'] !== null ? 'unknown' : state
}

function instantOrNull(row: Row, column: string): Instant | null {
  return row[column] === null ? null : Date.parse(text(row, column))
}

/** Keys of people with a warning of the policy, in order, after a key (null: from the first). */
export async function warnedKeys(
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

export async function deleteWarnings(
  tx: Session,
  policy: string,
  kind: string,
  keyText: string,
): Promise<void> {
  await tx.run({
    text: 'DELETE FROM oubli_warning WHERE policy = ? AND kind = ? AND key_text = ?',
    values: [policy, kind, keyText],
  })
}

/** Those of which the mail was cancelled before it left. */
export async function deleteUnsaidWarnings(
  tx: Session,
  policy: string,
  kind: string,
  keyText: string,
): Promise<void> {
  await tx.run({
    text:
      "DELETE FROM oubli_warning WHERE policy = ? AND kind = ? AND key_text = ? AND state = 'open' AND outbox_id IN (" +
      "SELECT id FROM oubli_outbox WHERE kind = ? AND key_text = ? AND state = 'cancelled')",
    values: [policy, kind, keyText, kind, keyText],
  })
}

/** At most 500 people. */
export async function forgetWarnings(tx: Session, kind: string, keyTexts: readonly string[]): Promise<void> {
  await tx.run({
    text: `DELETE FROM oubli_warning WHERE kind = ? AND key_text IN (${marks(keyTexts)})`,
    values: [kind, ...keyTexts],
  })
}
