/** Reads one YAML file into plain values with places. The only file that calls the parser. */
import { LineCounter, parseDocument, type Document } from 'yaml'
import type { Place, Problem, SourceFile } from './problem.ts'
import { guardText } from './yaml-guards.ts'
import { plainValue, type YamlPath } from './yaml-plain.ts'
import { proseSlip, secondColon, withPlainSpaces } from './yaml-prose.ts'
import { todosIn } from './yaml-todos.ts'

export interface ParsedYaml {
  /** Undefined: the file has no meaning that could be trusted, so nothing else about it should be said. */
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** Of a key that holds a list, a mapping or nothing: the key; of any other: its value; else the parent. */
  readonly placeOf: (path: YamlPath) => Place
  readonly placeOfKey: (path: YamlPath) => Place
  /** Comments that begin with todo. */
  readonly todos: readonly Place[]
}

/** After these the values still mean what the author wrote, so the rest of the file is judged as well. */
const harmless: readonly string[] = ['E_YAML_HASH', 'E_YAML_CURLY_QUOTES', 'E_YAML_DUPLICATE_KEY']

/** More than this many problems of the parser in one file say nothing new. */
const mostProblems = 20

/**
 * YAML 1.2 without tags, anchors, aliases, merge keys, directives and further documents: each is a problem
 * with its own code, as is every warning of the parser. Never throws for anything a file can contain.
 */
export function parseYaml(source: SourceFile): ParsedYaml {
  const file = { path: source.path, text: withPlainSpaces(source.text) }
  const refused = guardText(file)
  if (refused.length > 0) return withoutValue(file, refused)
  const lineCounter = new LineCounter()
  const place = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset)
    return { file: file.path, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const problems: Problem[] = []
  const add = (code: string, offset: number, params: Problem['params'] = {}): void => {
    problems.push({ code, severity: 'error', place: place(offset), params })
  }
  const options = {
    version: '1.2',
    lineCounter,
    logLevel: 'error',
    prettyErrors: false,
    uniqueKeys: false,
  } as const
  let document: Document.Parsed
  try {
    document = parseDocument(file.text, options)
  } catch {
    add('E_YAML_SYNTAX', 0)
    return withoutValue(file, problems)
  }
  addParserProblems(file, document, add)
  if (document.errors.length > 0) return withoutValue(file, onePerLine(problems))
  return walk(file, document, problems, add, place)
}

type Add = (code: string, offset: number, params?: Problem['params']) => void

function walk(
  file: SourceFile,
  document: Document.Parsed,
  problems: Problem[],
  add: Add,
  place: (offset: number) => Place,
): ParsedYaml {
  const values = new Map<string, number>()
  const keys = new Map<string, number>()
  const plain = plainValue(document.contents, [], {
    place: (path, keyOffset, valueOffset) => {
      keys.set(JSON.stringify(path), keyOffset)
      values.set(JSON.stringify(path), valueOffset)
    },
    problem: add,
    scalar: (scalar) => {
      const slip = proseSlip(scalar, file.text)
      if (slip !== null) add(slip.code, slip.offset, { found: slip.found })
    },
  })
  if (plain === null) add('E_FILE_EMPTY', 0)
  else if (typeof plain !== 'object' || Array.isArray(plain)) add('E_FILE_NOT_A_MAP', 0)
  const start = document.contents?.range[0] ?? 0
  const finder = (offsets: ReadonlyMap<string, number>) => (path: YamlPath) => {
    const exact = offsets.get(JSON.stringify(path))
    return place(exact ?? nearestParent(keys, path) ?? start)
  }
  const sound = problems.every((problem) => harmless.includes(problem.code))
  return {
    value: sound ? plain : undefined,
    problems: onePerLine(problems),
    placeOf: finder(values),
    placeOfKey: finder(keys),
    todos: todosIn(file.text).map(place),
  }
}

function nearestParent(keys: ReadonlyMap<string, number>, path: YamlPath): number | undefined {
  for (let length = path.length - 1; length > 0; length--) {
    const offset = keys.get(JSON.stringify(path.slice(0, length)))
    if (offset !== undefined) return offset
  }
  return undefined
}

function addParserProblems(file: SourceFile, document: Document.Parsed, add: Add): void {
  for (const match of file.text.matchAll(/^%.*/gm))
    add('E_YAML_DIRECTIVE', match.index, { found: match[0].trim() })
  for (const error of document.errors) addError(file, error, add)
  for (const warning of document.warnings) {
    const code = warning.code === 'TAG_RESOLVE_FAILED' ? 'E_YAML_TAG' : 'E_YAML_SYNTAX'
    const word = /^\S*/.exec(file.text.slice(warning.pos[0]))?.[0] ?? ''
    if (warning.code !== 'BAD_DIRECTIVE') add(code, warning.pos[0], { found: word })
  }
}

function addError(file: SourceFile, error: ParserError, add: Add): void {
  const [offset] = error.pos
  const colon = colonCodes.includes(error.code) ? secondColon(file.text, offset) : null
  const found = file.text.charAt(offset).trim()
  if (colon !== null) add('E_YAML_COLON', colon, {})
  else if (error.message.includes('and end with a')) add('E_YAML_UNCLOSED', offset, { found })
  else add(codeOf[error.code] ?? 'E_YAML_SYNTAX', offset, { found })
}

type ParserError = Pick<Document.Parsed['errors'][number], 'code' | 'message' | 'pos'>

const colonCodes: readonly string[] = ['BLOCK_AS_IMPLICIT_KEY', 'BLOCK_IN_FLOW']

const codeOf: Readonly<Record<string, string>> = {
  BAD_INDENT: 'E_YAML_INDENT',
  BLOCK_AS_IMPLICIT_KEY: 'E_YAML_INDENT',
  MULTILINE_IMPLICIT_KEY: 'E_YAML_INDENT',
  MISSING_CHAR: 'E_YAML_UNCLOSED',
  TAB_AS_INDENT: 'E_YAML_TAB',
  BAD_SCALAR_START: 'E_YAML_RESERVED_CHARACTER',
  MULTIPLE_DOCS: 'E_YAML_SEVERAL_DOCUMENTS',
}

/** One slip makes the parser stumble several times; the first of a line is the one to repair. */
function onePerLine(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>()
  const kept = [...problems]
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .filter(({ code, place }) => {
      const known = seen.has(String(place.line)) || seen.has(`${String(place.line)} ${code}`)
      seen.add(syntaxCodes.has(code) ? String(place.line) : `${String(place.line)} ${code}`)
      return !known
    })
  return kept.slice(0, mostProblems)
}

const syntaxCodes: ReadonlySet<string> = new Set([...Object.values(codeOf), 'E_YAML_SYNTAX', 'E_YAML_COLON'])

function withoutValue(file: SourceFile, problems: readonly Problem[]): ParsedYaml {
  const top = (): Place => ({ file: file.path, line: 1, column: 1 })
  return { value: undefined, problems, placeOf: top, placeOfKey: top, todos: [] }
}
