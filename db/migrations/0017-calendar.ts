/** The calendar counts first mails by the day that they name: every run, over all that are in force. */
import type { Migration } from './migration.ts'

export const calendar: Migration = {
  name: '0017-calendar',
  statements: () => [
    'CREATE INDEX oubli_warning_step_state ON oubli_warning (step, state, policy, announced)',
  ],
}
