/** Makes reviews and the answers to them. */
import type { Instant } from '../../base/clock.ts'
import { sometime } from './activity.ts'
import { cast } from './cast.ts'
import type { Customer, ShopRow } from './customer.ts'
import type { Chance } from './random.ts'
import { dateTimeText } from './time-text.ts'
import { opinions, products } from './words.ts'

interface Opinion {
  readonly who: Customer
  readonly at: Instant
}

/** By date, so that an answer always stands after what it answers. */
export function makeReviews(chance: Chance, people: readonly Customer[]): readonly ShopRow[] {
  const given: Opinion[] = people.flatMap((who) =>
    Array.from({ length: reviewsOf(chance, who) }, () => ({
      who,
      at: sometime(chance, who.createdAt, Math.max(who.createdAt, who.activeUntil)),
    })),
  )
  given.sort((a, b) => a.at - b.at)
  return given.map(({ who, at }, index) => ({
    id: index + 1,
    user_id: who.id,
    product: chance.pick(products)[0],
    rating: chance.pick([5, 5, 4, 4, 3, 2, 1]),
    body: chance.pick(opinions[who.locale]),
    author_name: `${who.firstName} ${who.lastName.slice(0, 1)}.`,
    parent_id: index > 0 && chance.happens(0.15) ? chance.between(1, index) : null,
    created_at: dateTimeText(at),
  }))
}

function reviewsOf(chance: Chance, who: Customer): number {
  if (who.id === cast.chloe.id || who.id === cast.hana.id) return 2
  if (who.lastLogin === null || !chance.happens(0.3)) return 0
  return chance.between(1, 2)
}
