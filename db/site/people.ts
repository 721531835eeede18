/** Reads every person of a kind by key, page by page: only a replay after a restored backup looks at all of them. */
import type { Key } from '../../base/subject-ref.ts'
import type { KeyColumn } from '../../plan/compiled.ts'
import type { Dialect, Session, Statement } from '../session.ts'
import { keyOf, textOrNull } from './candidates.ts'
import { bind } from './match.ts'

export interface PeopleTable {
  readonly table: string
  readonly key: readonly KeyColumn[]
  readonly identity: readonly string[]
}

export interface PersonRow {
  readonly key: Key
  readonly identity: readonly (string | null)[]
}

/** In the order of the primary key, after `after` (exclusive; null: from the first). */
export async function readPeople(
  session: Session,
  dialect: Dialect,
  people: PeopleTable,
  after: Key | null,
  limit: number,
): Promise<readonly PersonRow[]> {
  const rows = await session.rows(peopleStatement(dialect, people, after, limit))
  return rows.map((row) => ({
    key: keyOf(row, people),
    identity: people.identity.map((_, i) => textOrNull(row[`oubli_c${i}`])),
  }))
}

export function peopleStatement(
  dialect: Dialect,
  people: PeopleTable,
  after: Key | null,
  limit: number,
): Statement {
  const keys = people.key.map(({ name }) => dialect.quote(name))
  const selected = [
    ...keys.map((column, i) => `${column} AS oubli_k${i}`),
    ...people.identity.map((name, i) => `${dialect.quote(name)} AS oubli_c${i}`),
  ]
  const where = after === null ? null : behind(keys, people.key, after)
  return {
    text:
      `SELECT ${selected.join(', ')} FROM ${dialect.quote(people.table)}` +
      `${where === null ? '' : ` WHERE ${where.text}`} ORDER BY ${keys.join(', ')} LIMIT ${Math.floor(limit)}`,
    values: where?.values ?? [],
  }
}

function behind(quoted: readonly string[], key: readonly KeyColumn[], after: Key): Statement {
  const values = after.map((value, i) => bind(value, key[i]?.family ?? 'other'))
  const text = `(${quoted.join(', ')}) > (${values.map(() => '?').join(', ')})`
  const [first] = quoted
  const [start] = values
  // Of several columns: a comparison of rows gives the index no range, its first column does.
  return first === undefined || start === undefined || values.length === 1
    ? { text, values }
    : { text: `${first} >= ? AND ${text}`, values: [start, ...values] }
}
