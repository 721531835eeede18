/** Makes the people of the sample shop: the cast first, then the crowd. */
import type { Instant } from '../../base/clock.ts'
import { castMembers, plain } from './cast.ts'
import { castStanding } from './cast-standing.ts'
import type { Customer, Standing } from './customer.ts'
import type { Chance } from './random.ts'
import { dateText, dateTimeText, day, hour, monthsBefore } from './time-text.ts'
import { firstNames, lastNames, places, streets } from './words.ts'

interface Identity {
  readonly id: number
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly locale: 'fr' | 'en'
}

/** `people` in all, never fewer than the cast. Ids count up from 1 without a hole. */
export function makePeople(chance: Chance, now: Instant, people: number): readonly Customer[] {
  const standings = castStanding(now)
  const made = castMembers.map((member, index) => {
    const standing = standings[index]
    if (standing === undefined) throw new Error('every member of the cast needs a standing')
    return customer(chance, member, standing)
  })
  for (let id = made.length + 1; id <= people; id += 1) {
    made.push(customer(chance, identity(chance, id), standing(chance, now, id)))
  }
  return made
}

function identity(chance: Chance, id: number): Identity {
  const locale = chance.happens(0.6) ? 'fr' : 'en'
  const firstName = chance.pick(firstNames[locale])
  const lastName = chance.pick(lastNames[locale])
  const domain = chance.pick(['example.org', 'example.com', 'example.net'])
  return { id, firstName, lastName, locale, email: `${plain(firstName)}.${plain(lastName)}.${id}@${domain}` }
}

function standing(chance: Chance, now: Instant, id: number): Standing {
  const lastSeen = lastSign(chance, now)
  const createdAt = lastSeen - Math.floor(chance.next() ** 1.6 * 5.5 * 365 * day) - hour
  const referredBy = chance.happens(0.05) ? { referredBy: chance.between(1, id - 1) } : {}
  const lot = chance.next()
  if (lot < 0.02) return { createdAt: lastSeen, lastLogin: null, ...referredBy }
  const common = { createdAt, lastLogin: lastSeen, ...referredBy }
  if (lot < 0.028)
    return { ...common, terminatedAt: Math.min(lastSeen + chance.between(1, 700) * hour, now - hour) }
  if (lot < 0.033) return { ...common, deletionRequestedAt: now - chance.between(1, 10 * 24) * hour }
  if (lot < 0.045) {
    const table = chance.pick(['sessions', 'device_logins'] as const)
    const before = monthsBefore(now, chance.between(38, 60))
    const at = now - chance.between(1, 300) * day
    return { ...common, createdAt: before - 90 * day, lastLogin: before, onlySeenBy: { table, at } }
  }
  return common
}

/** Most people were here lately, one in fifty nears the three years, one in eighteen is past them. */
function lastSign(chance: Chance, now: Instant): Instant {
  const lot = chance.next()
  const withinTheDay = chance.between(0, 86_399) * 1000
  if (lot < 0.055) return monthsBefore(now, 37) - Math.floor(chance.next() ** 2 * 1500) * day - withinTheDay
  if (lot < 0.075) return monthsBefore(now, 33) - chance.between(0, 88) * day - withinTheDay
  return now - day - Math.floor(chance.next() ** 2.4 * 960) * day - withinTheDay
}

function customer(chance: Chance, who: Identity, how: Standing): Customer {
  const [town, postcode] = chance.pick(places)
  const address = `${chance.between(1, 140)} ${chance.pick(streets)}, ${postcode} ${town}`
  const onlySeenBy = how.onlySeenBy ?? null
  const activeUntil = how.activeUntil ?? onlySeenBy?.at ?? how.lastLogin ?? how.createdAt
  return {
    ...{ id: who.id, firstName: who.firstName, lastName: who.lastName, locale: who.locale },
    ...{ town, address, postcode, createdAt: how.createdAt, lastLogin: how.lastLogin },
    ...{ onlySeenBy, activeUntil, row: userRow(chance, who, how) },
  }
}

function userRow(chance: Chance, who: Identity, how: Standing): Customer['row'] {
  const born = Date.UTC(chance.between(1945, 2006), chance.between(0, 11), chance.between(1, 28))
  return {
    id: who.id,
    email: who.email,
    first_name: who.firstName,
    last_name: who.lastName,
    birth_date: chance.happens(0.6) ? dateText(born) : null,
    phone: chance.happens(0.7) ? phone(chance) : null,
    locale: who.locale,
    role: how.role ?? 'customer',
    status: statusOf(how),
    restricted: how.restrictedAt === undefined ? 0 : 1,
    restricted_at: textOrNull(how.restrictedAt),
    created_at: dateTimeText(how.createdAt),
    last_login_at: textOrNull(how.lastLogin ?? undefined),
    deletion_requested_at: textOrNull(how.deletionRequestedAt),
    terminated_at: textOrNull(how.terminatedAt),
    referred_by: how.referredBy ?? null,
  }
}

function statusOf(how: Standing): 'active' | 'closing' | 'terminated' {
  if (how.terminatedAt !== undefined) return 'terminated'
  return how.deletionRequestedAt === undefined ? 'active' : 'closing'
}

function textOrNull(at: Instant | undefined): string | null {
  return at === undefined ? null : dateTimeText(at)
}

/** Numbers that the French numbering plan sets aside for fiction. */
function phone(chance: Chance): string {
  const digits = String(chance.between(0, 9999)).padStart(4, '0')
  return `${chance.pick(['01 99 00', '06 39 98'])} ${digits.slice(0, 2)} ${digits.slice(2)}`
}
