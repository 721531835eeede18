/** From the live schema and a bounded sample to a proposed data map. Pure. */
import type { DataMap } from '../../policies/data-map.ts'
import type { SiteSchema, Table } from '../site-schema.ts'
import { wordedTables } from '../unnamed.ts'
import { clocksOf } from './clocks.ts'
import type { Draft, DraftLeft } from './draft.ts'
import { personalNames, signNames, toldNames } from './json-names.ts'
import { unknownPairs } from './kind-remarks.ts'
import { kindsOf, type Judged, type LinkSampled } from './kinds.ts'
import { typePairs } from './by-word.ts'
import type { FoundLink } from './found-link.ts'
import { linksOf } from './links.ts'
import { findingsOf } from './meanings.ts'
import { isWritable, prefixOf, tableWords, typeWords } from './names.ts'
import { pairIn, pairWords } from './pairs.ts'
import { policiesOf, whyNoPolicy } from './policies.ts'
import { remark, type Remark } from './remarks.ts'
import type { TableSample, Wanted } from './shapes.ts'
import { placesOf, type Looked } from './tree.ts'

/** What the sample is to look for in a table: names of the schema, and lists of ours. */
export function wantedOf(schema: SiteSchema, table: Table): Wanted {
  const prefix = prefixOf(schema)
  const names = [...schema.keys()].flatMap((name) => typeWords(name, prefix))
  const pair = pairIn(table)
  const words = new Map<string, readonly string[]>(typePairs(table).map(({ type }) => [type, names]))
  if (pair !== null) words.set(pair.name, pairWords)
  return { words, jsonKeys, jsonNames, pair }
}

/** In small letters, as the texts are that they are looked for in. */
const jsonKeys = [...new Set([...personalNames, ...signNames].map((name) => name.toLowerCase()))]
const jsonNames = new Set(toldNames)

/** Links that are worth a look at their values: those that no foreign key says. */
export function linksToSample(
  schema: SiteSchema,
  samples: ReadonlyMap<string, TableSample>,
): readonly FoundLink[] {
  return linksOf(schema, prefixOf(schema), samples).filter((link) => !link.declared)
}

export interface DraftInput {
  readonly schema: SiteSchema
  readonly samples: ReadonlyMap<string, TableSample>
  readonly linkSamples: (link: FoundLink) => LinkSampled | null
  /** The data map that is there already. */
  readonly known: DataMap | null
}

export function draftOf({ schema, samples, linkSamples, known }: DraftInput): Draft {
  const prefix = prefixOf(schema)
  const all = linksOf(schema, prefix, samples)
  const doubted = all.filter((link) => !link.declared && speaksAgainst(linkSamples(link)))
  const links = all.filter((link) => !doubted.includes(link))
  const looked = new Map(
    [...schema.values()]
      .sort(byName)
      .map((table) => [table.name, lookAt(table, prefix, links, samples)] as const),
  )
  const usable = new Map([...looked].filter(([, { table }]) => whyNot(table) === null))
  const places = placesOf(usable)
  const judged: Judged = {
    looked,
    places,
    samples,
    clocks: new Map(
      [...usable.keys()].map((name) => [name, clocksOf(tableIn(schema, name), shapesIn(samples, name))]),
    ),
    pairs: new Map(
      [...usable.values()].flatMap(({ table }) => {
        const pair = pairIn(table)
        return pair === null ? [] : [[table.name, pair] as const]
      }),
    ),
    linkSamples,
    doubted,
    known: kindsByTable(known),
    worded: known === null ? [] : wordedTables(known, schema),
  }
  const kinds = kindsOf(judged).map((kind) => {
    const why = whyNoPolicy(kind)
    return why === null ? kind : { ...kind, remarks: [...kind.remarks, why] }
  })
  const left = [...looked.values()]
    .filter(({ table }) => !places.has(table.name))
    .map((one) => ({ ...leftOf(one, judged), usable: usable.has(one.table.name) }))
  const isSilent = ({ columns, remarks }: DraftLeft): boolean => columns.length + remarks.length === 0
  return {
    kinds,
    policies: policiesOf(kinds, schema, prefix),
    unmapped: left.filter((one) => !one.usable && !isSilent(one)).map((one) => withReason(one, schema)),
    things: left.filter((one) => one.usable && !isSilent(one)),
    nothing: left.filter(isSilent).map(({ table }) => table),
  }
}

