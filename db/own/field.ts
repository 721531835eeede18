/** Reads columns of our own tables, whose types we know. */
import type { Row, SqlValue } from '../session.ts'

export function text(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw new TypeError(`own column ${column} holds no text`)
  return value
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column)
}

export function whole(row: Row, column: string): number {
  return Number(text(row, column))
}

/** Most values of one list in a statement; longer ones are cut. */
const longestList = 200

export function inPages<T>(all: readonly T[]): readonly (readonly T[])[] {
  const pages: T[][] = []
  for (let from = 0; from < all.length; from += longestList) pages.push(all.slice(from, from + longestList))
  return pages
}

/** `?, ?, ?` */
export function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}

/** `(?, ?), (?, ?)` and their values, for an INSERT of several rows. */
export function tuples(rows: readonly (readonly SqlValue[])[]): { text: string; values: SqlValue[] } {
  return { text: rows.map((row) => `(${marks(row)})`).join(', '), values: rows.flat() }
}
