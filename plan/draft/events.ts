/** The clocks of a proposed kind: its own, and the signs of life that hang on it. */
import type { Table } from '../site-schema.ts'
import { readable, type FoundClock } from './clocks.ts'
import type { DraftClock, DraftEvent } from './draft.ts'
import type { FoundLink } from './found-link.ts'
import { remark, type Remark } from './remarks.ts'
import { jsonClocks } from './json-places.ts'
import { speaksOfAct } from './pairs.ts'
import { isTelling, share, type TableSample } from './shapes.ts'
import { times } from './times.ts'
import { categoryOf } from './categories.ts'
import type { Looked } from './tree.ts'

export type Clocks = ReadonlyMap<string, readonly FoundClock[]>

interface Known {
  readonly looked: ReadonlyMap<string, Looked>
  readonly samples: ReadonlyMap<string, TableSample>
  readonly clocks: Clocks
  readonly pairs: ReadonlyMap<string, { readonly name: string; readonly value: string }>
}

interface Below {
  readonly table: string
  readonly name: string
  readonly of: string | null
  readonly by: FoundLink | null
}

export interface FoundEvents {
  readonly events: readonly DraftEvent[]
  readonly remarks: readonly Remark[]
}

/** More sources than these cost more than they tell. */
const mostSources = 4

export function eventsOf(known: Known, table: Table, subject: boolean, all: readonly Below[]): FoundEvents {
  const clocks = known.clocks.get(table.name) ?? []
  const remarks = [...lost(clocks, 'start'), ...lost(clocks, 'sign of life')]
  const start = clocks.find((one) => one.role === 'start' && one.format !== null && one.ordered) ?? null
  const looked = known.looked.get(table.name)
  const fiscal = looked !== undefined && categoryOf(looked, subject) === 'invoice'
  const created: readonly DraftEvent[] =
    start === null ? [] : [{ name: 'created', sources: [clockOf(start)], else: null, slides: false, fiscal }]
  if (!subject) return { events: created, remarks }
  const life = lifeOf(known, table, all, start)
  const [scanned] = life.sources
  const event: readonly DraftEvent[] =
    scanned === undefined
      ? []
      : [
          {
            name: 'last_activity',
            sources: life.sources,
            else: start === null ? null : clockOf(start),
            slides: true,
            fiscal: false,
          },
        ]
  return { events: [...event, ...created], remarks: [...remarks, ...life.remarks] }
}

function clockOf(clock: FoundClock, table?: string): DraftClock {
  const { column, format, nevers, ordered } = clock
  return {
    column: table === undefined ? column : `${table}.${column}`,
    format: format ?? 'auto',
    nevers,
    ordered,
  }
}

/**
 * What would have been a clock, when no other of its role can be read. A sign of life that cannot be read is told in
 * any case: who left no other one would look silent.
 */
function lost(clocks: readonly FoundClock[], role: FoundClock['role']): readonly Remark[] {
  const own = clocks.filter((one) => one.role === role)
  const served = own.some((one) => one.format !== null && one.ordered)
  return own.flatMap(({ column, format, looks }) => {
    if (format === null && (!served || role === 'sign of life'))
      return [remark('clockUnreadable', { column, looks: looks ?? '' })]
    return served ? [] : [remark('clockUnordered', { column })]
  })
}

