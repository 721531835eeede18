/** What is known of one row when it is judged: raw values only, nothing decided yet. */
import type { Instant } from '../base/clock.ts'
import type { Key } from '../base/subject-ref.ts'

/** Extremes of the raw values of one clock source for one root; values that mean never are left out. */
export interface SourceReading {
  readonly earliest: string | null
  readonly latest: string | null
}

export interface WarningFact {
  /** The policy that warned. */
  readonly policy: string
  /** The clock's start that the person was warned about. */
  readonly cycle: Instant
  /** 0 for the first ladder of a cycle; a ladder that went stale is followed by the next round. */
  readonly round: number
  readonly step: number
  readonly addressHash: string
  readonly termsHash: string
  /** First instant at which erasure is announced (start of a local day). */
  readonly announced: Instant
  readonly queuedAt: Instant
  readonly acceptedAt: Instant | null
  /**
   * `abandoned`: no relay took it in time. `undelivered`: one did, and a server behind it gave it up, or one refused it for
   * good, without a word against the address; or its answer was lost (see `lost`). Of mails from before this state existed, `abandoned` says either.
   */
  readonly state: 'open' | 'unknown' | 'accepted' | 'refused' | 'bounced' | 'undelivered' | 'abandoned'
  readonly failedAt: Instant | null
  /** `undelivered` because no answer of our relay came until its time was over: no server gave it up. Absent: no. */
  readonly lost?: true
  /** Of a mail that waits: what the relay said at the last try. */
  readonly reply?: string
}

export interface Facts {
  readonly key: Key
  readonly identity: readonly (string | null)[]
  /** One per source of the compiled clock, in its order. */
  readonly readings: readonly SourceReading[]
  readonly else: string | null
  /** When the person asked to stay, oldest first; absent: never, or the policy does not warn. */
  readonly kept?: readonly Instant[]
  /** Own columns of the root that tests ask for. */
  readonly columns: Readonly<Record<string, string | null>>
  /** Named states that hold now. */
  readonly states: readonly string[]
  /** Covered by a hold: on itself, on what it hangs on, or on what leaves with it. */
  readonly held: boolean
  /** What it hangs on, or what leaves with it, is restricted. */
  readonly restricted: boolean
  /** What leaves with it is excepted, or the row itself under another name of it. */
  readonly excepted: boolean
  /** Null where the kind has no contact. Never leaves memory but to the outbox. */
  readonly address: string | null
  /** `none`: null or blank. `invalid`: something is there, but no mail can be sent to it. */
  readonly addressState: 'none' | 'invalid' | 'valid'
  readonly name: string | null
  readonly locale: string | null
  /** Keyed hash of the address, null without one. */
  readonly addressHash: string | null
  /** Of this policy, of every cycle and round, oldest first. A sign of life removes them. */
  readonly warnings: readonly WarningFact[]
  /** Mails of other policies to this person; absent: none. */
  readonly others?: readonly WarningFact[]
}
