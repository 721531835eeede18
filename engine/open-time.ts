/**
 * How long a write transaction was open to the site. It counts from the moment in which the transaction has begun and
 * its lease is read: waiting for a connection, for `BEGIN` (SQLite) and for the lease says nothing about its size.
 */
import type { Stopwatch } from '../base/clock.ts'

export class OpenTime {
  readonly #stopwatch: Stopwatch
  #since: number | null = null
  #milliseconds: number | null = 0

  constructor(stopwatch: Stopwatch) {
    this.#stopwatch = stopwatch
  }

  /** Null: the answer to COMMIT was lost, so nobody knows. */
  get milliseconds(): number | null {
    return this.#milliseconds
  }

  begin(): void {
    this.#since = this.#stopwatch()
  }

  end(): void {
    if (this.#since !== null) this.#milliseconds = this.#stopwatch() - this.#since
  }

  lose(): void {
    this.#milliseconds = null
  }
}
