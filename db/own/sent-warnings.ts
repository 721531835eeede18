/** Warnings that were sent: told outside the database, and remembered again after a restored backup. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { WarningFact } from '../../plan/facts.ts'
import type { Row, Session } from '../session.ts'
import { count, marks, text } from './row.ts'
import type { WarningPlace } from './warnings.ts'

/** A warning whose state is not told outside yet. */
export interface WarningToTell extends WarningPlace {
  readonly outboxId: string
  readonly addressHash: string
  readonly termsHash: string
  readonly announced: Instant
  /** `answered`: the person came back, and there is no warning any more. */
  readonly state: 'accepted' | 'bounced' | 'answered'
  /** When it was accepted, or came back, or was answered. */
  readonly at: Instant
}

/** What is told of a warning, apart from what became of it. */
export const toldColumns =
  'outbox_id, policy, kind, key_text, cycle, round, step, address_hash, terms_hash, announced'

/**
 * Accepted ones, and those that came back; oldest first. Also one that was not told as accepted before it came
 * back: whoever told it may have been killed before that was written down. A mail that no relay took is not
 * told, but for one that was refused for good and not for its address: it stands as one that came back. One that a replay
 * found to have come back is known by its mark.
 */
export async function warningsToTell(session: Session, limit: number): Promise<readonly WarningToTell[]> {
  const rows = await session.rows({
    text:
      `SELECT ${toldColumns}, state, COALESCE(accepted_at, failed_at, queued_at) AS told_at FROM oubli_warning ` +
      "WHERE (state IN ('accepted', 'bounced', 'undelivered') AND exported IS NULL) " +
      "OR (state IN ('bounced', 'undelivered', 'abandoned') AND exported = 'accepted') " +
      `ORDER BY told_at LIMIT ${Math.floor(limit)}`,
    values: [],
  })
  return rows.map(warningToTell)
}

export function warningToTell(row: Row): WarningToTell {
  const state = text(row, 'state')
  return {
    outboxId: text(row, 'outbox_id'),
    policy: text(row, 'policy'),
    kind: text(row, 'kind'),
    keyText: text(row, 'key_text'),
    cycle: Date.parse(text(row, 'cycle')),
    round: Number(text(row, 'round')),
    step: Number(text(row, 'step')),
    addressHash: text(row, 'address_hash'),
    termsHash: text(row, 'terms_hash'),
    announced: Date.parse(text(row, 'announced')),
    state: state === 'accepted' || state === 'answered' ? state : 'bounced',
    at: Date.parse(text(row, 'told_at')),
  }
}

/** At most 500. One whose state has changed meanwhile is told again. */
export async function setWarningsTold(session: Session, told: readonly WarningToTell[]): Promise<void> {
  for (const state of ['accepted', 'bounced'] as const) {
    const ids = told.filter((one) => one.state === state).map((one) => one.outboxId)
    if (ids.length === 0) continue
    await session.run({
      text: `UPDATE oubli_warning SET exported = ? WHERE outbox_id IN (${marks(ids)})`,
      values: [state, ...ids],
    })
  }
}

/** Null: there is none. */
export async function warningAt(
  session: Session,
  place: WarningPlace,
): Promise<{ readonly outboxId: string; readonly state: WarningFact['state'] } | null> {
  const [row] = await session.rows({
    text:
      'SELECT outbox_id, state FROM oubli_warning WHERE policy = ? AND kind = ? AND key_text = ? ' +
      'AND cycle = ? AND round = ? AND step = ?',
    values: [place.policy, place.kind, place.keyText, isoInstant(place.cycle), place.round, place.step],
  })
  if (row === undefined) return null
  return { outboxId: text(row, 'outbox_id'), state: text(row, 'state') as WarningFact['state'] }
}

/** A mail that waits here and was accepted before the backup was restored: it is not sent again. */
export async function endSentMail(tx: Session, outboxId: string, at: Instant): Promise<void> {
  await tx.run({
    text:
      "UPDATE oubli_outbox SET state = 'accepted', accepted_at = ?, ended_at = ?, address = NULL, message = NULL, " +
      "claim_token = NULL, lease_until = NULL WHERE id = ? AND state IN ('queued', 'claimed', 'deferred', 'unknown')",
    values: [isoInstant(at), isoInstant(at), outboxId],
  })
}

/** Very first mails, of no later round, that were queued from this instant on. */
export async function countFirstWarnings(session: Session, policy: string, from: Instant): Promise<number> {
  const [row] = await session.rows({
    text: 'SELECT COUNT(*) AS n FROM oubli_warning WHERE policy = ? AND round = 0 AND step = 0 AND queued_at >= ?',
    values: [policy, isoInstant(from)],
  })
  return row === undefined ? 0 : count(row, 'n')
}
