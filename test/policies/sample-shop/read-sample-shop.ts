/** The sample shop's policies and data map, parsed from the files as they stand in the repository. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDataMap, type ParsedDataMap } from '../../../policies/parse-data-map.ts'
import { parsePolicies, type ParsedPolicies } from '../../../policies/parse-policy.ts'
import type { SourceFile } from '../../../policies/problem.ts'

const folder = 'policies/sample-shop'

export interface SampleShop {
  readonly policies: ParsedPolicies
  readonly map: ParsedDataMap
}

export function readSampleShop(): SampleShop {
  const names = readdirSync(folder).filter((name) => name !== 'data-map.yml')
  return { policies: parsePolicies(names.map(sourceFile)), map: parseDataMap(sourceFile('data-map.yml')) }
}

function sourceFile(name: string): SourceFile {
  const path = join(folder, name)
  return { path, text: readFileSync(path, 'utf8') }
}
