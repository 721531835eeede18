/** All rows of the sample shop, made from a moment, a size and a seed; no database involved. */
import type { Instant } from '../../base/clock.ts'
import { makeActivity, numbered } from './activity.ts'
import type { ShopRow } from './customer.ts'
import { makeInvoices } from './invoices.ts'
import { makeOrders, moneyText } from './orders.ts'
import { makePeople } from './people.ts'
import { chanceFrom } from './random.ts'
import { makeReviews } from './reviews.ts'
import type { SampleShopTable } from './schema.ts'
import { makeVisitors } from './visitors.ts'
import { products } from './words.ts'

/** The seed of the demo; print it beside whatever depends on it. */
export const sampleShopSeed = 1978

export interface SampleShopOptions {
  /** The present of the shop: every date lies before it, except those that are wrong on purpose. */
  readonly now: Instant
  /** Accounts, the cast included. Default 2000; fewer than the cast gives the cast alone. */
  readonly people?: number
  /** Default `sampleShopSeed`. */
  readonly seed?: number
}

export function sampleShopRows(
  options: SampleShopOptions,
): Readonly<Record<SampleShopTable, readonly ShopRow[]>> {
  const { now, people: size = 2000, seed = sampleShopSeed } = options
  const chance = chanceFrom(seed)
  const people = makePeople(chance, now, size)
  const activity = makeActivity(chance, now, people)
  const { orders, lines } = makeOrders(chance, now, people)
  return {
    users: people.map((who) => who.row),
    ...activity,
    products: numbered(products.map(([name, price]) => ({ name, price: moneyText(Number(price)) }))),
    orders: orders.map((order) => order.row),
    order_lines: lines,
    ...makeInvoices(chance, now, orders),
    reviews: makeReviews(chance, people),
    ...makeVisitors(chance, now, people.length),
  }
}
