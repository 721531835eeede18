/** What can be seen from outside at one moment, whatever database lies underneath: committed rows only. */
import type { Instant } from '../../base/clock.ts'

export interface MailSeen {
  readonly id: string
  readonly token: string
  readonly key: string
  readonly state: string
  readonly address: string | null
  readonly message: string | null
}

export interface WarningSeen {
  /** Id of its mail. */
  readonly mail: string
  readonly key: string
  readonly cycle: Instant
  readonly round: number
  readonly step: number
  readonly addressHash: string
  readonly terms: string
  readonly announced: Instant
  readonly queuedAt: Instant
  readonly state: string
}

export interface EntrySeen {
  readonly run: string
  /** Canonical text. */
  readonly leaf: string
}

export interface CheckpointSeen {
  readonly size: number
  /** Base64. */
  readonly root: string
}

export interface Picture {
  /** Key → rows that hang on the person. */
  readonly people: ReadonlyMap<string, number>
  /** Rows that hang on nobody. */
  readonly orphans: number
  readonly mails: readonly MailSeen[]
  readonly warnings: readonly WarningSeen[]
  /** May be the live table: compare by `entriesVersion`. */
  readonly entries: ReadonlyMap<string, EntrySeen>
  readonly entriesVersion: number
  /** Hash → entry id. */
  readonly tombstones: ReadonlyMap<string, string>
  /** Entry ids by leaf index; undefined where one is missing. */
  readonly seals: readonly (string | undefined)[]
  readonly checkpoints: readonly CheckpointSeen[]
  /** Run → as_of, in the order in which they were written down. */
  readonly runs: () => ReadonlyMap<string, Instant>
  /** Run → number of its last batch. */
  readonly cursors: ReadonlyMap<string, number>
  /** Key → rows of ours that speak of the person: mails, warnings, refusals, holds. */
  readonly traces: ReadonlyMap<string, number>
  /** What the last run that acted left behind. */
  readonly left: number
  /** Fence of the lease of runs; null where a writer does not say which it holds. */
  readonly token: number | null
  /** Fence under which the transaction that was just committed wrote; null: no batch, or unknown. */
  readonly writtenUnder: number | null
}
