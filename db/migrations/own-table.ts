/** How an own table is written down once and created on every dialect. */
import type { Dialect } from '../session.ts'

export interface OwnTable {
  readonly name: string
  /** Column → type; NOT NULL unless the type says NULL. */
  readonly columns: Readonly<Record<string, string>>
  readonly primaryKey: readonly string[]
  readonly unique?: readonly (readonly string[])[]
  readonly indexes?: readonly (readonly string[])[]
}

export const idType = 'CHAR(32)'
/** ISO 8601 in UTC with milliseconds: as text it sorts by time. */
export const instantType = 'CHAR(24)'
export const hashType = 'CHAR(64)'
export const nameType = 'VARCHAR(64)'
/** A subject's key as canonical text. */
export const keyType = 'VARCHAR(500)'
export const longType = 'LONGTEXT'

export function orNull(type: string): string {
  return `${type} NULL`
}

/**
 * Statements that create the table, each harmless when it ran before: a server commits each of them at once,
 * so a migration that was killed half way is simply repeated. Texts compare bytewise: a key in another case
 * is another person.
 */
export function createTable(dialect: Dialect, table: OwnTable): readonly string[] {
  const columns = Object.entries(table.columns).map(
    ([name, type]) => `${dialect.quote(name)} ${type.endsWith(' NULL') ? type : `${type} NOT NULL`}`,
  )
  const list = (names: readonly string[]): string => names.map((name) => dialect.quote(name)).join(', ')
  const parts = [...columns, `PRIMARY KEY (${list(table.primaryKey)})`]
  for (const names of table.unique ?? []) parts.push(`UNIQUE (${list(names)})`)
  const indexes = (table.indexes ?? []).map((names) => ({ title: `${table.name}_${names.join('_')}`, names }))
  const create = `CREATE TABLE IF NOT EXISTS ${dialect.quote(table.name)}`
  if (dialect.name !== 'sqlite') {
    for (const { title, names } of indexes) parts.push(`INDEX ${dialect.quote(title)} (${list(names)})`)
    return [`${create} (${parts.join(', ')}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`]
  }
  return [
    `${create} (${parts.join(', ')})`,
    ...indexes.map(
      ({ title, names }) =>
        `CREATE INDEX IF NOT EXISTS ${dialect.quote(title)} ON ${dialect.quote(table.name)} (${list(names)})`,
    ),
  ]
}
