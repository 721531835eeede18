/** Reads values of our own rows, whose types we know. */
import type { Row } from '../session.ts'

export function text(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw new Error(`expected text in ${column}`)
  return value
}

export function textOrNull(row: Row, column: string): string | null {
  const value = row[column]
  return typeof value === 'string' ? value : null
}

export function count(row: Row, column: string): number {
  return Number(text(row, column))
}

export function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}
