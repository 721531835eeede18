/** How much a run takes of what is due, and when the rest will be done at that rate. */
import type { Instant } from '../base/clock.ts'

export interface SliceInput {
  readonly due: number
  /** `per_run` of the policy. */
  readonly perRun: number
  /** Rows that become due between two runs, as the past tells. */
  readonly newlyPerRun: number
  readonly now: Instant
  /** Milliseconds from one run to the next. */
  readonly runEvery: number
}

export interface Slice {
  readonly takes: number
  readonly left: number
  /** Further runs until nothing is left; null when as much becomes due as a run takes. */
  readonly runsLeft: number | null
  /** When that last run starts; `now` when this run takes all; null as above. */
  readonly doneAt: Instant | null
}

export function sliceOf({ due, perRun, newlyPerRun, now, runEvery }: SliceInput): Slice {
  const takes = Math.min(due, perRun)
  const left = due - takes
  if (left === 0) return { takes, left, runsLeft: 0, doneAt: now }
  const shrinks = perRun - newlyPerRun
  if (shrinks <= 0) return { takes, left, runsLeft: null, doneAt: null }
  const runsLeft = Math.ceil(left / shrinks)
  return { takes, left, runsLeft, doneAt: now + runsLeft * runEvery }
}

export interface RestInput {
  /** What this run leaves. */
  readonly left: number
  /** A whole slice. */
  readonly perRun: number
  /** What this run did where its time ended it, before its slice was full; null: it did a whole slice. */
  readonly timed: number | null
  /** Newly due of past runs, in any order. */
  readonly newly: readonly number[]
  readonly now: Instant
  readonly runEvery: number
  /** Days between the first mail and the erasure of those who are still to be warned; 0: there are none. */
  readonly noticeDays: number
}

export interface Rest {
  /** Rows that a run is taken to do. */
  readonly pace: number
  /** Null when as much becomes due as a run does. */
  readonly doneAt: Instant | null
}

/** When what is left will be gone: at the pace of this run, less what becomes due on the average. */
export function restOf({ left, perRun, timed, newly, now, runEvery, noticeDays }: RestInput): Rest {
  const pace = Math.min(perRun, timed ?? perRun)
  const newlyPerRun = newly.length === 0 ? 0 : newly.reduce((sum, one) => sum + one, 0) / newly.length
  const { doneAt } = sliceOf({ due: left + pace, perRun: pace, newlyPerRun, now, runEvery })
  return { pace, doneAt: doneAt === null ? null : doneAt + noticeDays * 86_400_000 }
}
