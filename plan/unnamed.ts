/**
 * Tables of which every kind takes the rows of some words alone (`owner_type`, `meta_key`): a row with another word
 * belongs to no kind. It hangs on somebody all the same, and no policy reaches it.
 */
import type { DataMap, Kind } from '../policies/data-map.ts'
import { valuesFor } from './column-values.ts'
import { hangsOnPeople } from './coverage.ts'
import { findingsFor } from './plan-problem.ts'
import { columnOf, type SiteSchema, type Table } from './site-schema.ts'

export interface Worded {
  readonly table: Table
  /** Column of the words. */
  readonly column: string
  /** The words that are named, as the column holds them. */
  readonly words: readonly string[]
  readonly kinds: readonly string[]
}

/** Each column on which all kinds of a table are told apart, unless one of them says why its other rows may stay. */
export function wordedTables(dataMap: DataMap, schema: SiteSchema): readonly Worded[] {
  const all = Object.values(dataMap.kinds)
  return [...new Set(all.map((kind) => kind.table))].flatMap((name) => {
    const table = schema.get(name)
    const kinds = all.filter((kind) => kind.table === name)
    if (table === undefined || !kinds.some((kind) => hangsOnPeople(dataMap, kind))) return []
    return Object.keys(kinds[0]?.link?.where ?? {})
      .filter((column) => columnOf(table, column) !== undefined)
      .filter((column) => kinds.every((kind) => wordOf(kind, column) !== undefined))
      .filter((column) => !kinds.some(({ exempt }) => Object.hasOwn(exempt, column)))
      .map((column): Worded => {
        const written = kinds.flatMap((kind) => wordOf(kind, column) ?? [])
        // A word that the column cannot hold is told where its kind is settled.
        const words = [...new Set(valuesFor(table, column, written, findingsFor(null)))]
        return { table, column, words, kinds: kinds.map((kind) => kind.name) }
      })
  })
}

function wordOf({ link }: Kind, column: string): string | undefined {
  return link !== null && Object.hasOwn(link.where, column) ? link.where[column] : undefined
}
