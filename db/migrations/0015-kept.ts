/** Requests to stay of people who cannot sign in, and the view that says what is known of a person. */
import { personStatusView } from '../own/person-status.ts'
import { createTable, idType, instantType, keyType, longType, nameType } from './own-table.ts'
import type { OwnTable } from './own-table.ts'
import type { Migration } from './migration.ts'

const table: OwnTable = {
  name: 'oubli_kept',
  columns: {
    id: idType,
    kind: nameType,
    key_text: keyType,
    because: longType,
    asked_by: 'VARCHAR(200)',
    kept_at: instantType,
  },
  primaryKey: ['kind', 'key_text', 'kept_at'],
  unique: [['id']],
}

export const kept: Migration = {
  name: '0015-kept',
  statements: (dialect) => [...createTable(dialect, table), personStatusView(dialect)],
}
