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
  /** Turns that lie within a quarter of a second, or one: to ask for more would hold mails for longer. */
  readonly most: number
  /** So many turns, the first one first: instants of `clock`. */
  readonly turns: (count: number) => Promise<readonly Instant[]>
  /** Turns for which there was no mail after all. */
  readonly giveBack: (turns: readonly Instant[]) => void
}

/** Turns that are taken from the row together span this: others wait no longer for theirs. Milliseconds. */
const span = 250
/** A turn that was kept or given back may be late by this much. Milliseconds. */
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
  const most = Math.max(1, Math.floor((perMinute * span) / 60_000))
  return {
    most,
    turns: async (count) => {
      const usable = spare.filter((turn) => turn > clock() - late)
      const missing = count - usable.length
      const all = missing <= 0 ? usable : [...usable, ...(await take(Math.max(missing, most)))]
      spare = all.slice(count)
      return all.slice(0, count)
    },
    giveBack: (turns) => {
      spare = [...turns, ...spare]
    },
  }
}
