/** How long a mail waits before it is tried again. */

const first = 5 * 60_000
const longest = 4 * 3_600_000
const shortest = 60_000

export type BackOff = (attempt: number, random: () => number) => number

/**
 * Milliseconds to wait after the given attempt (from 1): anything between one minute and a bound that starts
 * at five minutes and doubles up to four hours. Spread over the whole span, so that mails that failed
 * together do not come back together. `random` gives [0, 1).
 */
export const backOff: BackOff = (attempt, random) => {
  const bound = Math.min(longest, first * 2 ** Math.min(attempt - 1, 10))
  return Math.floor(shortest + random() * (bound - shortest))
}
