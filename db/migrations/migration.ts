/** One step forward of our own tables. */
import type { Dialect } from '../session.ts'

export interface Migration {
  /** Four digits and a word; recorded in `oubli_migration`, never changed once released. */
  readonly name: string
  /**
   * On a server each can be repeated without harm, or fails then because its columns or its index are there
   * already. SQLite takes all of them in one transaction.
   */
  readonly statements: (dialect: Dialect) => readonly string[]
}
