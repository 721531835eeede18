/** Dates, periods and places in words, in the language of the reader and the zone of the policy. */
import type { Instant } from '../base/clock.ts'
import type { Period } from '../policies/period.ts'
import type { Language } from '../policies/problem.ts'

const localeOf: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr-FR' }

/** Cities that French names otherwise than the time zone database does. */
const frenchCities: Readonly<Record<string, string>> = {
  Athens: 'Athènes',
  Brussels: 'Bruxelles',
  Bucharest: 'Bucarest',
  Copenhagen: 'Copenhague',
  Lisbon: 'Lisbonne',
  London: 'Londres',
  Luxembourg: 'Luxembourg',
  Rome: 'Rome',
  Vienna: 'Vienne',
  Warsaw: 'Varsovie',
  Reunion: 'La Réunion',
}

/** Making a format costs more than the rest of a mail. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(lang: Language, zone: string): Intl.DateTimeFormat {
  const name = `${lang} ${zone}`
  const made =
    formats.get(name) ??
    new Intl.DateTimeFormat(localeOf[lang], {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZone: zone,
    })
  formats.set(name, made)
  return made
}

function parts(at: Instant, lang: Language, zone: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const part of formatOf(lang, zone).formatToParts(at)) found[part.type] = part.value
  return found
}

/** `30 January 2027`, `30 janvier 2027`, `1er mars 2027`: never digits only, which two countries read differently. */
export function dayInWords(at: Instant, lang: Language, zone: string): string {
  const { day = '', month = '', year = '' } = parts(at, lang, zone)
  return `${lang === 'fr' && day === '1' ? '1er' : day} ${month} ${year}`
}

/** The same with its weekday: `Saturday 30 January 2027`, `samedi 30 janvier 2027`. */
export function weekdayInWords(at: Instant, lang: Language, zone: string): string {
  return `${parts(at, lang, zone)['weekday'] ?? ''} ${dayInWords(at, lang, zone)}`
}

/**
 * The minute and its zone: `Saturday 30 January 2027 at 23:59, Paris time`, `samedi 30 janvier 2027 à 23 h 59,
 * heure de Paris`. Not midnight: to some people the midnight of a Saturday begins it, to others it ends it.
 */
export function minuteInWords(at: Instant, lang: Language, zone: string): string {
  const { hour = '', minute = '' } = parts(at, lang, zone)
  const day = weekdayInWords(at, lang, zone)
  return lang === 'fr'
    ? `${day} à ${hour}\u00a0h\u00a0${minute}, ${zoneInWords(zone, lang)}`
    : `${day} at ${hour}:${minute}, ${zoneInWords(zone, lang)}`
}

/** `5 days`, `5 jours`. */
export function daysInWords(days: number, lang: Language): string {
  return periodInWords({ years: 0, months: 0, weeks: 0, days, hours: 0 }, lang)
}

/** `January 2024`, `janvier 2024`. */
export function monthInWords(at: Instant, lang: Language, zone: string): string {
  const { month = '', year = '' } = parts(at, lang, zone)
  return `${month} ${year}`
}

export function yearInWords(at: Instant, lang: Language, zone: string): string {
  return parts(at, lang, zone)['year'] ?? ''
}

/** `Paris time`, `heure de Paris`: a city says more to most people than the name of a zone. */
export function zoneInWords(zone: string, lang: Language): string {
  const hours = hoursFromUtc(zone)
  if (hours !== null || !zone.includes('/') || zone.startsWith('Etc/')) {
    const name = hours ?? zone.replace('Etc/', '')
    return lang === 'fr' ? `heure ${name}` : `${name} time`
  }
  const city = (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')
  if (lang === 'en') return `${city} time`
  const french = frenchCities[city] ?? city
  return /^[AEIOUYÀÂÉÈÊÎÔ]/i.test(french) ? `heure d’${french}` : `heure de ${french}`
}

/** `UTC+2` for `Etc/GMT-2`: those names count hours to the west, and everybody reads them the other way. */
function hoursFromUtc(zone: string): string | null {
  const [, sign, hours] = /^(?:Etc\/)?GMT([+-])(\d{1,2})$/i.exec(zone) ?? []
  if (sign === undefined || hours === undefined) return null
  return Number(hours) === 0 ? 'UTC' : `UTC${sign === '-' ? '+' : '\u2212'}${Number(hours)}`
}

/** `3 years`, `3 ans`, `1 year and 6 months`: plural rules and list words of the language. */
export function periodInWords(period: Period, lang: Language): string {
  const units = [
    [period.years, 'year'],
    [period.months, 'month'],
    [period.weeks, 'week'],
    [period.days, 'day'],
    [period.hours, 'hour'],
  ] as const
  const words = units
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) =>
      new Intl.NumberFormat(localeOf[lang], { style: 'unit', unit, unitDisplay: 'long' }).format(amount),
    )
  return new Intl.ListFormat(localeOf[lang], { type: 'conjunction' }).format(words)
}
