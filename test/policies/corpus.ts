/** Lints a folder of policy files and a data map as the command does. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DataMap } from '../../policies/data-map.ts'
import { lint } from '../../policies/lint.ts'
import type { Policy } from '../../policies/policy.ts'
import type { Problem } from '../../policies/problem.ts'

const mapFile = 'data-map.yml'

export interface Folder {
  readonly policies: readonly Policy[]
  readonly dataMap: DataMap
  /** By file, line and column. */
  readonly problems: readonly Problem[]
}

/** Throws when the data map cannot be read: the rules would see nothing of the folder. */
export function readFolder(folder: string): Folder {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yml') && name !== mapFile)
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
  const { policies, dataMap, problems } = lint({
    dataMap: { path: mapFile, text: read(mapFile) },
    policies: names.sort().map((path) => ({ path, text: read(path) })),
  })
  if (dataMap === null) throw new Error(`${folder}: the data map cannot be read`)
  return { policies, dataMap, problems }
}

export function lineOf({ place, code }: Problem): string {
  return `${place.file}:${place.line}:${place.column} ${code}`
}
