/** Partitions that are about to be dropped: written before, because no transaction holds a DROP PARTITION. */
import { createTable, idType, instantType, longType, nameType, orNull } from './own-table.ts'
import type { Migration } from './migration.ts'

const drop = {
  name: 'oubli_drop',
  columns: {
    entry_id: idType,
    run_id: idType,
    policy: nameType,
    tab: 'VARCHAR(130)',
    part: nameType,
    bound: nameType,
    clock: nameType,
    low: orNull(nameType),
    high: nameType,
    row_count: 'BIGINT',
    created_at: instantType,
    leaf: longType,
  },
  primaryKey: ['entry_id'],
} as const

export const partitions: Migration = {
  name: '0005-partitions',
  statements: (dialect) => createTable(dialect, drop),
}
