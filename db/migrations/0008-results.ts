/** What a policy did in a run, in more words than `oubli_run_policy` has: for the report. */
import { createTable, idType, longType, nameType, orNull } from './own-table.ts'
import type { OwnTable } from './own-table.ts'
import type { Migration } from './migration.ts'

const table: OwnTable = {
  name: 'oubli_run_result',
  columns: {
    run_id: idType,
    policy: nameType,
    returned: 'INT',
    // Canonical JSON: table → act → rows.
    acts: longType,
    // Both NULL where the database was not asked again.
    asked: orNull('BIGINT'),
    left_behind: orNull('BIGINT'),
  },
  primaryKey: ['run_id', 'policy'],
}

export const results: Migration = {
  name: '0008-results',
  statements: (dialect) => createTable(dialect, table),
}
