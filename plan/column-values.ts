/**
 * Values that a person wrote, as a live column holds them. `true` is 1 in a column of numbers, and a word there
 * would be compared as 0 by the server: a protection that never holds, or a narrowing that takes the wrong rows.
 */
import { inNumbers, isNumber } from '../policies/same-value.ts'
import type { ColumnTest } from './compiled.ts'
import { tell, type Findings } from './plan-problem.ts'
import { columnOf, type Table } from './site-schema.ts'

export { isSameValue } from '../policies/same-value.ts'

/** The values in the form of the column; one that the column cannot hold is told. */
export function valuesFor(
  table: Table,
  name: string,
  values: readonly string[],
  findings: Findings,
): readonly string[] {
  const column = columnOf(table, name)
  if (column === undefined) return values
  const { family, type } = column
  const numeric = family === 'integer' || family === 'decimal' || /^(?:bit|bool)/i.test(type)
  if (family !== 'binary' && !numeric) return values
  return values.map((value) => {
    const written = inNumbers(value)
    if (numeric && isNumber(written)) return family === 'integer' ? wholeNumber(written) : written
    tell(findings, 'E_VALUE_TYPE', { table: table.name, column: name, params: { type, value } })
    return value
  })
}

export function testsFor(
  table: Table,
  tests: Readonly<Record<string, readonly string[]>>,
  findings: Findings,
): readonly ColumnTest[] {
  return Object.entries(tests).map(([column, values]) => ({
    column,
    values: valuesFor(table, column, values, findings),
    ...comparedIn(table, column),
  }))
}

/** Whether values in the form of the column are whole numbers to the server as well. */
export function comparedIn(table: Table, name: string): Pick<ColumnTest, 'family'> {
  const { family } = columnOf(table, name) ?? {}
  return family === 'integer' ? { family } : {}
}

/** A leading zero says nothing in a column of numbers. */
function wholeNumber(written: string): string {
  return written.includes('.') ? written : String(BigInt(written))
}
