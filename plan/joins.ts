/** Ways between a kind's rows and the rows of other kinds: outwards to what hangs on it. */
import type { Join } from './compiled.ts'
import type { SettledKind, SettledMap } from './settled-map.ts'
import { columnOf, type Table } from './site-schema.ts'
import type { Tie } from './tie.ts'

export function joinOf(table: Table, tie: Pick<Tie, 'columns' | 'where'>, enforced: boolean): Join {
  const bytes = tie.columns.map(({ own }) => own).filter((own) => columnOf(table, own)?.family === 'binary')
  const join = { table: table.name, columns: tie.columns, where: tie.where, enforced }
  return bytes.length === 0 ? join : { ...join, bytes }
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
  | { readonly found: 'one'; readonly kind: SettledKind; readonly joins: readonly Join[] }
  | { readonly found: 'none' }
  | { readonly found: 'several'; readonly kinds: readonly string[] }

/** From a row of `root` outwards to `table`; an empty way when it is the root's own table. */
export function reach(map: SettledMap, root: SettledKind, table: string): Reach {
  if (table === root.table.name) return { found: 'one', kind: root, joins: [] }
  const ways: { readonly kind: SettledKind; readonly joins: readonly Join[] }[] = []
  for (const kind of map.kinds.values()) {
    if (kind.table.name !== table) continue
    const chain = chainDown(map, root.kind.name, kind)
    if (chain === null) continue
    const joins = chain.flatMap((one) =>
      one.tie === null ? [] : [joinOf(one.table, one.tie, one.tie.foreignKey !== null)],
    )
    ways.push({ kind, joins })
  }
  const [first, second] = ways
  if (first === undefined) return { found: 'none' }
  if (second !== undefined) return { found: 'several', kinds: ways.map((way) => way.kind.kind.name) }
  return { found: 'one', ...first }
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
