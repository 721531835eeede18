/** Rows whose word is none of those that are named. Says a count, up to a bound. */
import type { Table } from '../../plan/site-schema.ts'
import type { Dialect, Session } from '../session.ts'
import { bind } from './match.ts'

/** Newest rows that are looked at where no index begins with the word. */
const newest = 10_000

export async function countOtherWords(
  session: Session,
  dialect: Dialect,
  {
    table,
    column,
    words,
  }: { readonly table: Table; readonly column: string; readonly words: readonly string[] },
  most: number,
): Promise<number> {
  const name = dialect.quote(column)
  const isNumber = table.columns.some((one) => one.name === column && one.family === 'integer')
  const [row] = await session.rows({
    text:
      `SELECT COUNT(*) AS oubli_n FROM (SELECT 1 FROM ${sourceOf(dialect, table, column)} ` +
      `WHERE ${name} NOT IN (${words.map(() => '?').join(', ')}) OR ${name} IS NULL LIMIT ${most}) part`,
    values: words.map((word) => (isNumber ? bind(word, 'integer') : word)),
  })
  return Number(row?.['oubli_n'] ?? 0)
}

/** For whoever may see the words: they are values of the site's rows, and are told nowhere. */
export function wordsText(
  dialect: Dialect,
  { table, column }: { readonly table: Table; readonly column: string },
): string {
  const name = dialect.quote(column)
  return `SELECT ${name}, COUNT(*) FROM ${dialect.quote(table.name)} GROUP BY ${name}`
}

function sourceOf(dialect: Dialect, table: Table, column: string): string {
  const name = dialect.quote(table.name)
  if (table.indexes.some(({ columns: [first] }) => first === column)) return name
  const order = table.primaryKey.map((one) => `${dialect.quote(one)} DESC`).join(', ')
  if (order === '') return name
  return `(SELECT ${dialect.quote(column)} FROM ${name} ORDER BY ${order} LIMIT ${newest}) newest`
}
