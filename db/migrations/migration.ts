/** One step forward of our own tables. */
import type { Dialect } from '../session.ts'

export interface Migration {
  /** Four digits and a word; recorded in `oubli_migration`, never changed once released. */
  readonly name: string
  /** Each statement can be repeated without harm. */
  readonly statements: (dialect: Dialect) => readonly string[]
}
