/** Asks of a bounded sample whether what a column holds are keys of another table. Says counts only. */
import type { ColumnFamily, Table } from '../../plan/site-schema.ts'
import type { Dialect, Session } from '../session.ts'
import { matchKeys } from './match.ts'

/** Distinct links that are asked for. */
const askedAtMost = 60

export interface LinkSample {
  readonly asked: number
  readonly found: number
}

/** `columns`: own column → column of the other table, together a unique key there. */
export async function sampleLink(
  session: Session,
  dialect: Dialect,
  table: Table,
  columns: Readonly<Record<string, string>>,
  other: Table,
): Promise<LinkSample> {
  const pairs = Object.entries(columns)
  const own = pairs.map(([name]) => dialect.quote(name))
  const key = table.primaryKey.map((name) => `${dialect.quote(name)} DESC`).join(', ')
  const rows = await session.rows({
    text:
      `SELECT ${own.map((name, i) => `${name} AS oubli_c${String(i)}`).join(', ')} FROM ${dialect.quote(table.name)} ` +
      `${key === '' ? '' : `ORDER BY ${key} `}LIMIT 300`,
    values: [],
  })
  const links = new Map<string, readonly string[]>()
  for (const row of rows) {
    const link = pairs.map((_, i) => textOf(row[`oubli_c${String(i)}`] ?? null))
    const texts = link.filter((value) => value !== null)
    if (texts.length === pairs.length) links.set(JSON.stringify(texts), texts)
  }
  const asked = [...links.values()].slice(0, askedAtMost)
  if (asked.length === 0) return { asked: 0, found: 0 }
  const target = pairs.map(([, name]) => ({ name, family: familyOf(other, name) }))
  const where = matchKeys(dialect, target, asked)
  const [count] = await session.rows({
    text: `SELECT COUNT(*) AS oubli_n FROM ${dialect.quote(other.name)} WHERE ${where.text}`,
    values: where.values,
  })
  return { asked: asked.length, found: Number(count?.['oubli_n'] ?? 0) }
}

/** Null for what links to nobody, as sites write it. */
function textOf(value: string | Uint8Array | null): string | null {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return value === '' || value === '0' ? null : value
}

function familyOf(table: Table, name: string): ColumnFamily {
  return table.columns.find((column) => column.name === name)?.family ?? 'other'
}
