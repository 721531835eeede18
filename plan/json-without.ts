/**
 * JSON without some of its places. What stays is copied as it is written, so that no long number is rounded; a key that
 * stands there twice goes twice.
 */

/** No JSON, or none of the declared shape: nobody can say that what is personal has gone. Holds nothing of it. */
export class UnreadableDocument extends Error {
  constructor() {
    super('a document of JSON cannot be read, or has another shape than its paths say')
    this.name = 'UnreadableDocument'
  }
}

/** `paths`: `$.phone`, `$.address.street`. Throws `UnreadableDocument`. An empty text holds nothing. */
export function withoutPlaces(document: string, paths: readonly string[]): string {
  if (document.trim() === '') return document
  try {
    JSON.parse(document)
  } catch {
    throw new UnreadableDocument()
  }
  return pruned(
    document.trim(),
    paths.map((path) => path.split('.').slice(1)),
  )
}

/** `value` is one value of valid JSON. */
function pruned(value: string, paths: readonly (readonly string[])[]): string {
  // PHP writes an empty map as a list.
  if (paths.length === 0 || value === 'null' || /^\[\s*\]$/.test(value)) return value
  if (!value.startsWith('{')) throw new UnreadableDocument()
  const kept = membersOf(value).flatMap(({ name, key, inner }): readonly string[] => {
    const here = paths.filter(([first]) => first === key).map((path) => path.slice(1))
    return here.some((path) => path.length === 0) ? [] : [`${name}:${pruned(inner, here)}`]
  })
  return `{${kept.join(',')}}`
}

interface Member {
  /** As it is written, and what it says. */
  readonly name: string
  readonly key: string
  readonly inner: string
}

function membersOf(object: string): readonly Member[] {
  const members: Member[] = []
  let [depth, name, from]: [number, string, number] = [0, '', 0]
  for (const { text, at } of tokensOf(object)) {
    const ends = (depth === 1 && text === ',') || (depth === 1 && text === '}')
    if (ends && from > 0) {
      members.push({ name, key: JSON.parse(name) as string, inner: object.slice(from, at).trim() })
      ;[name, from] = ['', 0]
    }
    if (text === '{' || text === '[') depth += 1
    else if (text === '}' || text === ']') depth -= 1
    else if (depth === 1 && from === 0 && text === ':') from = at + 1
    else if (depth === 1 && from === 0 && text !== ',') name = text
  }
  return members
}

/** Without an expression for a whole string: a long one would need more stack than there is. */
function* tokensOf(text: string): Generator<{ readonly text: string; readonly at: number }> {
  let at = 0
  while (at < text.length) {
    const end = tokenEnd(text, at)
    if (!blanks.has(text[at] ?? '')) yield { text: text.slice(at, end), at }
    at = end
  }
}

const blanks = new Set(' \t\r\n')
const single = new Set('{}[],:')

function tokenEnd(text: string, at: number): number {
  const first = text[at] ?? ''
  let end = at + 1
  if (blanks.has(first) || single.has(first)) return end
  if (first === '"') {
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
    return end + 1
  }
  // A number, true, false or null.
  while (end < text.length && !blanks.has(text[end] ?? '') && !single.has(text[end] ?? '')) end += 1
  return end
}
