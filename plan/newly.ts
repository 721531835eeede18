/**
 * How many entered since the last run. What was overdue when a policy first acted is a frozen backlog, which can
 * only shrink: growth on either side of its edge is news, and neither side hides the other.
 */

/** Rows that would be warned for the first time, or acted on without a warning. */
export interface Entered {
  readonly all: number
  /** Of them, those of the backlog. */
  readonly old: number
}

export interface EnteredBefore extends Entered {
  /** Of `all`, those that the run handled. */
  readonly handled: number
}

/** Never less than the difference of the sums. */
export function newlyEntered(now: Entered, before: EnteredBefore): number {
  const [young, youngBefore] = [now.all - now.old, before.all - before.old]
  const handled = Math.min(before.handled, before.all)
  // A run does not write down on which side of the edge it worked: the split that explains most is taken.
  const least = Math.max(0, handled - youngBefore)
  const most = Math.min(handled, before.old)
  const ofOld = Math.min(most, Math.max(least, before.old - now.old))
  return Math.max(0, now.old - before.old + ofOld) + Math.max(0, young - youngBefore + handled - ofOld)
}
