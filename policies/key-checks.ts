/**
 * Rules between keys of one file that a schema cannot say. They look at the raw value, so that they speak
 * also when another key of the file is wrong.
 */
import type { ParsedYaml } from './parse-yaml.ts'
import { isoPeriod, parsePeriod } from './period.ts'
import type { Problem } from './problem.ts'

type Path = readonly (string | number)[]
type Raw = Readonly<Record<string, unknown>>

/** What a mapping of the file holds; empty for anything else. */
export function rawMap(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {}
}

export function policyKeyProblems(yaml: ParsedYaml): readonly Problem[] {
  const raw = rawMap(yaml.value)
  return [
    ...termProblems(yaml, raw),
    ...(raw['then'] === 'aggregate' ? [at(yaml, 'E_AGGREGATE_NOT_BUILT', ['then'], {})] : []),
    ...onlyOne(yaml, ['per_run'], ['people', 'rows', 'items']),
    ...onlyOne(yaml, ['stop_above'], ['people', 'rows', 'count']),
  ]
}

/** One policy has one clock and one term; both keys with equal periods say "exactly so long". */
function termProblems(yaml: ParsedYaml, raw: Raw): readonly Problem[] {
  const most = raw['keep_at_most']
  const least = raw['keep_at_least']
  if (!('keep_at_most' in raw) && !('keep_at_least' in raw)) return [at(yaml, 'E_TERM_MISSING', [], {})]
  if (typeof most !== 'string' || typeof least !== 'string') return []
  const [first, second] = [parsePeriod(most), parsePeriod(least)]
  if (!first.ok || !second.ok || isoPeriod(first.period) === isoPeriod(second.period)) return []
  return [at(yaml, 'E_TERM_TWICE', ['keep_at_least'], { most, least })]
}

/** Events with neither or both of `column` and `latest_of`, or with what only one column can have. */
export function dataMapKeyProblems(yaml: ParsedYaml): readonly Problem[] {
  const problems: Problem[] = []
  for (const [kind, rawKind] of Object.entries(rawMap(rawMap(yaml.value)['kinds']))) {
    for (const [event, rawEvent] of Object.entries(rawMap(rawMap(rawKind)['events']))) {
      const found = rawMap(rawEvent)
      if (Object.keys(found).length > 0 && 'column' in found === 'latest_of' in found) {
        problems.push(at(yaml, 'E_EVENT_SOURCE', ['kinds', kind, 'events', event], { event }, true))
      }
    }
  }
  return problems
}

function onlyOne(yaml: ParsedYaml, path: Path, keys: readonly string[]): readonly Problem[] {
  const raw = rawMap(rawMap(yaml.value)[String(path[0])])
  const given = keys.filter((key) => key in raw)
  const second = given[1]
  if (second === undefined) return []
  return [at(yaml, 'E_KEYS_EXCLUDE', [...path, second], { keys: given.join(', ') }, true)]
}

function at(yaml: ParsedYaml, code: string, path: Path, params: Problem['params'], atKey = false): Problem {
  const place = atKey ? yaml.placeOfKey(path) : yaml.placeOf(path)
  return { code, severity: 'error', place, params }
}
