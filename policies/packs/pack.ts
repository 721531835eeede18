/** The shape of a rule of a rule pack: what law or a regulator says of one category of data, as data. */
import type { Action } from '../policy.ts'
import type { Language } from '../problem.ts'

export type PackName = 'gdpr' | 'cnil' | 'fr-commerce'

/**
 * What lifts a limit: nothing; a reason of at least `justificationLength` characters in `because`; or such a
 * reason and a signature in `approved_by`. A lifted limit is still reported, as a warning.
 */
export type Override = 'none' | 'justify' | 'dpo'

export interface Limit {
  /** ISO 8601, civil units. */
  readonly period: string
  readonly override: Override
}

export interface PackRule {
  readonly id: string
  readonly pack: PackName
  /** Categories of kinds; empty: every kind. */
  readonly appliesTo: readonly string[]
  /** Shortest first. Holds for the policy that destroys the rows, not for the move into an archive. */
  readonly atLeast: readonly Limit[]
  /** Shortest first; the longest one that is exceeded is reported. */
  readonly atMost: readonly Limit[]
  /** `fixed`: a start that later acts move is an error. */
  readonly clock: 'fixed' | 'either'
  /** The law counts from the close of the fiscal year, so the event must be rounded to it. */
  readonly start: 'end of fiscal year' | 'any'
  /** Days between the first accepted warning and the erasure, where the clock slides. */
  readonly noticeDays: number | null
  /** Actions that may end the term; empty: any. */
  readonly actions: readonly Action[]
  /** Lint codes that hold what the fields above cannot say. */
  readonly heldBy: readonly string[]
  /** What the rule demands, in one sentence. */
  readonly requires: Readonly<Record<Language, string>>
  /** The text that says so, by its name. */
  readonly reference: string
  /** Civil date; null: not established. */
  readonly validFrom: string | null
  /** Civil date on which the figure was last seen in the source; null: stated from memory, not yet checked. */
  readonly checkedOn: string | null
}

/** What most rules leave open. */
export const openRule = {
  atLeast: [],
  atMost: [],
  clock: 'either',
  start: 'any',
  noticeDays: null,
  actions: [],
  heldBy: [],
} as const
