/**
 * The pace of one policy: rests after each transaction, waits while the site has no room for us, and sizes the
 * next transaction by the last ones. Nothing here knows how the site is asked.
 */
import type { Stopwatch } from '../base/clock.ts'
import { clamp, firstSize, nextSize, shrunk, type SizeLimits, type SizeState } from './batch-size.ts'
import type { Pace, Sample } from './pace.ts'

/** Why no transaction may begin. */
export interface Hold {
  readonly kind: 'paused' | 'throttled'
  /** As people read it: `throttled: replica lag 2.4 s > 1.5 s`. */
  readonly why: string
  /** The site is in real trouble: begin again with the smallest transactions. */
  readonly hard: boolean
}

/** `grow`: larger transactions are welcome. `hold`: no larger ones. `slow`: rest twice as long. */
export type Room = 'grow' | 'hold' | 'slow'

/** What the surroundings say right now; somebody else keeps it up to date. */
export interface Surroundings {
  /** Hears what operators ask, so that `hold` and `stop` know it. Left out where nobody can ask. */
  readonly ask?: () => Promise<void>
  readonly hold: () => Hold | null
  readonly room: () => Room
}

export interface PaceOptions {
  readonly limits: () => SizeLimits
  /** Share of the time in which a transaction may be open, above 0 and up to 1. */
  readonly duty: () => number
  readonly writers: () => number
  /** Transactions that may follow each other without a question in between. */
  readonly together: () => number
  readonly site: Surroundings
  /** A word when the run must end. */
  readonly stop: () => string | null
  readonly stopwatch: Stopwatch
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Told of each transaction and of each wait, for whoever reports. */
  readonly told?: {
    readonly took?: (sample: Sample) => void
    /** Of several writers that wait at the same time, one tells. */
    readonly waited?: (kind: Hold['kind'] | 'resting', milliseconds: number) => void
  }
}

/** Who rests or is held looks up this often, and nobody writes for longer without looking. Milliseconds. */
const look = 200

export function gentlePace(options: PaceOptions): Pace {
  const { site, stopwatch, told } = options
  let state = firstSize(options.limits())
  let restUntil = -Infinity
  let sleepers = 0
  // Of all writers together: several that wait for the same reason begin smaller once.
  let held: Hold | null = null
  let lastMs = look
  const sleep = async (kind: Hold['kind'] | 'resting', milliseconds: number): Promise<void> => {
    const begun = stopwatch()
    sleepers += 1
    await options.sleep(milliseconds)
    sleepers -= 1
    if (sleepers === 0) told?.waited?.(kind, stopwatch() - begun)
  }
  return {
    size: () => clamp(state.size, options.limits()),
    writers: options.writers,
    together: () => Math.max(1, Math.min(options.together(), Math.floor(look / lastMs))),
    turn: async () => {
      for (;;) {
        await site.ask?.()
        const word = options.stop()
        if (word !== null) return word
        const hold = site.hold()
        const rest = restUntil - stopwatch()
        if (hold === null && rest <= 0) {
          held = null
          return null
        }
        state = afterHold(state, options.limits(), held, hold, stopwatch())
        held = hold
        if (hold === null) await sleep('resting', Math.min(rest, look))
        else await sleep(hold.kind, look)
      }
    },
    took: (sample) => {
      const now = stopwatch()
      const spent = sample.milliseconds
      if (sample.end === 'committed' && spent !== null) lastMs = Math.max(1, spent)
      state = nextSize(state, options.limits(), sample, now, site.room() === 'grow')
      restUntil = Math.max(restUntil, now) + restAfter(spent ?? lastMs, options.duty(), site.room())
      told?.took?.(sample)
    },
  }
}

/** A duty of a tenth rests nine times as long as it wrote; where room is short, only half the duty is left. */
export function restAfter(milliseconds: number, duty: number, room: Room): number {
  const share = room === 'slow' ? duty / 2 : duty
  return milliseconds * (1 / share - 1)
}

/** A throttle that begins halves the next transaction; one that becomes hard leaves the smallest. */
function afterHold(
  state: SizeState,
  limits: SizeLimits,
  before: Hold | null,
  now: Hold | null,
  at: number,
): SizeState {
  if (now?.kind !== 'throttled') return state
  if (now.hard && before?.hard !== true) return shrunk(state, limits, Infinity, at)
  return before?.kind === 'throttled' ? state : shrunk(state, limits, 2, at)
}
