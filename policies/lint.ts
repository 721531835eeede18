/** All that can be said of the policies and the data map without a database. */
import type { DataMap } from './data-map.ts'
import { parseDataMap } from './parse-data-map.ts'
import { parsePolicies } from './parse-policy.ts'
import { sorted } from './places.ts'
import type { Policy } from './policy.ts'
import type { PlaceOf, Problem, SourceFile } from './problem.ts'
import { dataMapReferences, duplicatePolicies, policyReferences } from './references.ts'
import { checkRules } from './rules.ts'

export interface LintSources {
  readonly dataMap: SourceFile
  readonly policies: readonly SourceFile[]
  /** Names of the mail templates; without them `template:` is not judged. */
  readonly templates?: readonly string[]
}

export interface Linted {
  /** Only those whose own file can be read. Run nothing while a problem is an error. */
  readonly policies: readonly Policy[]
  readonly dataMap: DataMap | null
  /** Of all files, by file, line and column. */
  readonly problems: readonly Problem[]
  readonly placeOf: PlaceOf
}

/**
 * The rules compare policies with each other, so they wait until every file can be read: a policy that is
 * missing only because of a typing slip would make them blame the others.
 */
export function lint(sources: LintSources): Linted {
  const map = parseDataMap(sources.dataMap)
  const parsed = parsePolicies(sources.policies)
  const { dataMap } = map
  const mapFile = sources.dataMap.path
  const placeOf: PlaceOf = (file, path) => (file === mapFile ? map : parsed).placeOf(file, path)
  const problems = [
    ...map.problems,
    ...parsed.problems,
    ...duplicatePolicies(parsed),
    ...policyReferences(parsed, dataMap, sources.templates ?? null),
    ...(dataMap === null ? [] : dataMapReferences(dataMap, mapFile, placeOf)),
  ]
  if (dataMap !== null && parsed.problems.length === 0) {
    const said = { todos: [...map.todos, ...parsed.todos], saysWhoMoves: map.saysWhoMoves }
    problems.push(...checkRules(parsed.policies, dataMap, placeOf, mapFile, said))
  }
  return { policies: parsed.policies, dataMap, problems: sorted(problems), placeOf }
}
