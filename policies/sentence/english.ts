/** The plain sentence in English. */
import type { Period } from '../period.ts'
import type { Action, Condition } from '../policy.ts'
import type { EventWords, KindWords, PolicyParts, Stay, Unwarned } from './parts.ts'
import { capitalised, listed, unitsOf } from './words.ts'

const numbers = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ')
const nouns = { years: 'year', months: 'month', weeks: 'week', days: 'day', hours: 'hour' } as const
const participles: Record<Exclude<Action, 'withdraw consent'>, string> = {
  erase: 'erased',
  anonymise: 'anonymised',
  archive: 'moved to the archive',
  'truncate fields': 'truncated',
}

export function sayInEnglish(parts: PolicyParts): string {
  const stays = parts.stays.map((stay) => stayClause(stay, parts.person))
  const but = stays.length === 0 ? '' : `, but ${listed(stays, stays.length > 2 ? ', and' : ' and')}`
  const second = conditions(parts)
  return `${capitalised(mainClause(parts))}${mails(parts)}${but}.${second === '' ? '' : ` ${second}.`}${unwarned(parts)}${told(parts)}${receipts(parts)}`
}

function mainClause(parts: PolicyParts): string {
  const rows =
    parts.idle === null ? kind(parts.kind) : `${kind(parts.kind)} ${parts.idle.en} for ${period(parts.term)}`
  const after = `${period(parts.term)} after ${event(parts.event)}`
  const when = parts.idle === null ? ` ${after}` : ''
  if (parts.action === 'withdraw consent') return `for ${rows}, consent is withdrawn${when}`
  const done = participles[parts.action]
  const verb = parts.fields.length === 1 ? 'is' : 'are'
  const who = parts.fields.length === 0 ? rows : `in ${rows}, ${listed(parts.fields, ' and')}`
  if (parts.keeps === 'at most') return `${who} ${verb} ${done}${when}`
  const how = parts.keeps === 'exactly' ? 'exactly' : 'at least'
  return `${who} ${verb} kept for ${how} ${after}, then ${done}`
}

function mails(parts: PolicyParts): string {
  if (parts.mails === 0) return ''
  const count = `after ${number(parts.mails)} ${parts.mails === 1 ? 'mail' : 'mails'}`
  const joined = parts.idle === null ? `, ${count}` : ` ${count}`
  if (!parts.mailsAtTerm) return joined
  return parts.mails === 1
    ? `${joined}, which goes out when that time is over`
    : `${joined}, the first of which goes out when that time is over`
}

function stayClause(stay: Stay, person: boolean): string {
  switch (stay.act) {
    case 'archive':
      return stay.until === null
        ? `${kind(stay.kind)} move to the archive`
        : `${kind(stay.kind)} stay in the archive until ${period(stay.until.term)} after ${event(stay.until.event)}`
    case 'anonymise':
      return `${kinds(stay.kinds)} are anonymised`
    case 'erase':
      return `${kinds(stay.kinds)} are erased`
    case 'keep':
      return `${kinds(stay.kinds)} stay`
    case 'detach':
      return `${kinds(stay.kinds)} stay without a link to ${person ? 'the person' : 'what has gone'}`
    case 'empty':
      return `the link ${stay.column} of other ${kind(stay.kind)} is emptied`
  }
}

function conditions(parts: PolicyParts): string {
  const only = parts.only.map(condition)
  const states = parts.notWhile.map((state) => `“${state}”`)
  const applies = only.length === 0 ? '' : `this applies only where ${listed(only, ' and')}`
  const waits = states.length === 0 ? '' : `nothing happens while ${listed(states, ' or')} is true`
  return capitalised([applies, waits].filter((clause) => clause !== '').join(', and '))
}

/** No mail announces that a consent is withdrawn. */
function unwarned({ action, unwarned: found }: PolicyParts): string {
  if (found.length === 0 || action === 'withdraw consent') return ''
  const people = listed(found.map(withoutMail), ' and')
  return ` ${capitalised(people)} are ${participles[action]} without having been warned.`
}

function withoutMail(found: Unwarned): string {
  switch (found.why) {
    case 'no address':
      return 'people who gave no address'
    case 'invalid address':
      return `people whose address is invalid (${days(found.days)} later)`
    case 'unreachable': {
      const on = found.refusals === 1 ? 'one day' : `${number(found.refusals)} different days`
      return `people whose mails were refused or came back on ${on} (${days(found.days)} after the last)`
    }
  }
}

function told({ toldWithin }: PolicyParts): string {
  if (toldWithin === null) return ''
  return ` Each person is told by a last mail when it is done; the address is kept for it, for ${days(toldWithin)} at most.`
}

function receipts(parts: PolicyParts): string {
  return parts.receipts === null
    ? ''
    : ` Each person can be given a receipt of it for ${period(parts.receipts)}.`
}

function condition(found: Condition): string {
  switch (found.test) {
    case 'is one of':
      return `${found.column} is ${listed(
        found.values.map((value) => `“${value}”`),
        ' or',
      )}`
    case 'at least':
      return `${found.column} is at least ${found.amount}`
    case 'below':
      return `${found.column} is below ${found.amount}`
  }
}

function kinds(found: readonly KindWords[]): string {
  return listed(found.map(kind), ' and')
}

function kind({ name, label }: KindWords): string {
  return label?.en ?? `data of kind “${name}”`
}

function event({ name, label }: EventWords): string {
  return label?.en ?? `“${name}”`
}

function period(found: Period): string {
  const units = unitsOf(found).map(
    ([unit, count]) => `${number(count)} ${nouns[unit]}${count === 1 ? '' : 's'}`,
  )
  return listed(units, ' and')
}

function days(count: number): string {
  return period({ years: 0, months: 0, weeks: 0, days: count, hours: 0 })
}

function number(count: number): string {
  return numbers[count] ?? String(count)
}
