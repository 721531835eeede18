/** What the engine is given from outside, once per run. */
import type { Instant, Stopwatch } from '../base/clock.ts'
import type { AtPoint } from '../base/point.ts'
import type { LastMail } from '../db/own/last-mails.ts'
import type { Database, Session } from '../db/session.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { Facts, WarningFact } from '../plan/facts.ts'

export interface AddressReading {
  readonly state: 'none' | 'invalid' | 'valid'
  /** Keyed hash of the address; null without a valid one. */
  readonly hash: string | null
}

export interface EnginePorts {
  readonly database: Database
  /** The site's secret: tombstones and short references are keyed with it. */
  readonly secret: Uint8Array
  readonly toolVersion: string
  readonly random: (bytes: number) => Uint8Array
  readonly stopwatch: Stopwatch
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly point: AtPoint
  readonly readAddress: (raw: string | null) => AddressReading
  readonly warningsOf: (
    session: Session,
    kind: string,
    keyTexts: readonly string[],
  ) => Promise<ReadonlyMap<string, readonly WarningFact[]>>
  /** Removes everything that we keep about these people, in the transaction that erases them. */
  readonly forget: (tx: Session, kind: string, keyTexts: readonly string[]) => Promise<void>
  /**
   * Mails to people whom a policy is about to erase, to be queued in the transaction that erases them. Left out
   * where nobody is to be told: a replay tells nobody a second time.
   */
  readonly lastMails?: (
    policy: CompiledPolicy,
    leaving: readonly Facts[],
    at: Instant,
  ) => Promise<readonly LastMail[]>
}
