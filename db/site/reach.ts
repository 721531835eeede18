/** How many rows a table has, and how many lie in a stretch of a clock: bounded readings, and the server's guess beyond. */
import type { CompiledPolicy } from '../../plan/compiled.ts'
import type { Dialect, Session, SqlValue, Statement } from '../session.ts'
import { notNever, scannedClock, textOrNull } from './candidates.ts'
import { notMarked } from './done-marks.ts'
import { bind, both, matchOnly } from './match.ts'

/** A number of rows, and whether they were counted. `at least`: there are more, and nobody can say how many. */
export interface Reach {
  readonly rows: number
  readonly basis: 'exact' | 'estimate' | 'at least'
}

/** Rows that one reading looks at; it costs the site nothing that it would notice. */
export const mostLooked = 1000

/**
 * Rows whose clock lies between two raw bounds (`from` inclusive, `to` exclusive) and that the policy concerns.
 * Up to `mostLooked` rows of that stretch are looked at; of a longer one the server's guess is taken.
 */
export async function reachBetween(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  from: string,
  to: string,
): Promise<Reach> {
  const clock = scannedClock(policy)
  const column = dialect.quote(clock.column)
  const range: Statement = {
    text: `${column} >= ? AND ${column} < ?`,
    values: [bind(from, clock.family), bind(to, clock.family)],
  }
  return await reach(session, dialect, policy, range)
}

/** Rows of the table that the policy concerns and has not done yet. */
export async function reachOfTable(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
): Promise<Reach> {
  return await reach(session, dialect, policy, null)
}

/** The same as `reachOfTable`, counted: it reads the whole table. */
export async function countTable(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
): Promise<number> {
  const concerned = concerns(dialect, policy)
  const [row] = await session.rows({
    text: `SELECT COUNT(*) AS oubli_n FROM ${dialect.quote(policy.table)}${concerned === null ? '' : ` WHERE ${concerned.text}`}`,
    values: concerned?.values ?? [],
  })
  return Number(row?.['oubli_n'] ?? 0)
}

async function reach(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  range: Statement | null,
): Promise<Reach> {
  const seen = await look(session, dialect, policy, range)
  if (seen.rows <= mostLooked) return { rows: seen.hits, basis: 'exact' }
  const guess = await guessed(session, dialect, policy, range)
  if (guess === null) return { rows: seen.hits, basis: 'at least' }
  const share = seen.hits / seen.rows
  return { rows: Math.round(Math.max(guess, seen.rows) * share), basis: 'estimate' }
}

/** The limit stands inside, or a condition that few rows meet would walk on and on. */
async function look(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  range: Statement | null,
): Promise<{ readonly rows: number; readonly hits: number }> {
  const concerned = concerns(dialect, policy) ?? { text: '1 = 1', values: [] }
  const where = range === null ? '' : ` WHERE ${range.text}`
  const [row] = await session.rows({
    text:
      'SELECT COUNT(*) AS oubli_rows, COALESCE(SUM(oubli_hit), 0) AS oubli_hits FROM (SELECT' +
      ` CASE WHEN ${concerned.text} THEN 1 ELSE 0 END AS oubli_hit FROM ${dialect.quote(policy.table)}${where} LIMIT ${mostLooked + 1}) looked`,
    values: [...concerned.values, ...(range?.values ?? [])],
  })
  return { rows: Number(row?.['oubli_rows'] ?? 0), hits: Number(row?.['oubli_hits'] ?? 0) }
}

/** What the optimizer thinks, from two dives into the index; SQLite thinks nothing. */
async function guessed(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  range: Statement | null,
): Promise<number | null> {
  if (dialect.name === 'sqlite') return null
  const where = range === null ? '' : ` WHERE ${range.text}`
  const values: readonly SqlValue[] = range?.values ?? []
  const [row] = await session.rows({
    text: `EXPLAIN SELECT 1 FROM ${dialect.quote(policy.table)}${where}`,
    values,
  })
  const rows = textOrNull(row?.['rows'])
  return rows === null ? null : Number(rows)
}

function concerns(dialect: Dialect, policy: CompiledPolicy): Statement | null {
  const parts = [matchOnly(dialect, policy.only), notMarked(dialect, policy)].filter((part) => part !== null)
  return parts.length === 0 ? null : both(...parts)
}

/**
 * Raw value of the first clock at a bound or after it; null: there is none. One entry of the index is read; with
 * `concerned` as many as lie before the first row that the policy concerns and has not done yet.
 */
export async function firstClock(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  from: string,
  concerned = false,
): Promise<string | null> {
  const clock = scannedClock(policy)
  const column = dialect.quote(clock.column)
  const where = both(
    { text: `${column} >= ?`, values: [bind(from, clock.family)] },
    notNever(dialect, clock),
    concerned ? concerns(dialect, policy) : null,
  )
  const [row] = await session.rows({
    text: `SELECT ${column} AS oubli_clock FROM ${dialect.quote(policy.table)} WHERE ${where.text} ORDER BY ${column} LIMIT 1`,
    values: where.values,
  })
  return textOrNull(row?.['oubli_clock'])
}
