/** Reads every person of a kind by key, page by page: only a replay after a restored backup looks at all of them. */
import type { Key } from '../../base/subject-ref.ts'
import type { KeyColumn } from '../../plan/compiled.ts'
import type { Dialect, Session } from '../session.ts'
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
  const keys = people.key.map(({ name }) => dialect.quote(name))
  const selected = [
    ...keys.map((column, i) => `${column} AS oubli_k${i}`),
    ...people.identity.map((name, i) => `${dialect.quote(name)} AS oubli_c${i}`),
  ]
  const where =
    after === null ? '' : ` WHERE (${keys.join(', ')}) > (${people.key.map(() => '?').join(', ')})`
  const rows = await session.rows({
    text:
      `SELECT ${selected.join(', ')} FROM ${dialect.quote(people.table)}${where}` +
      ` ORDER BY ${keys.join(', ')} LIMIT ${Math.floor(limit)}`,
    values: (after ?? []).map((value, i) => bind(value, people.key[i]?.family ?? 'other')),
  })
  return rows.map((row) => ({
    key: keyOf(row, people),
    identity: people.identity.map((_, i) => textOrNull(row[`oubli_c${i}`])),
  }))
}
