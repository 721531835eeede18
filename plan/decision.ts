/** The outcomes of judging one row. */
import type { Instant } from '../base/clock.ts'

export const spareReasons = [
  'active', // its clock has not run out
  'kept on request', // its clock has run out, but the person has asked to stay
  'held', // a hold covers it
  'restricted', // article 18: stored only
  'not while', // a named state of the policy holds
  'exception', // an exception of the data map
  'clock cannot be true', // ancient, future or unreadable value in a source
  'no clock', // never happened, and nothing else to count from
  'warned, not yet due', // announced day not reached
  'warning on its way', // queued, deferred or unknown
  'no address', // a person decides
  'invalid address', // a person decides
  'unreachable', // waiting, or a person decides
] as const
export type SpareReason = (typeof spareReasons)[number]

export type Decision =
  | {
      readonly act: 'due'
      readonly start: Instant
      readonly dueFrom: Instant
      readonly byElse: boolean
      readonly notice: 'none needed' | 'warned' | 'unreachable' | 'no address'
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
