/** The first enforcement: what was overdue then, what was said of backups, and runs that were pilots. */
import { createTable, hashType, idType, instantType, nameType, orNull, longType } from './own-table.ts'
import type { OwnTable } from './own-table.ts'
import type { Migration } from './migration.ts'

const tables: readonly OwnTable[] = [
  {
    name: 'oubli_backlog',
    columns: {
      policy: nameType,
      terms_hash: hashType,
      approval_id: idType,
      frozen_at: instantType,
      // Starts before it belong to the backlog.
      edge: instantType,
      finish_by: 'CHAR(10)',
      // Overdue when it was frozen.
      size: 'INT',
      // What would have entered then, the part of the backlog, and of that part those decided by `else`.
      entering: 'INT',
      entering_old: 'INT',
      by_else_old: 'INT',
    },
    primaryKey: ['policy', 'terms_hash'],
  },
  {
    name: 'oubli_run_backlog',
    columns: {
      run_id: idType,
      policy: nameType,
      approval_id: idType,
      // Before the run acted.
      overdue: 'INT',
      entering: 'INT',
      entering_old: 'INT',
      by_else_old: 'INT',
    },
    primaryKey: ['run_id', 'policy'],
    indexes: [['policy', 'approval_id']],
  },
]

export const enforcement: Migration = {
  name: '0013-enforcement',
  statements: (dialect) => [
    ...tables.flatMap((table) => createTable(dialect, table)),
    `ALTER TABLE oubli_approval ADD COLUMN enforcement ${orNull(longType)}`,
    `ALTER TABLE oubli_run ADD COLUMN pilot ${orNull('INT')}`,
  ],
}
