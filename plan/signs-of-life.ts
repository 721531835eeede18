/**
 * Where a site keeps what its people did: every time column that hangs on a person, and the way there. The data
 * map says what hangs on what; where it is silent, the live foreign keys do, and a name such as `user_id` at last.
 */
import { placeOf, settleColumn } from './compile-clock.ts'
import type { ClockColumn, CompiledPolicy, Join } from './compiled.ts'
import { isServed, rowsThatNeedAnIndex } from './index-need.ts'
import { chainDown, joinOf } from './joins.ts'
import { looksLikeLinkTo } from './personal-words.ts'
import { findingsFor } from './plan-problem.ts'
import type { SettledKind, SettledMap } from './settled-map.ts'
import { mayBeAnAct, soundsLikeTime } from './sign-names.ts'
import type { Column, Table } from './site-schema.ts'
import { pairsOf } from './tie.ts'

export interface Way {
  readonly table: Table
  /** From the person's row outwards; empty: the person's own row. */
  readonly joins: readonly Join[]
  readonly link: 'own row' | 'data map' | 'foreign key' | 'name'
}

/** A way with the columns at its end that may show an act of the person. */
export interface Trail extends Way {
  readonly signs: readonly ClockColumn[]
  /** Every link on the way is found by an index, or its table is small. */
  readonly served: boolean
}

/** Newest rows of a table that are looked at where no index leads to it. */
export const mostSampled = 10_000

/** Further than this, whose row it is says little. */
const furthest = 4

export function trailsOf(map: SettledMap, policy: CompiledPolicy): readonly Trail[] {
  const root = map.kinds.get(policy.kind)
  if (root === undefined) return []
  const clock = policy.clock.sources.map((source) => ({
    table: source.joins.at(-1)?.table ?? policy.table,
    column: source.clock.column,
  }))
  return waysOf(map, root).flatMap((way): readonly Trail[] => {
    const inClock = clock.filter(({ table }) => table === way.table.name).map(({ column }) => column)
    const signs = signsOn(map, way.table, inClock)
    const served = way.joins.every((join) => isFound(map, join))
    return signs.length === 0 ? [] : [{ ...way, signs, served }]
  })
}

/**
 * The nearest ways to every table. One that the data map leads to is reached by the map alone: of several links
 * to people, a developer has said there which of them acts.
 */
export function waysOf(map: SettledMap, root: SettledKind): readonly Way[] {
  const own: Way = { table: root.table, joins: [], link: 'own row' }
  const mapped = [...map.kinds.values()].flatMap((kind): readonly Way[] => {
    const chain = kind === root ? null : chainDown(map, root.kind.name, kind)
    if (chain === null || kind.table.name === root.table.name) return []
    const joins = chain.flatMap(({ table, tie }) =>
      tie === null ? [] : [joinOf(table, tie, tie.foreignKey !== null)],
    )
    return [{ table: kind.table, joins, link: 'data map' }]
  })
  const known = new Set([own, ...mapped].map(({ table }) => table.name))
  const ways = [own, ...mapped]
  for (let depth = 0; depth < furthest; depth += 1) {
    const here = ways.filter(({ joins }) => joins.length === depth)
    const found = [...here.flatMap((way) => byForeignKey(map, way, known))]
    if (depth === 0) found.push(...byName(map, root, new Set([...known, ...found.map(nameOf)])))
    ways.push(...found)
    for (const way of found) known.add(nameOf(way))
  }
  return ways
}

function nameOf({ table }: Way): string {
  return table.name
}

function byForeignKey(map: SettledMap, way: Way, known: ReadonlySet<string>): readonly Way[] {
  return [...map.schema.values()]
    .filter((table) => !known.has(table.name))
    .flatMap((table) =>
      table.foreignKeys
        .filter((key) => key.toTable === way.table.name)
        .map((key): Way => {
          const join = joinOf(table, { columns: pairsOf(key), where: [] }, true)
          return { table, joins: [...way.joins, join], link: 'foreign key' }
        }),
    )
}

