/** Strategies as expressions, so that one statement serves many rows. They say what `plan/strategy.ts` says. */
import type { ColumnChange } from '../../plan/compiled.ts'
import { bind } from './match.ts'
import type { Dialect, Statement } from '../session.ts'

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
      return { text: '?', values: [bind(strategy.value, change.family)] }
    case 'keep':
      return { text: column, values: [] }
    case 'unique_address':
      return uniqueAddress(dialect, change.length)
    case 'year':
      return startOf(dialect, change, 4, '-01-01')
    case 'month':
      return startOf(dialect, change, 7, '-01')
    case 'truncated_ip':
    case 'coarse_user_agent':
    case 'without':
      return null
  }
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
  return {
    text: dialect.concat(`LEFT(${dialect.asText(dialect.quote(change.column))}, ${kept})`, `'${rest}'`),
    values: [],
  }
}