/** Servers sort names in different ways; what is proposed shall not depend on it. */
function byName(a: Table, b: Table): number {
  return a.name < b.name ? -1 : 1
}

function tableIn(schema: SiteSchema, name: string): Table {
  const table = schema.get(name)
  if (table === undefined) throw new Error('a table of the tree is a table of the schema')
  return table
}

function shapesIn(samples: ReadonlyMap<string, TableSample>, name: string): TableSample['columns'] {
  return samples.get(name)?.columns ?? new Map()
}

/** Of some values, fewer than half are keys of the other table: the name was a coincidence. */
function speaksAgainst(sample: LinkSampled | null): boolean {
  return sample !== null && sample.asked >= 4 && sample.found * 2 < sample.asked
}

function lookAt(
  table: Table,
  prefix: string,
  all: readonly FoundLink[],
  samples: ReadonlyMap<string, TableSample>,
): Looked {
  const links = all.filter((link) => link.table === table.name)
  const shapes = shapesIn(samples, table.name)
  const clocks = clocksOf(table, shapes).filter((one) => one.format !== null)
  const leftOut = new Set([
    ...clocks.map(({ column }) => column),
    ...links.flatMap((link) => Object.keys(link.columns)),
    ...typePairs(table).flatMap(({ type, id }) => [type, id]),
  ])
  const pair = pairIn(table)
  if (pair !== null) leftOut.add(pair.name)
  const findings = findingsOf(table, shapes, leftOut)
  return { table, words: tableWords(table.name, prefix), findings, links }
}

/** Null: the table can be in a data map and rows of it be erased. */
function whyNot({ name, primaryKey, transactional, versioned }: Table): Remark | null {
  if (primaryKey.length === 0) return remark('noPrimaryKey')
  if (!transactional) return remark('noRollback')
  if (versioned === true) return remark('versioned', { table: name })
  const odd = !/^[A-Za-z0-9_$]+(?:\.[A-Za-z0-9_$]+)?$/.test(name) || !primaryKey.every(isWritable)
  return odd ? remark('oddTable') : null
}

function withReason(left: DraftLeft, schema: SiteSchema): DraftLeft {
  const why = whyNot(tableIn(schema, left.table))
  return why === null ? left : { ...left, remarks: [why, ...left.remarks] }
}

/** What was seen in a table that has no place in the tree. */
function leftOf(one: Looked, { places, doubted, linkSamples }: Judged): DraftLeft {
  const linked = one.links.filter((link) => places.has(link.to)).flatMap((link) => Object.keys(link.columns))
  const unsure = doubted
    .filter((link) => link.table === one.table.name && places.has(link.to))
    .map((link) => {
      const sample = linkSamples(link)
      return remark('linkDoubted', {
        columns: Object.keys(link.columns).join(', '),
        to: link.to,
        asked: String(sample?.asked ?? 0),
        found: String(sample?.found ?? 0),
      })
    })
  return {
    table: one.table.name,
    columns: [...new Set([...one.findings.map(({ column }) => column.name), ...linked])],
    remarks: [...unsure, ...unknownPairs(one).map((pair) => remark('pairUnknown', { ...pair }))],
  }
}

function kindsByTable(known: DataMap | null): ReadonlyMap<string, readonly string[]> {
  const byTable = new Map<string, string[]>()
  for (const { table, name } of Object.values(known?.kinds ?? {}))
    byTable.set(table, [...(byTable.get(table) ?? []), name])
  return byTable
}
