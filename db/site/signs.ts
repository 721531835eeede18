/** Reads the newest acts of people: by the index of the links, or from the newest rows of a table that has none. */
import { keyText, type Key } from '../../base/subject-ref.ts'
import type { ClockColumn, KeyColumn } from '../../plan/compiled.ts'
import type { Trail } from '../../plan/signs-of-life.ts'
import type { Dialect, Row, Session, SqlValue, Statement } from '../session.ts'
import { keyOf, textOrNull } from './candidates.ts'
import { bind, both, joinInOrder, joinOutwards, matchConstants, matchKeys, qualified } from './match.ts'

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

/** For each sign the raw newest value inside its stretch, or a whole document of JSON. */
export type SignValues = readonly (string | null)[]

/** Key text → what was read: one row, or one for each document. Who has none at all is left out. */
export type NewestSigns = ReadonlyMap<string, readonly SignValues[]>

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
  const { selected, among, ending } = signsIn(dialect, people, trail.signs, stretches, joined.alias)
  const where = both(matchKeys(dialect, people.key, keys, 'r'), among)
  return {
    text: `SELECT ${selected.text} FROM ${dialect.quote(people.table)} r${joined.text} WHERE ${where.text}${ending}`,
    values: [...selected.values, ...joined.values, ...where.values],
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
  const { selected, among, ending } = signsIn(dialect, people, trail.signs, stretches, last)
  const values: SqlValue[] = [...selected.values]
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
  return {
    text: `SELECT ${selected.text} FROM ${from}${joins.join('')}${among === null ? '' : ` WHERE ${among.text}`}${ending}`,
    values: [...values, ...(among?.values ?? [])],
  }
}

/**
 * The keys, and for each sign the newest value that lies in its stretch. JSON is handed out whole, once for all that is
 * read at one place of it: the program reads it by one rule.
 */
function signsIn(
  dialect: Dialect,
  { key }: People,
  signs: readonly ClockColumn[],
  stretches: readonly Stretch[],
  alias: string,
): { readonly selected: Statement; readonly among: Statement | null; readonly ending: string } {
  const keys = key.map(({ name }) => qualified(dialect, name, 'r'))
  const named = keys.map((column, i) => `${column} AS oubli_k${i}`)
  const [first] = signs
  if (first?.path !== undefined) {
    const document = qualified(dialect, first.column, alias)
    return {
      selected: { text: [...named, `${document} AS oubli_s0`].join(', '), values: [] },
      among: { text: `INSTR(${document}, ?) > 0`, values: [first.path.split('.').at(-1) ?? ''] },
      ending: '',
    }
  }
  const newest = signs.map((sign, i) => {
    const column = qualified(dialect, sign.column, alias)
    const { from = '', to = '' } = stretches[i] ?? {}
    return {
      text: `MAX(CASE WHEN ${column} >= ? AND ${column} < ? THEN ${column} END) AS oubli_s${i}`,
      values: [bind(from, sign.family), bind(to, sign.family)],
    }
  })
  return {
    selected: {
      text: [...named, ...newest.map(({ text }) => text)].join(', '),
      values: newest.flatMap(({ values }) => values),
    },
    among: null,
    ending: ` GROUP BY ${keys.join(', ')}`,
  }
}

function newest(rows: readonly Row[], people: People, { trail }: SignSearch): NewestSigns {
  const found = new Map<string, SignValues[]>()
  for (const row of rows) {
    const values = trail.signs.map(({ path }, i) => textOrNull(row[`oubli_s${path === undefined ? i : 0}`]))
    if (values.every((value) => value === null)) continue
    const key = keyText(keyOf(row, people))
    const known = found.get(key)
    if (known === undefined) found.set(key, [values])
    else known.push(values)
  }
  return found
}
