/** Turns rings of timers into looks at the slots, one at a time. */
import type { Clock } from '../base/clock.ts'

export interface Waker {
  readonly wake: () => void
  /** Resolves when no look is in hand. */
  readonly idle: () => Promise<void>
}

/**
 * `look` must not throw. Rings while a look is in hand, or in the minute in which one began or ended, are dropped,
 * not kept: otherwise a slot that failed after half an hour of work would use up its tries in the same breath. What
 * was to be found at such a ring is found at the next one, because the database knows which slots are open.
 */
export function waker(clock: Clock, look: () => Promise<void>): Waker {
  const minute = (): number => Math.floor(clock() / 60_000)
  let inHand: Promise<void> | null = null
  let last = -1
  return {
    wake: () => {
      if (inHand !== null || minute() === last) return
      last = minute()
      inHand = look().finally(() => {
        inHand = null
        last = minute()
      })
    },
    idle: () => inHand ?? Promise.resolve(),
  }
}
