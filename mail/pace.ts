/**
 * When the next mails may leave. Turns are instants a fixed interval apart that every process takes from one
 * row, so that all of them together keep to the rate. Never sooner than their turn; a turn that nobody took
 * in time is gone, so there is no burst after a pause.
 */
import type { Clock, Instant } from '../base/clock.ts'
import { knowMailRate, lockMailRate, setMailRate, type MailRate } from '../db/own/mail-rate.ts'
import type { Database } from '../db/session.ts'
import { committed } from './insist.ts'

export interface Pace {
  /** Turns to ask for at once, at most. */
  readonly most: number
  /** So many turns, the first one first: instants of `clock`. */
  readonly turns: (count: number) => Promise<readonly Instant[]>
  /** Turns for which there was no mail after all. */
  readonly giveBack: (turns: readonly Instant[]) => void
}

/** Turns that are taken together span at most this: others wait no longer for theirs. Milliseconds. */
const span = 250
/** A turn that was given back may be late by this much. Milliseconds. */
const late = 1000
/** Nobody takes turns so far ahead: the server's clock was set back. Microseconds. */
const tooFarAhead = 3_600_000_000

/** The first of `count` new turns, and what is free after them; microseconds of the server's clock. */
export function takeTurns(
  { next, now }: MailRate,
  count: number,
  perMinute: number,
): { readonly first: number; readonly next: number } {
  const first = next > now + tooFarAhead ? now : Math.max(next, now)
  return { first, next: first + count * interval(perMinute) }
}

/** Microseconds. */
function interval(perMinute: number): number {
  return 60_000_000 / perMinute
}

/** `clock`: this machine's, for waiting only. */
export function sharedPace(database: Database, perMinute: number, clock: Clock): Pace {
  let known = false
  let spare: readonly Instant[] = []
  const take = async (count: number): Promise<readonly Instant[]> => {
    if (!known) await knowMailRate(database)
    known = true
    const { first, now } = await committed(database, async (tx) => {
      const rate = await lockMailRate(tx, database.dialect.utcNow)
      const taken = takeTurns(rate, count, perMinute)
      await setMailRate(tx, taken.next)
      return { first: taken.first, now: rate.now }
    })
    // This clock is read after the server's: a turn here is never before the turn there.
    const start = clock() + (first - now) / 1000
    return Array.from({ length: count }, (_, i) => start + (i * interval(perMinute)) / 1000)
  }
  return {
    most: Math.max(1, Math.floor((perMinute * span) / 60_000)),
    turns: async (count) => {
      const usable = spare.filter((turn) => turn > clock() - late)
      const own = usable.slice(0, count)
      spare = usable.slice(count)
      return own.length === count ? own : [...own, ...(await take(count - own.length))]
    },
    giveBack: (turns) => {
      spare = [...spare, ...turns]
    },
  }
}
