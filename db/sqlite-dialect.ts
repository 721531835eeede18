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
  shareNoWait: '',
  forceIndex: () => '',
  sameBytes: (column) => `CAST(${column} AS BLOB) = CAST(? AS BLOB)`,
  concat: (...expressions) => `(${expressions.join(' || ')})`,
  asText: (expression) => `CAST(${expression} AS TEXT)`,
  insertIgnore: (table, columns) =>
    `INSERT INTO ${quoteIdentifier(table)} (${columns.map(quoteIdentifier).join(', ')}) ` +
    `VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`,
  // It is, but nothing is gained where a transaction locks the whole database.
  deletesReturning: false,
  blocks: false,
  withoutWaiting: '',
  randomHex: (bytes) => `lower(hex(randomblob(${bytes})))`,
  // Any text can stand in any column.
  existingTime: (column, family) => {
    if (family === 'integer') return `typeof(${column}) = 'integer'`
    const shape = family === 'date' ? '%Y-%m-%d' : '%Y-%m-%d %H:%M:%S'
    return `strftime('${shape}', ${column}) IS ${column}`
  },
  utcNow: "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')",
}
