/** Makes invoices: those still at hand, and those that were moved to the archive in past years. */
import type { Instant } from '../../base/clock.ts'
import { numbered } from './activity.ts'
import type { ShopRow } from './customer.ts'
import { moneyText, type Order } from './orders.ts'
import type { Chance } from './random.ts'
import { dateText, day } from './time-text.ts'
import { firstNames, lastNames, places, streets } from './words.ts'

export interface Invoices {
  readonly invoices: readonly ShopRow[]
  readonly invoice_archive: readonly ShopRow[]
}

/**
 * Until now somebody moved old invoices by hand, and most years: an invoice of the third fiscal year back or
 * older is in the archive four times out of five. The oldest in the archive are past their ten years.
 */
export function makeInvoices(chance: Chance, now: Instant, orders: readonly Order[]): Invoices {
  const oldestAtHand = new Date(now).getUTCFullYear() - 2
  const archived: ShopRow[] = formerInvoices(chance, now, Math.ceil(orders.length * 0.08))
  const atHand: ShopRow[] = []
  let number = archived.length
  for (const order of orders) {
    if (order.buyer?.id == null || order.status === 'cancelled' || order.status === 'paid') continue
    number += 1
    const issued = Math.min(order.placedAt + day, now)
    const common = {
      number: `F${new Date(issued).getUTCFullYear()}-${String(number).padStart(6, '0')}`,
      issued_on: dateText(issued),
      total: moneyText(order.total),
      billing_name: `${order.buyer.firstName} ${order.buyer.lastName}`,
      billing_address: order.buyer.address,
    }
    if (new Date(issued).getUTCFullYear() < oldestAtHand && chance.happens(0.8)) {
      archived.push({ ...common, former_user_id: order.buyer.id })
    } else {
      atHand.push({ ...common, user_id: order.buyer.id, order_id: order.id })
    }
  }
  return { invoices: numbered(atHand), invoice_archive: numbered(archived) }
}

/** Invoices of people whose accounts are long gone: ten to thirteen years old. */
function formerInvoices(chance: Chance, now: Instant, count: number): ShopRow[] {
  const issued = Array.from({ length: count }, () => now - chance.between(3400, 4600) * day)
  issued.sort((a, b) => a - b)
  return issued.map((at, index) => {
    const [town, postcode] = chance.pick(places)
    return {
      number: `F${new Date(at).getUTCFullYear()}-${String(index + 1).padStart(6, '0')}`,
      issued_on: dateText(at),
      total: moneyText(chance.between(1500, 40000)),
      billing_name: `${chance.pick(firstNames.fr)} ${chance.pick(lastNames.fr)}`,
      billing_address: `${chance.between(1, 90)} ${chance.pick(streets)}, ${postcode} ${town}`,
      former_user_id: null,
    }
  })
}
