/** A note that entries wait names several of one transaction; those from before name the one whose id they have. */
import { orNull } from './own-table.ts'
import type { Migration } from './migration.ts'

export const notes: Migration = {
  name: '0016-notes',
  statements: () => [`ALTER TABLE oubli_waiting ADD COLUMN entry_ids ${orNull('VARCHAR(512)')}`],
}
