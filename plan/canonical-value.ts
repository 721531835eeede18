/** Plain data as canonical text needs it. */
import type { Canonical } from '../base/canonical.ts'

type Plain =
  string | number | boolean | null | undefined | readonly Plain[] | { readonly [key: string]: Plain }

/** Numbers become decimal text; keys that are undefined are left out. Throws on functions and the like (a bug). */
export function canonicalValue(value: unknown): Canonical {
  const plain = value as Plain
  if (plain === null || typeof plain === 'string' || typeof plain === 'boolean') return plain
  if (typeof plain === 'number') return String(plain)
  if (isList(plain)) return plain.map(canonicalValue)
  if (typeof plain !== 'object') throw new Error(`a ${typeof plain} has no canonical form`)
  const known = Object.entries(plain).filter(([, part]) => part !== undefined)
  return Object.fromEntries(known.map(([key, part]) => [key, canonicalValue(part)]))
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value)
}
