/** One entry of each kind, with every field that it may have. */
import { minuteOf, type Entry, type EntryKind } from '../../audit/entry.ts'
import { personEntry, runEntry, start } from './sample-log.ts'

const hex = (digit: string): string => digit.repeat(32)
const hash = (digit: string): string => digit.repeat(64)
const at = new Date(start).toISOString()
const common = { v: '1', id: hex('a'), t: minuteOf(start), tool: '0.1.0' } as const
const policy = { id: 'inactive-accounts', terms: hash('b') }
const run = { run: hex('1'), as_of: at }
const rows = {
  ...common,
  ...run,
  policy,
  cutoff: at,
  batch: hex('2'),
  tables: { 'old.orders': { archived: '3' } },
} as const
const warning = { ...common, policy, subject: hash('c'), round: '1', step: '2' } as const
const hold = { ...common, hold: hex('3'), subject: hash('d') }

/** The type lets none be forgotten. */
export const everyKind: Readonly<Record<EntryKind, Entry>> = {
  'subject.erased': personEntry(3),
  'subject.anonymised': { ...personEntry(3), kind: 'subject.anonymised' },
  'rows.erased': { ...rows, kind: 'rows.erased' },
  'rows.anonymised': { ...rows, kind: 'rows.anonymised' },
  'rows.archived': { ...rows, kind: 'rows.archived' },
  'rows.truncated': { ...rows, kind: 'rows.truncated' },
  'rows.withdrawn': { ...rows, kind: 'rows.withdrawn' },
  'purge.checked': {
    ...{ ...common, ...run, kind: 'purge.checked', policy },
    ...{ done: '5', asked: '5', left: { users: '0' } },
  },
  'run.finished': { ...runEntry(4, start), pilot: '10' } as Entry,
  'run.refused': {
    ...{ ...common, ...run, kind: 'run.refused', job: 'run', code: 'E_ALARM', policy },
    ...{ found: '90', limit: '50' },
  },
  'warning.accepted': { ...warning, kind: 'warning.accepted', announced: '2026-12-24' },
  'warning.failed': { ...warning, kind: 'warning.failed', why: 'bounced' },
  'telling.ended': { ...common, kind: 'telling.ended', policy, how: 'abandoned', count: '12' },
  'hold.set': { ...hold, kind: 'hold.set' },
  'hold.released': { ...hold, kind: 'hold.released' },
  'request.kept': { ...common, kind: 'request.kept', request: hex('4'), subject: hash('e') },
  'subject.put-back': { ...hold, kind: 'subject.put-back' },
  'plan.approved': {
    ...{ ...common, kind: 'plan.approved', fingerprint: hash('f'), most: { p: '12' }, until: at },
    backlog: { p: { size: '12', before: at, by: '2027-06-30' } },
    first: {
      policies: { p: hash('f') },
      backup: { taken: '2026-11-25', kept_until: '2027-02-25' },
      ...{ binlog_days: '10', comes_back: '0' },
    },
  },
  'terms.changed': { ...common, kind: 'terms.changed', policy, before: hash('0'), change: 'stronger' },
  'clock.accepted': { ...common, ...run, kind: 'clock.accepted', previous: at },
  'restore.reconciled': {
    ...{ ...common, ...run, kind: 'restore.reconciled', size: '40' },
    ...{ erased: '3', anonymised: '0', kept: '1', mails: '2' },
  },
}
