/**
 * Cuts what is due in a flat table into parts for one transaction each, oldest stretch first: windows of the
 * primary key where due rows lie close together, lists of keys where they are scattered.
 */
import type { Key } from '../base/subject-ref.ts'
import type { Part } from '../db/site/flat-rows.ts'

/** From this share of due rows on, walking over the others costs less than finding each row by its key. */
const denseFrom = 0.1

/** Windows of equal width that hold about `size` due rows each; null when the rows are too scattered. */
export function windowsFor(
  stretch: { readonly rows: number; readonly low: bigint; readonly high: bigint },
  size: number,
): readonly Part[] | null {
  const span = Number(stretch.high - stretch.low) + 1
  const share = stretch.rows / span
  if (share < denseFrom) return null
  const width = BigInt(Math.max(1, Math.floor(size / share)))
  const parts: Part[] = []
  for (let low = stretch.low; low <= stretch.high; low += width) {
    const end = low + width - 1n
    parts.push({ by: 'window', low, high: end < stretch.high ? end : stretch.high })
  }
  return parts
}

export function listsFor(keys: readonly Key[], size: number): readonly Part[] {
  const parts: Part[] = []
  for (let from = 0; from < keys.length; from += size)
    parts.push({ by: 'keys', keys: keys.slice(from, from + size) })
  return parts
}
