/** The site asks for the notice of one person on every page: by kind and subject, as the view names them. */
import type { Migration } from './migration.ts'

export const noticeIndex: Migration = {
  name: '0021-notice-index',
  // With the state, which the view asks for as well: without statistics SQLite would go by the state alone.
  statements: () => [
    'CREATE INDEX oubli_warning_kind_subject_id_state ON oubli_warning (kind, subject_id, state)',
  ],
}
