/** What a column means that no foreign key declares, where other tables declare one of the same name. */
import { targetWords } from '../link-words.ts'
import { wordsOf } from '../personal-words.ts'
import { columnOf, type Column, type Table } from '../site-schema.ts'
import { fits } from './found-link.ts'
import type { Named } from './near.ts'
import { namesRole } from './roles.ts'

export interface ToldKey {
  readonly to: Table
  readonly column: string
}

export type ToldKeys = (from: Named, column: Column) => ToldKey | null

/** Such a name means something else in each table. */
const generic =
  /^(?:id|uuid|key|ref|no|nr|parent|child|root|entity|entite|object|objet|item|row|record|source|target|cible|origin|original|previous|next|ancestor|descendant|related|linked|group|type)$/

export function toldKeysIn(named: readonly Named[]): ToldKeys {
  const byTable = new Map(named.map((one) => [one.table.name, one]))
  const keys = new Map<string, { readonly from: Table; readonly to: Named; readonly column: string }[]>()
  for (const { table } of named)
    for (const { columns, toTable, toColumns } of table.foreignKeys) {
      const [name, second] = columns
      const [to, column] = [byTable.get(toTable), toColumns[0]]
      if (name === undefined || second !== undefined || to === undefined || column === undefined) continue
      // A row above another one of the same table says nothing of the rows of other tables.
      if (to.table === table || !saysWhat(name)) continue
      keys.set(name, [...(keys.get(name) ?? []), { from: table, to, column }])
    }
  return (from, column) => {
    const { name, primaryKey } = from.table
    // The key of a table is its own number first, whatever other tables call so.
    if (primaryKey.length === 1 && primaryKey[0] === column.name) return null
    const here = (keys.get(column.name) ?? []).filter(({ to }) => to.site === null || to.site === from.site)
    const [first] = here
    if (first === undefined || first.to.table.name === name) return null
    if (here.some((one) => one.to !== first.to || one.column !== first.column)) return null
    const parent = first.to.table
    return fits(column, columnOf(parent, first.column)) ? { to: parent, column: first.column } : null
  }
}

function saysWhat(name: string): boolean {
  const words = wordsOf(name)
  const base = targetWords(words) ?? (namesRole(words) ? words : null)
  return base !== null && !generic.test(base.at(-1) ?? '')
}
