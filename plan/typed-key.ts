/** A key as a person typed it, beside that of the row which the database found for it. */
import type { Key } from '../base/subject-ref.ts'
import type { KeyColumn } from './compiled.ts'
import type { ColumnFamily } from './site-schema.ts'

/**
 * Whether both are one key. A server reads `2e0` as 2 and `2024-0017` as 2024 where it compares numbers, so the
 * row that it finds may be somebody else's. Leading zeros of a number, and the case of hexadecimal digits, say
 * nothing.
 */
export function isTypedKey(columns: readonly KeyColumn[], typed: Key, found: Key): boolean {
  return (
    typed.length === columns.length &&
    columns.every(({ family }, i) => plain(typed[i] ?? '', family) === plain(found[i] ?? '', family))
  )
}

function plain(value: string, family: ColumnFamily): string {
  if (family === 'text') return value
  if (family === 'integer') return /^-?\d+$/.test(value) ? String(BigInt(value)) : value
  if (family === 'decimal') return /^-?\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, '') : value
  return value.toLowerCase()
}
