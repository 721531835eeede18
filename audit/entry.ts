/**
 * What the evidence log says. One entry is one thing that happened, written in the transaction that made it
 * happen. No field is meant for a personal value: there are random ids, hashes, names of tables and policies, days
 * and counts, and `entry-text.ts` refuses anything that does not look like one.
 */
import type { Instant } from '../base/clock.ts'

/** A number of rows or people in decimal, as text, so that no reader can round it. */
export type Count = `${bigint}`
/** 64 lower-case hex digits: SHA-256, or an HMAC with it. */
export type Hash = string
/** 32 lower-case hex digits: 128 random bits. */
export type EntryId = string
/** ISO 8601 in UTC with milliseconds. */
export type IsoInstant = string
/** `YYYY-MM-DD`. */
export type IsoDay = string

/** Act (erase, detach, anonymise …) → how many rows. */
export type ActCounts = Readonly<Record<string, Count>>
/** Table → what was done to its rows. */
export type TableCounts = Readonly<Record<string, ActCounts>>

/** A policy by its id and by the hash of the terms that were in force. */
export interface PolicyTerms {
  readonly id: string
  readonly terms: Hash
}

interface Common<K extends string> {
  readonly v: '1'
  readonly id: EntryId
  readonly kind: K
  /** Rounded down to the minute (`minuteOf`): the exact moment would find the person in the site's own logs. */
  readonly t: IsoInstant
  /** Version of the program that wrote the entry. */
  readonly tool: string
}

/** A change to the site's rows under one policy. */
interface Change<K extends string> extends Common<K> {
  readonly run: string
  readonly policy: PolicyTerms
  /** The `now` of the run. */
  readonly as_of: IsoInstant
  /** Starts before this instant were due. */
  readonly cutoff: IsoInstant
  readonly tables: TableCounts
}

/** One person. The commitment opens only with a salt that is not kept here. */
export interface SubjectEntry extends Change<'subject.erased' | 'subject.anonymised'> {
  readonly subject: Hash
}

/** A batch of rows that are not people. */
export interface RowsEntry extends Change<
  'rows.erased' | 'rows.anonymised' | 'rows.archived' | 'rows.truncated' | 'rows.withdrawn'
> {
  readonly batch: string
}

export interface PolicyCounts {
  readonly observed: Count
  readonly erased: Count
  readonly anonymised: Count
  readonly archived: Count
  readonly truncated: Count
  readonly withdrawn: Count
  readonly warned: Count
  /** Due, and left for a later slice. */
  readonly left: Count
  /** Reason → how many. */
  readonly spared: Readonly<Record<string, Count>>
}

/** After a policy's work the database was asked again whether something of what went is still there. */
export interface PurgeCheckedEntry extends Common<'purge.checked'> {
  readonly run: string
  readonly policy: PolicyTerms
  readonly as_of: IsoInstant
  /** Rows (people, for a kind of people) that the run has done. */
  readonly done: Count
  /** Of these, asked after; fewer are an even sample. */
  readonly asked: Count
  /** Table → rows that are still there. Every table that was asked stands in it, also with 0. */
  readonly left: Readonly<Record<string, Count>>
}

/** Closes every run, also one that had nothing to do: silence in the log is then itself a finding. */
export interface RunFinishedEntry extends Common<'run.finished'> {
  readonly run: string
  readonly job: string
  readonly as_of: IsoInstant
  readonly policies: Readonly<Record<string, PolicyCounts>>
  /** `done`, `partly done`, `refused` or `failed`. */
  readonly stopped: string
  /** The most that it was to do, of a pilot. */
  readonly pilot?: Count
}

export interface RunRefusedEntry extends Common<'run.refused'> {
  readonly run: string
  readonly job: string
  readonly as_of: IsoInstant
  /** Code of the refusal, as in `docs/errors.md`. */
  readonly code: string
  readonly policy: PolicyTerms | null
  /** What was counted and where the limit lies, for an alarm. */
  readonly found: Count | null
  readonly limit: Count | null
}

interface WarningCommon<K extends string> extends Common<K> {
  readonly policy: PolicyTerms
  readonly subject: Hash
  readonly round: Count
  readonly step: Count
}

export interface WarningAcceptedEntry extends WarningCommon<'warning.accepted'> {
  /** The first day on which the erasure may happen, as the person was told. */
  readonly announced: IsoDay
}

export interface WarningFailedEntry extends WarningCommon<'warning.failed'> {
  /**
   * `undelivered`: a relay took it and another server gave it up, or it was refused for good without a word against the
   * address, or nobody answered for it and its time was over. `abandoned`: no relay took it in time.
   */
  readonly why: 'refused' | 'bounced' | 'undelivered' | 'abandoned'
}

