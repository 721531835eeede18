/** What a person approved: a plan by its fingerprint, and the most that may be done under it. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Session } from '../session.ts'
import { text } from './row.ts'

export interface ApprovalRow {
  readonly id: string
  readonly fingerprint: string
  readonly approvedAt: string
  /** Exclusive. */
  readonly expiresAt: string
  readonly approvedBy: string | null
  /** Policy → the most rows. */
  readonly counts: Readonly<Record<string, number>>
  /** What was said when a policy acted for the first time, as JSON; null: none did. */
  readonly enforcement: string | null
}

export async function insertApproval(tx: Session, approval: ApprovalRow): Promise<void> {
  await tx.run({
    text: 'INSERT INTO oubli_approval (id, fingerprint, approved_at, expires_at, approved_by, counts, enforcement) VALUES (?, ?, ?, ?, ?, ?, ?)',
    values: [
      approval.id,
      approval.fingerprint,
      approval.approvedAt,
      approval.expiresAt,
      approval.approvedBy,
      JSON.stringify(approval.counts),
      approval.enforcement,
    ],
  })
}

export interface ActiveApproval {
  readonly id: string
  readonly approvedAt: Instant
  /** The most rows of the policy. */
  readonly most: number
}

/** The newest approval of this very plan that has not expired and covers the policy. */
export async function latestApproval(
  session: Session,
  fingerprint: string,
  policy: string,
  now: Instant,
): Promise<ActiveApproval | null> {
  const rows = await session.rows({
    text: 'SELECT id, approved_at, counts FROM oubli_approval WHERE fingerprint = ? AND expires_at > ? ORDER BY approved_at DESC',
    values: [fingerprint, isoInstant(now)],
  })
  for (const row of rows) {
    const counts = JSON.parse(text(row, 'counts')) as Readonly<Record<string, number>>
    const most = Object.hasOwn(counts, policy) ? counts[policy] : undefined
    if (most !== undefined)
      return { id: text(row, 'id'), approvedAt: Date.parse(text(row, 'approved_at')), most }
  }
  return null
}
