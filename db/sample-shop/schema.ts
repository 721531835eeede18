/** The sample shop's database: a site as one finds them, clocks and links not always tidy. */
import type { Dialect } from '../session.ts'
import { columnTypes } from './column-types.ts'
import { commerceIndexes, commerceTables } from './commerce-tables.ts'
import { peopleIndexes, peopleTables } from './people-tables.ts'
import { trackingIndexes, trackingTables } from './tracking-tables.ts'

/** Table names of the shop, parents before the tables that refer to them. */
export const sampleShopTableNames = [
  'users',
  'profiles',
  'sessions',
  'device_logins',
  'tickets',
  'ticket_messages',
  'attachments',
  'products',
  'orders',
  'order_lines',
  'invoices',
  'invoice_archive',
  'reviews',
  'prospects',
  'cookies',
  'consents',
  'page_views',
] as const

export type SampleShopTable = (typeof sampleShopTableNames)[number]

/**
 * The statements that build the shop in an empty database, in the order in which they run: tables, then
 * indexes. Every clock and every link that a policy follows has an index that begins with it, because a
 * plan that would scan a table is refused.
 */
export function sampleShopTables(dialect: Dialect): readonly string[] {
  const types = columnTypes(dialect)
  return [
    ...peopleTables(types),
    ...commerceTables(types),
    ...trackingTables(types),
    ...peopleIndexes,
    ...commerceIndexes,
    ...trackingIndexes,
  ]
}
