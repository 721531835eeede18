/**
 * The only statements that change the site's rows, but for the partition of `partition.ts`. None can be written
 * without a list of keys, so no mistake elsewhere can empty a table. Every one says how many rows it matched, and the caller holds it to that.
 */
import type { Key } from '../../base/subject-ref.ts'
import type { Join } from '../../plan/compiled.ts'
import type { Dialect, Session, SqlValue, Statement } from '../session.ts'
import { textOrNull } from './candidates.ts'
import { both, matchKeys, matchParents } from './match.ts'
import { inLists, type Keyed } from './rows.ts'

/** Deletes exactly these rows, as far as `still` holds for them. Returns how many went. */
export async function deleteRows(
  session: Session,
  dialect: Dialect,
  target: Keyed,
  keys: readonly Key[],
  still: Statement | null,
): Promise<number> {
  let gone = 0
  for (const list of inLists(keys)) {
    const where = matchStill(dialect, target, list, still)
    gone += await session.run({
      text: `DELETE FROM ${dialect.quote(target.table)} WHERE ${where.text}`,
      values: where.values,
    })
  }
  return gone
}

/**
 * These rows, as far as `still` holds. It is put so that no index serves it: by that of the clock, the server would lock
 * the row behind the last one as well, and its person would wait.
 */
function matchStill(
  dialect: Dialect,
  target: Keyed,
  keys: readonly Key[],
  still: Statement | null,
): Statement {
  const unserved =
    still === null ? null : { text: `CASE WHEN ${still.text} THEN 1 ELSE 0 END = 1`, values: still.values }
  return both(matchKeys(dialect, target.key, keys), unserved)
}

/** How many rows lead to these parents, counted up to one more than `most`. */
export async function countBelow(
  session: Session,
  dialect: Dialect,
  join: Join,
  parents: readonly (readonly string[])[],
  most: number,
): Promise<number> {
  let found = 0
  for (const list of inLists(parents)) {
    const where = matchBelow(dialect, join, list)
    const [row] = await session.rows({
      text: `SELECT COUNT(*) AS oubli_n FROM (SELECT 1 FROM ${dialect.quote(join.table)} WHERE ${where.text} LIMIT ${most - found + 1}) below`,
      values: where.values,
    })
    found += Number(row?.['oubli_n'] ?? 0)
    if (found > most) break
  }
  return found
}

function matchBelow(dialect: Dialect, join: Join, parents: readonly (readonly string[])[]): Statement {
  const families = join.columns.map(() => 'integer' as const)
  return matchParents(dialect, join, parents, families)
}

/**
 * Deletes the rows that lead to these parents, at most `most`, without waiting for any that somebody works on:
 * then it fails. Returns the parent of each, and what stood in `columns`.
 */
export async function deleteBelow(
  session: Session,
  dialect: Dialect,
  join: Join,
  parents: readonly (readonly string[])[],
  columns: readonly string[],
  most: number,
): Promise<readonly { readonly parent: readonly string[]; readonly columns: readonly (string | null)[] }[]> {
  const gone: { parent: readonly string[]; columns: readonly (string | null)[] }[] = []
  for (const list of inLists(parents)) {
    const where = matchBelow(dialect, join, list)
    const told = [
      ...join.columns.map(({ own }, i) => `${dialect.quote(own)} AS oubli_p${i}`),
      ...columns.map((name, i) => `${dialect.quote(name)} AS oubli_c${i}`),
    ]
    const rows = await session.rows({
      text: `${dialect.withoutWaiting}DELETE FROM ${dialect.quote(join.table)} WHERE ${where.text} LIMIT ${most - gone.length + 1} RETURNING ${told.join(', ')}`,
      values: where.values,
    })
    for (const row of rows)
      gone.push({
        parent: join.columns.map((_, i) => textOrNull(row[`oubli_p${i}`]) ?? ''),
        columns: columns.map((_, i) => textOrNull(row[`oubli_c${i}`])),
      })
    if (gone.length > most) break
  }
  return gone
}

/** Sets columns of exactly these rows to constants, as far as `still` holds. Returns how many matched. */
export async function updateRows(
  session: Session,
  dialect: Dialect,
  target: Keyed,
  keys: readonly Key[],
  columns: Readonly<Record<string, SqlValue>>,
  still: Statement | null,
): Promise<number> {
  const names = Object.keys(columns)
  if (names.length === 0) return keys.length
  let matched = 0
  for (const list of inLists(keys)) {
    const where = matchStill(dialect, target, list, still)
    matched += await session.run({
      text: `UPDATE ${dialect.quote(target.table)} SET ${names.map((name) => `${dialect.quote(name)} = ?`).join(', ')} WHERE ${where.text}`,
      values: [...Object.values(columns), ...where.values],
    })
  }
  return matched
}

/** Copies declared columns of exactly these rows into another table. Returns how many were copied. */
export async function copyRows(
  session: Session,
  dialect: Dialect,
  target: Keyed,
  keys: readonly Key[],
  archive: {
    readonly into: string
    readonly columns: readonly { readonly to: string; readonly from: string }[]
  },
): Promise<number> {
  let copied = 0
  for (const list of inLists(keys)) {
    const where = matchKeys(dialect, target.key, list)
    copied += await session.run({
      text:
        `INSERT INTO ${dialect.quote(archive.into)} (${archive.columns.map(({ to }) => dialect.quote(to)).join(', ')})` +
        ` SELECT ${archive.columns.map(({ from }) => dialect.quote(from)).join(', ')} FROM ${dialect.quote(target.table)} WHERE ${where.text}`,
      values: where.values,
    })
  }
  return copied
}
