/** The outcomes of judging one row. */
import type { Instant } from '../base/clock.ts'

export const spareReasons = [
  'active', // its clock has not run out
  'kept on request', // its clock has run out, but the person has asked to stay
  'held', // a hold covers it
  'restricted', // article 18: stored only
  'not while', // a named state of the policy holds
  'exception', // an exception of the data map, for the row or for what would leave with it
  'clock cannot be true', // ancient, future or unreadable value in a source
  'no clock', // never happened, and nothing else to count from
  'warned, not yet due', // announced day not reached
  'accepted, waiting for bounces', // the same, and the mail may still come back
  'warning on its way', // queued, deferred or unknown
  'deferred for days', // the mail is put off again and again; no refusal
  'our own fault', // the relay is not reached, its answers are lost for days, or it refuses so many that nothing counts
  'no address', // a person decides
  'invalid address', // waiting, or a person decides
  'unreachable', // waiting, or a person decides
  'given up by other servers', // mails failed on several days, and nobody is unreachable by it: a person decides
] as const
export type SpareReason = (typeof spareReasons)[number]

/** A mail is queued, whatever keeps it. */
export const mailWaits: readonly SpareReason[] = ['warning on its way', 'deferred for days', 'our own fault']

/** The steps of a notice, which ends by itself. */
export const noticeRuns: readonly SpareReason[] = [
  'warned, not yet due',
  'accepted, waiting for bounces',
  ...mailWaits,
]

export type Decision =
  | {
      readonly act: 'due'
      readonly start: Instant
      readonly dueFrom: Instant
      readonly byElse: boolean
      readonly notice: 'none needed' | 'warned' | 'unreachable' | 'no address' | 'invalid address'
    }
  | {
      readonly act: 'warn'
      readonly start: Instant
      readonly dueFrom: Instant
      readonly byElse: boolean
      readonly round: number
      readonly step: number
      readonly announced: Instant
    }
  | {
      readonly act: 'spare'
      readonly reason: SpareReason
      readonly until: Instant | null
      readonly dueFrom: Instant | null
      readonly canary: boolean
    }
