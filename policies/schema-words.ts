/**
 * The words that both grammars share, as Zod schemas. They transform nothing, so that the same schemas give
 * the JSON Schema for editors. The message of an issue is one of our problem codes.
 */
import { z } from 'zod'
import { parsePeriod } from './period.ts'

/** One description in two languages, as an editor shows it. */
export function says(en: string, fr: string): { readonly description: string } {
  return { description: `${en} / ${fr}` }
}

/** A mapping of known keys. Its message for an unknown key carries the known ones, separated by bars. */
export function mapOf<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join('|')
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `E_UNKNOWN_KEY ${known}` : 'E_EXPECTED_MAP'),
  })
}

export function recordOf<Key extends z.ZodString, Value extends z.ZodType>(
  key: Key,
  value: Value,
): z.ZodRecord<Key, Value> {
  return z.record(key, value, {
    error: (issue) => (issue.code === 'invalid_key' ? undefined : 'E_EXPECTED_MAP'),
  })
}

export function listOf<Item extends z.ZodType>(item: Item): z.ZodArray<Item> {
  return z.array(item, { error: 'E_EXPECTED_LIST' }).min(1, { error: 'E_EMPTY' })
}

/** One of some words, each with its own remark in the editor. */
export function choice<const Words extends readonly [string, ...string[]]>(
  words: Words,
  descriptions: Readonly<Record<Words[number], string>>,
): z.ZodEnum<z.core.util.ToEnum<Words[number]>> {
  return z
    .enum(words, { error: 'E_CHOICE' })
    .meta({ enumDescriptions: words.map((word) => descriptions[word as Words[number]]) })
}

export const text = z.string({ error: 'E_EXPECTED_TEXT' }).regex(/\S/, { error: 'E_EMPTY' })

/** Policies, kinds, events, states, templates. The name of a thing that every object has is refused. */
export const name = z
  .string({ error: 'E_NAME' })
  .regex(/^(?!(?:constructor|prototype)$)[a-z][a-z0-9_-]{0,39}$/, { error: 'E_NAME' })
  .meta({
    patternErrorMessage:
      'Lower case letters, digits, "-" and "_", beginning with a letter / Minuscules, chiffres, « - » et « _ », en commençant par une lettre',
  })

const word = '[A-Za-z0-9_$]+'
export const tableName = z
  .string({ error: 'E_TABLE_NAME' })
  .regex(new RegExp(`^${word}(?:\\.${word})?$`), { error: 'E_TABLE_NAME' })
export const columnName = z
  .string({ error: 'E_COLUMN_NAME' })
  .regex(new RegExp(`^${word}$`), { error: 'E_COLUMN_NAME' })
/** `column`, `table.column` or `schema.table.column`. */
export const columnPath = z
  .string({ error: 'E_COLUMN_NAME' })
  .regex(new RegExp(`^${word}(?:\\.${word}){0,2}$`), { error: 'E_COLUMN_NAME' })

/** `$.last_login`, `$.stats.seen`: keys of JSON objects. */
export const jsonPath = z
  .string({ error: 'E_JSON_PATH' })
  .regex(/^\$(?:\.[A-Za-z0-9_-]+)+$/, { error: 'E_JSON_PATH' })

/** `column`, or a place in it as `oubli doctor --clocks` prints it: `prefs $.last_login`, `meta_value (meta_key = last_login)`. */
export const columnPlace = z
  .string({ error: 'E_COLUMN_NAME' })
  .regex(new RegExp(`^${word}(?:\\.${word}){0,2}(?: \\$(?:\\.[A-Za-z0-9_-]+)+| \\(${word} = .+\\))?$`), {
    error: 'E_COLUMN_NAME',
  })

/** What a column may hold, as it is written: text, a number, true or false. */
export const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'E_EXPECTED_VALUE' })
export const values = z.union([scalar, listOf(scalar)], { error: 'E_VALUES' })

const periodHint =
  'Write a period such as 3 years, 13 months, 72 hours or P3Y / Écrivez une durée comme 3 ans, 13 mois, 72 heures ou P3Y'

export const period = z
  .string({ error: 'E_PERIOD' })
  .refine((found) => parsePeriod(found).ok, { error: 'E_PERIOD' })
  .meta({
    pattern: '^\\s*(P[0-9A-Z]+|[0-9]+\\s.*)$',
    patternErrorMessage: periodHint,
    examples: ['3 years', '3 ans', '13 months', '72 hours', 'P3Y'],
    defaultSnippets: [
      { label: '3 years / 3 ans', body: '3 years' },
      { label: '13 months / 13 mois', body: '13 months' },
      { label: '10 years / 10 ans', body: '10 years' },
    ],
  })

/** Whole days of a period of days and weeks; null for anything else. */
export function daysOf(found: string): number | null {
  const parsed = parsePeriod(found)
  if (!parsed.ok) return null
  const { years, months, weeks, days, hours } = parsed.period
  return years + months + hours > 0 ? null : weeks * 7 + days
}

export const days = z
  .string({ error: 'E_DAYS' })
  .refine((found) => daysOf(found) !== null, { error: 'E_DAYS' })
  .meta({ examples: ['30 days', '30 jours', 'P30D'] })

function isDay(found: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(found) ?? []
  if (year === undefined) return false
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return at.toISOString().startsWith(found)
}

/** A civil date that exists. */
export const date = z
  .string({ error: 'E_DATE' })
  .refine(isDay, { error: 'E_DATE' })
  .meta({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', examples: ['2026-11-22'] })

/** `MM-DD` of an ordinary year: the fiscal year cannot end on 29 February only. */
export const monthDay = z
  .string({ error: 'E_MONTH_DAY' })
  .refine((found) => isDay(`2001-${found}`), { error: 'E_MONTH_DAY' })
  .meta({ pattern: '^\\d{2}-\\d{2}$', examples: ['12-31', '06-30'] })

function isZone(found: string): boolean {
  try {
    return /^[A-Za-z]/.test(found) && new Intl.DateTimeFormat('en', { timeZone: found }) instanceof Object
  } catch {
    return false
  }
}

export const zone = z
  .string({ error: 'E_ZONE' })
  .refine(isZone, { error: 'E_ZONE' })
  .meta({ examples: ['Europe/Paris', 'UTC', 'America/Martinique'] })

export const mailAddress = z
  .string({ error: 'E_EMAIL' })
  .regex(/^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+$/, { error: 'E_EMAIL' })

export const webAddress = z.string({ error: 'E_URL' }).regex(/^https?:\/\/[^\s/]+\S*$/, { error: 'E_URL' })

export function wholeNumber(least: number, most: number): z.ZodNumber {
  return z
    .int({ error: 'E_EXPECTED_WHOLE_NUMBER' })
    .min(least, { error: 'E_NUMBER_RANGE' })
    .max(most, { error: 'E_NUMBER_RANGE' })
}
