/** Every migration in its order, and the names of what they make. */
import type { Dialect } from '../session.ts'
import { runs } from './0001-runs.ts'
import { evidence } from './0002-evidence.ts'
import { warnings } from './0003-warnings.ts'
import { control } from './0004-control.ts'
import { partitions } from './0005-partitions.ts'
import { mailRate } from './0006-mail-rate.ts'
import { log } from './0007-log.ts'
import { results } from './0008-results.ts'
import { ledger } from './0009-ledger.ts'
import { holds } from './0010-holds.ts'
import { openings } from './0011-openings.ts'
import { enforcement } from './0013-enforcement.ts'
import { selftests } from './0014-selftests.ts'
import { kept } from './0015-kept.ts'
import { notes } from './0016-notes.ts'
import { calendar } from './0017-calendar.ts'
import { doneClock } from './0018-done-clock.ts'
import { statusSentences } from './0019-status-words.ts'
import { turns } from './0020-turns.ts'
import { noticeIndex } from './0021-notice-index.ts'
import type { Migration } from './migration.ts'
import { instantType, nameType } from './own-table.ts'

export const migrations: readonly Migration[] = [
  runs,
  evidence,
  warnings,
  control,
  partitions,
  mailRate,
  log,
  results,
  ledger,
  holds,
  openings,
  enforcement,
  selftests,
  kept,
  notes,
  calendar,
  doneClock,
  statusSentences,
  turns,
  noticeIndex,
]

export const record = {
  name: 'oubli_migration',
  columns: { name: nameType, applied_at: instantType },
  primaryKey: ['name'],
}

const made = /^CREATE (?:OR REPLACE )?(TABLE|VIEW) (?:IF NOT EXISTS )?`?(\w+)`?/

/** Tables and views of ours, as the statements say that make them. */
export function ownNamesOf(dialect: Dialect): readonly string[] {
  return [record.name, ...makersOf(dialect).map(({ name }) => name)]
}

/** View → the statement that makes it, as the newest migration has it. */
export function viewsOf(dialect: Dialect): ReadonlyMap<string, string> {
  return new Map(
    makersOf(dialect)
      .filter(({ what }) => what === 'VIEW')
      .map(({ name, text }) => [name, text]),
  )
}

function makersOf(dialect: Dialect): readonly { what: string; name: string; text: string }[] {
  return migrations
    .flatMap(({ statements }) => statements(dialect))
    .flatMap((text) => {
      const [, what, name] = made.exec(text) ?? []
      return what === undefined || name === undefined ? [] : [{ what, name, text }]
    })
}
