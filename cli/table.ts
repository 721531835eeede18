/** Columns of text for people: first column left, numbers right, nothing else. */

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

export function day(at: number | null): string {
  return at === null ? '-' : new Date(at).toISOString().slice(0, 10)
}
