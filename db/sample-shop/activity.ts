/** Makes what accounts leave behind by being used: profiles, sessions, devices, tickets and files. */
import type { Instant } from '../../base/clock.ts'
import type { Customer, ShopRow } from './customer.ts'
import type { Chance } from './random.ts'
import { dateTimeText, day, hour } from './time-text.ts'
import { answers, bios, browsers, devices, questions } from './words.ts'

export interface Activity {
  readonly profiles: readonly ShopRow[]
  readonly sessions: readonly ShopRow[]
  readonly device_logins: readonly ShopRow[]
  readonly tickets: readonly ShopRow[]
  readonly ticket_messages: readonly ShopRow[]
  readonly attachments: readonly ShopRow[]
}

export function makeActivity(chance: Chance, now: Instant, people: readonly Customer[]): Activity {
  const sessions = people.flatMap((who) => sessionsOf(chance, who))
  const deviceLogins = people.flatMap((who) => deviceLoginsOf(chance, who))
  const conversations = people
    .filter((who) => who.lastLogin !== null && chance.happens(0.18))
    .map((who) => conversation(chance, now, who))
  const messages = conversations.flatMap((talk, index) =>
    talk.messages.map((message) => ({ ticket_id: index + 1, ...message })),
  )
  const files: ShopRow[] = people
    .filter(() => chance.happens(0.08))
    .map((who) => ({ owner_type: 'user', owner_id: who.id, file_name: `portrait-${who.id}.jpg` }))
  conversations.forEach((_, index) => {
    if (!chance.happens(0.4)) return
    files.push({ owner_type: 'ticket', owner_id: index + 1, file_name: `picture-${index + 1}.png` })
  })
  return {
    profiles: people.filter(() => chance.happens(0.75)).map((who) => profileOf(chance, who)),
    sessions: numbered(sessions),
    device_logins: numbered(deviceLogins),
    tickets: numbered(conversations.map((talk) => talk.ticket)),
    ticket_messages: numbered(messages),
    attachments: numbered(files),
  }
}

/** Gives each row the next `id`, from 1. */
export function numbered(rows: readonly ShopRow[]): readonly ShopRow[] {
  return rows.map((row, index) => ({ id: index + 1, ...row }))
}

/** Addresses that documentation may use (RFC 5737, RFC 3849). */
export function ipAddress(chance: Chance): string {
  if (chance.happens(0.25))
    return `2001:db8:${chance.between(1, 9999).toString(16)}::${chance.between(1, 99)}`
  return `${chance.pick(['192.0.2', '198.51.100', '203.0.113'])}.${chance.between(1, 254)}`
}

/** An instant between the two, both included, to the second. */
export function sometime(chance: Chance, from: Instant, to: Instant): Instant {
  return from + chance.between(0, Math.max(0, Math.floor((to - from) / 1000))) * 1000
}

function profileOf(chance: Chance, who: Customer): ShopRow {
  return {
    user_id: who.id,
    bio: chance.happens(0.5) ? chance.pick(bios[who.locale]) : null,
    city: who.town,
    avatar: chance.happens(0.3) ? `avatars/${who.id}.png` : null,
  }
}

/** The last session is the last sign-in, as the shop writes both at once. */
function sessionsOf(chance: Chance, who: Customer): readonly ShopRow[] {
  const starts: Instant[] = []
  if (who.lastLogin !== null && who.lastLogin <= who.activeUntil) starts.push(who.lastLogin)
  if (who.onlySeenBy?.table === 'sessions') starts.push(who.onlySeenBy.at)
  if (who.lastLogin !== null) {
    const end = Math.min(who.lastLogin, who.activeUntil)
    for (let more = chance.between(0, 4); more > 0 && end > who.createdAt; more -= 1) {
      starts.push(sometime(chance, who.createdAt, end))
    }
  }
  return starts
    .filter((at) => at >= who.createdAt)
    .sort((a, b) => a - b)
    .map((at) => ({
      user_id: who.id,
      started_at: dateTimeText(at),
      ip: ipAddress(chance),
      user_agent: chance.pick(browsers),
      truncated_at: null,
    }))
}

/** This table counts in seconds since 1970. */
function deviceLoginsOf(chance: Chance, who: Customer): readonly ShopRow[] {
  const seen: Instant[] = []
  if (who.lastLogin !== null && chance.happens(0.3)) {
    const end = Math.min(who.lastLogin, who.activeUntil)
    for (let times = chance.between(1, 3); times > 0; times -= 1) {
      seen.push(sometime(chance, who.createdAt, end))
    }
  }
  if (who.onlySeenBy?.table === 'device_logins') seen.push(who.onlySeenBy.at)
  const device = chance.pick(devices)
  return seen.map((at) => ({ user_id: who.id, seen_at: Math.floor(at / 1000), device }))
}

function conversation(
  chance: Chance,
  now: Instant,
  who: Customer,
): { readonly ticket: ShopRow; readonly messages: readonly ShopRow[] } {
  const opened = sometime(chance, who.createdAt, Math.max(who.createdAt, who.activeUntil - day))
  const messages: ShopRow[] = []
  let sent = opened
  for (let times = chance.between(1, 4); times > 0; times -= 1) {
    messages.push({ body: chance.pick(answers[who.locale]), sent_at: dateTimeText(sent) })
    sent += chance.between(1, 40) * hour
  }
  const closed = sent < now - 5 * day ? dateTimeText(sent) : null
  const subject = chance.pick(questions[who.locale])
  const ticket = { user_id: who.id, subject, opened_at: dateTimeText(opened), closed_at: closed }
  return { ticket, messages }
}
