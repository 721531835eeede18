/**
 * Where a site keeps what its people did: every column with times that hangs on a person, and the way there. The data
 * map says what hangs on what; where it is silent, the live foreign keys do, and a name such as `user_id` at last.
 */
import type { ClockColumn, ClockSource, CompiledPolicy, Join } from './compiled.ts'
import { isPassing, targetsOf, type FoundLink } from './draft/found-link.ts'
import { linksOf } from './draft/links.ts'
import { prefixOf } from './draft/names.ts'
import { isServed, rowsThatNeedAnIndex } from './index-need.ts'
import { chainDown, constantsOf, joinOf, joinsOf } from './joins.ts'
import { looksLikeLinkTo } from './link-words.ts'
import type { SettledKind, SettledMap } from './settled-map.ts'
import { signColumnsOn, type SignColumns } from './sign-columns.ts'
import type { Table } from './site-schema.ts'
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
  /** Where in the column, if it is not the whole of it: ` $.last_login`, ` (meta_key = last_login)`. */
  readonly place?: string
}

/** Newest rows of a table that are looked at where no index leads to it. */
export const mostSampled = 10_000

/** Further than this, whose row it is says little. */
const furthest = 4

export function trailsOf(map: SettledMap, policy: CompiledPolicy): readonly Trail[] {
  return endsOf(map, policy).flatMap(({ way, signs }): readonly Trail[] => {
    const served = way.joins.every((join) => isFoundBy(map, join))
    return signs.length === 0 ? [] : [{ ...way, signs, served }]
  })
}

/** `table.column` of what hangs on the people and is not read, so that nobody believes that it was. */
export function unreadOf(map: SettledMap, policy: CompiledPolicy): readonly string[] {
  const names = endsOf(map, policy).flatMap(({ way, unread }) =>
    unread.map((column) => `${way.table.name}.${column}`),
  )
  return [...new Set(names)]
}

function endsOf(map: SettledMap, policy: CompiledPolicy): readonly (SignColumns & { readonly way: Way })[] {
  const links = linksByName(map)
  return waysTo(map, policy, links).map((way) => {
    const inClock = policy.clock.sources
      .filter((one) => isRead(policy, one, way))
      .map(({ clock }) => clock.column)
    return { way, ...signColumnsOn(map, way.table, inClock, links) }
  })
}

/**
 * The clock reads every row at the end of the way. Of key-value rows and of JSON it reads a part, and the others are
 * asked after.
 */
function isRead(policy: CompiledPolicy, source: ClockSource, way: Way): boolean {
  return source.clock.path === undefined && readsRows(policy, source, way)
}

/** All rows at the end of the way are among those that the source looks at. */
export function readsRows({ table }: CompiledPolicy, { joins }: ClockSource, way: Way): boolean {
  const [last, end] = [joins.at(-1), way.joins.at(-1)]
  const [read, there] = [constantsOf(last?.where ?? []), constantsOf(end?.where ?? [])]
  return (last?.table ?? table) === way.table.name && read.every((one) => there.includes(one))
}

function linksByName({ schema }: SettledMap): readonly FoundLink[] {
  return linksOf(schema, prefixOf(schema), new Map()).filter(({ declared }) => !declared)
}

export function waysTo(
  map: SettledMap,
  policy: CompiledPolicy,
  links: readonly FoundLink[] = linksByName(map),
): readonly Way[] {
  const root = map.kinds.get(policy.kind)
  return root === undefined ? [] : waysOf(map, root, links)
}

/**
 * The nearest ways to every table. One that the data map leads to is reached by the map alone: of several links
 * to people, a developer has said there which of them acts.
 */
function waysOf(map: SettledMap, root: SettledKind, links: readonly FoundLink[]): readonly Way[] {
  const own: Way = { table: root.table, joins: [], link: 'own row' }
  const mapped = [...map.kinds.values()].flatMap((kind): readonly Way[] => {
    const chain = kind === root ? null : chainDown(map, root.kind.name, kind)
    if (chain === null || kind.table.name === root.table.name) return []
    return [{ table: kind.table, joins: joinsOf(map, chain), link: 'data map' }]
  })
  const known = new Set([own, ...mapped].map(({ table }) => table.name))
  const ways = [own, ...mapped]
  for (let depth = 0; depth < furthest; depth += 1) {
    const here = ways.filter(({ joins }) => joins.length === depth)
    const found = [...here.flatMap((way) => byForeignKey(map, way, known))]
    if (depth === 0) found.push(...byName(map, root, links, new Set([...known, ...found.map(nameOf)])))
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
          const join = joinOf(table, { columns: pairsOf(key), where: [], foreignKey: key }, way.table)
          return { table, joins: [...way.joins, join], link: 'foreign key' }
        }),
    )
}

/** Links that no key declares, to the people's table by its name or by the role of people, or to the kind's name. */
function byName(
  map: SettledMap,
  root: SettledKind,
  links: readonly FoundLink[],
  known: ReadonlySet<string>,
): readonly Way[] {
  const [key, second] = root.key
  return [...map.schema.values()]
    .filter((table) => !known.has(table.name))
    .flatMap((table) => {
      const found = links
        .filter((link) => link.table === table.name && mayAct(link))
        .flatMap((link) => pairsTo(root, link))
      const byKind = table.columns.flatMap((one) => {
        if (key === undefined || second !== undefined || one.family !== key.family) return []
        if (!looksLikeLinkTo(one, root.table.name, root.kind.name)) return []
        const isFoundAlready = found.some((columns) => columns.some(({ own }) => own === one.name))
        return isFoundAlready ? [] : [[{ own: one.name, parent: key.name }]]
      })
      return [...found, ...byKind].map((columns): Way => ({
        table,
        joins: [joinOf(table, { columns, where: [], foreignKey: null }, root.table)],
        link: 'name',
      }))
    })
}

/** A column that may mean another table as well is followed to each: to look in vain costs a waiver. */
function pairsTo(root: SettledKind, link: FoundLink): readonly Join['columns'][] {
  const pairs = Object.entries(link.columns)
  if (link.to === root.table.name) return [pairs.map(([own, parent]) => ({ own, parent }))]
  const [key, second] = root.key
  if (key === undefined || second !== undefined || !targetsOf(link).includes(root.table.name)) return []
  return [pairs.map(([own]) => ({ own, parent: key.name }))]
}

/** Who worked on a row did so for the site. Whoever was there last was there, even if the row is not theirs. */
function mayAct(link: FoundLink): boolean {
  return !link.clerk || isPassing(link)
}

export function isFoundBy({ schema }: SettledMap, join: Join): boolean {
  const table = schema.get(join.table)
  if (table === undefined) return false
  const own = join.columns.map((pair) => pair.own)
  const constants = join.where.map(({ column }) => column)
  if (isServed(table, own, constants)) return true
  return table.roughRows !== null && table.roughRows <= rowsThatNeedAnIndex
}

/** Every column that is read on a trail that begins at `root`: links, constants, the key of the last table, dates. */
export function columnsOf(
  { table, joins, signs }: Way & { readonly signs: readonly { readonly column: string }[] },
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