function byName(map: SettledMap, root: SettledKind, known: ReadonlySet<string>): readonly Way[] {
  const [key, second] = root.key
  if (key === undefined || second !== undefined) return []
  return [...map.schema.values()]
    .filter((table) => !known.has(table.name))
    .flatMap((table) =>
      table.columns
        .filter((one) => one.family === key.family && looksLikeLinkTo(one, root.table.name, root.kind.name))
        .map((one): Way => {
          const columns = [{ own: one.name, parent: key.name }]
          return { table, joins: [joinOf(table, { columns, where: [] }, false)], link: 'name' }
        }),
    )
}

function signsOn(map: SettledMap, table: Table, inClock: readonly string[]): readonly ClockColumn[] {
  const done = [...map.kinds.values()]
    .filter((kind) => kind.table.name === table.name)
    .flatMap(({ kind }) => Object.values(kind.done))
  return table.columns
    .filter(({ name, generated }) => !generated && !inClock.includes(name) && !done.includes(name))
    .filter(({ name }) => mayBeAnAct(name))
    .flatMap((column) => timesIn(map, table, column))
}

/** As the data map declares the column, or as its type says. A whole number is read in every way that it may mean. */
function timesIn(map: SettledMap, table: Table, column: Column): readonly ClockColumn[] {
  const declared = declaredIn(map, table, column)
  if (declared !== null) return [declared]
  const { name, family } = column
  const plain = { column: name, never: [null], ordered: true, family }
  if (family === 'datetime' || family === 'date')
    return [{ ...plain, format: family, zone: map.dataMap.storedIn }]
  if (family === 'timestamp') return [{ ...plain, format: family, zone: 'UTC' }]
  if (family !== 'integer' || !soundsLikeTime(column)) return []
  return (['epoch seconds', 'epoch milliseconds', '14 digits'] as const).map((format) => ({
    ...plain,
    format,
    zone: format === '14 digits' ? map.dataMap.storedIn : 'UTC',
  }))
}

function declaredIn(map: SettledMap, table: Table, column: Column): ClockColumn | null {
  for (const { kind } of map.kinds.values())
    for (const event of Object.values(kind.events))
      for (const one of [...event.latestOf, ...(event.else === null ? [] : [event.else])])
        if ((one.table ?? kind.table) === table.name && one.column === column.name)
          return settleColumn(map, table, one, findingsFor(null))
  return null
}

function isFound({ schema }: SettledMap, join: Join): boolean {
  const table = schema.get(join.table)
  if (table === undefined) return false
  const own = join.columns.map((pair) => pair.own)
  const constants = join.where.map(({ column }) => column)
  if (isServed(table, own, constants)) return true
  return table.roughRows !== null && table.roughRows <= rowsThatNeedAnIndex
}

/** Every column that is read on a trail that begins at `root`: links, constants, the key of the last table, dates. */
export function columnsOf(
  { table, joins, signs }: Trail,
  root: string,
): readonly { readonly table: string; readonly columns: readonly string[] }[] {
  return [
    ...joins.flatMap((join, i) => [
      { table: joins[i - 1]?.table ?? root, columns: join.columns.map(({ parent }) => parent) },
      {
        table: join.table,
        columns: [...join.columns.map(({ own }) => own), ...join.where.map(({ column }) => column)],
      },
    ]),
    { table: table.name, columns: [...table.primaryKey, ...signs.map(({ column }) => column)] },
  ]
}

/** `table.column` → the reason why it does not contradict this policy's clock. */
export function waivedOf(policy: CompiledPolicy): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(policy.clock.event.waived ?? {}).map(([path, reason]) => {
      const { table, column } = placeOf(path, policy.table)
      return [`${table}.${column}`, reason]
    }),
  )
}

/**
 * A policy that ends people because they are silent. One that counts from a fixed start (a request, a decision)
 * calls nobody silent: what its people did since is told, and stops nothing.
 */
export function countsSilence(policy: CompiledPolicy): boolean {
  const { event, sources } = policy.clock
  return (
    policy.subject &&
    (event.slides !== 'never' || policy.policy.warn !== null || event.else !== null || sources.length > 1)
  )
}
