/**
 * Signs of life inside rows of key and value and inside JSON. No name of a column speaks of them, so a bounded sample
 * says where they stand: under a word or at a place of closed lists, with at least one value that looks like a time.
 */
import type { CompiledPolicy, Join } from './compiled.ts'
import { isSignOfLife } from './draft/json-names.ts'
import { pairIn, speaksOfAct, type KeyValue } from './draft/pairs.ts'
import { share, type ColumnShape, type TableSample } from './draft/shapes.ts'
import { times } from './draft/times.ts'
import { wordsOf } from './personal-words.ts'
import type { SettledMap } from './settled-map.ts'
import { textTimes } from './sign-columns.ts'
import { isFoundBy, readsRows, waysTo, type Trail, type Way } from './signs-of-life.ts'
import { columnOf, holdsJson, holdsOnlyJson, type Column, type Table } from './site-schema.ts'

/** What is sampled at once: rows of key and value, or one column that may hold JSON. */
export interface Packing {
  readonly table: Table
  readonly column: string
  /** Null: the column may hold JSON. */
  readonly pair: KeyValue | null
  /** Its type or its name says so: that it could not be read is told. A text of any other name is read where it can be. */
  readonly told: boolean
}

export interface Sampled {
  readonly packing: Packing
  readonly sample: TableSample
}

const containers = new Set(
  (
    'json meta metadata data settings preferences prefs options config params properties attributes extra extras ' +
    'custom payload stats statistics parametres donnees reglages'
  ).split(' '),
)

/** A shorter text holds a word rather than a document. */
const shortest = 33

export function packingsIn(table: Table): readonly Packing[] {
  const pair = pairIn(table)
  const paired = pair !== null && columnOf(table, pair.value)?.family === 'text' ? [pair] : []
  return [
    ...paired.map((one): Packing => ({ table, column: one.value, pair: one, told: true })),
    ...table.columns
      .filter(
        (column) =>
          !column.generated &&
          column.name !== pair?.name &&
          holdsJson(column) &&
          (column.length ?? shortest) >= shortest,
      )
      .map((column): Packing => ({ table, column: column.name, pair: null, told: soundsPacked(column) })),
  ]
}

function soundsPacked(column: Column): boolean {
  return holdsOnlyJson(column) || containers.has(wordsOf(column.name).at(-1) ?? '')
}

/** Every table that hangs on these people, with what may be packed there. */
export function packingsOf(
  map: SettledMap,
  policy: CompiledPolicy,
): readonly { readonly way: Way; readonly packing: Packing }[] {
  return waysTo(map, policy).flatMap((way) => packingsIn(way.table).map((packing) => ({ way, packing })))
}

/** What is read of one for its sample. */
export function sampledColumns({ table, column, pair }: Packing): readonly string[] {
  return [...new Set([...table.primaryKey, ...(pair === null ? [] : [pair.name]), column])]
}

/** What an account needs to read for that, and for what the sample shows. */
export function packedReads(
  map: SettledMap,
  policy: CompiledPolicy,
): readonly (Way & { readonly signs: readonly { readonly column: string }[] })[] {
  return packingsOf(map, policy)
    .filter(({ packing }) => packing.told)
    .map(({ way, packing }) => ({ ...way, signs: sampledColumns(packing).map((column) => ({ column })) }))
}

/** The ways to what was seen there and the clock does not read. */
export function packedTrails(
  map: SettledMap,
  policy: CompiledPolicy,
  sampled: readonly Sampled[],
): readonly Trail[] {
  const found = new Map<string, Trail>()
  for (const way of waysTo(map, policy))
    for (const { packing, sample } of sampled) {
      if (packing.table.name !== way.table.name) continue
      const trails =
        packing.pair === null
          ? inJson(map, policy, way, packing, sample)
          : inPairs(map, policy, way, packing.pair, sample)
      // Several kinds of one table lead to the same rows.
      for (const trail of trails)
        found.set(JSON.stringify([way.table.name, trail.joins, trail.signs[0]?.column, trail.place]), trail)
    }
  return [...found.values()]
}

function inPairs(
  map: SettledMap,
  policy: CompiledPolicy,
  way: Way,
  { name, value }: KeyValue,
  { pairs }: TableSample,
): readonly Trail[] {
  const words = [...pairs].flatMap(([word, shape]) => (speaksOfAct(word) && hasTimes(shape) ? [word] : []))
  return words.flatMap((word) => {
    const asked = narrowedTo(way, { column: name, value: word })
    const isRead = policy.clock.sources.some(
      (one) => one.clock.column === value && one.clock.path === undefined && readsRows(policy, one, asked),
    )
    return isRead ? [] : trailTo(map, asked, value, ` (${name} = ${word})`)
  })
}

/** A kind of the rows of another word leads to the same people. */
function narrowedTo(way: Way, only: Join['where'][number]): Way {
  const last = way.joins.at(-1)
  if (last === undefined) return way
  const where = [...last.where.filter(({ column }) => column !== only.column), only]
  return { ...way, joins: [...way.joins.slice(0, -1), { ...last, where }] }
}

function inJson(
  map: SettledMap,
  policy: CompiledPolicy,
  way: Way,
  { column }: Packing,
  { columns }: TableSample,
): readonly Trail[] {
  const places = [...(columns.get(column)?.members?.places ?? [])]
  return places.flatMap(([path, shape]) => {
    if (!isSignOfLife(path) || !hasTimes(shape)) return []
    const isRead = policy.clock.sources.some(
      ({ clock, joins }) =>
        clock.column === column && clock.path === path && readsRows(policy, { clock, joins }, way),
    )
    return isRead ? [] : trailTo(map, way, column, ` ${path}`, path)
  })
}

function trailTo(map: SettledMap, way: Way, name: string, place: string, path?: string): readonly Trail[] {
  const column = columnOf(way.table, name)
  if (column === undefined) return []
  const signs = textTimes(map, column).map((sign) => (path === undefined ? sign : { ...sign, path }))
  return [{ ...way, signs, served: way.joins.every((join) => isFoundBy(map, join)), place }]
}

function hasTimes(shape: ColumnShape): boolean {
  return times.some(({ shapes }) => share(shape, ...shapes) > 0) || share(shape, 'date') > 0
}
