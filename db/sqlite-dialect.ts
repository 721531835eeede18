/** SQLite, for the demo and tests: a transaction locks the whole database. */
import type { Dialect } from './session.ts'
import { quoteIdentifier } from './quote.ts'

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  locksRows: false,
  quote: quoteIdentifier,
  skipLocked: '',
  noWait: '',
  shareLock: '',
  byPrimaryKey: '',
  sameBytes: (column) => `CAST(${column} AS BLOB) = CAST(? AS BLOB)`,
  concat: (...expressions) => `(${expressions.join(' || ')})`,
  asText: (expression) => `CAST(${expression} AS TEXT)`,
  insertIgnore: (table, columns) =>
    `INSERT INTO ${quoteIdentifier(table)} (${columns.map(quoteIdentifier).join(', ')}) ` +
    `VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`,
  utcNow: "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')",
}
