/** Which kinds of data are under a hold is asked in each run: without reading the holds that are over. */
import type { Migration } from './migration.ts'

export const holds: Migration = {
  name: '0010-holds',
  statements: () => ['CREATE INDEX oubli_hold_released_at_kind ON oubli_hold (released_at, kind)'],
}
