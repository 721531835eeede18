/** Whether a policy had its turn in a run, and what held it up there. Runs of before have NULL in all three. */
import { nameType, orNull } from './own-table.ts'
import type { Migration } from './migration.ts'

export const turns: Migration = {
  name: '0020-turns',
  statements: () => [
    `ALTER TABLE oubli_run_result ADD COLUMN had_turn ${orNull('INT')}`,
    `ALTER TABLE oubli_run_result ADD COLUMN held_up ${orNull(nameType)}`,
    // Of a policy that warns: mails of this run did not leave.
    `ALTER TABLE oubli_run_result ADD COLUMN mails_held ${orNull('INT')}`,
  ],
}
