/** From paired rounds to one word: the ratio of each round, their median, its interval, and the verdict. */
import type { Target } from './targets.ts'

export interface Interval {
  readonly median: number
  readonly low: number
  readonly high: number
  /** Probability that the true median lies between low and high, whatever the distribution; 0 to 1. */
  readonly coverage: number
}

export type Verdict = 'met' | 'missed' | 'undecided'

/** How often the interval has to hold the true median; 0 to 1. */
export const sureEnough = 0.95

/** Throws on no values at all. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[sorted.length >> 1]
  if (upper === undefined) throw new Error('the median of nothing')
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[(sorted.length >> 1) - 1] ?? upper)) / 2
}

/**
 * The narrowest pair of order statistics that covers the median in 95 of 100 repetitions; lowest and highest
 * value where there are too few for that (six are needed), with the coverage that they do have.
 */
export function interval(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b)
  const n = sorted.length
  let rank = 1
  while (rank < n / 2 && coverageOf(n, rank + 1) >= sureEnough) rank += 1
  return {
    median: median(values),
    low: sorted[rank - 1] ?? NaN,
    high: sorted[n - rank] ?? NaN,
    coverage: coverageOf(n, rank),
  }
}

/** How often the median lies between the values of this rank from below and from above: a fair coin, n throws. */
function coverageOf(n: number, rank: number): number {
  let outside = 0
  let ways = 1
  for (let heads = 0; heads < rank; heads += 1) {
    outside += ways / 2 ** n
    ways = (ways * (n - heads)) / (heads + 1)
  }
  return Math.max(0, 1 - 2 * outside)
}

/** `met`: the whole interval is on the right side of the limit. `missed`: the whole of it is not. */
export function verdict({ low, high }: Interval, at: Target['at'], limit: number): Verdict {
  const [worst, best] = at === 'least' ? [low, high] : [-high, -low]
  const wall = at === 'least' ? limit : -limit
  if (worst >= wall) return 'met'
  return best < wall ? 'missed' : 'undecided'
}

/** Value of `ours` over that of `theirs`, for each round that has both. */
export function ratios<T>(
  rounds: readonly ReadonlyMap<string, T>[],
  ours: string,
  theirs: string,
  pick: (measured: T) => number,
): readonly number[] {
  return rounds.flatMap((round) => {
    const [a, b] = [round.get(ours), round.get(theirs)]
    return a === undefined || b === undefined ? [] : [pick(a) / pick(b)]
  })
}