function lifeOf(
  known: Known,
  table: Table,
  all: readonly Below[],
  start: FoundClock | null,
): { readonly sources: readonly DraftClock[]; readonly remarks: readonly Remark[] } {
  const own = (known.clocks.get(table.name) ?? [])
    .filter((one) => one.role === 'sign of life' && one.format !== null)
    .sort((a, b) => Number(b.ordered) - Number(a.ordered))
  const children = childrenOf(table, all)
  const signs = children.flatMap((one) => signIn(known, one) ?? [])
  const paired = children.flatMap((one) => pairClocks(known, one))
  const inJson = [table.name, ...children].map((one) =>
    jsonClocks(known.looked.get(one), known.samples.get(one), one !== table.name),
  )
  const pairs = [...paired.flatMap(({ clock }) => clock ?? []), ...inJson.flatMap(({ clocks }) => clocks)]
  const packed = [
    ...paired.flatMap(({ remark: told }) => told ?? []),
    ...inJson.flatMap(({ remarks }) => remarks),
  ]
  const told = children.flatMap((one) => signsIn(known, one))
  const [first] = own
  if (first?.ordered === true) {
    const found = [...own.map((one) => clockOf(one)), ...pairs, ...signs]
    const sources = found.slice(0, mostSources)
    return { sources, remarks: [...unused([...found, ...told], sources), ...packed] }
  }
  const acts = signs.length > 0 ? signs : children.flatMap((one) => act(known, one) ?? [])
  // A scan needs a column of the person's own table, so the creation stands first and the acts beside it.
  if (start !== null && acts.length + own.length + pairs.length > 0) {
    const found = [clockOf(start), ...own.map((one) => clockOf(one)), ...pairs, ...acts]
    const sources = found.slice(0, mostSources)
    const isBelow = sources.some(({ column }) => column.includes('.'))
    const remarks = isBelow ? [remark('lifeBelow', { table: table.name })] : []
    return { sources, remarks: [...remarks, ...unused([...found, ...told], sources), ...packed] }
  }
  return { sources: [], remarks: [remark('noLife'), ...unused([...pairs, ...told], []), ...packed] }
}

function unused(found: readonly DraftClock[], sources: readonly DraftClock[]): readonly Remark[] {
  const used = sources.map(nameOf)
  const left = found.map(nameOf).filter((column) => !used.includes(column))
  return [...new Set(left)].map((column) => remark('clockUnused', { column }))
}

/** `wp_usermeta.meta_value (meta_key = last_login)`, `devices.data ($.seen)`. */
export function nameOf({ column, path, where = {} }: Pick<DraftClock, 'column' | 'path' | 'where'>): string {
  if (path !== undefined) return `${column} (${path})`
  const words = Object.entries(where).map(([name, word]) => `${name} = ${word}`)
  return words.length === 0 ? column : `${column} (${words.join(', ')})`
}

function signsIn(known: Known, table: string): readonly DraftClock[] {
  return (known.clocks.get(table) ?? [])
    .filter((one) => one.role === 'sign of life' && one.format !== null)
    .map((one) => clockOf(one, table))
}

/** Tables that hang on this one in a single way, so that a clock in them can be reached. */
function childrenOf(table: Table, all: readonly Below[]): readonly string[] {
  const own = all.filter((one) => one.table === table.name).map((one) => one.name)
  return all
    .filter((one) => one.of !== null && own.includes(one.of) && Object.keys(one.by?.where ?? {}).length === 0)
    .filter((one) => all.filter((other) => other.table === one.table).length === 1)
    .map((one) => one.table)
}

const visits =
  /(?:^|_)(?:session|login|logon|device|connexion|connection|visit|signin|activity|presence)(?:_|$)/

function signIn(known: Known, table: string): DraftClock | null {
  const clocks = known.clocks.get(table) ?? []
  const sign = readable(clocks, 'sign of life')
  if (sign !== null) return clockOf(sign, table)
  return visits.test((known.looked.get(table)?.words ?? []).join('_')) ? act(known, table) : null
}

function act(known: Known, table: string): DraftClock | null {
  const start = readable(known.clocks.get(table) ?? [], 'start')
  return start === null ? null : clockOf(start, table)
}

interface PairClock {
  readonly clock: DraftClock | null
  readonly remark: Remark | null
}

/** Clocks in key-value rows: proposed where the word says an act, and told otherwise. */
function pairClocks(known: Known, table: string): readonly PairClock[] {
  const pair = known.pairs.get(table)
  if (pair === undefined) return []
  const value = known.looked.get(table)?.table.columns.find(({ name }) => name === pair.value)
  return [...(known.samples.get(table)?.pairs ?? [])].flatMap(([word, shape]): readonly PairClock[] => {
    const time = times.find(({ shapes }) => isTelling(shape) && share(shape, ...shapes) >= 0.9)
    if (time === undefined) return []
    const { format, looks } = time
    if (value?.family !== 'text' || !speaksOfAct(word))
      return [{ clock: null, remark: remark('clockInPairs', { table, ...pair, word, looks }) }]
    const ordered = share(shape, 'iso with offset') === 0
    const clock = { column: `${table}.${pair.value}`, format, nevers: shape.nevers, ordered }
    return [{ clock: { ...clock, where: { [pair.name]: word } }, remark: null }]
  })
}
