/** Refuses a key that a person typed before it names somebody else. */
import { OubliError } from '../base/errors.ts'
import type { Key } from '../base/subject-ref.ts'
import type { KeyColumn } from '../plan/compiled.ts'
import { isTypedKey } from '../plan/typed-key.ts'

/** Throws `E_KEY_PARTS` for a key with more or fewer values than the kind's: the first alone may be somebody's. */
export function refuseOtherParts(kind: string, columns: readonly KeyColumn[], typed: Key): void {
  if (typed.length === columns.length) return
  const names = columns.map(({ name }) => name).join(', ')
  throw new OubliError(
    'settings',
    'E_KEY_PARTS',
    `the key of "${kind}": expected ${columns.length} value(s) (${names}), found ${typed.length}`,
    'Nothing was done. Write a number without separators, a composite key as value,value in the order of the data map, and a comma inside a value as \\,.',
  )
}

/** Throws `E_KEY_ANOTHER` where the database took the typed key for that of another row. */
export function refuseAnother(kind: string, columns: readonly KeyColumn[], typed: Key, found: Key): void {
  if (isTypedKey(columns, typed, found)) return
  throw new OubliError(
    'settings',
    'E_KEY_ANOTHER',
    `the key of "${kind}": what was typed is no such key, and the database takes it for that of another row`,
    'Nothing was done. Write the key as the table holds it: a number in digits alone, without spaces or separators.',
  )
}
