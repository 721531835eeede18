/** Rows whose link is empty, as sites write it: NULL, 0 or nothing. Says a count, up to a bound. */
import type { Join, KeyColumn } from '../../plan/compiled.ts'
import type { Table } from '../../plan/site-schema.ts'
import type { Dialect, Session, SqlValue, Statement } from '../session.ts'
import { bind, both, matchConstants } from './match.ts'

/** Newest rows that are looked at where a link of several columns is served by no index for one of them alone. */
const newest = 10_000

interface Links {
  readonly key: readonly KeyColumn[]
  readonly join: Join
}

export async function countLedNowhere(
  session: Session,
  dialect: Dialect,
  table: Table,
  { key, join }: Links,
  most: number,
): Promise<number> {
  const empty = join.columns.flatMap(({ own }) => emptyTests(dialect, table, own, join.enforced))
  if (empty.length === 0) return 0
  const where = both(matchConstants(dialect, join.where), {
    text: `(${empty.map(({ text }) => text).join(' OR ')})`,
    values: empty.flatMap(({ values }) => values),
  })
  const [row] = await session.rows({
    text: `SELECT COUNT(*) AS oubli_n FROM (SELECT 1 FROM ${sourceOf(dialect, table, key, join)} WHERE ${where.text} LIMIT ${most}) part`,
    values: where.values,
  })
  return Number(row?.['oubli_n'] ?? 0)
}

/** A link of one column has an index, or its table is small. */
function sourceOf(
  dialect: Dialect,
  table: Table,
  key: readonly KeyColumn[],
  { columns, where }: Join,
): string {
  const name = dialect.quote(table.name)
  if (columns.length === 1) return name
  const read = [...columns.map(({ own }) => own), ...where.map(({ column }) => column)]
  const order = key.map((one) => `${dialect.quote(one.name)} DESC`).join(', ')
  const list = [...new Set(read)].map((one) => dialect.quote(one)).join(', ')
  return `(SELECT ${list} FROM ${name} ORDER BY ${order} LIMIT ${newest}) newest`
}

/** A column that a foreign key enforces holds NULL or leads somewhere. */
function emptyTests(dialect: Dialect, table: Table, own: string, enforced: boolean): readonly Statement[] {
  const column = table.columns.find(({ name }) => name === own)
  const name = dialect.quote(own)
  if (column === undefined) return []
  const { family, nullable } = column
  const zeros: readonly SqlValue[] = enforced
    ? []
    : family === 'integer' || family === 'decimal'
      ? [bind('0', family)]
      : family === 'text'
        ? ['', '0']
        : []
  return [
    ...(nullable ? [{ text: `${name} IS NULL`, values: [] }] : []),
    ...zeros.map((value) => ({ text: `${name} = ?`, values: [value] })),
  ]
}
