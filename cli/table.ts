/** Columns of text for people: first column left, numbers right, nothing else. */
import { civilDate } from '../plan/civil.ts'

export interface TableColumn {
  readonly title: string
  readonly right?: boolean
}

/** Lines without trailing white space. Width counts characters, which serves the languages that we print. */
export function table(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const all = [columns.map((column) => column.title), ...rows]
  const widths = columns.map((_, i) => Math.max(...all.map((row) => Array.from(row[i] ?? '').length)))
  return all.map((row) =>
    row
      .map((cell, i) => {
        const space = ' '.repeat((widths[i] ?? 0) - Array.from(cell).length)
        return columns[i]?.right === true ? space + cell : cell + space
      })
      .join('  ')
      .trimEnd(),
  )
}

/** `1,234` in English, `1 234` in French. */
export function number(value: number, lang: 'en' | 'fr' = 'en'): string {
  return new Intl.NumberFormat(lang === 'fr' ? 'fr-FR' : 'en-GB').format(value)
}

/** `YYYY-MM-DD` in a zone: of an exclusive end, give the instant before it. */
export function day(at: number | null, zone: string): string {
  return at === null ? '-' : civilDate(at, zone)
}
