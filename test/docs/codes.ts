/** The codes of the program, and the catalogues as they stand in docs/errors.md. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../config/files.ts'
import { planProblemTexts } from '../../plan/problem-texts.ts'
import { problemTexts as lintTexts } from '../../policies/problem-texts.ts'
import type { ProblemText } from '../../policies/problem-text.ts'

const rooms = [
  'base',
  'policies',
  'plan',
  'engine',
  'audit',
  'mail',
  'templates',
  'db',
  'jobs',
  'cli',
  'config',
]

export interface SourceText {
  readonly path: string
  readonly text: string
}

export function sources(): readonly SourceText[] {
  return rooms.flatMap((room) =>
    readdirSync(join(packageRoot(), room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => ({
        path: `${room}/${name}`,
        text: readFileSync(join(packageRoot(), room, name), 'utf8'),
      })),
  )
}

/** Codes that stand as a whole word between quotes, or begin a template text. */
export function quotedCodes(): ReadonlySet<string> {
  return new Set(
    sources().flatMap(({ text }) =>
      [...text.matchAll(/['`]([EWI]_[A-Z0-9_]*[A-Z0-9])(?=['`\s])/g)].map(([, code = '']) => code),
    ),
  )
}

/** The second argument of every `new OubliError(`, whatever its form; a variable is left out. */
export function thrownCodes(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { path, text } of sources())
    for (const [, code = ''] of text.matchAll(/new OubliError\(\s*'[a-z]+',\s*'([^']*)'/g))
      found.set(code, path)
  return found
}

export const catalogues: Readonly<Record<string, Readonly<Record<string, ProblemText>>>> = {
  lint: lintTexts,
  plan: planProblemTexts,
}

/** One line for each code, in alphabetical order: what it says in English, parameters in braces. */
export function cataloguePart(texts: Readonly<Record<string, ProblemText>>): string {
  return Object.keys(texts)
    .sort()
    .map((code) => `- \`${code}\`: ${plain(texts[code]?.en ?? '')}`)
    .join('\n')
}

/** `{found}` stays; parts that can be missing stand without their brackets; Markdown stays quiet. */
function plain(template: string): string {
  return template
    .replace(/\[\[(.*?)\]\]/gs, '$1')
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_<>|[\]#]/g, (sign) => `\\${sign}`)
    .trim()
}
