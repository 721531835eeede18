/**
 * When the site has no room for us. Pure: what was measured in, a verdict with its reason out. Of all signals
 * the worst decides; a hold ends only well below the value that began it, so that it does not flutter.
 */
import type { Hold, Room } from './gentle-pace.ts'
import { amountText, signalTexts, type SignalName } from './signals.ts'

export interface Reading {
  readonly signal: SignalName
  /** Infinity: there should be a value, and nobody could be asked for it, or not yet. */
  readonly value: number
  /** When it was measured. Milliseconds of a stopwatch. */
  readonly at: number
  /** Which of several, such as a replica's host; empty where there is one. */
  readonly place: string
}

export interface Threshold {
  /** Nothing is written above it. */
  readonly soft: number
  /** Above it the site is in trouble: we wait for much more room. */
  readonly hard: number
}
export type Thresholds = Readonly<Record<SignalName, Threshold>>

export interface Verdict {
  readonly room: Room
  readonly hold: Hold | null
  /** What decided, while it holds or slows us. */
  readonly worst: { readonly signal: SignalName; readonly value: number; readonly limit: number } | null
  /** The same in words; empty when nothing holds or slows us. */
  readonly why: string
}

export const calm: Verdict = { room: 'grow', hold: null, worst: null, why: '' }

const growBelow = 0.4
const resumeBelow = 0.7
/** Older than this, a value says nothing any more. Milliseconds. */
export const staleAfter = 15_000

export function judge(
  before: Verdict,
  readings: readonly Reading[],
  thresholds: Thresholds,
  now: number,
): Verdict {
  const held = before.hold
  const begin = held === null ? 1 : held.hard ? growBelow : resumeBelow
  let worst: Reading | null = null
  let use = 0
  for (const reading of readings) {
    const stale = now - reading.at > staleAfter
    const found = stale ? Infinity : reading.value / thresholds[reading.signal].soft
    if (found > use || worst === null)
      [worst, use] = [stale ? { ...reading, value: Infinity } : reading, found]
  }
  if (worst === null || use < growBelow) return calm
  if (use < begin && use < resumeBelow) return { ...calm, room: 'hold' }
  const { signal, value } = worst
  const { soft, hard } = thresholds[signal]
  if (use < begin) {
    const why = `slowed: ${measured(worst)}, limit ${amountText(signal, soft)}`
    return { room: 'slow', hold: null, worst: { signal, value, limit: soft }, why }
  }
  const limit = use >= 1 ? soft : soft * begin
  const why = `throttled: ${measured(worst)}${value === Infinity ? '' : ` > ${amountText(signal, limit)}`}`
  const inTrouble = held?.hard === true || (value !== Infinity && value >= hard)
  return {
    room: 'slow',
    hold: { kind: 'throttled', why, hard: inTrouble },
    worst: { signal, value, limit },
    why,
  }
}

/** `replica lag of db2:3306 2.4 s` */
function measured({ signal, value, place }: Reading): string {
  const what = `${signalTexts[signal]}${place === '' ? '' : ` of ${place}`}`
  return value === Infinity ? `${what} is not known` : `${what} ${amountText(signal, value)}`
}

/** A baseline that is high already is not our doing: the thresholds move with it. */
export function raisedFor(thresholds: Thresholds, atStart: { readonly threadsRunning: number }): Thresholds {
  const { soft, hard } = thresholds.threads_running
  return {
    ...thresholds,
    threads_running: {
      soft: Math.max(soft, atStart.threadsRunning * 1.2),
      hard: Math.max(hard, atStart.threadsRunning * 2),
    },
  }
}

/** Transactions above those at the start. One writer stays far below it; several do not. */
const mostHistory = 500

/**
 * Several writers on a table mostly grow the history list, which one purge of the server works off. `before`:
 * the last answer, so that it does not flutter.
 */
export function writersFor(
  declared: number,
  before: number,
  room: Room,
  historyAboveStart: number | null,
): number {
  // Where nobody can see what several writers do to the server, there is one.
  if (historyAboveStart === null || room === 'slow') return 1
  return historyAboveStart < mostHistory * (before > 1 ? 1 : resumeBelow) ? declared : 1
}
