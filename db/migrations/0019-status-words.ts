/** The view of what is known of a person, in words that hold for every policy that warns. */
import { personStatusView } from '../own/person-status.ts'
import type { Migration } from './migration.ts'

export const statusSentences: Migration = {
  name: '0019-status-words',
  statements: (dialect) => [
    // SQLite replaces no view.
    ...(dialect.name === 'sqlite' ? ['DROP VIEW IF EXISTS oubli_person_status'] : []),
    personStatusView(dialect),
  ],
}
