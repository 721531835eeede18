/** Mails that were handed to the transport and whose outcome is not written yet: never more than a known number. */
import type { ClaimedMail } from '../db/own/outbox.ts'
import type { Sent } from './transport.ts'

export interface Answer {
  readonly mail: ClaimedMail
  readonly sent: Sent
}

/** Answers that came in while others were written are written together, so many mails share one transaction. */
export class OnTheWire {
  readonly #write: (answers: readonly Answer[]) => Promise<void>
  #open = 0
  #answers: Answer[] = []
  #writing = false
  #failure: { readonly error: unknown } | null = null
  #waiting: (() => void)[] = []

  constructor(write: (answers: readonly Answer[]) => Promise<void>) {
    this.#write = write
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
      await this.#writeAll()
    })
  }

  /** Resolves at the next change; throws what kept an outcome from being written. */
  async change(): Promise<void> {
    if (this.#failure === null)
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
      })
    if (this.#failure !== null) throw this.#failure.error
  }

  /** Resolves when every outcome is written. */
  async empty(): Promise<void> {
    while (this.#open > 0) await this.change()
  }

  async #writeAll(): Promise<void> {
    if (this.#writing || this.#failure !== null) return
    this.#writing = true
    try {
      while (this.#answers.length > 0) {
        const answers = this.#answers
        this.#answers = []
        await this.#write(answers)
        this.#open -= answers.length
        this.#wake()
      }
    } catch (error) {
      this.#failure = { error }
      this.#wake()
    } finally {
      this.#writing = false
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
