/** The data map file in, the data map and every problem out. */
import type { DataMap } from './data-map.ts'
import { dataMapSchema, type DataMapFile } from './data-map-schema.ts'
import { dataMapKeyProblems } from './key-checks.ts'
import { parseYaml } from './parse-yaml.ts'
import { placesOf, sorted } from './places.ts'
import type { Place, PlaceOf, Problem, SourceFile } from './problem.ts'
import { mapped, readKind, readValues } from './read-kind.ts'
import { schemaProblems } from './schema-problems.ts'

export interface ParsedDataMap {
  /** Null when the file has a problem. */
  readonly dataMap: DataMap | null
  readonly problems: readonly Problem[]
  readonly placeOf: PlaceOf
  /** Whether the file itself says who moves the date of an event. By default nobody does. */
  readonly saysWhoMoves: (kind: string, event: string) => boolean
  /** Comments that begin with todo. */
  readonly todos: readonly Place[]
}

/** Never throws for anything a file can contain. */
export function parseDataMap(file: SourceFile): ParsedDataMap {
  const yaml = parseYaml(file)
  const { todos } = yaml
  const placeOf = placesOf([{ file: file.path, yaml }])
  if (yaml.value === undefined)
    return { dataMap: null, problems: yaml.problems, placeOf, saysWhoMoves: () => false, todos }
  const result = dataMapSchema.safeParse(yaml.value)
  const issues = result.success ? [] : schemaProblems(yaml, result.error.issues)
  const problems = sorted([...yaml.problems, ...issues, ...dataMapKeyProblems(yaml)])
  const dataMap = result.success && problems.length === 0 ? readDataMap(result.data) : null
  const kinds = result.success ? result.data.kinds : {}
  const saysWhoMoves = (kind: string, event: string): boolean => {
    const events = Object.hasOwn(kinds, kind) ? (kinds[kind]?.events ?? {}) : {}
    return Object.hasOwn(events, event) && events[event]?.slides !== undefined
  }
  return { dataMap, problems, placeOf, saysWhoMoves, todos }
}

function readDataMap(raw: DataMapFile): DataMap {
  return {
    controller: raw.controller,
    site: raw.site,
    zone: raw.zone,
    storedIn: raw.stored_in,
    launchedOn: raw.launched_on ?? '1995-01-01',
    fiscalYearEnds: raw.fiscal_year_ends ?? '12-31',
    canaries: mapped(raw.canaries, readValues),
    kinds: mapped(raw.kinds, (kind, name) => readKind(name, kind)),
    outOfScope: raw.out_of_scope ?? {},
  }
}
