/** Places over several files, and problems in the order in which a reader meets them. */
import type { ParsedYaml } from './parse-yaml.ts'
import type { PlaceOf, Problem } from './problem.ts'

export interface PlacedFile {
  readonly file: string
  readonly yaml: ParsedYaml
}

/** A file that was not read is placed at its beginning. */
export function placesOf(files: readonly PlacedFile[]): PlaceOf {
  const byFile = new Map(files.map(({ file, yaml }) => [file, yaml]))
  return (file, path) => byFile.get(file)?.placeOf(path) ?? { file, line: 1, column: 1 }
}

/** By file, line, column and code. */
export function sorted(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort(
    (a, b) =>
      compareText(a.place.file, b.place.file) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column ||
      compareText(a.code, b.code),
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
