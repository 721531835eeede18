/** What lint says: one problem, placed, with what was expected, what was found and what to do. */

export type Severity = 'error' | 'warning' | 'info'
export type Language = 'en' | 'fr'

export interface Place {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
}

export interface Problem {
  readonly code: string
  readonly severity: Severity
  readonly place: Place
  /** Names and words to fill the message of that code; never a value of the site's rows. */
  readonly params: Readonly<Record<string, string>>
}

/** A file as it was read, path as it should stand in messages. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** Place of a key or value inside a parsed file; the nearest parent that exists when the path does not. */
export type PlaceOf = (file: string, path: readonly (string | number)[]) => Place
