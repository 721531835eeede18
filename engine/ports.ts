/** What the engine is given from outside, once per run. */
import type { Stopwatch } from '../base/clock.ts'
import type { WarningFact } from '../plan/facts.ts'
import type { Database, Session } from '../db/session.ts'

/** Named places of the write transaction, where tests stop, kill or let another session in. */
export const points = [
  'before lock',
  'locked',
  'children locked',
  're-checked',
  'first write done',
  'root written',
  'evidence written',
  'before commit',
  'committed',
  'before flat rows',
  'flat rows committed',
] as const

/** Named places of dropping a partition, which no transaction holds together. */
export const dropPoints = [
  'partition counted',
  'drop intended',
  'partition dropped',
  'drop recorded',
  'drop committed',
] as const

export type Point = (typeof points)[number] | (typeof dropPoints)[number]

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
  readonly point: (point: Point) => Promise<void>
  readonly readAddress: (raw: string | null) => AddressReading
  readonly warningsOf: (
    session: Session,
    kind: string,
    keyTexts: readonly string[],
  ) => Promise<ReadonlyMap<string, readonly WarningFact[]>>
  /** Removes everything that we keep about these people, in the transaction that erases them. */
  readonly forget: (tx: Session, kind: string, keyTexts: readonly string[]) => Promise<void>
}
