/** The members of sampled JSON: where they stand, in names that the caller knew before, and what they look like. */
import type { ColumnShape, JsonMembers } from '../../plan/draft/shapes.ts'

/** Deeper than this nothing is looked at. */
const deepest = 4

type Shaped = Pick<ColumnShape, 'values' | 'nulls' | 'distinct' | 'shapes' | 'nevers' | 'words'>

/** `texts`: the values of a column that are not NULL. Null: none of them is an object. */
export function membersOf(
  texts: readonly string[],
  names: ReadonlySet<string>,
  shapeOf: (values: readonly (string | null)[]) => Shaped,
): JsonMembers | null {
  const found = new Map<string, (string | null)[]>()
  let [objects, others, unread] = [0, false, 0]
  const look = (object: object, at: string, depth: number): void => {
    for (const [name, value] of Object.entries(object) as [string, unknown][]) {
      const path = `${at}.${name}`
      if (!names.has(name)) {
        others = true
        continue
      }
      found.set(path, [...(found.get(path) ?? []), plain(value)])
      if (isObject(value) && depth < deepest) look(value, path, depth + 1)
    }
  }
  for (const text of texts) {
    const value = parsed(text)
    if (value === undefined) unread += 1
    if (!isObject(value)) continue
    objects += 1
    look(value, '$', 1)
  }
  if (objects === 0) return null
  return {
    unread,
    others,
    places: new Map([...found].map(([path, values]) => [path, shapeOf(values)] as const)),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value that is no text and no number looks like nothing. */
function plain(value: unknown): string | null {
  if (value === null) return null
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '?'
}
