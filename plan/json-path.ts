/** One value out of a JSON document, as text. The program reads it, so that every database means the same by it. */

/** Reads as no time in any format: not JSON, another shape than the path says, a list, an object, true or false. */
const unreadable = 'unreadable'

/**
 * `path`: `$.last_login`, `$.stats.seen`. Null: the document knows nothing there, or says null. An empty text is
 * given as it is, so that it can mean never.
 */
export function valueAt(document: string, path: string): string | null {
  if (document === '') return document
  let at = parsed(document)
  for (const key of path.split('.').slice(1)) {
    if (at === null) return null
    // PHP writes an empty map as a list.
    if (Array.isArray(at) && at.length === 0) return null
    if (typeof at !== 'object' || Array.isArray(at)) return unreadable
    at = Object.hasOwn(at, key) ? (at as Readonly<Record<string, unknown>>)[key] : null
  }
  if (at === null) return null
  return typeof at === 'string' || typeof at === 'number' ? String(at) : unreadable
}

function parsed(document: string): unknown {
  try {
    return JSON.parse(document) as unknown
  } catch {
    return unreadable
  }
}
