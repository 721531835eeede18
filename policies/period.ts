/** A period as people write it. Civil: years, months, weeks and days are calendar units, never 365 or 30 days. */
import type { Language } from './problem.ts'

export interface Period {
  readonly years: number
  readonly months: number
  readonly weeks: number
  readonly days: number
  /** Set only for periods of hours, which are exact and exclude the other units. */
  readonly hours: number
}

export type ParsedPeriod = { readonly ok: true; readonly period: Period } | { readonly ok: false }

type Unit = keyof Period

/** Largest first: a period names its units in this order, each at most once. */
const units: readonly Unit[] = ['years', 'months', 'weeks', 'days', 'hours']

interface Words {
  readonly unit: Unit
  readonly one: string
  readonly many: string
  readonly accepted: readonly string[]
}

const english: readonly Words[] = [
  { unit: 'years', one: 'year', many: 'years', accepted: ['year', 'years'] },
  { unit: 'months', one: 'month', many: 'months', accepted: ['month', 'months'] },
  { unit: 'weeks', one: 'week', many: 'weeks', accepted: ['week', 'weeks'] },
  { unit: 'days', one: 'day', many: 'days', accepted: ['day', 'days'] },
  { unit: 'hours', one: 'hour', many: 'hours', accepted: ['hour', 'hours'] },
]

const french: readonly Words[] = [
  { unit: 'years', one: 'an', many: 'ans', accepted: ['an', 'ans', 'année', 'années'] },
  { unit: 'months', one: 'mois', many: 'mois', accepted: ['mois'] },
  { unit: 'weeks', one: 'semaine', many: 'semaines', accepted: ['semaine', 'semaines'] },
  { unit: 'days', one: 'jour', many: 'jours', accepted: ['jour', 'jours'] },
  { unit: 'hours', one: 'heure', many: 'heures', accepted: ['heure', 'heures'] },
]

const iso =
  /^P(?:(?<years>[1-9]\d{0,3})Y)?(?:(?<months>[1-9]\d{0,3})M)?(?:(?<weeks>[1-9]\d{0,3})W)?(?:(?<days>[1-9]\d{0,3})D)?(?:T(?<hours>[1-9]\d{0,3})H)?$/

/**
 * Reads ISO 8601 (`P1Y6M`, `PT72H`), English (`1 year 6 months`) and French (`1 an et 6 mois`). Numbers are
 * whole, 1 to 9999. Refused: zero, signs, fractions, units out of order or twice, two languages in one
 * period, and hours next to other units, because a day is not always 24 hours.
 */
export function parsePeriod(text: string): ParsedPeriod {
  const plain = text.normalize('NFC').replace(/\s+/g, ' ').trim()
  const found = isoAmounts(plain) ?? wordAmounts(plain, english, 'and') ?? wordAmounts(plain, french, 'et')
  if (found === null || found.size === 0) return { ok: false }
  if (found.has('hours') && found.size > 1) return { ok: false }
  const period = { years: 0, months: 0, weeks: 0, days: 0, hours: 0, ...Object.fromEntries(found) }
  return { ok: true, period }
}

function isoAmounts(text: string): Map<Unit, number> | null {
  const groups = iso.exec(text)?.groups
  if (groups === undefined) return null
  const amounts = new Map<Unit, number>()
  for (const unit of units) {
    const digits = groups[unit]
    if (digits !== undefined) amounts.set(unit, Number(digits))
  }
  return amounts
}

function wordAmounts(text: string, words: readonly Words[], and: string): Map<Unit, number> | null {
  const amounts = new Map<Unit, number>()
  let last = -1
  for (const part of text.toLowerCase().split(new RegExp(`(?: ${and} |, | )(?=\\d)`))) {
    const [, digits, word] = /^([1-9]\d{0,3}) (\p{L}+)$/u.exec(part) ?? []
    const unit = words.find((entry) => word !== undefined && entry.accepted.includes(word))?.unit
    if (unit === undefined || units.indexOf(unit) <= last) return null
    last = units.indexOf(unit)
    amounts.set(unit, Number(digits))
  }
  return amounts
}

/** `1 year 6 months`, `1 an et 6 mois`. `parsePeriod` reads it back to the same period. */
export function periodText(period: Period, language: Language): string {
  const words = language === 'fr' ? french : english
  const parts = words
    .filter(({ unit }) => period[unit] > 0)
    .map(({ unit, one, many }) => `${String(period[unit])} ${period[unit] === 1 ? one : many}`)
  if (language === 'en' || parts.length < 2) return parts.join(' ')
  return `${parts.slice(0, -1).join(', ')} et ${parts.at(-1) ?? ''}`
}

/** The canonical form, which fingerprints and evidence use: `P1Y6M`, `PT72H`. */
export function isoPeriod(period: Period): string {
  const letter: Record<Unit, string> = { years: 'Y', months: 'M', weeks: 'W', days: 'D', hours: 'H' }
  const parts = units
    .filter((unit) => period[unit] > 0)
    .map((unit) => `${String(period[unit])}${letter[unit]}`)
  return period.hours > 0 ? `PT${parts.join('')}` : `P${parts.join('')}`
}
