/** Makes orders and their lines: those of today's customers, and those whose account is long gone. */
import type { Instant } from '../../base/clock.ts'
import { numbered, sometime } from './activity.ts'
import { cast } from './cast.ts'
import type { Customer, ShopRow } from './customer.ts'
import type { Chance } from './random.ts'
import { dateTimeText, day, hour, monthsBefore } from './time-text.ts'
import { firstNames, lastNames, places, products, streets } from './words.ts'

/** Who the parcel goes to; `id` is null where the account is gone. */
export interface Recipient extends Pick<Customer, 'firstName' | 'lastName' | 'address' | 'postcode'> {
  readonly id: number | null
}

export interface Order {
  readonly id: number
  readonly buyer: Recipient | null
  readonly placedAt: Instant
  readonly status: 'paid' | 'shipped' | 'delivered' | 'cancelled'
  /** In cents. */
  readonly total: number
  readonly row: ShopRow
}

export interface Orders {
  readonly orders: readonly Order[]
  readonly lines: readonly ShopRow[]
}

interface Wanted {
  /** Null: the account is gone and the order was anonymised then. */
  readonly who: Recipient | null
  readonly at: Instant
  readonly open?: boolean
}

/** Orders stand by the day they were placed, so that ids, and later invoice numbers, follow the calendar. */
export function makeOrders(chance: Chance, now: Instant, people: readonly Customer[]): Orders {
  const wanted: Wanted[] = people.flatMap((who) => wishes(chance, now, who))
  for (let count = 0; count < people.length * 0.06; count += 1) wanted.push(orphan(chance, now))
  wanted.sort((a, b) => a.at - b.at)
  const lines: ShopRow[] = []
  const orders = wanted.map((wish, index) => {
    const basket = fill(chance, index + 1)
    lines.push(...basket.lines)
    return order(chance, now, wish, index + 1, basket.total)
  })
  return { orders, lines: numbered(lines) }
}

/** In cents, as the shop's DECIMAL columns spell it. */
export function moneyText(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
}

/** Accounts used to be deleted by hand: some of their orders were made anonymous, some were forgotten. */
function orphan(chance: Chance, now: Instant): Wanted {
  const at = monthsBefore(now, 62) - Math.floor(chance.next() * 2600) * day
  if (chance.happens(0.5)) return { who: null, at }
  const [town, postcode] = chance.pick(places)
  const address = `${chance.between(1, 90)} ${chance.pick(streets)}, ${postcode} ${town}`
  const [firstName, lastName] = [chance.pick(firstNames.fr), chance.pick(lastNames.fr)]
  return { who: { id: null, firstName, lastName, address, postcode }, at }
}

function wishes(chance: Chance, now: Instant, who: Customer): readonly Wanted[] {
  switch (who.id) {
    case cast.lou.id:
      // Ordered by telephone: the account stays silent, the contract runs.
      return [{ who, at: now - 12 * day, open: true }]
    case cast.chloe.id:
    case cast.gil.id:
    case cast.hana.id:
      return [45, 90].map((days) => ({ who, at: who.activeUntil - days * day }))
    case cast.ada.id:
      return [30, 400].map((days) => ({ who, at: who.activeUntil - days * day }))
    default:
      return usualWishes(chance, who)
  }
}

function usualWishes(chance: Chance, who: Customer): readonly Wanted[] {
  if (who.lastLogin === null || who.id <= cast.pia.id || !chance.happens(0.55)) return []
  const until = Math.max(who.createdAt, who.activeUntil)
  // The nearer to the last visit, the likelier: most customers buy when they come.
  const times = chance.between(1, 3)
  return Array.from({ length: times }, () => {
    const back = Math.floor((until - who.createdAt) * chance.next() ** 2)
    return { who, at: sometime(chance, until - back, until) }
  })
}

function fill(
  chance: Chance,
  orderId: number,
): { readonly total: number; readonly lines: readonly ShopRow[] } {
  let total = 0
  const lines = Array.from({ length: chance.between(1, 3) }, () => {
    const [product, price] = chance.pick(products)
    const quantity = chance.happens(0.2) ? 2 : 1
    total += quantity * Number(price)
    return { order_id: orderId, product, quantity, price: moneyText(Number(price)) }
  })
  return { total, lines }
}

function order(chance: Chance, now: Instant, wish: Wanted, id: number, total: number): Order {
  const { who, at } = wish
  const cancelled = wish.open !== true && chance.happens(0.05)
  const arrival = at + chance.between(50, 200) * hour
  const under = wish.open === true || arrival > now
  const status = cancelled ? 'cancelled' : under ? chance.pick(['paid', 'shipped'] as const) : 'delivered'
  const row = {
    id,
    user_id: who?.id ?? null,
    buyer: chance.happens(0.08) ? 'company' : 'consumer',
    status,
    placed_at: dateTimeText(at),
    delivered_at: status === 'delivered' ? dateTimeText(arrival) : null,
    total: moneyText(total),
    ship_name: who === null ? '' : `${who.firstName} ${who.lastName}`,
    ship_address: who?.address ?? '',
    ship_postcode: who?.postcode ?? '',
    anonymised_at: who === null ? dateTimeText(monthsBefore(now, 1)) : null,
  }
  return { id, buyer: who, placedAt: at, status, total, row }
}
