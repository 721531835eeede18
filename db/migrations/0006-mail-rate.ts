/** The pace of mails, shared by every process that sends them. */
import { createTable, nameType } from './own-table.ts'
import type { OwnTable } from './own-table.ts'
import type { Migration } from './migration.ts'

const table: OwnTable = {
  name: 'oubli_mail_rate',
  // Microseconds since 1970: a rate that does not divide a minute by whole milliseconds stays exact.
  columns: { name: nameType, next_at: 'BIGINT' },
  primaryKey: ['name'],
}

export const mailRate: Migration = {
  name: '0006-mail-rate',
  statements: (dialect) => createTable(dialect, table),
}
