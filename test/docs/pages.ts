/** The documentation as the tests read it: pages, code blocks, and the parts that are made from the code. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { packageRoot } from '../../config/files.ts'

const root = packageRoot()

export interface Block {
  readonly page: string
  readonly language: string
  readonly text: string
}

/** README and everything under docs/, paths from the root of the package. */
export function pages(): readonly string[] {
  const under = (folder: string): readonly string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? under(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
    )
  const top = readdirSync(root).filter((name) => name.endsWith('.md'))
  return [...top, ...under('docs')].filter((page) => page.endsWith('.md'))
}

export function pageText(page: string): string {
  return readFileSync(join(root, page), 'utf8')
}

export function isThere(path: string): boolean {
  return existsSync(join(root, path))
}

/** Fenced blocks of one language. */
export function blocks(language: string): readonly Block[] {
  return pages().flatMap((page) =>
    [...pageText(page).matchAll(/^ *```(\w+)\n([\s\S]*?)^ *```$/gm)]
      .map(([, found = '', text = '']) => ({ page, language: found, text }))
      .filter((block) => block.language === language),
  )
}

/**
 * The part of a page between `<!-- made from the code: name -->` and `<!-- end -->`, and what should stand
 * there. With OUBLI_UPDATE_DOCS=1 it is written first, so that the comparison cannot fail.
 */
export async function madePart(
  page: string,
  name: string,
  wanted: string,
): Promise<{ readonly found: string; readonly wanted: string }> {
  const begin = `<!-- made from the code: ${name} -->\n`
  const text = pageText(page)
  const from = text.indexOf(begin)
  const to = text.indexOf('<!-- end -->', from)
  if (from === -1 || to === -1) throw new Error(`${page} has no part "${name}"`)
  const path = join(root, page)
  const formed = (await format(wanted, { ...(await resolveConfig(path)), parser: 'markdown' })).trim()
  if (process.env['OUBLI_UPDATE_DOCS'] === '1')
    writeFileSync(path, `${text.slice(0, from)}${begin}\n${formed}\n\n${text.slice(to)}`)
  return {
    found: pageText(page)
      .slice(from + begin.length, pageText(page).indexOf('<!-- end -->', from))
      .trim(),
    wanted: formed,
  }
}
