/** A retention policy: what is kept, how long, counted from what, and what happens then. */
import type { Period } from './period.ts'

export type Status = 'observe' | 'enforce'
export type Action = 'erase' | 'anonymise' | 'archive' | 'withdraw consent' | 'truncate fields'

/** How a kind of data leaves together with the person, when it is not simply erased. */
export type Departure =
  | { readonly act: 'erase' }
  | { readonly act: 'keep'; readonly because: string }
  | { readonly act: 'detach' }
  | { readonly act: 'anonymise'; readonly under: string | null }
  | { readonly act: 'archive'; readonly under: string | null }

/** `only: { total: at least 120 EUR, buyer: consumer }`: every condition holds. Compared on a column of the kind. */
export type Condition =
  | { readonly column: string; readonly test: 'is one of'; readonly values: readonly string[] }
  | { readonly column: string; readonly test: 'at least' | 'below'; readonly amount: string }

export interface Unreachable {
  /** Refusals on that many different days make a person unreachable. */
  readonly refusals: number
  readonly waitDays: number
  readonly finally: 'erase' | 'a person decides'
}

export interface Warn {
  readonly when: 'before the term' | 'at the term'
  /** Whole days before the announced day, descending, for example 60, 30, 7. */
  readonly daysBefore: readonly number[]
  readonly minimumNoticeDays: number
  /** Days after its acceptance in which a mail may still come back. Absent: see `bounceWindow`. */
  readonly bounceWindowDays?: number
  readonly template: string
  readonly ifUnreachable: Unreachable | 'a person decides'
  readonly noAddress: 'erase' | 'a person decides'
  /** An address that no mail can be sent to. Absent: a person decides. */
  readonly invalidAddress?: { readonly waitDays: number; readonly finally: 'erase' | 'a person decides' }
  /** Left out for a full mail, so that terms and fingerprint stay those of before the field. */
  readonly variant?: 'bare' | 'discreet'
  /** A last mail after the erasure; its address is kept until it has left, and at most so many days. */
  readonly thenTell?: { readonly template: string; readonly withinDays: number }
}

export interface Policy {
  readonly id: string
  readonly file: string
  readonly promise: string
  readonly status: Status
  /** A kind of the data map. */
  readonly data: string
  /** Exactly one of the two is the term that the clock runs to; a minimum protects against other policies. */
  readonly keepAtMost: Period | null
  readonly keepAtLeast: Period | null
  readonly countedFrom: string
  readonly only: readonly Condition[]
  readonly notWhile: readonly string[]
  /** Columns to which the action applies; empty: the whole row. */
  readonly fields: readonly string[]
  readonly follows: string | null
  readonly then: Action
  /** By kind, or by `kind.column` for one reference. */
  readonly but: Readonly<Record<string, Departure>>
  readonly warn: Warn | null
  /**
   * How long a person whom this policy erases can have a receipt; without it, what would open the evidence is
   * thrown away at once. Left out then, so that terms and fingerprint stay those of before the field.
   */
  readonly receipts?: Period
  readonly perRun: { readonly items: number; readonly mails: number }
  readonly stopAbove: {
    readonly percent: number
    readonly count: number | null
    readonly percentByElse: number
  }
  readonly purpose: string
  readonly legalBasis: string
  readonly because: string
  readonly approvedBy: string | null
  readonly approvedOn: string | null
  readonly reviewBy: string | null
}
