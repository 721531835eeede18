/** What is wrong with the settings: by key first, then what only shows when keys are seen together. */
import type { z } from 'zod'
import { readCronLine, worksWhenClocksAreSet } from './cron-line.ts'
import { expectedAt, settingSections } from './keys.ts'
import { nearestKey } from './nearest-key.ts'
import { paceProblems } from './pace-settings.ts'
import type { SettingProblem } from './settings-text.ts'
import type { SettingsText } from './settings.ts'

type PlaceOf = (path: readonly PropertyKey[]) => string
type Issue = z.core.$ZodIssue

const reference = 'docs/settings.md describes every key.'

/** Problems of single keys, from the schema's issues. `value`: what was checked. */
export function keyProblems(
  issues: readonly Issue[],
  value: unknown,
  placeOf: PlaceOf,
): readonly SettingProblem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => unknownKey(issue.path, key, placeOf))
    const found = foundAt(value, issue.path)
    const text = `${nameOf(issue.path)}: expected ${expectedAt(issue.path)}, found ${found}`
    return [{ place: placeOf(issue.path), text, remedy: reference }]
  })
}

function unknownKey(path: readonly PropertyKey[], key: string, placeOf: PlaceOf): SettingProblem {
  const section = settingSections.find((each) => each.path.join('.') === nameOf(path))
  const names = section?.names ?? []
  const near = nearestKey(key, names)
  return {
    place: placeOf([...path, key]),
    text: `${path.length === 0 ? 'settings' : nameOf(path)}: expected one of ${names.join(', ')}, found the key ${show(key)}`,
    remedy: near === null ? reference : `Did you mean ${near}?`,
  }
}

/** Problems between keys that are each well formed. */
export function crossProblems(settings: SettingsText, placeOf: PlaceOf): readonly SettingProblem[] {
  const problems: SettingProblem[] = []
  const add = (path: readonly string[], text: string, remedy: string): void => {
    problems.push({ place: placeOf(path), text: `${path.join('.')}: ${text}`, remedy })
  }
  const { database, mail, schedule } = settings
  if (database.sqlite !== undefined && database.mysql !== undefined) {
    add(['database'], 'expected sqlite or mysql, found both', 'Leave one of them out.')
  }
  if (database.own_schema !== undefined && database.sqlite !== undefined) {
    add(
      ['database', 'own_schema'],
      'expected none beside database.sqlite, which has one schema, found one',
      'Leave the key out.',
    )
  }
  if (database.own_schema !== undefined && same(database.own_schema, database.mysql?.database)) {
    add(['database', 'own_schema'], 'expected another schema than that of the site', 'Leave the key out.')
  }
  if (settings.pace.replicas !== undefined && database.sqlite !== undefined) {
    add(['pace', 'replicas'], 'expected none beside database.sqlite, found some', 'Leave the key out.')
  }
  if (mail.transport === 'smtp' && mail.from.address === undefined) {
    add(
      ['mail', 'from', 'address'],
      'expected the address of the sender, found nothing',
      'Set it, or use transport files.',
    )
  }
  if (mail.transport === 'smtp' && mail.tls === 'none-on-loopback' && !isLoopback(mail.host)) {
    add(
      ['mail', 'tls'],
      'expected implicit or starttls, because the relay is not on this host, found none-on-loopback',
      'Mails hold personal data and must not travel in the clear.',
    )
  }
  if (!isZone(schedule.zone)) {
    add(
      ['schedule', 'zone'],
      `expected a zone that exists, found ${show(schedule.zone)}`,
      'Write it as Europe/Paris or UTC.',
    )
  }
  for (const { path, text } of paceProblems(settings.pace))
    add(['pace', ...path], text, 'Change one of the two.')
  for (const job of ['warn', 'deliver', 'purge', 'verify'] as const) {
    const reading = readCronLine(schedule[job])
    if (reading.state === 'wrong') {
      add(
        ['schedule', job],
        `expected ${expectedAt(['schedule', job])}, found ${reading.why}`,
        'Minutes, hours, days of the month, months, days of the week.',
      )
    } else if (worksWhenClocksAreSet(reading)) {
      add(
        ['schedule', job],
        `expected hours outside 01:00-03:59, found ${show(schedule[job])}`,
        'Clocks are set in these hours: a slot there can be missing or come twice. Take 04:30, for example.',
      )
    }
  }
  return problems
}

/** Some servers tell names of schemas apart by case, some do not. */
function same(name: string, other: string | undefined): boolean {
  return name.toLowerCase() === other?.toLowerCase()
}

export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host)
}

function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.')
}

function foundAt(value: unknown, path: readonly PropertyKey[]): string {
  let found: unknown = value
  for (const part of path) {
    found =
      typeof found === 'object' && found !== null ? (found as Record<PropertyKey, unknown>)[part] : undefined
  }
  // Somebody may have written the secret itself where its file belongs.
  if (/password|secret|key/.test(String(path.at(-1) ?? '')))
    return found === undefined ? 'nothing' : 'something else'
  if (found === undefined || found === null || found === '') return 'nothing'
  if (typeof found === 'string') return show(found)
  if (typeof found === 'number' || typeof found === 'boolean') return String(found)
  return Array.isArray(found) ? 'a list' : 'a section'
}

function show(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 57)}...` : text}"`
}
