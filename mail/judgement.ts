/** Who may leave: asked for the next mails together, and anew when the answer is a second old. */
import type { Clock, Instant } from '../base/clock.ts'
import type { ClaimedMail } from '../db/own/outbox.ts'

/**
 * Ids of those that may leave. Of the others, what they say is not true any more, or may not be said now;
 * they wait an hour and are asked again. `now` is the database's time.
 */
export type MayLeave = (mails: readonly ClaimedMail[], now: Instant) => Promise<ReadonlySet<string>>

/** A person who signs in later than this before the mail leaves may still get it. Milliseconds. */
const holdsFor = 1000

export interface Judgement {
  /** Those of the first `count` mails that may leave. */
  readonly ofFirst: (
    count: number,
    mails: readonly ClaimedMail[],
    now: Instant,
  ) => Promise<readonly ClaimedMail[]>
}

/** `most`: so many leave within a second at most; to ask for more would be in vain. */
export function judgement(mayLeave: MayLeave | undefined, most: number, clock: Clock): Judgement {
  let asked: ReadonlySet<string> = new Set()
  let may: ReadonlySet<string> = new Set()
  let askedAt = 0
  return {
    ofFirst: async (count, mails, now) => {
      const first = mails.slice(0, count)
      if (mayLeave === undefined) return first
      const age = clock() - askedAt
      if (age < 0 || age > holdsFor || first.some(({ id }) => !asked.has(id))) {
        const next = mails.slice(0, Math.max(count, most))
        askedAt = clock()
        may = await mayLeave(next, now)
        asked = new Set(next.map(({ id }) => id))
      }
      return first.filter(({ id }) => may.has(id))
    },
  }
}
