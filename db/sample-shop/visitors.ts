/** Makes what visitors without an account leave: newsletter addresses, cookies, choices and page views. */
import type { Instant } from '../../base/clock.ts'
import { ipAddress, numbered, sometime } from './activity.ts'
import { plain } from './cast.ts'
import type { ShopRow } from './customer.ts'
import type { Chance } from './random.ts'
import { dateTimeText, day, monthsBefore } from './time-text.ts'
import { browsers, firstNames, paths } from './words.ts'

export interface Visitors {
  readonly prospects: readonly ShopRow[]
  readonly cookies: readonly ShopRow[]
  readonly consents: readonly ShopRow[]
  readonly page_views: readonly ShopRow[]
}

/** Numbers grow with the number of people, so that a small shop is small in every table. */
export function makeVisitors(chance: Chance, now: Instant, people: number): Visitors {
  const times = (share: number): readonly number[] =>
    Array.from({ length: Math.ceil(people * share) }, (_, index) => index + 1)
  const views = times(2.5).map(() => sometime(chance, now - 400 * day, now - 60_000))
  return {
    prospects: times(0.4).map((id) => prospect(chance, now, id)),
    cookies: times(0.8).map(() => cookie(chance, now)),
    consents: numbered(times(0.6).map(() => consent(chance, now))),
    page_views: numbered(views.sort((a, b) => a - b).map((at) => pageView(chance, at))),
  }
}

function prospect(chance: Chance, now: Instant, id: number): ShopRow {
  const old = chance.happens(0.07)
  const lastContact = old
    ? monthsBefore(now, 37) - chance.between(0, 700) * day
    : now - Math.floor(chance.next() ** 1.5 * 34 * 30) * day - day
  const collected = lastContact - chance.between(0, 500) * day
  const name = chance.pick(firstNames[chance.happens(0.7) ? 'fr' : 'en'])
  return {
    id,
    email: `${plain(name)}.${id}@${chance.pick(['news.example.org', 'news.example.com'])}`,
    first_name: chance.happens(0.6) ? name : null,
    source: chance.pick(['newsletter form', 'fair', 'competition']),
    collected_at: dateTimeText(collected),
    last_contact_at: collected === lastContact || chance.happens(0.3) ? null : dateTimeText(lastContact),
  }
}

/** The last visit is no clock here: a cookie's time runs from the day it was first set. */
function cookie(chance: Chance, now: Instant): ShopRow {
  const firstSet = sometime(chance, now - 430 * day, now - 60_000)
  return {
    id: uuid(chance),
    purpose: chance.pick(['basket', 'audience', 'advertising']),
    first_set_at: dateTimeText(firstSet),
    last_seen_at: dateTimeText(sometime(chance, firstSet, now)),
  }
}

function consent(chance: Chance, now: Instant): ShopRow {
  const old = chance.happens(0.2)
  const given = old
    ? monthsBefore(now, 14) - chance.between(0, 1700) * day
    : now - chance.between(1, 430) * day
  const purpose = chance.pick(['audience', 'advertising'])
  const status = old ? 'expired' : chance.happens(0.1) ? 'withdrawn' : 'given'
  const proof = `banner ${new Date(given).getUTCFullYear()}, box "${purpose}" ticked`
  return { visitor: uuid(chance), purpose, status, given_at: dateTimeText(given), proof }
}

function pageView(chance: Chance, at: Instant): ShopRow {
  return {
    visited_at: dateTimeText(at),
    ip: ipAddress(chance),
    user_agent: chance.pick(browsers),
    path: chance.pick(paths),
    truncated_at: null,
  }
}

function uuid(chance: Chance): string {
  const hex = Array.from({ length: 32 }, () => chance.between(0, 15).toString(16)).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
