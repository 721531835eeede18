/** The rows of the modelled database: the site's two tables and our own, as far as anything depends on them. */
import type { Instant } from '../../base/clock.ts'
import type { Canonical } from '../../base/canonical.ts'
import type { WarningFact } from '../../plan/facts.ts'

export interface User {
  readonly email: string | null
  /** `YYYY-MM-DD HH:MM:SS` in UTC, as a site stores it. */
  readonly lastLogin: string | null
  readonly created: string
  readonly role: 'customer' | 'canary' | 'admin'
  readonly frozen: '0' | '1'
  /** An order is open. */
  readonly ordering: '0' | '1'
}

export interface SessionRow {
  readonly user: string
  /** Seconds since 1970 as text. */
  readonly startedAt: string
}

export interface Outbox {
  readonly key: string
  readonly token: string
  readonly address: string | null
  readonly message: string | null
  readonly state: string
  readonly attempts: number
  readonly notBefore: Instant
  readonly giveUpAt: Instant
  readonly claim: string | null
  readonly leaseUntil: Instant | null
  readonly calledAt: Instant | null
  readonly acceptedAt: Instant | null
}

/** Its key is the id of its mail. */
export interface Warning extends WarningFact {
  readonly key: string
}

export interface EntryRow {
  /** Number that the server gave at the insert; a later commit can carry a lower one. */
  readonly no: number
  readonly run: string
  readonly at: Instant
  readonly leaf: string
}

export interface Result {
  readonly asOf: Instant
  readonly terms: string
  readonly mode: 'observed' | 'enforced' | 'refused'
  readonly left: number
  readonly newly: number
}

export interface Rows {
  readonly users: User
  readonly sessions: SessionRow
  readonly lease: { readonly owner: string; readonly token: number }
  readonly heartbeat: { readonly owner: string; readonly until: Instant }
  readonly cursors: { readonly seq: number }
  readonly entries: EntryRow
  readonly seals: { readonly entry: string }
  readonly tombstones: { readonly entry: string }
  readonly outbox: Outbox
  readonly warnings: Warning
  readonly holds: { readonly key: string; readonly released: boolean }
  readonly runs: { readonly asOf: Instant; readonly state: string }
  readonly results: Result
  readonly terms: {
    readonly terms: Canonical
    readonly observedRun: string
    readonly inForceSince: Instant | null
  }
  readonly approvals: { readonly terms: string; readonly until: Instant; readonly most: number }
}

export type TableName = keyof Rows

export const tableNames = [
  'users',
  'sessions',
  'lease',
  'heartbeat',
  'cursors',
  'entries',
  'seals',
  'tombstones',
  'outbox',
  'warnings',
  'holds',
  'runs',
  'results',
  'terms',
  'approvals',
] as const satisfies readonly TableName[]
