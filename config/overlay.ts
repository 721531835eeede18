/** Environment and flags over the settings file: each value is known by the place it came from. */
import type { SettingProblem } from './settings-text.ts'
import { nearestKey } from './nearest-key.ts'
import { settingKeys, settingSections, type SettingKey } from './keys.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Overlaid {
  readonly value: unknown
  /** Key name → variable or flag that set it. */
  readonly origins: ReadonlyMap<string, string>
  readonly problems: readonly SettingProblem[]
}

/** Variables that are not settings. */
const otherVariables = /^OUBLI_(CONFIG$|TEST_)/

/** An empty variable counts as not set. `flags`: key name → text. Later wins: file, environment, flags. */
export function overlay(value: unknown, env: Environment, flags: Readonly<Record<string, string>>): Overlaid {
  const problems: SettingProblem[] = []
  const origins = new Map<string, string>()
  const result = copyOf(value)
  const set = (key: SettingKey, text: string, origin: string): void => {
    origins.set(key.name, origin)
    if (isRecord(result)) put(result, key.path, key.type === 'whole number' ? numberOr(text) : text)
  }
  for (const key of settingKeys) {
    const text = env[key.variable]
    if (text !== undefined && text !== '') set(key, text, `environment ${key.variable}`)
  }
  for (const [name, text] of Object.entries(flags)) {
    const key = settingKeys.find((each) => each.name === name)
    if (key === undefined)
      problems.push(
        unknown(
          `flag ${name}`,
          name,
          settingKeys.map((each) => each.name),
        ),
      )
    else set(key, text, `flag ${name}`)
  }
  return { value: result, origins, problems: [...problems, ...strayVariables(env), ...twoSecrets(env)] }
}

/** Which of two variables was meant nobody can say. */
function twoSecrets(env: Environment): readonly SettingProblem[] {
  const isSet = (name: string | null): name is string => name !== null && (env[name] ?? '') !== ''
  return settingKeys.flatMap(({ variable, secretVariable }) =>
    isSet(secretVariable) && isSet(variable)
      ? [
          {
            place: `environment ${secretVariable}`,
            text: `expected one password, found ${variable} too`,
            remedy: 'Set one of the two.',
          },
        ]
      : [],
  )
}

/** A misspelt variable would otherwise leave a default in force without a word. */
function strayVariables(env: Environment): readonly SettingProblem[] {
  const known = settingKeys.flatMap((key) => [
    key.variable,
    ...(key.secretVariable === null ? [] : [key.secretVariable]),
  ])
  const first = settingSections.flatMap((section) => (section.path.length === 0 ? section.names : []))
  const ours = new RegExp(`^OUBLI_(${first.join('|')})(_|$)`, 'i')
  return Object.keys(env)
    .filter((name) => ours.test(name) && !otherVariables.test(name) && !known.includes(name))
    .map((name) => unknown(`environment ${name}`, name, known))
}

function unknown(place: string, name: string, known: readonly string[]): SettingProblem {
  const near = nearestKey(name, known)
  const remedy = near === null ? 'docs/settings.md names all of them.' : `Did you mean ${near}?`
  return { place, text: 'expected the name of a setting, found another', remedy }
}

function numberOr(text: string): number | string {
  return /^\d{1,9}$/.test(text) ? Number(text) : text
}

type Mutable = Record<string, unknown>

function put(record: Mutable, path: readonly string[], value: unknown): void {
  const [first = '', ...rest] = path
  if (rest.length === 0) {
    record[first] = value
    return
  }
  const inner = record[first]
  if (isRecord(inner)) put(inner, rest, value)
  else put((record[first] = {}), rest, value)
}

function copyOf(value: unknown): unknown {
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyOf(part)]))
}

function isRecord(value: unknown): value is Mutable {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
