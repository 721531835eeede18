/** Reads the text of the settings file, with the place of everything in it. */
import { isMap, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml'

/** A line of the complaint: where, then what. */
export interface SettingProblem {
  /** `file:line:column`, or the name of a variable or flag. */
  readonly place: string
  readonly text: string
  readonly remedy: string
}

export interface ParsedSettings {
  /** Plain data; an empty file is an empty record. */
  readonly value: unknown
  readonly problems: readonly SettingProblem[]
  /** Place of a key, or of the nearest section above it that stands in the file. */
  readonly placeOf: (path: readonly PropertyKey[]) => string
}

const largestFile = 65_536
const deepestIndent = 40
const mostBrackets = 50

/** Never throws. `file` as it should stand in messages. */
export function parseSettings(file: string, text: string): ParsedSettings {
  const guarded = guard(file, text)
  if (guarded !== null) return { value: {}, problems: [guarded], placeOf: () => `${file}:1:1` }
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
  })
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const problems: SettingProblem[] = [...document.errors, ...document.warnings].map((error) => ({
    place: at(error.pos[0]),
    text: `is not YAML as it is expected here (${error.code})`,
    remedy: 'Check colons, quotes and indentation; no key may stand twice.',
  }))
  visit(document, {
    Alias: (_, node) => void problems.push(extra(at(node.range?.[0] ?? 0), 'an alias')),
    Node: (_, node) => {
      if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) {
        problems.push(extra(at(node.range?.[0] ?? 0), 'a tag'))
      }
    },
  })
  const value: unknown = problems.length > 0 ? {} : (document.toJS() ?? {})
  return { value, problems, placeOf: (path) => at(offsetOf(document, path)) }
}

/** Deep nesting can end the process inside the parser, so it is refused before. Settings need three levels. */
function guard(file: string, text: string): SettingProblem | null {
  const place = `${file}:1:1`
  const remedy = 'Start again from config/oubli.example.yml.'
  if (Buffer.byteLength(text) > largestFile) return { place, text: 'is larger than 64 KiB', remedy }
  const brackets = text.match(/[[{]/g)?.length ?? 0
  const deep = text.split('\n').some((line) => {
    return (/^[\s?:-]*/.exec(line)?.[0].replaceAll(/-{3,}/g, '').length ?? 0) > deepestIndent
  })
  return deep || brackets > mostBrackets ? { place, text: 'is nested too deeply', remedy } : null
}

function extra(place: string, found: string): SettingProblem {
  return { place, text: `expected a plain value, found ${found}`, remedy: 'Write the value itself.' }
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents
  let offset = 0
  for (const part of path) {
    if (!isMap(node)) break
    const pair = node.items.find((item) => isScalar(item.key) && item.key.value === part)
    if (pair === undefined) break
    offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? offset) : offset
    node = pair.value
  }
  return offset
}
