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
      return fitsBinary(own, into)
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
  if (from.length === null && from.family === 'text') return false
  return to.length >= (from.length ?? printedWidth(from))
}

/** Most characters that a server prints of it; 0 where that is not known. */
function printedWidth(column: Column): number {
  const { name, size, scale, unsigned } = wordsOf(column)
  const fraction = (digits: number | null): number => (digits === null || digits === 0 ? 0 : digits + 1)
  switch (column.family) {
    case 'integer': {
      const width = (widths.get(name) ?? 0) - (unsigned && !noSign.has(name) ? 1 : 0)
      return /zerofill/i.test(column.type) ? Math.max(width, size ?? 0) : width
    }
    case 'decimal':
      if (name === 'double') return 24
      if (name !== 'decimal' || size === null) return 0
      return size + ((scale ?? 0) > 0 ? 1 : 0) + (size === scale ? 1 : 0) + (unsigned ? 0 : 1)
    case 'datetime':
    case 'timestamp':
      return name === column.family ? 19 + fraction(size) : 0
    case 'date':
      return name === 'date' ? 10 : 0
    case 'text':
    case 'binary':
    case 'other':
      return name === 'time' ? 10 + fraction(size) : 0
  }
}

/** With a sign: -128. */
const widths = new Map([
  ['tinyint', 4],
  ['year', 4],
  ['smallint', 6],
  ['mediumint', 8],
  ['int', 11],
  ['bigint', 20],
])

/** As wide without a sign: 16777215, 18446744073709551615. */
const noSign = new Set(['year', 'mediumint', 'bigint'])

/** Bytes. */
const blobs = new Map([
  ['tinyblob', 255],
  ['blob', 65_535],
  ['mediumblob', 16_777_215],
  ['longblob', 4_294_967_295],
])

/** A BINARY is filled up with zeros, which a shorter value did not have. */
function fitsBinary(from: TypeWords, to: TypeWords): boolean {
  const own = blobs.get(from.name) ?? from.size
  const into = blobs.get(to.name) ?? to.size
  if (to.name === 'binary') return from.name === 'binary' && own === into
  return (own ?? 0) <= (into ?? Infinity)
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