/** Mails after an erasure, of one policy: how many came to their end together. Nothing that stands for a person. */
export interface TellingEndedEntry extends Common<'telling.ended'> {
  readonly policy: PolicyTerms
  /**
   * `abandoned`: its time was over without a word of acceptance, or it waited in a backup that was restored; where
   * an answer was lost, or it left since the backup, it may have arrived.
   */
  readonly how: 'accepted' | 'refused' | 'abandoned'
  readonly count: Count
}

/** The reason of a hold is free text and stays in the database. */
export interface HoldEntry extends Common<'hold.set' | 'hold.released'> {
  readonly hold: string
  readonly subject: Hash
}

/** The person asked to stay, by mail or by phone: the term began anew. Who asked and why stays in the database. */
export interface RequestKeptEntry extends Common<'request.kept'> {
  readonly request: string
  readonly subject: Hash
}

/** Somebody who was erased wrongly was put back on purpose, under a hold: no replay takes them again. */
export interface SubjectPutBackEntry extends Common<'subject.put-back'> {
  readonly hold: string
  readonly subject: Hash
}

export interface PlanApprovedEntry extends Common<'plan.approved'> {
  readonly fingerprint: Hash
  /** Policy → the most that a run may do under this approval. */
  readonly most: Readonly<Record<string, Count>>
  readonly until: IsoInstant
  /** Policies whose terms never acted: what was overdue, its edge, and the day to be finished by. */
  readonly backlog?: Readonly<
    Record<string, { readonly size: Count; readonly before: IsoInstant; readonly by: IsoDay }>
  >
  /** What was said of the backup when policies act for the first time. */
  readonly first?: {
    readonly policies: Readonly<Record<string, Hash>>
    /** As declared; null: there is none, for a reason that stays in the database. */
    readonly backup: { readonly taken: IsoDay; readonly kept_until: IsoDay } | null
    /** How long the binary log keeps erased rows; 0: for ever; null: there is none. */
    readonly binlog_days: Count | null
    /** People whom the backup, restored then, would have brought back. */
    readonly comes_back: Count
  }
}

export interface TermsChangedEntry extends Common<'terms.changed'> {
  readonly policy: PolicyTerms
  /** Null: the database had not seen the policy. */
  readonly before: Hash | null
  readonly change: 'new' | 'shortened' | 'lengthened' | 'stronger' | 'weaker' | 'other'
}

/** A person let a run pass although the database clock had jumped. */
export interface ClockAcceptedEntry extends Common<'clock.accepted'> {
  readonly run: string
  readonly previous: IsoInstant
  readonly as_of: IsoInstant
}

/** A database that was older than the log, as after a restored backup, agrees with it again. */
export interface RestoreReconciledEntry extends Common<'restore.reconciled'> {
  readonly run: string
  readonly as_of: IsoInstant
  /** Entries that the log had when the replay began. */
  readonly size: Count
  /** People who went again. */
  readonly erased: Count
  readonly anonymised: Count
  /** People who were left as they are: a hold, a restriction, a fault, or no policy that does it today. */
  readonly kept: Count
  /** Mails that were sent before and are not sent again. */
  readonly mails: Count
}

export type Entry =
  | SubjectEntry
  | RowsEntry
  | PurgeCheckedEntry
  | RunFinishedEntry
  | RunRefusedEntry
  | WarningAcceptedEntry
  | WarningFailedEntry
  | TellingEndedEntry
  | HoldEntry
  | RequestKeptEntry
  | SubjectPutBackEntry
  | PlanApprovedEntry
  | TermsChangedEntry
  | ClockAcceptedEntry
  | RestoreReconciledEntry

export type EntryKind = Entry['kind']

/** `random(n)` must give n bytes that nobody can foresee. */
export function newEntryId(random: (size: number) => Uint8Array): EntryId {
  return Buffer.from(random(16)).toString('hex')
}

/** The instant, rounded down to its minute (UTC). */
export function minuteOf(at: Instant): IsoInstant {
  return new Date(Math.floor(at / 60_000) * 60_000).toISOString()
}

/** A whole number of things, zero or more; throws a RangeError for anything else. */
export function countText(count: number | bigint): Count {
  if (count < 0 || (typeof count === 'number' && !Number.isSafeInteger(count))) {
    throw new RangeError('a count is a whole number, zero or more')
  }
  return `${BigInt(count)}`
}
