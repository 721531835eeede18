/** What was overdue when a policy began to act, and what each run since found of it. Counts only. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Row, Session } from '../session.ts'
import { count, text } from './row.ts'

/** What would be warned for the first time or acted on without a warning, and the part of the backlog in it. */
export interface EnteringCounts {
  readonly all: number
  readonly old: number
  /** Of `old`: decided by `else`. */
  readonly byElse: number
}

export interface BacklogRow {
  readonly policy: string
  readonly termsHash: string
  readonly approvalId: string
  readonly frozenAt: Instant
  /** Starts before this instant belong to it. */
  readonly edge: Instant
  /** `YYYY-MM-DD`, the last day on which something of it may be left. */
  readonly by: string
  readonly size: number
  readonly entering: EnteringCounts
}

const columns =
  'policy, terms_hash, approval_id, frozen_at, edge, finish_by, size, entering, entering_old, by_else_old'

/** In the place of an earlier one of the same terms. */
export async function freezeBacklog(tx: Session, row: BacklogRow): Promise<void> {
  await tx.run({
    text: 'DELETE FROM oubli_backlog WHERE policy = ? AND terms_hash = ?',
    values: [row.policy, row.termsHash],
  })
  const { all, old, byElse } = row.entering
  await tx.run({
    text: `INSERT INTO oubli_backlog (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    values: [
      ...[row.policy, row.termsHash, row.approvalId, isoInstant(row.frozenAt), isoInstant(row.edge)],
      ...[row.by, row.size, all, old, byElse],
    ],
  })
}

function backlogOf(row: Row): BacklogRow {
  return {
    policy: text(row, 'policy'),
    termsHash: text(row, 'terms_hash'),
    approvalId: text(row, 'approval_id'),
    frozenAt: Date.parse(text(row, 'frozen_at')),
    edge: Date.parse(text(row, 'edge')),
    by: text(row, 'finish_by'),
    size: count(row, 'size'),
    entering: enteringOf(row),
  }
}

function enteringOf(row: Row): EnteringCounts {
  return { all: count(row, 'entering'), old: count(row, 'entering_old'), byElse: count(row, 'by_else_old') }
}

const acted =
  'EXISTS (SELECT 1 FROM oubli_terms t WHERE t.policy = oubli_backlog.policy' +
  ' AND t.terms_hash = oubli_backlog.terms_hash AND t.in_force_since IS NOT NULL)'

/** By policy the newest of terms that have acted; of one that never acted, the newest. */
export async function latestBacklogs(session: Session): Promise<ReadonlyMap<string, BacklogRow>> {
  const rows = await session.rows({
    text: `SELECT ${columns} FROM oubli_backlog ORDER BY CASE WHEN ${acted} THEN 1 ELSE 0 END, frozen_at, terms_hash`,
    values: [],
  })
  return new Map(rows.map((row) => [text(row, 'policy'), backlogOf(row)]))
}

/**
 * The newest of these terms, or of others that have acted. What was approved and taken back before it acted says
 * nothing of what may enter now.
 */
export async function latestBacklog(
  session: Session,
  policy: string,
  termsHash: string,
): Promise<BacklogRow | null> {
  const [row] = await session.rows({
    text:
      `SELECT ${columns} FROM oubli_backlog WHERE policy = ? AND (terms_hash = ? OR ${acted})` +
      ' ORDER BY frozen_at DESC, terms_hash DESC LIMIT 1',
    values: [policy, termsHash],
  })
  return row === undefined ? null : backlogOf(row)
}

export interface BacklogRun {
  readonly runId: string
  readonly policy: string
  readonly approvalId: string
  /** Before the run acted. */
  readonly overdue: number
  readonly entering: EnteringCounts
}

export async function insertBacklogRun(tx: Session, run: BacklogRun): Promise<void> {
  const { all, old, byElse } = run.entering
  await tx.run({
    text: 'INSERT INTO oubli_run_backlog (run_id, policy, approval_id, overdue, entering, entering_old, by_else_old) VALUES (?, ?, ?, ?, ?, ?, ?)',
    values: [run.runId, run.policy, run.approvalId, run.overdue, all, old, byElse],
  })
}

const joined =
  ' FROM oubli_run_backlog b JOIN oubli_run r ON r.id = b.run_id' +
  ' JOIN oubli_run_policy p ON p.run_id = b.run_id AND p.policy = b.policy' +
  " WHERE b.policy = ? AND p.mode = 'enforced'"

/** What the latest run found that let the policy act on this backlog, and how many of these it handled. */
export async function lastEntering(
  session: Session,
  { policy, approvalId }: Pick<BacklogRow, 'policy' | 'approvalId'>,
): Promise<(EnteringCounts & { readonly handled: number; readonly asOf: Instant }) | null> {
  const [row] = await session.rows({
    text:
      `SELECT r.as_of, b.entering, b.entering_old, b.by_else_old, p.left_over${joined}` +
      ' AND b.approval_id = ? ORDER BY r.as_of DESC, r.started_at DESC LIMIT 1',
    values: [policy, approvalId],
  })
  if (row === undefined) return null
  const entering = enteringOf(row)
  const handled = Math.max(0, entering.all - count(row, 'left_over'))
  return { ...entering, handled, asOf: Date.parse(text(row, 'as_of')) }
}

/** A run after that moment let the policy act: what was approved then is known to the next one. */
export async function hasActedSince(session: Session, policy: string, since: Instant): Promise<boolean> {
  const rows = await session.rows({
    text: `SELECT b.run_id${joined} AND r.as_of > ? LIMIT 1`,
    values: [policy, isoInstant(since)],
  })
  return rows.length > 0
}

/** What each run found of this backlog before it acted, oldest first. */
export async function backlogPoints(
  session: Session,
  { policy, approvalId }: Pick<BacklogRow, 'policy' | 'approvalId'>,
): Promise<readonly { readonly at: Instant; readonly left: number }[]> {
  const rows = await session.rows({
    text:
      'SELECT r.as_of, b.overdue FROM oubli_run_backlog b JOIN oubli_run r ON r.id = b.run_id' +
      ' WHERE b.policy = ? AND b.approval_id = ? ORDER BY r.as_of, r.started_at',
    values: [policy, approvalId],
  })
  return rows.map((row) => ({ at: Date.parse(text(row, 'as_of')), left: count(row, 'overdue') }))
}
