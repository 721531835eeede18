/** Folders of bad files: what lint says of one folder, as its `expected.txt` spells it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lint, type Linted } from '../../policies/lint.ts'
import { parserTexts } from '../../policies/problem-texts.ts'
import type { SourceFile } from '../../policies/problem.ts'

export const badRoot = join(process.cwd(), 'test/policies/bad')

export function badFolders(): readonly string[] {
  return readdirSync(badRoot, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

function source(folder: string, file: string): SourceFile {
  const own = join(badRoot, folder, file)
  return { path: file, text: readFileSync(existsSync(own) ? own : join(badRoot, file), 'utf8') }
}

/** A folder without a `data-map.yml` of its own is read with the one beside the folders. */
export function lintFolder(folder: string): Linted {
  const policies = readdirSync(join(badRoot, folder))
    .filter((file) => file.endsWith('.yml') && file !== 'data-map.yml')
    .sort()
    .map((file) => source(folder, file))
  return lint({ dataMap: source(folder, 'data-map.yml'), policies, templates: ['inactivity-warning'] })
}

/** `file:line:col CODE`, only the codes of reading; the rules between policies have a corpus of their own. */
export function saidOf(folder: string): readonly string[] {
  return lintFolder(folder)
    .problems.filter(({ code }) => Object.hasOwn(parserTexts, code))
    .map(({ code, place }) => `${place.file}:${place.line}:${place.column} ${code}`)
}

export function expectedOf(folder: string): readonly string[] {
  return readFileSync(join(badRoot, folder, 'expected.txt'), 'utf8')
    .trim()
    .split('\n')
}
