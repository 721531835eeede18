/** Indexes without which a statement would walk the whole table; the plan names the one to create. */
import { tell, type Findings } from './plan-problem.ts'
import type { Table } from './site-schema.ts'

/** Above this many rows, or when nobody knows how many there are, a missing index refuses. */
export const rowsThatNeedAnIndex = 10_000

/**
 * An index serves when it starts with all `columns`, in any order and mixed with `alongside`, which are
 * compared with constants by the same statement.
 */
export function isServed(
  table: Table,
  columns: readonly string[],
  alongside: readonly string[] = [],
): boolean {
  const indexes = [table.primaryKey, ...table.indexes.map((index) => index.columns)]
  return indexes.some((index) => {
    const useful = [...columns, ...alongside]
    const end = index.findIndex((name) => !useful.includes(name))
    const lead = end === -1 ? index : index.slice(0, end)
    return columns.every((name) => lead.includes(name))
  })
}

export function needIndex(
  findings: Findings,
  table: Table,
  columns: readonly string[],
  alongside: readonly string[] = [],
): void {
  if (isServed(table, columns, alongside)) return
  const large = table.roughRows === null || table.roughRows > rowsThatNeedAnIndex
  tell(findings, large ? 'E_INDEX_MISSING' : 'W_INDEX_MISSING', {
    table: table.name,
    column: columns.join(', '),
    params: { sql: createIndex(table.name, [...alongside, ...columns]) },
  })
}

/**
 * The lock-free form of MySQL and MariaDB: it fails at once rather than stop the site's writes. No comma stands
 * between the two options; both servers take one only in ALTER TABLE.
 */
export function createIndex(table: string, columns: readonly string[]): string {
  const name = `oubli_${table.replaceAll('.', '_')}_${columns.join('_')}`.slice(0, 64)
  const list = columns.map(quoted).join(', ')
  const on = table.split('.').map(quoted).join('.')
  return `CREATE INDEX ${quoted(name)} ON ${on} (${list}) ALGORITHM=INPLACE LOCK=NONE`
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
