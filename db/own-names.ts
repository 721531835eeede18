/**
 * Our tables in a schema of their own: their names are qualified where a statement is sent, and nowhere else, so
 * that no query can be forgotten. The names are those that the migrations make.
 */
import { ownNamesOf } from './migrations/all.ts'
import { mysqlDialect } from './mysql-dialect.ts'
import { quoteIdentifier } from './quote.ts'

/** Made by no migration: the marker of a sandbox. */
const sandbox = 'oubli_sandbox'

export const ownNames: ReadonlySet<string> = new Set([...ownNamesOf(mysqlDialect('mariadb')), sandbox])

/** Texts and comments as a whole; then names, with the point before one that is qualified already. */
const words =
  /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|--[ \t][^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|(\.\s*)?(`(?:[^`]|``)+`|[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*)/g

/** Before a quoted name, which may also be a column of the site that is called like a table of ours. */
const beforeTable = /\b(?:INTO|FROM|JOIN|UPDATE|TABLE|VIEW|EXISTS)\s+$/

/** The statement with each of our names in that schema. Sessions are told to take a backslash for an escape. */
export function qualifier(schema: string): (text: string) => string {
  const place = quoteIdentifier(schema)
  const any = new RegExp(`\\b(?:${[...ownNames].join('|')})\\b`)
  return (text) => {
    if (!any.test(text)) return text
    return text.replace(words, (found, point: string | undefined, word: string | undefined, at: number) => {
      if (word === undefined || point !== undefined) return found
      const name = word.replace(/^`(.*)`$/, '$1')
      if (!ownNames.has(name)) return found
      if (name !== word && !beforeTable.test(text.slice(Math.max(0, at - 10), at))) return found
      return `${place}.\`${name}\``
    })
  }
}
