/** Repeatable chance for the sample shop: the same seed makes the same people, on every machine. */

export interface Chance {
  /** At least 0, below 1. */
  next(): number
  /** Whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  /** True with this probability (0 to 1). */
  happens(probability: number): boolean
  pick<T>(list: readonly [T, ...T[]]): T
}

/** The generator known as mulberry32: 32 bits of state, plenty for a few thousand people. Never for secrets. */
export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    happens: (probability) => next() < probability,
    pick: (list) => list[Math.floor(next() * list.length)] ?? list[0],
  }
}
