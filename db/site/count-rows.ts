/** How many rows a table has, or a kind of it, near enough for a percentage. */
import type { Join } from '../../plan/compiled.ts'
import type { Table } from '../../plan/site-schema.ts'
import type { Dialect, Session, Statement } from '../session.ts'
import { textOrNull } from './candidates.ts'
import { matchConstants } from './match.ts'

/** Above this the server's estimate is used: counting a large table would cost the site. */
const countedUpTo = 100_000

/** `where`: the constants of the kind; a share of its whole table would let all of a small kind pass. */
export async function populationOf(
  session: Session,
  dialect: Dialect,
  table: Table,
  where: Join['where'],
): Promise<number> {
  const constants = matchConstants(dialect, where)
  if (constants !== null) return await populationOfKind(session, dialect, table, constants)
  if (table.roughRows !== null && table.roughRows > countedUpTo) return table.roughRows
  const rows = await session.rows({
    text: `SELECT COUNT(*) AS oubli_n FROM ${dialect.quote(table.name)}`,
    values: [],
  })
  return Number(rows[0]?.['oubli_n'] ?? 0)
}

async function populationOfKind(
  session: Session,
  dialect: Dialect,
  table: Table,
  { text, values }: Statement,
): Promise<number> {
  const from = `${dialect.quote(table.name)} WHERE ${text}`
  const [row] = await session.rows({
    text: `SELECT COUNT(*) AS oubli_n FROM (SELECT 1 FROM ${from} LIMIT ${countedUpTo + 1}) part`,
    values,
  })
  const counted = Number(row?.['oubli_n'] ?? 0)
  if (counted <= countedUpTo || table.roughRows === null) return counted
  const [plan] = await session.rows({ text: `EXPLAIN SELECT 1 FROM ${from}`, values })
  const guess = Number(textOrNull(plan?.['rows'] ?? null) ?? 0)
  return Math.max(counted, Math.min(guess, table.roughRows))
}
