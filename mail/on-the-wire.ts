/** Mails that were handed to the transport and whose outcome is not written yet: never more than a known number. */
import type { ClaimedMail } from '../db/own/outbox.ts'
import type { Sent } from './transport.ts'

export interface Answer {
  readonly mail: ClaimedMail
  readonly sent: Sent
}

/** An answer waits at most this long for others, so that they are written together. Milliseconds. */
const gather = 250

/** Answers are written together, so that many mails share one transaction. */
export class OnTheWire {
  readonly #write: (answers: readonly Answer[]) => Promise<void>
  readonly #wait: (milliseconds: number) => Promise<void>
  readonly #together: () => number
  #open = 0
  #answers: Answer[] = []
  #writing = false
  #failure: { readonly error: unknown } | null = null
  #changed: (() => void)[] = []
  #answered: (() => void)[] = []

  /** `together`: so many answers need not wait for others. */
  constructor(
    write: (answers: readonly Answer[]) => Promise<void>,
    wait: (milliseconds: number) => Promise<void>,
    together: () => number,
  ) {
    this.#write = write
    this.#wait = wait
    this.#together = together
  }

  /** Sent and not written, or not even answered. */
  get open(): number {
    return this.#open
  }

  /** `call` never rejects. */
  add(mail: ClaimedMail, call: Promise<Sent>): void {
    this.#open += 1
    void call.then(async (sent) => {
      this.#answers.push({ mail, sent })
      if (this.#enough()) wake(this.#answered)
      await this.#writeAll()
    })
  }

  /** Resolves at the next change; throws what kept an outcome from being written. */
  async change(): Promise<void> {
    if (this.#failure === null) await new Promise<void>((resolve) => this.#changed.push(resolve))
    if (this.#failure !== null) throw this.#failure.error
  }

  /** Resolves when every outcome is written. */
  async empty(): Promise<void> {
    while (this.#open > 0) await this.change()
  }

  #enough(): boolean {
    return this.#answers.length >= Math.min(this.#open, this.#together())
  }

  async #writeAll(): Promise<void> {
    if (this.#writing || this.#failure !== null) return
    this.#writing = true
    try {
      while (this.#answers.length > 0) {
        if (!this.#enough())
          await Promise.race([
            new Promise<void>((resolve) => this.#answered.push(resolve)),
            this.#wait(gather),
          ])
        const answers = this.#answers
        this.#answers = []
        await this.#write(answers)
        this.#open -= answers.length
        wake(this.#changed)
      }
    } catch (error) {
      this.#failure = { error }
      wake(this.#changed)
    } finally {
      this.#writing = false
    }
  }
}

function wake(sleepers: (() => void)[]): void {
  for (const resolve of sleepers.splice(0)) resolve()
}
