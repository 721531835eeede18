/**
 * Values that a person wrote, as a live column holds them. `true` is 1 in a column of numbers, and a word there
 * would be compared as 0 by the server: a protection that never holds, or a narrowing that takes the wrong rows.
 */
import type { ColumnTest } from './compiled.ts'
import { tell, type Findings } from './plan-problem.ts'
import { columnOf, type Table } from './site-schema.ts'

const truths: Readonly<Record<string, string>> = { true: '1', false: '0' }
const number = /^-?\d+(?:\.\d+)?$/

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
    const written = Object.hasOwn(truths, value) ? (truths[value] ?? value) : value
    if (numeric && number.test(written)) return family === 'integer' ? wholeNumber(written) : written
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

/**
 * Whether a value of a row is one that spares it. As generous as the loosest collation: a site that takes
 * `Admin` for `admin` would lose the people whom the data map excepts.
 */
export function isSameValue(found: string, wanted: string): boolean {
  if (number.test(found) && number.test(wanted)) return Number(found) === Number(wanted)
  return folded(found) === folded(wanted)
}

/** Without case, accents and trailing spaces, which most collations ignore; `ß` is `ss` to some, `ς` is `σ`. */
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().toUpperCase().trimEnd()
}
