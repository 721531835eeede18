/**
 * Looks at a bounded sample of a table and says what its columns look like, in counts. Values are read here
 * and are not handed on: what leaves are classes, and words that the caller knew before.
 */
import type { ColumnShape, JsonMembers, TableSample, ValueShape, Wanted } from '../../plan/draft/shapes.ts'
import type { Column, Table } from '../../plan/site-schema.ts'
import type { Dialect, Row, Session } from '../session.ts'
import { membersOf } from './json-members.ts'
import { neverValues, shapesOf } from './value-shapes.ts'

/** Rows from each end of the primary key: an old table says at its end how it is written today. */
const fromEachEnd = 150

/** Characters of a long text: of JSON, which tells more when it is whole, and of what else is looked at. */
const [longestJson, longestPart] = [4000, 600]

type Value = string | Uint8Array | null

/** A name that a statement can carry; a point in it would be read as the end of another name. */
function isPlain(name: string): boolean {
  return /^[^`?.\p{Cc}]{1,64}$/u.test(name) && !name.endsWith(' ')
}

/** A table without a primary key is read from wherever the server begins. */
export async function sampleTable(
  session: Session,
  dialect: Dialect,
  table: Table,
  wanted: Wanted,
): Promise<TableSample> {
  const columns = table.columns.filter(({ name, generated }) => !generated && isPlain(name))
  const rows = isPlain(table.name) ? await sampledRows(session, dialect, table, columns) : []
  const valuesOf = (name: string, among: readonly Row[] = rows): readonly Value[] => {
    const at = columns.findIndex((column) => column.name === name)
    return among.map((row) => row[`oubli_c${String(at)}`] ?? null)
  }
  const shapes = columns.map(({ name }) => {
    const words = wanted.words.get(name) ?? []
    const values = valuesOf(name)
    const shape = shapeOf(values, words, wanted.jsonKeys)
    const members = (shape.shapes.json ?? 0) === 0 ? null : membersIn(values, wanted)
    return [name, members === null ? shape : { ...shape, members }] as const
  })
  return { rows: rows.length, columns: new Map(shapes), pairs: pairsIn(rows, valuesOf, wanted) }
}

async function sampledRows(
  session: Session,
  dialect: Dialect,
  table: Table,
  columns: readonly Column[],
): Promise<readonly Row[]> {
  const list = columns.map((column, i) => `${part(dialect, column)} AS oubli_c${String(i)}`).join(', ')
  if (columns.length === 0) return []
  const isKeyed = table.primaryKey.every((name) => columns.some((column) => column.name === name))
  const key = isKeyed ? table.primaryKey.map((name) => dialect.quote(name)) : []
  const read = (order: string): Promise<readonly Row[]> =>
    session.rows({
      text: `SELECT ${list} FROM ${dialect.quote(table.name)}${order} LIMIT ${String(fromEachEnd)}`,
      values: [],
    })
  const first = await read(key.length === 0 ? '' : ` ORDER BY ${key.join(', ')}`)
  if (key.length === 0 || first.length < fromEachEnd) return first
  const last = await read(` ORDER BY ${key.map((name) => `${name} DESC`).join(', ')}`)
  const keyOf = (row: Row): string =>
    JSON.stringify(
      table.primaryKey.map((name) => {
        const value = row[`oubli_c${String(columns.findIndex((column) => column.name === name))}`]
        return value instanceof Uint8Array ? [...value] : value
      }),
    )
  const seen = new Set(first.map(keyOf))
  return [...first, ...last.filter((row) => !seen.has(keyOf(row)))]
}

function part(dialect: Dialect, { name, family }: Column): string {
  const column = dialect.quote(name)
  return ['text', 'binary', 'other'].includes(family)
    ? `SUBSTR(${column}, 1, ${String(longestJson)})`
    : column
}

function pairsIn(
  rows: readonly Row[],
  valuesOf: (name: string, among?: readonly Row[]) => readonly Value[],
  { pair, words, jsonKeys }: Wanted,
): TableSample['pairs'] {
  if (pair === null) return new Map()
  const names = valuesOf(pair.name)
  return new Map(
    (words.get(pair.name) ?? []).flatMap((word) => {
      const among = rows.filter((_, i) => names[i] === word)
      return among.length === 0 ? [] : [[word, shapeOf(valuesOf(pair.value, among), [], jsonKeys)] as const]
    }),
  )
}

function membersIn(values: readonly Value[], { jsonNames }: Wanted): JsonMembers | null {
  const texts = values.filter((value) => value !== null).map(textOf)
  return membersOf(texts, jsonNames, (members) => shapeOf(members, [], []))
}

function textOf(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('utf8')
}

/** Counts only. `words` and `jsonKeys` come from the caller, so that telling them tells nothing new. */
function shapeOf(
  values: readonly Value[],
  words: readonly string[],
  jsonKeys: readonly string[],
): ColumnShape {
  const shapes: Partial<Record<ValueShape, number>> = {}
  const [seen, nevers, distinct] = [new Set<string>(), new Set<string>(), new Set<string>()]
  const said = values.filter((value) => value !== null).map((value) => value.slice(0, longestPart))
  for (const value of said) {
    const found = shapesOf(value)
    for (const shape of found) shapes[shape] = (shapes[shape] ?? 0) + 1
    const text = typeof value === 'string' ? value : Buffer.from(value).toString('latin1')
    distinct.add(text)
    for (const never of neverValues) if (text === never) nevers.add(never)
    for (const word of words) if (text === word) seen.add(word)
    if (found.includes('json'))
      for (const key of jsonKeys) if (text.toLowerCase().includes(`"${key}"`)) seen.add(key)
  }
  return {
    values: said.length,
    nulls: values.length - said.length,
    distinct: distinct.size,
    shapes,
    nevers: [...nevers].sort(),
    words: [...words, ...jsonKeys].filter((word, i, all) => seen.has(word) && all.indexOf(word) === i),
  }
}
