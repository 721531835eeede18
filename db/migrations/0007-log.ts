/** What the sealer needs: which entries wait for it, what it has signed, and what the places off the host have. */
import { createTable, idType, instantType, longType, nameType, orNull } from './own-table.ts'
import type { OwnTable } from './own-table.ts'
import type { Migration } from './migration.ts'

const tables: readonly OwnTable[] = [
  {
    // In the entry's own transaction, so that finding what waits does not read all that is sealed.
    name: 'oubli_waiting',
    columns: { entry_id: idType, created_at: instantType },
    primaryKey: ['entry_id'],
    indexes: [['created_at', 'entry_id']],
  },
  {
    name: 'oubli_checkpoint',
    columns: { size: 'BIGINT', note: longType, signed_at: instantType },
    primaryKey: ['size'],
  },
  {
    name: 'oubli_sink',
    columns: {
      name: nameType,
      size: orNull('BIGINT'),
      sent_at: orNull(instantType),
      tried_at: instantType,
      code: orNull(nameType),
    },
    primaryKey: ['name'],
  },
]

export const log: Migration = {
  name: '0007-log',
  statements: (dialect) => [
    ...tables.flatMap((table) => createTable(dialect, table)),
    'INSERT INTO oubli_waiting (entry_id, created_at) SELECT e.id, e.created_at FROM oubli_entry e' +
      ' LEFT JOIN oubli_seal s ON s.entry_id = e.id LEFT JOIN oubli_waiting w ON w.entry_id = e.id' +
      ' WHERE s.entry_id IS NULL AND w.entry_id IS NULL',
  ],
}
