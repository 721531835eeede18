/** Reads the newest acts of people: by the index of the links, or from the newest rows of a table that has none. */
import { keyText, type Key } from '../../base/subject-ref.ts'
import type { ClockColumn, KeyColumn } from '../../plan/compiled.ts'
import type { Trail } from '../../plan/signs-of-life.ts'
import type { Dialect, Row, Session, SqlValue, Statement } from '../session.ts'
import { keyOf, textOrNull } from './candidates.ts'
import { bind, joinInOrder, joinOutwards, matchConstants, matchKeys, qualified } from './match.ts'

/** Raw values: `from` inclusive, `to` exclusive. */
export interface Stretch {
  readonly from: string
  readonly to: string
}

export interface SignSearch {
  readonly trail: Pick<Trail, 'table' | 'joins' | 'signs'>
  /** One for each column of `trail.signs`. */
  readonly stretches: readonly Stretch[]
}

interface People {
  readonly table: string
  readonly key: readonly KeyColumn[]
}

/** Key text → raw newest value inside its stretch for each sign; who has none at all is left out. */
export type NewestSigns = ReadonlyMap<string, readonly (string | null)[]>

/** For these people; costs what hangs on them, where an index serves the links. */
export async function newestSigns(
  session: Session,
  dialect: Dialect,
  people: People,
  search: SignSearch,
  keys: readonly Key[],
): Promise<NewestSigns> {
  if (keys.length === 0) return new Map()
  return newest(await session.rows(newestStatement(dialect, people, search, keys)), people, search)
}

export function newestStatement(
  dialect: Dialect,
  people: People,
  { trail, stretches }: SignSearch,
  keys: readonly Key[],
): Statement {
  const joined = joinOutwards(dialect, trail.joins, true)
  const signs = signsIn(dialect, trail.signs, stretches, joined.alias)
  const where = matchKeys(dialect, people.key, keys, 'r')
  const columns = people.key.map(({ name }) => qualified(dialect, name, 'r'))
  return {
    text:
      `SELECT ${[...columns.map((column, i) => `${column} AS oubli_k${i}`), ...signs.map((sign, i) => `MAX(${sign.text}) AS oubli_s${i}`)].join(', ')}` +
      ` FROM ${dialect.quote(people.table)} r${joined.text} WHERE ${where.text} GROUP BY ${columns.join(', ')}`,
    values: [...signs.flatMap(({ values }) => values), ...joined.values, ...where.values],
  }
}

/**
 * The same for whoever the newest `rows` rows of the last table lead to, whether silent or not. No link has to be
 * found by an index: each row leads to its person by the person's own key.
 */
export async function sampledSigns(
  session: Session,
  dialect: Dialect,
  people: People,
  search: SignSearch,
  rows: number,
): Promise<NewestSigns> {
  return newest(await session.rows(sampleStatement(dialect, people, search, rows)), people, search)
}

export function sampleStatement(
  dialect: Dialect,
  people: People,
  { trail, stretches }: SignSearch,
  rows: number,
): Statement {
  const leaf = trail.joins.length - 1
  const alias = (at: number): string => (at < 0 ? 'r' : `j${at}`)
  const last = alias(leaf)
  const values: SqlValue[] = []
  const signs = signsIn(dialect, trail.signs, stretches, last)
  for (const sign of signs) values.push(...sign.values)
  const constants = matchConstants(dialect, trail.joins[leaf]?.where ?? [])
  values.push(...(constants?.values ?? []))
  const order = trail.table.primaryKey.map((name) => `${dialect.quote(name)} DESC`).join(', ')
  const needed = new Set([
    ...(trail.joins[leaf]?.columns ?? []).map(({ own }) => own),
    ...trail.signs.map(({ column }) => column),
  ])
  const from =
    `(SELECT ${[...needed].map((name) => dialect.quote(name)).join(', ')} FROM ${dialect.quote(trail.table.name)}` +
    `${constants === null ? '' : ` WHERE ${constants.text}`}${order === '' ? '' : ` ORDER BY ${order}`} LIMIT ${Math.floor(rows)}) ${last}`
  const joins: string[] = []
  for (let at = leaf; at >= 0; at -= 1) {
    const join = trail.joins[at]
    const above = trail.joins[at - 1]
    const on = (join?.columns ?? []).map(
      ({ own, parent }) =>
        `${qualified(dialect, own, alias(at))} = ${qualified(dialect, parent, alias(at - 1))}`,
    )
    const more = matchConstants(dialect, above?.where ?? [], alias(at - 1))
    if (more !== null) on.push(more.text)
    values.push(...(more?.values ?? []))
    joins.push(
      ` ${joinInOrder(dialect)} ${dialect.quote(above?.table ?? people.table)} ${alias(at - 1)} ON ${on.join(' AND ')}`,
    )
  }
  const columns = people.key.map(({ name }) => qualified(dialect, name, 'r'))
  return {
    text:
      `SELECT ${[...columns.map((column, i) => `${column} AS oubli_k${i}`), ...signs.map((sign, i) => `MAX(${sign.text}) AS oubli_s${i}`)].join(', ')}` +
      ` FROM ${from}${joins.join('')} GROUP BY ${columns.join(', ')}`,
    values,
  }
}

/** A value where it lies in its stretch, else NULL. */
function signsIn(
  dialect: Dialect,
  signs: readonly ClockColumn[],
  stretches: readonly Stretch[],
  alias: string,
): readonly Statement[] {
  return signs.map((sign, i) => {
    const column = qualified(dialect, sign.column, alias)
    const { from = '', to = '' } = stretches[i] ?? {}
    return {
      text: `CASE WHEN ${column} >= ? AND ${column} < ? THEN ${column} END`,
      values: [bind(from, sign.family), bind(to, sign.family)],
    }
  })
}

function newest(rows: readonly Row[], people: People, { trail }: SignSearch): NewestSigns {
  return new Map(
    rows.flatMap((row): readonly (readonly [string, readonly (string | null)[]])[] => {
      const values = trail.signs.map((_, i) => textOrNull(row[`oubli_s${i}`]))
      return values.every((value) => value === null) ? [] : [[keyText(keyOf(row, people)), values]]
    }),
  )
}
