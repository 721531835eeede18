/** When the next transaction may begin, how much it may take, and how many writers there may be. */

export interface Sample {
  /**
   * From BEGIN to the answer to COMMIT; no waiting before it or for the lease, no reading ahead. Null: the answer was
   * lost.
   */
  readonly milliseconds: number | null
  /** Rows that the transaction wrote. */
  readonly rows: number
  /** `busy`: a deadlock, a lock that somebody held, a newcomer; `failed`: any other end without a commit. */
  readonly end: 'committed' | 'busy' | 'failed'
  /** Rows (people) that the transaction was given; without it, as many as `size` says now. */
  readonly asked?: number
  /** Rows (people) that it is done with; without it, as many as `rows`. */
  readonly done?: number
}

/** Asked by the engine before and told after each transaction of one policy. */
export interface Pace {
  /** Most rows (people, for a kind of people) that the next transaction may take; at least 1. */
  readonly size: () => number
  /** Writers at the same time; 1 outside a declared maintenance window. */
  readonly writers: () => number
  /** Transactions that may follow each other without a question in between; at least 1. */
  readonly together: () => number
  /** Waits while writing is not welcome. A word when the run must end, null to go on. */
  readonly turn: () => Promise<string | null>
  readonly took: (sample: Sample) => void
}

/** Always the same size and never a pause, until `stop` has a word. */
export function steadyPace(size: number, stop: () => string | null, together = 1): Pace {
  return {
    size: () => size,
    writers: () => 1,
    together: () => together,
    turn: () => Promise.resolve(stop()),
    took: () => undefined,
  }
}
