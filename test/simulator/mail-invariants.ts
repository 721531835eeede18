/** What mails may say, when they may leave, and how they end. */
import { dayOf } from '../../plan/day.ts'
import { crossing, zone } from './erasure-invariants.ts'
import type { Told } from './change.ts'
import type { Seen } from './invariants.ts'
import type { MailSeen } from './picture.ts'
import type { Send } from './truth.ts'

const ended = ['accepted', 'rejected', 'bounced', 'abandoned', 'cancelled']

function toldBy(seen: Seen, send: Send): Told | undefined {
  return [...seen.memory.told.values()].find((told) => told.token === send.token)
}

export function namedDays(seen: Seen): string | null {
  for (const send of seen.change.sends) {
    const told = toldBy(seen, send)
    if (told !== undefined && told.announced <= send.at) return `${told.key}: a mail names a day that is past`
  }
  for (const told of seen.change.queued) {
    const before = [...seen.memory.told.values()].filter(
      (one) => one.key === told.key && one.cycle === told.cycle && one.announced > told.announced,
    )
    if (before.length > 0) return `${told.key}: a mail names an earlier day than one before it`
  }
  return null
}

/** At most one new mail a local day to one person about one silence. */
export function notStacked(seen: Seen): string | null {
  for (const told of seen.change.queued) {
    const sameDay = [...seen.memory.told.values()].some(
      (one) =>
        one.key === told.key &&
        one.cycle === told.cycle &&
        dayOf(one.queuedAt, zone) === dayOf(told.queuedAt, zone),
    )
    if (sameDay) return `${told.key}: two mails on one day`
  }
  return null
}

/** Three days of it, about one silence and at one address, and a person decides: no round begins by itself. */
export function givenUpEnds(seen: Seen): string | null {
  for (const told of seen.change.queued) {
    if (told.step > 0) continue
    const tokens = new Set(
      [...seen.memory.told.values()]
        .filter((one) => isOfTheSame(one, told) && one.round < told.round)
        .map(({ token }) => token),
    )
    const days = seen.truth.bounces
      .filter(({ token, at, givenUp }) => givenUp && tokens.has(token) && at < told.queuedAt - crossing)
      .map(({ at }) => dayOf(at, zone))
    if (new Set(days).size >= 3) return `${told.key}: mails are given up again and again, and no end to it`
  }
  return null
}

function isOfTheSame(one: Told, other: Told): boolean {
  return one.key === other.key && one.cycle === other.cycle && one.addressHash === other.addressHash
}

export function nobodyMailedWhoReturned(seen: Seen): string | null {
  for (const send of seen.change.sends) {
    const told = toldBy(seen, send)
    const person = told === undefined ? undefined : seen.truth.people.get(told.key)
    if (told === undefined || person === undefined) continue
    if (person.lastSign > told.cycle && person.signWritten < send.at - crossing)
      return `${told.key}: a warning left although the person had come back`
    if (person.addressHash !== told.addressHash && seen.truth.now - person.addressSince > crossing)
      return `${told.key}: a warning went to an address that is no longer the person's`
  }
  return null
}

export function sameBytes(seen: Seen): string | null {
  for (const send of seen.change.sends) {
    const before = seen.memory.bytes.get(send.token)
    if (before !== undefined && before !== send.message) return 'two attempts of one mail differ'
    seen.memory.bytes.set(send.token, send.message)
  }
  return null
}

export function endings(seen: Seen): string | null {
  if (seen.picture.mails === seen.memory.picture?.mails) return null
  for (const mail of seen.picture.mails)
    if (ended.includes(mail.state) && (mail.address !== null || mail.message !== null))
      return 'a mail that has ended keeps its address or its bytes'
  for (const { before, after } of seen.change.mails) {
    const wrong = endingFault(seen, before, after)
    if (wrong !== null) return wrong
  }
  return null
}

function endingFault(seen: Seen, before: MailSeen, after: MailSeen | null): string | null {
  if (after === null)
    return seen.picture.people.has(before.key) ? 'a mail was lost, and its person is there' : null
  const late = before.state === 'accepted' && after.state === 'bounced'
  if (ended.includes(before.state) && !late) return `a mail went from ${before.state} to ${after.state}`
  if (after.state !== 'accepted') return null
  const taken = seen.truth.sends.some((send) => send.token === after.token && send.answer === 'accepted')
  return taken ? null : 'a mail counts as accepted, and the relay never said so'
}

/** Three refusals and nothing accepted in one delivery say something of us, and nothing of the people. */
export function ourFaultIsNotTheirs(seen: Seen): string | null {
  for (const { before, after } of seen.change.mails) {
    if (after?.state !== 'rejected') continue
    const delivery = seen.truth.sends.findLast((send) => send.token === before.token)?.delivery
    const all = seen.truth.sends.filter((send) => send.delivery === delivery)
    if (all.length >= 3 && all.every((send) => send.systemic))
      return 'a refusal counts although the relay refused everybody'
  }
  return null
}
