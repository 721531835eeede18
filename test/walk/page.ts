/** The steps of docs/first-purge.md: each command with what it says last. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../config/files.ts'

export interface PageStep {
  /** Without `npx oubli`. */
  readonly command: string
  /** The last line that the page shows. */
  readonly says: string
  /** The last line of the block behind a sentence that ends in "instead:". */
  readonly saysInstead: string | null
}

export async function readPage(): Promise<readonly PageStep[]> {
  const page = await readFile(join(packageRoot(), 'docs/first-purge.md'), 'utf8')
  const text = '```text\\n([\\s\\S]*?)\\n?```'
  const block = new RegExp(
    `\`\`\`sh\\nnpx oubli (.+)\\n\`\`\`\\n\\n${text}(?:\\n\\n[^\\n\`]+ instead:\\n\\n${text})?`,
    'g',
  )
  return [...page.matchAll(block)].map(([, command = '', says = '', instead]) => ({
    command,
    says: lastLine(says),
    saysInstead: instead === undefined ? null : lastLine(instead),
  }))
}

function lastLine(text: string): string {
  return text.split('\n').at(-1) ?? ''
}

/** A line without the names of batches and requests, which nobody can foresee. */
export function withoutIds(line: string): string {
  return line.replace(/\b[0-9a-f]{8,}\b/g, '#').trim()
}

/** A line without what differs from site to site: numbers, days, names of batches. */
export function shape(line: string): string {
  return withoutIds(line)
    .replace(
      /\b(January|February|March|April|May|June|July|August|September|October|November|December)\b/g,
      'M',
    )
    .replace(/\d[\d,.:-]*\d|\d/g, 'N')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Words as a shell splits them; double quotes keep a sentence together. */
export function words(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}
