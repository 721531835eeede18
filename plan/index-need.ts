/** Indexes without which a statement would walk the whole table; the plan names the one to create. */
import { createHash } from 'node:crypto'
import { schemaOf } from './other-schemas.ts'
import { tell, type Findings, type PlanProblem } from './plan-problem.ts'
import { columnOf, type Column, type Table } from './site-schema.ts'

/** Above this many rows, or when nobody knows how many there are, a missing index refuses. */
export const rowsThatNeedAnIndex = 10_000

const withoutLocks = ' ALGORITHM=INPLACE LOCK=NONE'

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
  const endless = columns
    .map((name) => columnOf(table, name))
    .find((one) => one !== undefined && isEndless(one))
  if (endless !== undefined) {
    const { name, type } = endless
    const spot = { table: table.name, column: name, params: { type } }
    tell(findings, large ? 'E_INDEX_TEXT' : 'W_INDEX_TEXT', spot)
    return
  }
  tell(findings, large ? 'E_INDEX_MISSING' : 'W_INDEX_MISSING', {
    table: table.name,
    column: columns.join(', '),
    params: { sql: createIndex(table.name, [...alongside, ...columns]) },
  })
}

/** MySQL and MariaDB index only the beginning of such a column, which serves no statement of ours; SQLite has none. */
function isEndless({ type, length }: Column): boolean {
  return length !== null && /^(?:tiny|medium|long)?text\b/i.test(type)
}

/**
 * The lock-free form of MySQL and MariaDB: it fails at once rather than stop the site's writes. No comma stands
 * between the two options; both servers take one only in ALTER TABLE.
 */
export function createIndex(table: string, columns: readonly string[]): string {
  const name = nameOf([table.replaceAll('.', '_'), ...columns])
  const list = columns.map(quoted).join(', ')
  const on = table.split('.').map(quoted).join('.')
  return `CREATE INDEX ${quoted(name)} ON ${on} (${list})${withoutLocks}`
}

/** A problem as it is in SQLite, which knows neither option of the statement, and no schemas. */
export function inSqlite(problem: PlanProblem): PlanProblem {
  if (problem.code === 'E_UNKNOWN_TABLE' && schemaOf(problem.table ?? '') !== null)
    return { ...problem, code: 'E_NO_SCHEMAS', params: {} }
  const { sql } = problem.params
  if (sql?.endsWith(withoutLocks) !== true) return problem
  return { ...problem, params: { ...problem.params, sql: sql.slice(0, -withoutLocks.length) } }
}

/** At most 64 characters; one that is cut ends in a mark of the whole, so that no two become one. */
function nameOf(parts: readonly string[]): string {
  const whole = ['oubli', ...parts].join('_')
  if (whole.length <= 64) return whole
  return `${whole.slice(0, 55)}_${createHash('sha256').update(whole).digest('hex').slice(0, 8)}`
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
