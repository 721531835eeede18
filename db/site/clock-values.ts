/** What stands in a column that tells the time: values and how often, and how far back it goes. Bounded readings. */
import type { ClockColumn, Join } from '../../plan/compiled.ts'
import type { Table } from '../../plan/site-schema.ts'
import type { Dialect, Row, Session, Statement } from '../session.ts'
import { notNever, textOrNull } from './candidates.ts'
import { bind, both, matchConstants } from './match.ts'

export interface ValueCount {
  /** Null stands for SQL NULL. */
  readonly raw: string | null
  readonly rows: number
}

export interface ColumnValues {
  readonly values: readonly ValueCount[]
  /** False: only the oldest and the newest rows by primary key were read, half of each. */
  readonly whole: boolean
}

/** Looks at `most` rows at most of those that have the constants of `where`. */
export async function readValues(
  session: Session,
  dialect: Dialect,
  { table, column, where }: { readonly table: Table; readonly column: string; readonly where: Join['where'] },
  most: number,
): Promise<ColumnValues> {
  const constants = matchConstants(dialect, where)
  const whole = await holdsAtMost(session, dialect, table, constants, most)
  const ends = whole ? (['oldest'] as const) : (['oldest', 'newest'] as const)
  const values: ValueCount[] = []
  for (const end of ends) {
    const from = endOf(dialect, table, [column], end, whole ? most : Math.floor(most / 2), constants)
    const rows = await session.rows({
      text: `SELECT ${dialect.quote(column)} AS oubli_v, COUNT(*) AS oubli_n FROM ${from.text} part GROUP BY ${dialect.quote(column)}`,
      values: from.values,
    })
    for (const row of rows) values.push({ raw: textOrNull(row['oubli_v']), rows: Number(row['oubli_n']) })
  }
  return { values, whole }
}

async function holdsAtMost(
  session: Session,
  dialect: Dialect,
  table: Table,
  where: Statement | null,
  most: number,
): Promise<boolean> {
  const only = where === null ? '' : ` WHERE ${where.text}`
  const [row] = await session.rows({
    text: `SELECT COUNT(*) AS oubli_n FROM (SELECT 1 FROM ${dialect.quote(table.name)}${only} LIMIT ${most + 1}) part`,
    values: where?.values ?? [],
  })
  return Number(row?.['oubli_n'] ?? 0) <= most
}

/** Rows at one end of a table by its primary key, as a table in brackets without a name. */
function endOf(
  dialect: Dialect,
  table: Table,
  columns: readonly string[],
  end: 'oldest' | 'newest',
  rows: number,
  where: Statement | null,
  skipped = 0,
): Statement {
  const direction = end === 'newest' ? ' DESC' : ''
  const order = table.primaryKey.map((name) => `${dialect.quote(name)}${direction}`).join(', ')
  return {
    text:
      `(SELECT ${columns.map((name) => dialect.quote(name)).join(', ')} FROM ${dialect.quote(table.name)}` +
      `${where === null ? '' : ` WHERE ${where.text}`}${order === '' ? '' : ` ORDER BY ${order}`} LIMIT ${rows} OFFSET ${skipped})`,
    values: where?.values ?? [],
  }
}

/** Documents that are looked at from each end of a table, so many at a time. */
const [mostOfEnd, atOnce] = [5_000, 500]

/**
 * Does one of these rows hold a value that tells something? Any rows first; where more of them say nothing, the newest
 * and the oldest. `word`: only what has it somewhere in its text, in any case of letters on some servers.
 */
export async function holdsTelling(
  session: Session,
  dialect: Dialect,
  asked: {
    readonly table: Table
    readonly clock: ClockColumn
    readonly where: Join['where']
    readonly word: string | null
  },
  tells: (raw: string) => boolean,
): Promise<boolean> {
  const { table, clock, where, word } = asked
  const name = dialect.quote(clock.column)
  const holds = both(
    { text: `${name} IS NOT NULL`, values: [] },
    // What stands beside the value in a document would be compared with it.
    clock.path === undefined ? notNever(dialect, clock) : null,
    word === null ? null : { text: `INSTR(${name}, ?) > 0`, values: [word] },
    matchConstants(dialect, where),
  )
  const look = async (from: string, values: Statement['values']): Promise<'found' | 'none' | 'more'> => {
    const rows = await session.rows({ text: `SELECT ${name} AS oubli_v FROM ${from}`, values })
    if (rows.some((row) => tells(textOrNull(row['oubli_v']) ?? ''))) return 'found'
    return rows.length < atOnce ? 'none' : 'more'
  }
  const any = await look(`${dialect.quote(table.name)} WHERE ${holds.text} LIMIT ${atOnce}`, holds.values)
  if (any !== 'more') return any === 'found'
  for (const end of ['newest', 'oldest'] as const)
    for (let skipped = 0; skipped < mostOfEnd; skipped += atOnce) {
      const page = endOf(dialect, table, [clock.column], end, atOnce, holds, skipped)
      const said = await look(`${page.text} part`, page.values)
      if (said !== 'more') return said === 'found'
    }
  return false
}

export interface Past {
  /** Rows older than the bound, counted up to `most`. */
  readonly older: number
  /** Rows with a value that is believed, counted up to ten times as many. */
  readonly rows: number
  /** Raw earliest value from the floor on. */
  readonly first: string | null
}

/**
 * How far back a source of a clock goes. `floor`: no value before it is believed. With `indexed` the index of the
 * column is read; without, the oldest `most` rows of the table alone.
 */
export async function readPast(
  session: Session,
  dialect: Dialect,
  source: {
    readonly table: Table
    readonly clock: ClockColumn
    readonly where: Join['where']
    readonly indexed: boolean
  },
  bound: { readonly floor: string; readonly before: string; readonly most: number },
): Promise<Past> {
  const { table, clock } = source
  const column = dialect.quote(clock.column)
  const constants = matchConstants(dialect, source.where)
  const believed = both(
    { text: `${column} >= ?`, values: [bind(bound.floor, clock.family)] },
    notNever(dialect, clock),
    source.indexed ? constants : null,
  )
  const end: Statement = source.indexed
    ? { text: dialect.quote(table.name), values: [] }
    : endOf(dialect, table, [clock.column], 'oldest', bound.most, constants)
  const alias = source.indexed ? '' : ' part'
  const [first] = await session.rows({
    text: `SELECT ${column} AS oubli_v FROM ${end.text}${alias} WHERE ${believed.text} ORDER BY ${column} LIMIT 1`,
    values: [...end.values, ...believed.values],
  })
  const [older] = await session.rows({
    text: `SELECT COUNT(*) AS oubli_n FROM (SELECT 1 FROM ${end.text}${alias} WHERE ${believed.text} AND ${column} < ? LIMIT ${bound.most}) older`,
    values: [...end.values, ...believed.values, bind(bound.before, clock.family)],
  })
  const [all] = await session.rows({
    text: `SELECT COUNT(*) AS oubli_n FROM (SELECT 1 FROM ${end.text}${alias} WHERE ${believed.text} LIMIT ${bound.most * 10}) believed`,
    values: [...end.values, ...believed.values],
  })
  const count = (row: Row | undefined): number => Number(row?.['oubli_n'] ?? 0)
  return { older: count(older), rows: count(all), first: textOrNull(first?.['oubli_v']) }
}
