/** Mails that are to come back, so that bounces are known to work; and how many mails left lately. */
import { createTable, instantType, nameType, orNull } from './own-table.ts'
import type { OwnTable } from './own-table.ts'
import type { Migration } from './migration.ts'

const table: OwnTable = {
  name: 'oubli_selftest',
  columns: {
    token: nameType,
    // By which relay and with which address for bounces.
    route: 'VARCHAR(600)',
    sent_at: instantType,
    proven_at: orNull(instantType),
    code: orNull(nameType),
  },
  primaryKey: ['token'],
}

export const selftests: Migration = {
  name: '0014-selftests',
  statements: (dialect) => [
    ...createTable(dialect, table),
    'CREATE INDEX oubli_outbox_accepted_at ON oubli_outbox (accepted_at)',
  ],
}
