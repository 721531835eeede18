/** Conditions that name rows of the site: keys, links, column tests. Pure text with placeholders. */
import type { Key } from '../../base/subject-ref.ts'
import type { ColumnTest, Join, KeyColumn, RootCondition } from '../../plan/compiled.ts'
import type { ColumnFamily } from '../../plan/site-schema.ts'
import type { Dialect, SqlValue, Statement } from '../session.ts'

/** Longest IN list; MariaDB turns longer ones into a sub-query and may scan. */
export const longestList = 900

/** Bytes are read as hexadecimal digits. A raw text in the type of its column, so that an index on it is used and no digit is rounded. */
export function bind(value: string, family: ColumnFamily): SqlValue {
  if (family === 'binary') return Buffer.from(value, 'hex')
  return family === 'integer' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : value
}

export function both(...parts: readonly (Statement | null)[]): Statement {
  const kept = parts.filter((part) => part !== null)
  return { text: kept.map((part) => part.text).join(' AND '), values: kept.flatMap((part) => part.values) }
}

/**
 * True for exactly these keys. Text keys are compared byte by byte as well: a case-insensitive collation
 * would match other people's rows.
 */
export function matchKeys(
  dialect: Dialect,
  key: readonly KeyColumn[],
  keys: readonly Key[],
  alias = '',
): Statement {
  if (keys.length === 0) throw new Error('matchKeys needs at least one key')
  const [only] = key
  if (key.length === 1 && only !== undefined && only.family !== 'text' && only.family !== 'binary') {
    const column = qualified(dialect, only.name, alias)
    return {
      text: `${column} IN (${keys.map(() => '?').join(', ')})`,
      values: keys.map((values) => bind(values[0] ?? '', only.family)),
    }
  }
  const alternatives = keys.map((values) =>
    both(...key.map((column, i) => sameValue(dialect, column, values[i] ?? '', alias))),
  )
  return {
    text: `(${alternatives.map((one) => `(${one.text})`).join(' OR ')})`,
    values: alternatives.flatMap((one) => one.values),
  }
}

function sameValue(dialect: Dialect, column: KeyColumn, value: string, alias: string): Statement {
  const name = qualified(dialect, column.name, alias)
  if (column.family !== 'text') return { text: `${name} = ?`, values: [bind(value, column.family)] }
  return { text: `${name} = ? AND ${dialect.sameBytes(name)}`, values: [value, value] }
}

export function qualified(dialect: Dialect, column: string, alias: string): string {
  return alias === '' ? dialect.quote(column) : `${alias}.${dialect.quote(column)}`
}

/** The constants of a polymorphic link, on the table that holds them. */
export function matchConstants(dialect: Dialect, where: Join['where'], alias = ''): Statement | null {
  if (where.length === 0) return null
  return {
    text: where.map(({ column }) => `${qualified(dialect, column, alias)} = ?`).join(' AND '),
    values: where.map(({ value, family }) => bind(value, family ?? 'other')),
  }
}

/** Rows whose link leads to one of these parents (values in the order of `join.columns`). */
export function matchParents(
  dialect: Dialect,
  join: Join,
  parents: readonly (readonly string[])[],
  families: readonly ColumnFamily[],
): Statement {
  const key = join.columns.map(
    ({ own }, i) =>
      ({
        name: own,
        family: join.bytes?.includes(own) === true ? 'binary' : (families[i] ?? 'other'),
      }) as const,
  )
  return both(matchKeys(dialect, key, parents), matchConstants(dialect, join.where))
}

/**
 * `JOIN` clauses from alias `r` outwards; the last table has the alias that is returned. `inOrder`: tables are read
 * in the order in which they stand, so that a server that guesses wrongly does not begin with the last one.
 */
export function joinOutwards(
  dialect: Dialect,
  joins: readonly Join[],
  inOrder = false,
): { readonly text: string; readonly values: readonly SqlValue[]; readonly alias: string } {
  let alias = 'r'
  const parts: string[] = []
  const values: SqlValue[] = []
  joins.forEach((join, i) => {
    const next = `j${i}`
    const on = join.columns.map(
      ({ own, parent }) => `${qualified(dialect, own, next)} = ${qualified(dialect, parent, alias)}`,
    )
    const constants = matchConstants(dialect, join.where, next)
    if (constants !== null) {
      on.push(constants.text)
      values.push(...constants.values)
    }
    parts.push(
      ` ${inOrder ? joinInOrder(dialect) : 'JOIN'} ${dialect.quote(join.table)} ${next} ON ${on.join(' AND ')}`,
    )
    alias = next
  })
  return { text: parts.join(''), values, alias }
}

export function joinInOrder(dialect: Dialect): string {
  return dialect.name === 'sqlite' ? 'CROSS JOIN' : 'STRAIGHT_JOIN'
}

/** One of these columns has one of its values; null where no value is asked for. */
export function isOneOf(dialect: Dialect, tests: readonly ColumnTest[], alias = ''): Statement | null {
  const asked = tests.filter(({ values }) => values.length > 0)
  if (asked.length === 0) return null
  const texts = asked.map(
    ({ column, values }) => `${qualified(dialect, column, alias)} IN (${values.map(() => '?').join(', ')})`,
  )
  return {
    text: `(${texts.join(' OR ')})`,
    values: asked.flatMap(({ values, family }) => values.map((value) => bind(value, family ?? 'other'))),
  }
}

/** `only:` as a condition on the root's own columns. */
export function matchOnly(
  dialect: Dialect,
  conditions: readonly RootCondition[],
  alias = '',
): Statement | null {
  if (conditions.length === 0) return null
  return both(
    ...conditions.map((condition): Statement => {
      const column = qualified(dialect, condition.column, alias)
      if (condition.test === 'is one of')
        return {
          text: `${column} IN (${condition.values.map(() => '?').join(', ')})`,
          values: condition.values.map((value) => bind(value, condition.family ?? 'other')),
        }
      return {
        text: `${column} ${condition.test === 'below' ? '<' : '>='} ?`,
        values: [Number(condition.amount)],
      }
    }),
  )
}
