/**
 * Whether what the last run found may be compared with what is due now. Where it may not, nobody knows who of them
 * is new, and all of them count as new: an alarm too many costs a look, one too few costs people.
 */
import type { Instant } from '../base/clock.ts'

/** `terms`: it ran under others. `replay`: a backup was replayed since, and sign-ins may be lost with it. */
export type NotComparable = 'terms' | 'replay'

/** Something that was counted: a run, or a backlog that was frozen. */
export interface Counted {
  readonly at: Instant
  readonly termsHash: string
}

/** `replayedAt`: of the last replay; null: there was none. Null: the two may be compared. */
export function notComparable(
  before: Counted,
  termsHash: string,
  replayedAt: Instant | null,
): NotComparable | null {
  if (replayedAt !== null && before.at <= replayedAt) return 'replay'
  return before.termsHash === termsHash ? null : 'terms'
}
