/** Reads a folder of policy files and a data map through the real parser, and lints it by the rules. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DataMap } from '../../policies/data-map.ts'
import { parseDataMap } from '../../policies/parse-data-map.ts'
import { parsePolicies } from '../../policies/parse-policy.ts'
import type { Policy } from '../../policies/policy.ts'
import type { Problem } from '../../policies/problem.ts'
import { checkRules } from '../../policies/rules.ts'

const mapFile = 'data-map.yml'

export interface Folder {
  readonly policies: readonly Policy[]
  readonly dataMap: DataMap
  readonly problems: readonly Problem[]
}

/** Throws when the grammar already refuses a file: the rules would see nothing of it. */
export function readFolder(folder: string): Folder {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yml') && name !== mapFile)
  const files = names.sort().map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }))
  const parsed = parsePolicies(files)
  const map = parseDataMap({ path: mapFile, text: readFileSync(join(folder, mapFile), 'utf8') })
  const refused = [...parsed.problems, ...map.problems].map(({ code, place }) => `${place.file} ${code}`)
  if (refused.length > 0 || map.dataMap === null) throw new Error(`${folder}: ${refused.join(', ')}`)
  const problems = checkRules(
    parsed.policies,
    map.dataMap,
    (file, path) => (file === mapFile ? map.placeOf(file, path) : parsed.placeOf(file, path)),
    mapFile,
  )
  return { policies: parsed.policies, dataMap: map.dataMap, problems }
}

export function lineOf({ place, code }: Problem): string {
  return `${place.file}:${place.line}:${place.column} ${code}`
}
