/**
 * What is refused before the parser sees a file. Deep nesting overflows the parser's stack, and a second
 * such parse in one process ends Node itself, so no error could be caught then.
 */
import { CST, Lexer } from 'yaml'
import type { Problem, SourceFile } from './problem.ts'

export const largestFileBytes = 65_536
export const longestLine = 2000
export const deepestNesting = 20

/** At most one problem, of the first limit that is passed. Columns count UTF-16 units from 1. */
export function guardText(file: SourceFile): readonly Problem[] {
  const bytes = new TextEncoder().encode(file.text).length
  if (bytes > largestFileBytes) {
    return [limit(file, 'E_FILE_TOO_LARGE', 1, 1, String(bytes), String(largestFileBytes))]
  }
  const lines = file.text.split('\n')
  const long = lines.findIndex((line) => line.length > longestLine)
  if (long >= 0) {
    const found = String(lines[long]?.length ?? 0)
    return [limit(file, 'E_LINE_TOO_LONG', long + 1, longestLine + 1, found, String(longestLine))]
  }
  const deep = tooDeepByIndent(lines) ?? tooDeepByBrackets(file.text)
  if (deep === null) return []
  return [limit(file, 'E_NESTING_TOO_DEEP', deep.line, deep.column, '', String(deepestNesting))]
}

function limit(
  file: SourceFile,
  code: string,
  line: number,
  column: number,
  found: string,
  allowed: string,
): Problem {
  const place = { file: file.path, line, column }
  return { code, severity: 'error', place, params: { found, limit: allowed } }
}

interface Spot {
  readonly line: number
  readonly column: number
}

/** Every block collection begins at a column of its own; `- - -` opens several on one line. */
function tooDeepByIndent(lines: readonly string[]): Spot | null {
  const columns: number[] = []
  for (const [index, line] of lines.entries()) {
    const lead = /^(?:[ \t]|[-?:](?=[ \t]|$))*/.exec(line)?.[0] ?? ''
    if (line.trim() === '' || (lead.trim() === '' && line[lead.length] === '#')) continue
    for (let column = 0; column <= lead.length; column++) {
      if (column < lead.length && /\s/.test(lead[column] ?? ' ')) continue
      while ((columns.at(-1) ?? -1) >= column) columns.pop()
      columns.push(column)
      if (columns.length > deepestNesting) return { line: index + 1, column: column + 1 }
    }
  }
  return null
}

/** The lexer does not recurse, and knows a bracket from one inside quotes, prose or a comment. */
function tooDeepByBrackets(text: string): Spot | null {
  let depth = 0
  let offset = 0
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token)
    if (type === 'flow-seq-start' || type === 'flow-map-start') depth++
    if (type === 'flow-seq-end' || type === 'flow-map-end') depth--
    if (depth > deepestNesting) {
      const before = text.slice(0, offset).split('\n')
      return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
    }
    if (!isMark(type)) offset += token.length
  }
  return null
}

/** Tokens that the lexer adds and that stand for no character of the text. */
export function isMark(type: CST.TokenType | null): boolean {
  return type === 'doc-mode' || type === 'flow-error-end' || type === 'scalar'
}
