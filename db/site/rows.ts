/** Reads and locks the rows that leave together with a root. */
import { keyText, type Key } from '../../base/subject-ref.ts'
import type { Join, KeyColumn, Step } from '../../plan/compiled.ts'
import type { ColumnFamily } from '../../plan/site-schema.ts'
import type { Dialect, Session, Statement } from '../session.ts'
import { keyOf, textOrNull } from './candidates.ts'
import { leadingTo, linkIn } from './links.ts'
import { longestList, matchKeys, matchParents } from './match.ts'

export interface FoundRow {
  readonly key: Key
  /** Key text of the root that the row leaves with. */
  readonly root: string
  /** Columns that deeper steps link to, raw. */
  readonly columns: Readonly<Record<string, string | null>>
}

/** `lock`: the rows are locked as they are read, without waiting; one that somebody works on is an error. */
export type Reading = 'look' | 'lock'

export function inLists<T>(all: readonly T[], size: number = longestList): readonly (readonly T[])[] {
  const lists: T[][] = []
  for (let i = 0; i < all.length; i += size) lists.push(all.slice(i, i + size))
  return lists
}

/** Rows that are named by their key. */
export interface Keyed {
  readonly table: string
  readonly key: readonly KeyColumn[]
  /** Unique index that tells them apart by this key; left out: the primary key. */
  readonly keyIndex?: string
}

/** The hint to go by the index of the key. */
export function byKey(dialect: Dialect, { keyIndex = 'PRIMARY' }: Pick<Keyed, 'keyIndex'>): string {
  return dialect.forceIndex(keyIndex)
}

/**
 * Locks rows by the index of their key only: whatever else the server read to find them would stay locked as well.
 * `skip`: rows that somebody works on are left out. `refuse`: they raise an error at once.
 */
export async function lockRows(
  session: Session,
  dialect: Dialect,
  target: Keyed,
  keys: readonly Key[],
  busy: 'skip' | 'refuse',
): Promise<readonly Key[]> {
  const locked: Key[] = []
  const columns = target.key.map(({ name }) => dialect.quote(name))
  for (const list of inLists(keys)) {
    const where = matchKeys(dialect, target.key, list)
    const rows = await session.rows({
      text:
        `SELECT ${columns.map((column, i) => `${column} AS oubli_k${i}`).join(', ')} FROM ${dialect.quote(target.table)}` +
        `${byKey(dialect, target)} WHERE ${where.text} ORDER BY ${columns.join(', ')}` +
        (busy === 'skip' ? dialect.skipLocked : dialect.noWait),
      values: where.values,
    })
    locked.push(...rows.map((row) => target.key.map((_, i) => textOrNull(row[`oubli_k${i}`]) ?? '')))
  }
  return locked
}

/** Rows of a step whose link leads to one of the parents; at most `limit` of them and one more. */
export async function findRows(
  session: Session,
  dialect: Dialect,
  step: Step,
  parents: readonly FoundRow[],
  wanted: {
    readonly columns: readonly string[]
    readonly families: readonly ColumnFamily[]
    readonly limit: number
    readonly reading: Reading
    /** Table of the parents. */
    readonly parent: string
  },
): Promise<readonly FoundRow[]> {
  const lock = wanted.reading === 'lock' ? dialect.noWait : ''
  const roots = rootsByLink(step, parents)
  const found = new Map<string, FoundRow>()
  for (const list of inLists([...roots.values()])) {
    const where = matchParents(
      dialect,
      step.join,
      list.map(({ link }) => link),
      wanted.families,
    )
    const rows = await session.rows({
      text: `SELECT ${[
        ...step.key.map(({ name }, i) => `${dialect.quote(name)} AS oubli_k${i}`),
        ...step.join.columns.map(({ own }, i) => `${dialect.quote(own)} AS oubli_p${i}`),
        ...wanted.columns.map((name, i) => `${dialect.quote(name)} AS oubli_c${i}`),
      ].join(', ')} FROM ${dialect.quote(step.table)} WHERE ${where.text} LIMIT ${wanted.limit + 1}${lock}`,
      values: where.values,
    })
    const links = list.map(({ link }) => link)
    const led = await leadingTo(session, dialect, step.join, wanted.parent, rows, links)
    for (const [n, row] of rows.entries()) {
      const root = roots.get(led[n] ?? '')?.root
      if (root === undefined) continue
      const key = keyOf(row, step)
      const values = wanted.columns.map((name, i) => [name, textOrNull(row[`oubli_c${i}`])] as const)
      found.set(keyText(key), { key, root, columns: Object.fromEntries(values) })
    }
  }
  return [...found.values()]
}

