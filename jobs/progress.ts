/** How far a run is with the policy at hand, and when it will be done with it. */

export interface Progress {
  readonly run: string
  /** Null before the first policy that acts. */
  readonly policy: string | null
  /** People or rows of this policy in this run. */
  readonly done: number
  readonly due: number
  /** Per second of the time in which writing was welcome, rests included; null while nothing is known. */
  readonly perSecond: number | null
  readonly batchSize: number
  readonly writers: number
  readonly state: 'working' | 'slowed' | 'throttled' | 'paused'
  readonly reason: string | null
}

/** `held`: of the elapsed milliseconds, those in which we were paused or throttled. */
export function rateOf(done: number, elapsed: number, held: number): number | null {
  const active = elapsed - held
  return done === 0 || active <= 0 ? null : (done * 1000) / active
}

/** From 0 to 1; null where nothing is due. */
export function shareOf({ done, due }: Pick<Progress, 'done' | 'due'>): number | null {
  return due <= 0 ? null : Math.min(1, done / due)
}

/** Seconds of writing that are left; null before one percent is done, when it would be a guess. */
export function secondsLeft(progress: Pick<Progress, 'done' | 'due' | 'perSecond'>): number | null {
  const share = shareOf(progress)
  if (share === null || share < 0.01 || progress.perSecond === null) return null
  return Math.max(0, progress.due - progress.done) / progress.perSecond
}

/** What the run does now; told anew at each policy. */
export interface AtWork {
  readonly policy: string
  readonly due: number
  readonly done: () => number
  readonly batchSize: () => number
  readonly writers: () => number
}

/** `elapsed`, `held`: milliseconds since this policy began. */
export function progressOf(
  run: string,
  work: AtWork | null,
  spent: { readonly elapsed: number; readonly held: number },
  now: { readonly state: Progress['state']; readonly reason: string | null },
): Progress {
  if (work === null)
    return { run, policy: null, done: 0, due: 0, perSecond: null, batchSize: 0, writers: 1, ...now }
  const done = work.done()
  return {
    run,
    policy: work.policy,
    done,
    due: work.due,
    perSecond: rateOf(done, spent.elapsed, spent.held),
    batchSize: work.batchSize(),
    writers: work.writers(),
    ...now,
  }
}
