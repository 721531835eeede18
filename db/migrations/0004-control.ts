/** What operators ask of a run at work, and what it says of itself. */
import { createTable, idType, instantType, nameType, orNull } from './own-table.ts'
import type { OwnTable } from './own-table.ts'
import type { Migration } from './migration.ts'

const tables: readonly OwnTable[] = [
  // Rows `pause` and `stop`: asked for, by whom and when; an empty value takes it back.
  {
    name: 'oubli_control',
    columns: {
      name: nameType,
      value: nameType,
      asked_at: instantType,
      asked_by: orNull('VARCHAR(200)'),
    },
    primaryKey: ['name'],
  },
  // One row, written twice a second: replicas show by it how far they are behind, and status reads it.
  {
    name: 'oubli_beat',
    columns: {
      name: nameType,
      beat: 'BIGINT',
      run_id: idType,
      beaten_at: instantType,
      policy: orNull(nameType),
      done: 'BIGINT',
      due: 'BIGINT',
      per_second: orNull('VARCHAR(16)'),
      batch_size: 'INT',
      writers: 'INT',
      state: 'VARCHAR(16)',
      reason: orNull('VARCHAR(255)'),
    },
    primaryKey: ['name'],
  },
]

export const control: Migration = {
  name: '0004-control',
  statements: (dialect) => tables.flatMap((table) => createTable(dialect, table)),
}
