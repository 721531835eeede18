/** How a column of one table may call another one, and which of several it means: the nearest. */
import type { SiteSchema, Table } from '../site-schema.ts'
import { tableWords } from './names.ts'

/** Worked out once for each table: a site of hundreds compares each of its columns with all of them. */
export interface Name {
  /** `order_line`, in small letters and in the singular. */
  readonly text: string
  readonly words: number
  /** How the name of a column ends that ends in this one. */
  readonly end: string
}

export interface Named {
  readonly table: Table
  readonly words: readonly string[]
  /** Several sites in one database: `wp_2_` of the second one. */
  readonly site: string | null
  readonly names: readonly Name[]
  /** Also without `site`. */
  readonly insideSite: readonly Name[]
}

export function namedIn(schema: SiteSchema, prefix: string): readonly Named[] {
  return [...schema.values()].map((table) => {
    const words = tableWords(table.name, prefix)
    const site = /^[a-z_]*\d+_/i.exec(table.name)?.[0] ?? null
    const names = [nameOf(words)]
    const insideSite = site === null ? names : [...names, nameOf(tableWords(table.name, site))]
    return { table, words, site, names, insideSite }
  })
}

function nameOf(words: readonly string[]): Name {
  const text = words.join('_')
  return { text, words: words.length, end: `_${text}` }
}

/** `post_id` of `wp_2_postmeta` means `wp_2_posts`, which no table of another site calls so. */
export function namesFor(from: Named, other: Named): readonly Name[] {
  return isSameSite(from, other) ? other.insideSite : other.names
}

/** Those of its own site, where there are any. */
export function inSite(from: Named, others: readonly Named[]): readonly Named[] {
  const own = others.filter((other) => isSameSite(from, other))
  return own.length > 0 ? own : others
}

function isSameSite(from: Named, other: Named): boolean {
  return from.site !== null && from.site === other.site
}

export function nearestFirst(from: Named, others: readonly Named[]): readonly Named[] {
  return [...others].sort((a, b) => nearness(from, b) - nearness(from, a))
}

/** Letters with which both names begin, in whole words: 5 of `wp_2_posts` and `wp_2_postmeta`. */
export function nearness({ table: { name: a } }: Named, { table: { name: b } }: Named): number {
  let same = 0
  while (same < a.length && a[same] === b[same]) same += 1
  return /^(?:.*_)?/.exec(a.slice(0, same))?.[0].length ?? 0
}
