/**
 * A whole partition of the site: what stands in it, and the one statement that drops it. It names a partition
 * that was read from the schema and looked at before; `engine/drop-partitions.ts` is its only caller.
 */
import type { ClockColumn, CompiledPolicy } from '../../plan/compiled.ts'
import type { Dialect, Session, SqlValue, Statement } from '../session.ts'
import { scannedClock, textOrNull } from './candidates.ts'
import { bind } from './match.ts'

/** Longest wait for a statement of the site to end; meanwhile every new one on the table waits behind us. */
const longestWaitSeconds = 1

/** The lowest and the highest value of the clock, raw; null: no row, or none with a value. */
export async function readExtremes(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  partition: string,
): Promise<{ readonly low: string; readonly high: string } | null> {
  const clock = dialect.quote(scannedClock(policy).column)
  const [row] = await session.rows({
    text: `SELECT MIN(${clock}) AS oubli_low, MAX(${clock}) AS oubli_high FROM ${within(dialect, policy, partition)}`,
    values: [],
  })
  const low = textOrNull(row?.['oubli_low'])
  const high = textOrNull(row?.['oubli_high'])
  return low === null || high === null ? null : { low, high }
}

export async function countPartition(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  partition: string,
): Promise<number> {
  const [row] = await session.rows({
    text: `SELECT COUNT(*) AS oubli_n FROM ${within(dialect, policy, partition)}`,
    values: [],
  })
  return Number(row?.['oubli_n'] ?? 0)
}

/** A row whose clock says *never*, or lies in one of these open intervals. */
export async function hasAnyOf(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  partition: string,
  gaps: readonly { readonly after: string; readonly before: string }[],
): Promise<boolean> {
  const clock = scannedClock(policy)
  const column = dialect.quote(clock.column)
  const never = clock.never.filter((value) => value !== null)
  const tests = [
    `${column} IS NULL`,
    ...never.map(() => `${column} = ?`),
    ...gaps.map(() => `(${column} > ? AND ${column} < ?)`),
  ]
  const values: SqlValue[] = [
    ...never.map((value) => bind(value, clock.family)),
    ...gaps.flatMap(({ after, before }) => [after, before]),
  ]
  const rows = await session.rows({
    text: `SELECT 1 AS oubli_one FROM ${within(dialect, policy, partition)} WHERE ${tests.join(' OR ')} LIMIT 1`,
    values,
  })
  return rows.length > 0
}

/** Rows of the table in a range of the clock, counted up to `most`. */
export async function countRange(
  session: Session,
  dialect: Dialect,
  table: string,
  range: Range,
  most: number,
): Promise<number> {
  const column = dialect.quote(range.clock)
  const low: Statement =
    range.low === null
      ? { text: '', values: [] }
      : { text: `${column} >= ? AND `, values: [boundOf(range.low)] }
  const [row] = await session.rows({
    text:
      `SELECT COUNT(*) AS oubli_n FROM (SELECT 1 FROM ${dialect.quote(table)} WHERE ${low.text}${column} < ?` +
      ` LIMIT ${Math.floor(most)}) rest`,
    values: [...low.values, boundOf(range.high)],
  })
  return Number(row?.['oubli_n'] ?? 0)
}

export interface Range {
  readonly clock: ClockColumn['column']
  /** Inclusive; null: no lower end. */
  readonly low: string | null
  /** Exclusive. */
  readonly high: string
}

/** Epochs are numbers, everything else that cuts a table is a date. */
function boundOf(raw: string): SqlValue {
  return /^-?\d+$/.test(raw) ? BigInt(raw) : raw
}

/** Commits by itself, whatever transaction the session is in. The session's own wait is short from here on. */
export async function dropPartition(
  own: Session,
  dialect: Dialect,
  table: string,
  partition: string,
): Promise<void> {
  await own.run({ text: `SET SESSION lock_wait_timeout = ${longestWaitSeconds}`, values: [] })
  await own.run({
    text: `ALTER TABLE ${dialect.quote(table)} DROP PARTITION ${dialect.quote(partition)}`,
    values: [],
  })
}

function within(dialect: Dialect, policy: CompiledPolicy, partition: string): string {
  return `${dialect.quote(policy.table)} PARTITION (${dialect.quote(partition)})`
}
