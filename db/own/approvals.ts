/** What a person approved: a plan by its fingerprint, and the most that may be done under it. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Row, Session } from '../session.ts'
import { text, textOrNull } from './row.ts'

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

/**
 * Their order is that of `approved_at`, and ids are random: one of an instant that is taken gets the next free
 * millisecond, so that the last word is the one that counts.
 */
export async function insertApproval(tx: Session, approval: ApprovalRow): Promise<void> {
  await tx.run({
    text: 'INSERT INTO oubli_approval (id, fingerprint, approved_at, expires_at, approved_by, counts, enforcement) VALUES (?, ?, ?, ?, ?, ?, ?)',
    values: [
      approval.id,
      approval.fingerprint,
      await freeInstant(tx, approval.approvedAt),
      approval.expiresAt,
      approval.approvedBy,
      JSON.stringify(approval.counts),
      approval.enforcement,
    ],
  })
}

async function freeInstant(tx: Session, wanted: string): Promise<string> {
  let at = wanted
  while (await isTaken(tx, at)) at = isoInstant(Date.parse(at) + 1)
  return at
}

async function isTaken(tx: Session, at: string): Promise<boolean> {
  const rows = await tx.rows({ text: 'SELECT id FROM oubli_approval WHERE approved_at = ?', values: [at] })
  return rows.length > 0
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

const selected =
  'SELECT id, fingerprint, approved_at, expires_at, approved_by, counts, enforcement FROM oubli_approval'

/** Newest first, those that name the policy. */
export async function approvalsOf(
  session: Session,
  policy: string,
  most: number,
): Promise<readonly ApprovalRow[]> {
  const rows = await session.rows({
    text: `${selected} ORDER BY approved_at DESC LIMIT 500`,
    values: [],
  })
  return rows
    .map(approvalOf)
    .filter(({ counts }) => Object.hasOwn(counts, policy))
    .slice(0, most)
}

/** Newest first, those under which some policy acted for the first time. */
export async function firstApprovals(session: Session): Promise<readonly ApprovalRow[]> {
  const rows = await session.rows({
    text: `${selected} WHERE enforcement IS NOT NULL ORDER BY approved_at DESC, id DESC`,
    values: [],
  })
  return rows.map(approvalOf)
}

function approvalOf(row: Row): ApprovalRow {
  return {
    id: text(row, 'id'),
    fingerprint: text(row, 'fingerprint'),
    approvedAt: text(row, 'approved_at'),
    expiresAt: text(row, 'expires_at'),
    approvedBy: textOrNull(row, 'approved_by'),
    counts: JSON.parse(text(row, 'counts')) as Record<string, number>,
    enforcement: textOrNull(row, 'enforcement'),
  }
}