function rootsByLink(
  step: Step,
  parents: readonly FoundRow[],
): ReadonlyMap<string, { readonly link: readonly string[]; readonly root: string }> {
  const roots = new Map<string, { link: readonly string[]; root: string }>()
  for (const parent of parents) {
    const values = step.join.columns.map(({ parent: column }) => parent.columns[column] ?? null)
    const link = linkIn(step.join, values)
    if (link === null || roots.has(keyText(link))) continue
    roots.set(keyText(link), { link, root: parent.root })
  }
  return roots
}

/** Raw columns of rows by key; for strategies that work on the value itself. */
export async function readColumns(
  session: Session,
  dialect: Dialect,
  target: Keyed,
  keys: readonly Key[],
  columns: readonly string[],
  reading: Reading = 'look',
): Promise<readonly FoundRow[]> {
  const [index, lock] = reading === 'lock' ? [byKey(dialect, target), dialect.noWait] : ['', '']
  const read: FoundRow[] = []
  for (const list of inLists(keys)) {
    const where = matchKeys(dialect, target.key, list)
    const rows = await session.rows({
      text: `SELECT ${[
        ...target.key.map(({ name }, i) => `${dialect.quote(name)} AS oubli_k${i}`),
        ...columns.map((name, i) => `${dialect.quote(name)} AS oubli_c${i}`),
      ].join(', ')} FROM ${dialect.quote(target.table)}${index} WHERE ${where.text}${lock}`,
      values: where.values,
    })
    for (const row of rows) {
      const key = target.key.map((_, i) => textOrNull(row[`oubli_k${i}`]) ?? '')
      read.push({
        key,
        root: keyText(key),
        columns: Object.fromEntries(columns.map((name, i) => [name, textOrNull(row[`oubli_c${i}`])])),
      })
    }
  }
  return read
}

/**
 * Rows that lead to these parents now, read with locks on the rows and the gaps between them and without
 * waiting. Nobody can change one until this transaction ends, nor add one under `repeatable read`; others may still
 * read and refer to them. Raw values of `columns`. Null: they are more than `limit`.
 */
export async function readGuarded(
  session: Session,
  dialect: Dialect,
  join: Join,
  parents: readonly (readonly string[])[],
  wanted: {
    readonly columns: readonly string[]
    readonly families: readonly ColumnFamily[]
    /** Table of the parents. */
    readonly parent: string
    /** Only the rows for which it holds are told. All are locked, so that it decides on no index. */
    readonly holds?: Statement | null
    readonly limit: number
  },
): Promise<readonly Readonly<Record<string, string | null>>[] | null> {
  let left = wanted.limit
  const guarded: Readonly<Record<string, string | null>>[] = []
  const holds = wanted.holds ?? null
  const names = [
    ...(holds === null ? [] : [`${holds.text} AS oubli_h`]),
    ...join.columns.map(({ own }, i) => `${dialect.quote(own)} AS oubli_p${i}`),
    ...wanted.columns.map((name, i) => `${dialect.quote(name)} AS oubli_c${i}`),
  ]
  for (const list of inLists(parents)) {
    const where = matchParents(dialect, join, list, wanted.families)
    const all = await session.rows({
      text: `SELECT ${names.join(', ')} FROM ${dialect.quote(join.table)} WHERE ${where.text} LIMIT ${left + 1}${dialect.shareNoWait}`,
      values: [...(holds?.values ?? []), ...where.values],
    })
    left -= all.length
    if (left < 0) return null
    const rows = holds === null ? all : all.filter((row) => row['oubli_h'] === '1')
    const led = await leadingTo(session, dialect, join, wanted.parent, rows, list)
    for (const [n, row] of rows.entries()) {
      if (led[n] == null) continue
      const values = wanted.columns.map((name, i) => [name, textOrNull(row[`oubli_c${i}`])] as const)
      guarded.push(Object.fromEntries(values))
    }
  }
  return guarded
}
