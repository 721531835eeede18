/**
 * How much the next transaction may take: sized by how long the last ones took. Pure: a state in, a state out.
 * It sees the time from BEGIN to the answer to COMMIT and nothing else; a wait for a connection, for the lease, for
 * our turn or for a rest says nothing about the size, and neither does a try that met a lock.
 */
import type { Sample } from './pace.ts'

export interface SizeLimits {
  readonly min: number
  readonly max: number
  /** Size of the first transaction; clamped. */
  readonly start: number
  /** Nine in ten transactions should take no longer. Milliseconds. */
  readonly targetMs: number
}

export interface SizeState {
  readonly size: number
  /** Milliseconds of committed transactions of this size, oldest first; fewer than `window`. */
  readonly times: readonly number[]
  /** How the last transactions ended, oldest first; at most `memory`. */
  readonly ends: readonly Sample['end'][]
  /** No growth before this moment. Milliseconds of the caller's clock. */
  readonly growAfter: number
}

const samples = 11
const memory = 10
/** More than one in five of the last ten. */
const stormAbove = 2
const growth = 1.5
const panicAt = 5
const calmMs = 30_000
/** A transaction that was given much less than it might have says little about the size. */
const wholeFrom = 0.8

export function firstSize(limits: SizeLimits): SizeState {
  return { size: clamp(limits.start, limits), times: [], ends: [], growAfter: -Infinity }
}

/** `now`: milliseconds of a clock that never steps back. `mayGrow`: nothing else speaks against larger ones. */
export function nextSize(
  state: SizeState,
  limits: SizeLimits,
  sample: Sample,
  now: number,
  mayGrow = true,
): SizeState {
  const asked = sample.asked ?? state.size
  // Feedback on an older, larger size: that has been answered already.
  if (asked > state.size) return state
  const ends = [...state.ends, sample.end].slice(-memory)
  if (ends.filter((end) => end === 'busy').length > stormAbove)
    return { ...resized(state, limits, state.size / 2), growAfter: now + calmMs }
  if (sample.end !== 'committed' || sample.milliseconds === null) return { ...state, ends }
  if (sample.milliseconds > panicAt * limits.targetMs)
    return { ...resized(state, limits, state.size / 10), ends, growAfter: now + calmMs }
  if (asked < state.size * wholeFrom) return { ...state, ends }
  const times = [...state.times, sample.milliseconds]
  if (times.length < samples) return { ...state, ends, times }
  const wanted = (state.size * limits.targetMs) / Math.max(p90(times), 1)
  const grown = mayGrow && now >= state.growAfter ? Math.max(state.size * growth, state.size + 1) : state.size
  return { ...resized(state, limits, Math.min(wanted, grown)), ends }
}

/** For a site that has no room: smaller at once, and no growth for a while. */
export function shrunk(state: SizeState, limits: SizeLimits, divisor: number, now: number): SizeState {
  return { ...resized(state, limits, state.size / divisor), ends: state.ends, growAfter: now + calmMs }
}

/** Nine in ten are no larger; the nearest rank, so that one odd value in eleven does not count. */
export function p90(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.9) - 1)] ?? 0
}

function resized(state: SizeState, limits: SizeLimits, size: number): SizeState {
  return { size: clamp(size, limits), times: [], ends: [], growAfter: state.growAfter }
}

/** What the limits make of a size; they may have changed since it was found. */
export function clamp(size: number, { min, max }: SizeLimits): number {
  return Math.max(1, Math.min(max, Math.max(min, Math.floor(size))))
}
