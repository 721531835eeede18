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
