/** The plain sentence in French: participles agree, and spaces do not break where they must not. */
import type { Period } from '../period.ts'
import type { Action, Condition } from '../policy.ts'
import type { EventWords, KindWords, PolicyParts, Stay, Unwarned } from './parts.ts'
import { capitalised, listed, unitsOf } from './words.ts'

type Gender = 'm' | 'f'

const nbsp = '\u00a0'
const numbers = 'zéro un deux trois quatre cinq six sept huit neuf dix onze douze'.split(' ')
const nouns = {
  years: { one: 'an', many: 'ans', gender: 'm' },
  months: { one: 'mois', many: 'mois', gender: 'm' },
  weeks: { one: 'semaine', many: 'semaines', gender: 'f' },
  days: { one: 'jour', many: 'jours', gender: 'm' },
  hours: { one: 'heure', many: 'heures', gender: 'f' },
} as const
const participles: Record<Exclude<Action, 'withdraw consent'>, string> = {
  erase: 'effacé',
  anonymise: 'anonymisé',
  archive: 'archivé',
  'truncate fields': 'tronqué',
}

export function sayInFrench(parts: PolicyParts): string {
  const stays = parts.stays.map((stay) => stayClause(stay, parts.person))
  const but = stays.length === 0 ? '' : `, mais ${listed(stays, ' et')}`
  const second = conditions(parts)
  return `${capitalised(mainClause(parts))}${mails(parts)}${but}.${second === '' ? '' : ` ${second}.`}${unwarned(parts)}${told(parts)}${receipts(parts)}`
}

function mainClause(parts: PolicyParts): string {
  const rows =
    parts.idle === null
      ? kind(parts.kind)
      : `${kind(parts.kind)} ${parts.idle.fr} depuis ${period(parts.term)}`
  const after = `${period(parts.term)} après ${event(parts.event)}`
  const when = parts.idle === null ? ` ${after}` : ''
  if (parts.action === 'withdraw consent') return `pour ${rows}, le consentement est retiré${when}`
  const [who, agree] = subject(parts, rows)
  const verb = parts.fields.length === 1 ? 'est' : 'sont'
  const done = agree(participles[parts.action])
  if (parts.keeps === 'at most') return `${who} ${verb} ${done}${when}`
  const how = parts.keeps === 'exactly' ? 'exactement' : 'au moins'
  return `${who} ${verb} ${agree('conservé')} ${how} ${after}, puis ${done}`
}

/** Fields are masculine, rows have the gender of their noun. */
function subject(parts: PolicyParts, rows: string): readonly [string, (participle: string) => string] {
  const ending = genderOf(parts.kind) === 'f' ? 'es' : 's'
  if (parts.fields.length === 0) return [rows, (participle) => participle + ending]
  const fields = listed(parts.fields.map(quoted), ' et')
  return parts.fields.length === 1
    ? [`dans ${rows}, le champ ${fields}`, (participle) => participle]
    : [`dans ${rows}, les champs ${fields}`, (participle) => `${participle}s`]
}

function mails(parts: PolicyParts): string {
  if (parts.mails === 0) return ''
  const count = `après ${counted(parts.mails, 'm', parts.mails === 1 ? 'courriel' : 'courriels')}`
  const joined = parts.idle === null ? `, ${count}` : ` ${count}`
  if (!parts.mailsAtTerm) return joined
  return parts.mails === 1
    ? `${joined}, qui part une fois ce délai écoulé`
    : `${joined}, dont le premier part une fois ce délai écoulé`
}

function stayClause(stay: Stay, person: boolean): string {
  switch (stay.act) {
    case 'archive':
      return stay.until === null
        ? `${kind(stay.kind)} passent dans l’archive`
        : `${kind(stay.kind)} restent dans l’archive jusqu’à ${period(stay.until.term)} après ${event(stay.until.event)}`
    case 'anonymise':
    case 'erase': {
      // One masculine noun in the list makes the whole list masculine.
      const ending = stay.kinds.every((found) => genderOf(found) === 'f') ? 'es' : 's'
      return `${kinds(stay.kinds)} sont ${participles[stay.act]}${ending}`
    }
    case 'keep':
      return `${kinds(stay.kinds)} restent`
    case 'detach':
      return `${kinds(stay.kinds)} restent sans lien avec ${person ? 'la personne' : 'ce qui disparaît'}`
    case 'empty':
      return `le lien ${quoted(stay.column)} des autres ${plain(stay.kind)} est vidé`
  }
}

