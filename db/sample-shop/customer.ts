/** A person of the sample shop while the shop is being made: the row of `users` and what the rest needs. */
import type { Instant } from '../../base/clock.ts'
import type { SqlValue } from '../session.ts'

export type ShopRow = Readonly<Record<string, SqlValue>>

export interface Customer {
  readonly id: number
  readonly firstName: string
  readonly lastName: string
  readonly locale: 'fr' | 'en'
  readonly town: string
  /** Street, postcode and town. */
  readonly address: string
  readonly postcode: string
  readonly createdAt: Instant
  /** What `users.last_login_at` says; null: never. */
  readonly lastLogin: Instant | null
  /** A later sign of life that only one other table knows. */
  readonly onlySeenBy: { readonly table: 'sessions' | 'device_logins'; readonly at: Instant } | null
  /** End of the time in which this person did things at the shop. */
  readonly activeUntil: Instant
  readonly row: ShopRow
}

/** How a person stands with the shop. Everything left out is an ordinary active customer. */
export interface Standing {
  readonly createdAt: Instant
  readonly lastLogin: Instant | null
  readonly onlySeenBy?: Customer['onlySeenBy']
  /** Where `lastLogin` cannot be true, the time until which the person really did things. */
  readonly activeUntil?: Instant
  readonly role?: 'admin' | 'canary'
  readonly terminatedAt?: Instant
  readonly deletionRequestedAt?: Instant
  readonly restrictedAt?: Instant
  readonly referredBy?: number
}
