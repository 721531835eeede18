/** What every job is given: opened once, passed down, closed once. */
import type { Clock, Instant } from '../base/clock.ts'
import type { SigningKey } from '../audit/keys.ts'
import type { Disk } from '../config/disk.ts'
import type { Log } from '../config/log.ts'
import type { Settings } from '../config/settings.ts'
import type { Database } from '../db/session.ts'
import type { EnginePorts } from '../engine/ports.ts'
import type { Transport } from '../mail/transport.ts'

export interface JobContext {
  readonly settings: Settings
  readonly database: Database
  readonly ports: EnginePorts
  readonly log: Log
  /** Where the log of the evidence lies. */
  readonly disk: Disk
  /** Null until `migrate` has made it. */
  readonly signingKey: SigningKey | null
  readonly transport: () => Transport
  /** The database's time; every decision of a run uses one reading of it. */
  readonly now: () => Promise<Instant>
  /** This machine's clock, for pauses and the age of files only. */
  readonly clock: Clock
  /** A word when the run must end after the current transaction. */
  readonly stop: () => string | null
}
