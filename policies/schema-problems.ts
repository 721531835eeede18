/** From issues of the schema to problems with a place, what was found and what is near. */
import type { z } from 'zod'
import { plainStrategies } from './strategy-schema.ts'
import { nearestName } from './nearest-name.ts'
import type { ParsedYaml } from './parse-yaml.ts'
import type { Problem } from './problem.ts'

type Issue = z.core.$ZodIssue
type Path = readonly (string | number)[]
type Params = Readonly<Record<string, string>>

/** `then: aggregate` is in the grammar only to be answered with an error of its own; never propose it. */
const wordWithoutMeaning = 'aggregate'

/** Every problem of one file; `yaml.value` is what the schema judged. */
export function schemaProblems(yaml: ParsedYaml, issues: readonly Issue[]): readonly Problem[] {
  return issues.flatMap((issue) => issueProblems(yaml, issue, []))
}

function issueProblems(yaml: ParsedYaml, issue: Issue, parent: Path): readonly Problem[] {
  const path = [...parent, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))]
  if (issue.code === 'unrecognized_keys') return unknownKeys(yaml, issue, path)
  if (issue.code === 'invalid_key') {
    const key = String(path.at(-1))
    return [problem(yaml, issue.issues[0]?.message ?? 'E_NAME', path, { found: key }, true)]
  }
  if (issue.code === 'invalid_union') {
    const inner = fittingBranch(issue.errors)
    if (inner !== null) return inner.flatMap((nested) => issueProblems(yaml, nested, path))
  }
  return [leafProblem(yaml, issue, path)]
}

/** The one branch of a union whose type the author plainly meant; null when that is open. */
function fittingBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const meant = branches.filter((issues) =>
    issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys' || isRefusal(issue)),
  )
  const [only] = meant
  return meant.length === 1 && only !== undefined ? only : null
}

/** The value had the right type and the wrong text. */
function isRefusal(issue: Issue): boolean {
  return issue.code === 'custom' || issue.code === 'invalid_format' || issue.code === 'too_small'
}

function leafProblem(yaml: ParsedYaml, issue: Issue, path: Path): Problem {
  const value = valueAt(yaml.value, path)
  const key = path.join('.')
  if (value === undefined)
    return problem(yaml, 'E_MISSING_KEY', path, { key: String(path.at(-1)), in: within(path) })
  if (value === null) return problem(yaml, 'E_EMPTY', path, { key })
  const params = { key, found: shown(value) }
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String).filter((word) => word !== wordWithoutMeaning)
    const near = nearestName(params.found, allowed) ?? ''
    return problem(yaml, 'E_CHOICE', path, { ...params, allowed: allowed.join(', '), near })
  }
  if (issue.message === 'E_STRATEGY') {
    const near = nearestName(params.found, plainStrategies) ?? ''
    return problem(yaml, 'E_STRATEGY', path, { ...params, allowed: plainStrategies.join(', '), near })
  }
  if (issue.message === 'E_NUMBER_RANGE')
    return problem(yaml, 'E_NUMBER_RANGE', path, { ...params, ...bound(issue) })
  return problem(yaml, issue.message.startsWith('E_') ? issue.message : 'E_EXPECTED_VALUE', path, params)
}

/** The one limit that was passed. */
function bound(issue: Issue): Params {
  if (issue.code === 'too_small')
    return { [issue.inclusive === false ? 'above' : 'least']: String(issue.minimum) }
  return issue.code === 'too_big' ? { most: String(issue.maximum) } : {}
}

function unknownKeys(
  yaml: ParsedYaml,
  issue: Extract<Issue, { code: 'unrecognized_keys' }>,
  path: Path,
): readonly Problem[] {
  const known = issue.message.replace('E_UNKNOWN_KEY ', '').split('|')
  return issue.keys.map((key) => {
    const near = nearestName(key, known)
    const allowed = near === null ? known.join(', ') : ''
    const params = { key, in: within([...path, key]), allowed, near: near ?? '' }
    return problem(yaml, 'E_UNKNOWN_KEY', [...path, key], params, true)
  })
}

function problem(yaml: ParsedYaml, code: string, path: Path, params: Params, atKey = false): Problem {
  const place = atKey ? yaml.placeOfKey(path) : yaml.placeOf(path)
  return { code, severity: 'error', place, params }
}

function within(path: Path): string {
  return path.slice(0, -1).join('.')
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined
    at = (at as Readonly<Record<string | number, unknown>>)[part]
  }
  return at
}

/** A value as a message shows it: short, on one line, without control characters. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return '[…]'
  if (typeof value === 'object' && value !== null) return '{…}'
  return clipped(String(value))
}

export function clipped(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}
