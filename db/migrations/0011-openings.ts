/** What opens the evidence of a person, kept for a receipt as long as the policy says; one row for each entry. */
import { createTable, hashType, idType, instantType } from './own-table.ts'
import type { OwnTable } from './own-table.ts'
import type { Migration } from './migration.ts'

const table: OwnTable = {
  name: 'oubli_opening',
  columns: { entry_id: idType, key_hash: hashType, sealed: 'TEXT', until_at: instantType },
  primaryKey: ['entry_id'],
  indexes: [['key_hash'], ['until_at']],
}

export const openings: Migration = {
  name: '0011-openings',
  statements: (dialect) => createTable(dialect, table),
}
