/**
 * Warnings that people answered by coming back. The warnings themselves are gone; the ledger outside was told that
 * they were accepted and must be told that they count no more, or a restored backup would take them for valid.
 */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Session } from '../session.ts'
import { marks, text } from './row.ts'
import { toldColumns, warningToTell, type WarningToTell } from './sent-warnings.ts'

/**
 * Before the warnings of the person are removed, in the same transaction. One not told yet may be told just now, or was
 * told as accepted by somebody who was killed before that was written down. `at` may be the begin of a run, in which a
 * mail was accepted since: no answer is older than what it answers.
 */
export async function keepAnswers(
  tx: Session,
  policy: string,
  kind: string,
  keyText: string,
  at: Instant,
): Promise<void> {
  await tx.run({
    text:
      `INSERT INTO oubli_answer (${toldColumns}, answered_at, exported) SELECT ${toldColumns}, CASE WHEN accepted_at > ? THEN accepted_at ELSE ? END, 0 FROM oubli_warning ` +
      "WHERE policy = ? AND kind = ? AND key_text = ? AND (state = 'accepted' OR exported = 'accepted' " +
      "OR (state IN ('bounced', 'undelivered') AND exported IS NULL))",
    values: [isoInstant(at), isoInstant(at), policy, kind, keyText],
  })
}

export async function answersToTell(session: Session, limit: number): Promise<readonly WarningToTell[]> {
  const rows = await session.rows({
    text:
      `SELECT ${toldColumns}, 'answered' AS state, answered_at AS told_at FROM oubli_answer ` +
      `WHERE exported = 0 ORDER BY told_at LIMIT ${Math.floor(limit)}`,
    values: [],
  })
  return rows.map(warningToTell)
}

/** At most 500. */
export async function setAnswersTold(session: Session, told: readonly WarningToTell[]): Promise<void> {
  const ids = told.map(({ outboxId }) => outboxId)
  await session.run({
    text: `UPDATE oubli_answer SET exported = 1 WHERE outbox_id IN (${marks(ids)})`,
    values: ids,
  })
}

/** Removes at most `limit` that are told and whose announced day lies before a moment (exclusive); says how many. */
export async function dropAnswers(session: Session, before: Instant, limit: number): Promise<number> {
  const rows = await session.rows({
    text: `SELECT outbox_id FROM oubli_answer WHERE exported = 1 AND announced < ? LIMIT ${Math.floor(limit)}`,
    values: [isoInstant(before)],
  })
  if (rows.length === 0) return 0
  return await session.run({
    text: `DELETE FROM oubli_answer WHERE outbox_id IN (${marks(rows)})`,
    values: rows.map((row) => text(row, 'outbox_id')),
  })
}

/** At most 500 people. */
export async function forgetAnswers(tx: Session, kind: string, keyTexts: readonly string[]): Promise<void> {
  await tx.run({
    text: `DELETE FROM oubli_answer WHERE kind = ? AND key_text IN (${marks(keyTexts)})`,
    values: [kind, ...keyTexts],
  })
}
