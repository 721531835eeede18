/** Strategies as expressions, so that one statement serves many rows. They say what `plan/strategy.ts` says. */
import type { ColumnChange } from '../../plan/compiled.ts'
import { bind } from './match.ts'
import type { Dialect, SqlValue, Statement } from '../session.ts'

/** The new value of a column, or null where only code can tell it. */
export function strategySql(dialect: Dialect, change: ColumnChange): Statement | null {
  const { strategy } = change
  const column = dialect.quote(change.column)
  switch (strategy.strategy) {
    case 'blank':
      return change.family === 'text' ? { text: "''", values: [] } : { text: 'NULL', values: [] }
    case 'null':
      return { text: 'NULL', values: [] }
    case 'fixed':
      return { text: '?', values: [fixedValue(strategy.value, change)] }
    case 'keep':
      return { text: column, values: [] }
    case 'unique_address':
      return uniqueAddress(dialect, change.length)
    case 'year':
      return startOf(dialect, change, 4, '-01-01')
    case 'month':
      return startOf(dialect, change, 7, '-01')
    case 'truncated_ip':
      return cutAddress(dialect, change)
    case 'coarse_user_agent':
    case 'without':
      return null
    case 'generalised':
      return { text: `SUBSTR(${column}, 1, ${strategy.kept})`, values: [] }
    case 'bucketed':
      return bucketed(dialect, change, strategy.width)
  }
}

/** Of a column of bytes, the bytes of the text. */
function fixedValue(value: string, { family }: ColumnChange): SqlValue {
  return family === 'binary' ? Buffer.from(value) : bind(value, family)
}

function uniqueAddress(dialect: Dialect, length: number | null): Statement | null {
  if (dialect.randomHex === null) return null
  const domain = '@erased.invalid'
  const room = Math.min(24, (length ?? 255) - domain.length)
  const digits = dialect.randomHex(Math.ceil(room / 2))
  return {
    text: dialect.concat(room % 2 === 0 ? digits : `SUBSTR(${digits}, 1, ${room})`, `'${domain}'`),
    values: [],
  }
}

/** Only where the server stores dates; where it stores text, a text that is no date would survive in part. */
function startOf(dialect: Dialect, change: ColumnChange, kept: 4 | 7, rest: string): Statement | null {
  if (!dialect.locksRows || !['date', 'datetime', 'timestamp'].includes(change.family)) return null
  const old = dialect.asText(dialect.quote(change.column))
  const day = dialect.concat(`LEFT(${old}, ${kept})`, `'${rest}'`)
  const start = change.family === 'timestamp' ? `GREATEST(${day}, '1970-01-01 00:00:01')` : day
  const zero = "'0000-00-00'"
  return { text: `CASE WHEN LEFT(${old}, 10) = ${zero} THEN ${zero} ELSE ${start} END`, values: [] }
}

/** Addresses as numbers or bytes; a text or a type of addresses is for code. */
function cutAddress(dialect: Dialect, change: ColumnChange): Statement | null {
  const column = dialect.quote(change.column)
  if (change.family === 'integer') {
    const isAddress = `${column} BETWEEN -2147483648 AND 4294967295`
    return only(dialect, change, [[isAddress, `${column} - (${column} % 256 + 256) % 256`]])
  }
  if (change.family !== 'binary') return null
  const kept = (size: 4 | 16, bytes: number): string => {
    const text = dialect.concat(`SUBSTR(${column}, 1, ${bytes})`, `X'${'00'.repeat(size - bytes)}'`)
    return dialect.name === 'sqlite' ? `CAST(${text} AS BLOB)` : text
  }
  const begins = (from: number, hex: string): string =>
    `LENGTH(${column}) = 16 AND SUBSTR(${column}, ${from}, ${hex.length / 2}) = X'${hex}'`
  return only(dialect, change, [
    [`LENGTH(${column}) = 4`, kept(4, 3)],
    [begins(1, '00000000000000000000ffff'), kept(16, 15)],
    [begins(5, '0000'), kept(16, 3)],
    [begins(1, '2002'), kept(16, 5)],
    [`LENGTH(${column}) = 16`, kept(16, 6)],
  ])
}

/** Decimals are for code: some are kept as floating numbers, of which nothing is exact. */
function bucketed(dialect: Dialect, change: ColumnChange, width: number): Statement | null {
  if (change.family !== 'integer') return null
  const column = dialect.quote(change.column)
  const kept = `${column} - ${column} % ${width}`
  const isYear = /^year/i.test(change.type)
  return only(dialect, change, [
    ...(isYear ? [[`${column} = 0`, '0'] as const] : []),
    [`${column} IS NOT NULL`, isYear ? `GREATEST(${kept}, 1901)` : kept],
  ])
}

/** The first expression whose condition holds. Where none does, the value might be anything, and nothing of it stays. */
function only(
  dialect: Dialect,
  { column, family, nullable }: ColumnChange,
  cases: readonly (readonly [condition: string, expression: string])[],
): Statement {
  const name = dialect.quote(column)
  const type = family === 'integer' ? 'integer' : 'blob'
  // SQLite keeps any value in any column.
  const typed = dialect.name === 'sqlite' ? `typeof(${name}) = '${type}' AND ` : ''
  const nothing = nullable ? 'NULL' : family === 'integer' ? '0' : "X''"
  const branches = cases.map(([condition, expression]) => `WHEN ${typed}${condition} THEN ${expression}`)
  return { text: `CASE ${branches.join(' ')} ELSE ${nothing} END`, values: [] }
}
