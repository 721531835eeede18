/**
 * Whether a column of an archive can take every value of a column as it is. A server rounds what a narrower one
 * cannot hold without an error, and the original goes right after. Judged by what servers print of a type; what is
 * written otherwise is SQLite's, which keeps any value.
 */
import type { Column } from './site-schema.ts'

interface TypeWords {
  readonly name: string
  readonly size: number | null
  readonly scale: number | null
  readonly unsigned: boolean
}

/** NULL and generated columns count as well. */
export function takesAll(to: Column, from: Column): boolean {
  if (to.generated || (from.nullable && !to.nullable)) return false
  if (to.family === 'text') return fitsText(from, to)
  if (to.family !== from.family) return false
  const [own, into] = [wordsOf(from), wordsOf(to)]
  switch (to.family) {
    case 'integer':
      return fitsInteger(own, into)
    case 'decimal':
      return fitsDecimal(own, into)
    case 'datetime':
    case 'timestamp':
    case 'other':
      // Digits of a second.
      return (own.size ?? 0) <= (into.size ?? 0)
    case 'binary':
    case 'date':
      return true
  }
}

function wordsOf({ type }: Column): TypeWords {
  const [, name = '', size, scale] = /^(\w+)(?:\s*\((\d+)(?:,\s*(\d+))?\))?/.exec(type.toLowerCase()) ?? []
  return {
    name,
    size: size === undefined ? null : Number(size),
    scale: scale === undefined ? null : Number(scale),
    unsigned: /unsigned|^(?:year|bit)/i.test(type),
  }
}

/** A FLOAT may show six of its digits alone. */
function fitsText(from: Column, to: Column): boolean {
  if (wordsOf(from).name === 'float') return false
  if (to.length === null) return true
  return from.length === null ? from.family !== 'text' : to.length >= from.length
}

/** Bits of a whole number; a year needs as many. */
const bits = new Map([
  ['tinyint', 8],
  ['year', 12],
  ['smallint', 16],
  ['mediumint', 24],
  ['int', 32],
  ['bigint', 64],
])

function fitsInteger(from: TypeWords, to: TypeWords): boolean {
  // It takes 5 for 2005.
  if (to.name === 'year') return from.name === 'year'
  const [own, into] = [from, to].map(({ name, size }) => (name === 'bit' ? (size ?? 1) : bits.get(name)))
  if (own === undefined || into === undefined) return true
  return from.unsigned === to.unsigned ? own <= into : from.unsigned && own < into
}

/** Digits that come back as they went in. */
const exactDigits = new Map([
  ['float', 6],
  ['double', 15],
])

function fitsDecimal(from: TypeWords, to: TypeWords): boolean {
  if (!isKnownDecimal(from) || !isKnownDecimal(to)) return true
  if (to.unsigned && !from.unsigned) return false
  if (to.size !== null && !fitsPlaces(from, to)) return false
  const digits = exactDigits.get(to.name)
  if (digits === undefined || from.name === to.name || from.name === 'float') return true
  return from.name === 'decimal' && from.size !== null && from.size <= digits
}

function isKnownDecimal({ name, size }: TypeWords): boolean {
  return exactDigits.has(name) || (name === 'decimal' && size !== null)
}

/** `DECIMAL(12,4)`: eight before the point, four behind. A FLOAT without such numbers has any number of either. */
function fitsPlaces(from: TypeWords, to: TypeWords): boolean {
  if (from.size === null || to.size === null) return false
  const [own, into] = [from.scale ?? 0, to.scale ?? 0]
  return own <= into && from.size - own <= to.size - into
}
