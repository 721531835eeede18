/** Ways between a kind's rows and the rows of other kinds: outwards to what hangs on it. */
import type { Join } from './compiled.ts'
import { guardOf } from './held-back.ts'
import type { SettledKind, SettledMap } from './settled-map.ts'
import { columnOf, type ColumnFamily, type Table } from './site-schema.ts'
import type { Tie } from './tie.ts'

/** `above`: the table that the tie leads to. */
export function joinOf(
  table: Table,
  tie: Pick<Tie, 'columns' | 'where' | 'foreignKey'>,
  above: Table | undefined,
): Join {
  const inFamily = (...families: readonly (ColumnFamily | undefined)[]): readonly string[] =>
    tie.columns.map(({ own }) => own).filter((own) => families.includes(columnOf(table, own)?.family))
  const [bytes, numbers] = [inFamily('binary'), inFamily('integer', 'decimal')]
  const guard = tie.foreignKey === null || above === undefined ? null : guardOf(above, tie.foreignKey)
  return {
    ...{ table: table.name, columns: tie.columns, where: tie.where, enforced: tie.foreignKey !== null },
    ...(guard === null ? {} : { guard }),
    ...(bytes.length === 0 ? {} : { bytes }),
    ...(numbers.length === 0 ? {} : { numbers }),
  }
}

/** One hop for each of these kinds, each of which hangs on the one before it. */
export function joinsOf({ dataMap, schema }: SettledMap, chain: readonly SettledKind[]): readonly Join[] {
  return chain.flatMap(({ table, tie }) =>
    tie === null ? [] : [joinOf(table, tie, schema.get(dataMap.kinds[tie.parent]?.table ?? ''))],
  )
}

/** Kinds from the one right under `root` to `kind` itself; null when `kind` does not hang on `root`. */
export function chainDown(map: SettledMap, root: string, kind: SettledKind): readonly SettledKind[] | null {
  const chain: SettledKind[] = []
  let at: SettledKind | undefined = kind
  while (at !== undefined && at.kind.name !== root) {
    if (chain.includes(at)) return null
    chain.unshift(at)
    at = at.kind.of === null ? undefined : map.kinds.get(at.kind.of)
  }
  return at === undefined ? null : chain
}

export type Reach =
  | {
      readonly found: 'one'
      readonly kind: SettledKind
      readonly joins: readonly Join[]
      /** Ways by more links: rows that hang on something of the person's, and may be somebody else's. */
      readonly longer: readonly Way[]
    }
  | { readonly found: 'none' }
  | { readonly found: 'several'; readonly kinds: readonly string[] }

interface Way {
  readonly kind: SettledKind
  readonly joins: readonly Join[]
}

/**
 * From a row of `root` outwards to `table`; an empty way when it is the root's own table. `where`: the constants of
 * the rows that are meant. Kinds of other rows of a key-value table are out of question, and those that lead to the
 * same rows in the same way are one. Of ways by more or fewer links that of fewest stands first, as long as it leads
 * to its rows without constants; the longer ones are named beside it, for whoever has to know.
 */
export function reach(map: SettledMap, root: SettledKind, table: string, where: Join['where'] = []): Reach {
  if (table === root.table.name) return { found: 'one', kind: root, joins: [], longer: [] }
  const ways: Way[] = []
  for (const kind of map.kinds.values()) {
    if (kind.table.name !== table) continue
    const chain = chainDown(map, root.kind.name, kind)
    if (chain === null) continue
    ways.push({ kind, joins: joinsOf(map, chain) })
  }
  if (ways.length === 0) return { found: 'none' }
  // Of no row are both true: such a source would never say anything, and everybody would look silent.
  const fitting = ways.filter((way) => !contradicts(way, where))
  const fewest = Math.min(...fitting.map(({ joins }) => joins.length))
  const shortest = fitting.filter(({ joins }) => joins.length === fewest)
  const longer = fitting.filter(({ joins }) => joins.length > fewest)
  const [one] = shortest
  if (
    one !== undefined &&
    shortest.every((way) => rowsOf(way, where) === rowsOf(one, where)) &&
    (longer.length === 0 || one.joins.every((join) => join.where.length === 0))
  )
    return { found: 'one', ...one, longer }
  return { found: 'several', kinds: (one === undefined ? ways : fitting).map((way) => way.kind.kind.name) }
}

function contradicts({ joins }: Way, where: Join['where']): boolean {
  const constants = joins.at(-1)?.where ?? []
  return constants.some((one) =>
    where.some((meant) => meant.column === one.column && meant.value !== one.value),
  )
}

/** The same text for ways that lead to the same rows, when only those with the constants of `where` are read. */
function rowsOf({ joins }: Way, where: Join['where']): string {
  const last = joins.at(-1)
  const before = joins.slice(0, -1).map(({ table, columns, where: own }) => [table, columns, own])
  return JSON.stringify([before, last?.columns, constantsOf([...(last?.where ?? []), ...where])])
}

/** Each once, sorted. */
export function constantsOf(where: Join['where']): readonly string[] {
  return [...new Set(where.map(({ column, value }) => `${column} = ${value}`))].sort()
}

/** Names of the kinds above, for naming one that is broken. */
export function kindsAbove(map: SettledMap, root: SettledKind): readonly string[] {
  const names: string[] = []
  let of = root.kind.of
  while (of !== null && !names.includes(of)) {
    names.push(of)
    of = map.dataMap.kinds[of]?.of ?? null
  }
  return names
}
