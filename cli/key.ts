import type { Key } from '../base/subject-ref.ts'

/** A key as a person types it: `42`, or `12,fr` for a composite one; `\,` is a comma inside a value. */
export function keyOf(text: string): Key {
  return text.split(/(?<!\\),/).map((part) => part.replaceAll('\\,', ','))
}
