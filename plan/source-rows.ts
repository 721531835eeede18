/** Which rows of another table a clock reads: all that lead to the person, or those with its constants. */
import type { TimeColumn } from '../policies/data-map.ts'
import { comparedIn, valuesFor } from './column-values.ts'
import type { Join } from './compiled.ts'
import { constantsOf } from './joins.ts'
import { tell, type Findings } from './plan-problem.ts'
import { knownColumn } from './settled-map.ts'
import { columnOf, type Table } from './site-schema.ts'

/** What the source says of its rows, as the columns hold it; of a column that does not exist, as it is written. */
export function constantsIn(
  table: Table | undefined,
  { where = {} }: TimeColumn,
  findings: Findings,
): Join['where'] {
  return Object.entries(where).map(([column, value]) => {
    const isThere = table !== undefined && columnOf(table, column) !== undefined
    const [held = value] = isThere ? valuesFor(table, column, [value], findings) : []
    return { column, value: held, ...(isThere ? comparedIn(table, column) : {}) }
  })
}

/** Key-value rows: only those with the constants of the source are read. A person's own row is one, whatever it holds. */
export function narrowed(
  joins: readonly Join[],
  table: Table,
  column: string,
  where: Join['where'],
  findings: Findings,
): readonly Join[] | null {
  const last = joins.at(-1)
  if (where.length === 0) return joins
  if (last === undefined) {
    tell(findings, 'E_CLOCK_WHERE', { table: table.name, column })
    return null
  }
  const unknown = where.filter((one) => !knownColumn(table, one.column, findings))
  if (unknown.length > 0) return null
  const said = constantsOf(last.where)
  const more = where.filter((one) => !constantsOf([one]).every((text) => said.includes(text)))
  return [...joins.slice(0, -1), { ...last, where: [...last.where, ...more] }]
}
