/** The only argument-less clock in the tree. Everything that decides gets its `now` as an argument. */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number

export type Clock = () => Instant

export const systemClock: Clock = () => Date.now()

/** Milliseconds since the process began; never steps back, whatever happens to the clock of the host. */
export type Stopwatch = () => number

export const stopwatch: Stopwatch = () => performance.now()

/** ISO 8601 in UTC with milliseconds, the only form in which an instant is stored in our own tables. */
export function isoInstant(at: Instant): string {
  return new Date(at).toISOString()
}
