/** A mark knows how the clock stood when it was set; those from before hold until the judgement finds a newer one. */
import { orNull } from './own-table.ts'
import type { Migration } from './migration.ts'

export const doneClock: Migration = {
  name: '0018-done-clock',
  statements: () => [`ALTER TABLE oubli_done ADD COLUMN clock ${orNull('VARCHAR(200)')}`],
}
