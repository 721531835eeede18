/** What kept a policy from all that was due in a run. Pure. */

/**
 * `nothing`: it went through what was due, or its slice was full. `paused`, `throttled`: the time of the run was
 * over, and it had mostly waited. `time`: the same, and it had worked. `no turn`: others had used the time up.
 * `busy`: the site held every row. `stopped`: a signal or an operator. `unsealed`: the evidence waits. `unread`: what
 * came back of its mails could not be read. `fault`: an error, its own or that of a policy before it.
 */
export type HeldUp =
  | 'nothing'
  | 'paused'
  | 'throttled'
  | 'time'
  | 'no turn'
  | 'busy'
  | 'stopped'
  | 'unsealed'
  | 'unread'
  | 'fault'

/** A policy in the erasing part of a run that let it act. */
export interface Turn {
  /** Its work began. */
  readonly had: boolean
  readonly heldUp: HeldUp
}

/** How long the work of one policy stood still, of how much. Milliseconds. */
export interface Spent {
  readonly elapsed: number
  readonly paused: number
  readonly throttled: number
  /** What holds it at the end; null: nothing does. */
  readonly now: 'paused' | 'throttled' | null
}

/** How the work of a policy ended; left out: it had no turn. */
export interface Ended {
  readonly end: 'through' | 'slice' | 'time' | 'stopped' | 'unsealed' | 'fault'
  readonly done: number
  readonly busy: number
  readonly spent: Spent
}

export function heldUpBy({ end, done, busy, spent }: Ended): HeldUp {
  if (end === 'slice') return 'nothing'
  if (end === 'through') return done === 0 && busy > 0 ? 'busy' : 'nothing'
  if (end !== 'time') return end
  const waited = spent.paused + spent.throttled
  if (waited > 0 && waited * 2 >= spent.elapsed)
    return spent.paused >= spent.throttled ? 'paused' : 'throttled'
  return done === 0 && spent.now !== null ? spent.now : 'time'
}

/** Of a policy whose turn never came as the time was over: where nobody could work, it is for the same reason. */
export function heldBefore(before: readonly (Turn & { readonly done: number })[], now: Spent['now']): HeldUp {
  if (before.some(({ done }) => done > 0)) return 'no turn'
  const held = before.map(({ heldUp }) => heldUp).find((one) => one === 'paused' || one === 'throttled')
  return held ?? now ?? 'no turn'
}

/** Whoever was left out, or whose last turn is the oldest, comes first; else the order stays. ISO instants. */
export function byLastTurn<T>(
  policies: readonly T[],
  idOf: (one: T) => string,
  last: ReadonlyMap<string, string>,
): readonly T[] {
  const turnOf = (one: T): string => last.get(idOf(one)) ?? ''
  return [...policies].sort((a, b) => (turnOf(a) < turnOf(b) ? -1 : turnOf(a) > turnOf(b) ? 1 : 0))
}