function conditions(parts: PolicyParts): string {
  const only = parts.only.map(condition)
  const applies = only.length === 0 ? '' : `cela ne vaut que si ${listed(only, ' et')}`
  const waits =
    parts.notWhile.length === 0
      ? ''
      : `rien ne se passe tant que ${listed(parts.notWhile.map(quoted), ' ou')} est vrai`
  return capitalised([applies, waits].filter((clause) => clause !== '').join(', et '))
}

/** No mail announces that a consent is withdrawn. */
function unwarned({ action, unwarned: found }: PolicyParts): string {
  if (found.length === 0 || action === 'withdraw consent') return ''
  const people = found.map((one, i) => `${i === 0 ? 'Les personnes' : 'celles'} ${withoutMail(one)}`)
  return ` ${listed(people, ' et')} sont ${participles[action]}es sans avoir été averties.`
}

function withoutMail(found: Unwarned): string {
  switch (found.why) {
    case 'no address':
      return 'qui n’ont pas donné d’adresse'
    case 'invalid address':
      return `dont l’adresse est invalide (${days(found.days)} plus tard)`
    case 'unreachable': {
      const on = counted(found.refusals, 'm', found.refusals === 1 ? 'jour' : 'jours différents')
      return `dont les courriels ont été refusés ou sont revenus ${on} (${days(found.days)} après le dernier)`
    }
  }
}

function told({ toldWithin }: PolicyParts): string {
  if (toldWithin === null) return ''
  return ` Chaque personne l’apprend ensuite par un dernier courriel${nbsp}; l’adresse est gardée pour lui, ${days(toldWithin)} au plus.`
}

function receipts(parts: PolicyParts): string {
  return parts.receipts === null
    ? ''
    : ` Chaque personne peut en recevoir un reçu pendant ${period(parts.receipts)}.`
}

function condition(found: Condition): string {
  switch (found.test) {
    case 'is one of':
      return `${quoted(found.column)} vaut ${listed(found.values.map(quoted), ' ou')}`
    case 'at least':
      return `${quoted(found.column)} vaut au moins ${amount(found.amount)}`
    case 'below':
      return `${quoted(found.column)} est inférieur à ${amount(found.amount)}`
  }
}

function amount(text: string): string {
  return text.replace('.', ',')
}

function quoted(text: string): string {
  return `«${nbsp}${text}${nbsp}»`
}

function kinds(found: readonly KindWords[]): string {
  return listed(found.map(kind), ' et')
}

function kind(found: KindWords): string {
  return `les ${plain(found)}`
}

function plain({ name, label }: KindWords): string {
  return label?.fr ?? `données ${quoted(name)}`
}

function genderOf({ label }: KindWords): Gender {
  return label?.gender ?? 'f'
}

function event({ name, label }: EventWords): string {
  return label?.fr ?? quoted(name)
}

function period(found: Period): string {
  const units = unitsOf(found).map(([unit, count]) => {
    const noun = nouns[unit]
    return counted(count, noun.gender, count === 1 ? noun.one : noun.many)
  })
  return listed(units, ' et')
}

function days(count: number): string {
  return period({ years: 0, months: 0, weeks: 0, days: count, hours: 0 })
}

/** Digits are never parted from their noun at the end of a line. */
function counted(count: number, gender: Gender, noun: string): string {
  if (count === 1) return `${gender === 'f' ? 'une' : 'un'} ${noun}`
  const word = numbers[count]
  return word === undefined ? `${count}${nbsp}${noun}` : `${word} ${noun}`
}
