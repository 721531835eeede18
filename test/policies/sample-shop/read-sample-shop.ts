/** The sample shop's policies and data map, linted as they stand in the repository. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lint, type Linted } from '../../../policies/lint.ts'
import type { SourceFile } from '../../../policies/problem.ts'

const folder = 'policies/sample-shop'

export function lintSampleShop(): Linted {
  const names = readdirSync(folder).filter((name) => name !== 'data-map.yml')
  return lint({
    dataMap: sourceFile('data-map.yml'),
    policies: names.map(sourceFile),
    templates: ['inactivity-warning'],
  })
}

function sourceFile(name: string): SourceFile {
  const path = join(folder, name)
  return { path, text: readFileSync(path, 'utf8') }
}
