/** How many rows a table has, near enough for a percentage. */
import type { Table } from '../../plan/site-schema.ts'
import type { Dialect, Session } from '../session.ts'

/** Above this the server's estimate is used: counting a large table would cost the site. */
const countedUpTo = 100_000

export async function populationOf(session: Session, dialect: Dialect, table: Table): Promise<number> {
  if (table.roughRows !== null && table.roughRows > countedUpTo) return table.roughRows
  const rows = await session.rows({
    text: `SELECT COUNT(*) AS oubli_n FROM ${dialect.quote(table.name)}`,
    values: [],
  })
  return Number(rows[0]?.['oubli_n'] ?? 0)
}
