/**
 * Everything that the log can say. A closed table: code → how important, which fields of which type, and the
 * sentence. A field type is a pattern that a personal value does not fit; there is no type for free text.
 */
import type { FieldType } from './event-fields.ts'

export type Level = 'error' | 'warn' | 'info' | 'debug'

type Louder = (fields: Readonly<Record<string, string | number>>) => Level | null

export interface EventShape {
  readonly level: Level
  /** Raises the level, by what the event says. */
  readonly louder?: Louder
  readonly fields: Readonly<Record<string, FieldType>>
  /** `{field}` stands for its value. */
  readonly text: string
}

export const events = {
  'run.started': event('info', 'Run {run} of {job} began, as of {as_of}', {
    run: 'id',
    job: 'name',
    as_of: 'instant',
  }),
  'run.finished': event('info', 'Run {run} ended with exit code {exit}', { run: 'id', exit: 'count' }),
  'run.refused': event('warn', 'Run {run} did nothing by {policy}: {code}, found {found}, limit {limit}', {
    run: 'id',
    policy: 'name',
    code: 'code',
    found: 'count',
    limit: 'count',
  }),
  'run.stopping': event('info', 'Asked to end ({why}); the transaction at hand is finished first', {
    why: 'words',
  }),
  'policy.done': event('info', '{policy}: {done} done; {stopped}', {
    run: 'id',
    policy: 'name',
    done: 'count',
    left: 'count',
    stopped: 'words',
  }),
  'row.set-aside': event('warn', '{policy}: {row} was set aside: {code}', {
    run: 'id',
    policy: 'name',
    row: 'ref',
    code: 'fault',
  }),
  'row.busy': event('warn', '{policy}: {row} was in use in {runs} runs in a row', {
    run: 'id',
    policy: 'name',
    row: 'ref',
    runs: 'count',
  }),
  throttled: event('warn', '{policy}: nothing is written while {signal} is {found}, above {limit}', {
    run: 'id',
    policy: 'name',
    signal: 'name',
    found: 'count',
    limit: 'count',
  }),
  'throttle.ended': event('info', '{policy}: the site has room again after {seconds} s', {
    run: 'id',
    policy: 'name',
    seconds: 'count',
  }),
  'run.paused': event('warn', 'Run {run} was paused: {why}', { run: 'id', why: 'words' }),
  'run.resumed': event('info', 'Run {run} goes on after {seconds} s', { run: 'id', seconds: 'count' }),
  'why.stopped': event(
    'info',
    '{job} ended with exit code {exit}',
    { job: 'name', exit: 'count', why: 'words' },
    ({ exit }) => (exit === 0 ? null : 'warn'),
  ),
  'slot.done': event('info', 'Slot {slot} of {job} is done', { job: 'name', slot: 'instant' }),
  // With `last`, all between that slot and this one were.
  'slot.missed': event('warn', 'Slot {slot} of {job} was missed and is not caught up any more', {
    job: 'name',
    slot: 'instant',
    last: 'instant',
  }),
  'slot.busy': event('info', '{job}: another run holds the lease', { job: 'name', code: 'code' }),
  'slot.unfinished': event('warn', '{job} did not come to its end; tries left: {tries_left}', {
    job: 'name',
    tries_left: 'count',
  }),
  // Of policy files that stop it, the first problem and where it stands.
  'slot.failed': event('error', '{job} failed: {code}', {
    job: 'name',
    code: 'code',
    problem: 'code',
    file: 'name',
    line: 'count',
  }),
  'schedule.started': event('info', 'Waiting for the next slot, in the zone given by the settings', {}),
  'schedule.stopped': event('info', 'The scheduler ended', {}),
  'warning.postponed': event('info', '{policy}: a warning waits for a later run', { policy: 'name' }),
  'mail.accepted': event('info', '{policy}: a mail was accepted by the relay', { policy: 'name' }),
  // A relay answers with a number, a fault has a code, and sometimes there is neither: no sentence needs one.
  'mail.deferred': event('info', 'A mail waits for another try', {
    code: 'code',
    reply: 'count',
    tries: 'count',
  }),
  'mail.refused': event('warn', 'A mail was refused', { code: 'code', reply: 'count' }),
  'mail.abandoned': event('warn', '{policy}: a mail was given up; its time was over before a relay took it', {
    policy: 'name',
  }),
  'mail.bounced': event('warn', 'A mail came back: {status}', { status: 'name' }),
  'mail.slice-refused': event(
    'error',
    '{refused} of {sent} mails were refused; this is our fault, nothing counts',
    { refused: 'count', sent: 'count' },
  ),
  'bounces.left': event(
    'warn',
    '{count} file(s) stay in mail.bounces.folder: not readable, not movable, not removable, a mailbox in one file (mbox), or a folder done or other that is a link or not readable',
    { count: 'count' },
  ),
  'bounces.unmarked': event(
    'warn',
    'The file .oubli of mail.bounces.folder cannot be written ({code}): another folder in its place would not be known',
    { code: 'code' },
  ),
  'bounces.young': event(
    'info',
    '{count} file(s) in mail.bounces.folder are too young, taken next time: a mail program may still be writing them',
    { count: 'count' },
  ),
  'bounces.removed': event(
    'info',
    '{count} mail(s) were removed from mail.bounces.folder: read longer ago than mail.bounces.kept_days',
    { count: 'count' },
  ),
  'bounces.old': event(
    'warn',
    '{count} file(s) in other or done of mail.bounces.folder are older than mail.bounces.kept_days and not ours to remove: somebody should read and remove them',
    { count: 'count' },
  ),
  'mail.not-told': event(
    'warn',
    '{count} mail(s) after an erasure could not be sent in time and were removed',
    {
      count: 'count',
    },
  ),
  'mail.relay-failed': event('error', 'The relay cannot be reached', { code: 'code', reply: 'count' }),
  'mail.untaken': event('warn', 'No warning was taken for {days} days, and {count} wait or were given up', {
    count: 'count',
    days: 'count',
  }),
  'mail.canary-failed': event(
    'error',
    'The relay did not take the mail to mail.canary; no refusal of this delivery counts',
    {},
  ),
  'evidence.sealed': event('info', 'The log was sealed at {entries} entries, in {milliseconds} ms', {
    entries: 'count',
    milliseconds: 'count',
  }),
  'evidence.rebuilt': event(
    'warn',
    'The folder of the evidence lacked a part of the log; it is filled up again from the database, from entry {entries} on',
    { entries: 'count' },
  ),
  'evidence.waits': event(
    'info',
    'Another process seals or tells the ledger; what this run left waits for the next',
    {},
  ),
  'evidence.not-compared': event(
    'info',
    'The log outside was not compared with the database: there is neither signing key nor evidence.verifier_key here',
    {},
  ),
  'evidence.not-sealed': event('warn', 'The entries that wait could not be sealed: {code}', { code: 'code' }),
  'evidence.not-told': event('warn', 'The ledger could not be told who went: {code}', { code: 'code' }),
  'evidence.sink-failed': event('warn', 'The checkpoint did not reach the sink {sink}: {code}', {
    sink: 'name',
    code: 'code',
  }),
  'evidence.no-sink': event(
    'warn',
    'The checkpoint stays on this host: no place off it is set in evidence.sinks',
    {},
  ),
  'evidence.checked': event('info', 'The evidence was checked: {entries} entries', { entries: 'count' }),
  'evidence.unverified': event(
    'warn',
    'The signatures of the evidence were not checked, for want of evidence.verifier_key; nothing else was found in {entries} entries',
    { entries: 'count' },
  ),
  'evidence.failed': event(
    'error',
    'The evidence does not verify, {findings} finding(s); `oubli audit verify` says where',
    { entries: 'count', findings: 'count' },
  ),
  'log.file-failed': event(
    'error',
    'E_FILE_UNWRITABLE: log.file cannot be written ({code}); what it lacks stands on standard error alone',
    { code: 'code' },
  ),
  'log.file-written': event('warn', 'log.file is written again; {lines} line(s) are missing from it', {
    lines: 'count',
  }),
  'error.unexpected': event('error', 'A defect of Oubli or of the database: {name}', {
    name: 'code',
    code: 'code',
    stack: 'frames',
  }),
} as const

export type EventCode = keyof typeof events

type ValueOf<T extends FieldType> = T extends 'count' ? number : string

/** Fields of an event; any of them may be left out. */
export type FieldsOf<C extends EventCode> = C extends EventCode
  ? {
      readonly [F in keyof (typeof events)[C]['fields']]?: ValueOf<
        (typeof events)[C]['fields'][F] & FieldType
      >
    }
  : never

function event<const F extends Readonly<Record<string, FieldType>>>(
  level: Level,
  text: string,
  fields: F,
  louder?: Louder,
): EventShape & { readonly fields: F } {
  return { level, text, fields, ...(louder === undefined ? {} : { louder }) }
}
