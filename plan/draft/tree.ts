/** Which tables are people, which hang on them, and which speak of people without a link. */
import type { Table } from '../site-schema.ts'
import { isUnique } from '../tie.ts'
import type { FoundLink } from './links.ts'
import { isStrong, type Finding, type Meaning } from './meanings.ts'
import { soundsLikeAccounts, soundsLikePeople, tableWords } from './names.ts'

export interface Looked {
  readonly table: Table
  readonly words: readonly string[]
  readonly findings: readonly Finding[]
  /** Towards other tables; those that a sample spoke against are left out. */
  readonly links: readonly FoundLink[]
}

export interface Place {
  /**
   * `person`: a row is one. `child`: hangs on another table. `apart`: speaks of people without a link.
   * `beside`: a foreign key names who worked on its rows, which are about something else.
   */
  readonly as: 'person' | 'child' | 'apart' | 'beside'
  /** Of a child: the link by which it hangs, or one for each word of a polymorphic pair. */
  readonly by: readonly FoundLink[]
}

/** Places of tables that go into the data map, parents before children. */
export function placesOf(looked: ReadonlyMap<string, Looked>): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  const incoming = incomingOf(looked)
  const ranked = [...looked.values()]
    .filter((one) => isPerson(one, incoming.get(one.table.name) ?? 0))
    .sort((a, b) => rankOf(b, incoming) - rankOf(a, incoming))
  settle(places, ranked, 'person')
  descend(looked, places)
  const apart = [...looked.values()]
    .filter(({ table }) => !places.has(table.name))
    .filter((one) => speaksOfPeople(one))
    .sort((a, b) => rankOf(b, incoming) - rankOf(a, incoming))
  settle(places, apart, 'apart')
  descend(looked, places)
  const owned = new Set(places.keys())
  for (const { table, links } of looked.values())
    if (!owned.has(table.name) && links.some((link) => link.declared && owned.has(link.to)))
      places.set(table.name, { as: 'beside', by: [] })
  return places
}

function settle(places: Map<string, Place>, ranked: readonly Looked[], as: 'person' | 'apart'): void {
  for (const { table, links } of ranked)
    if (!links.some((link) => !link.clerk && places.has(link.to))) places.set(table.name, { as, by: [] })
}

/** Distinct tables whose rows belong to rows of a table. */
function incomingOf(looked: ReadonlyMap<string, Looked>): ReadonlyMap<string, number> {
  const from = new Map<string, Set<string>>()
  for (const { table, links } of looked.values())
    for (const link of links)
      if (!link.clerk && link.to !== table.name)
        from.set(link.to, (from.get(link.to) ?? new Set()).add(table.name))
  return new Map([...from].map(([name, tables]) => [name, tables.size]))
}

function has(findings: readonly Finding[], ...meanings: readonly Meaning[]): boolean {
  return findings.some((one) => one.sure && meanings.includes(one.meaning))
}

function isPerson({ table, words, findings }: Looked, incoming: number): boolean {
  const mail = findings.find((one) => one.sure && one.meaning === 'email')
  const password = has(findings, 'secret') && has(findings, 'email', 'login', 'name')
  const single = mail !== undefined && isUnique(table, [mail.column.name])
  const named = has(findings, 'name', 'login')
  const people = soundsLikePeople(words)
  if (mail !== undefined && (single || incoming > 0 || (people && named))) return true
  if (password || (soundsLikeAccounts(words) && (named || incoming > 0) && findings.length > 0)) return true
  return named && has(findings, 'birth', 'birth year', 'phone', 'trait') && (incoming > 0 || people)
}

function rankOf({ table, words, findings }: Looked, incoming: ReadonlyMap<string, number>): number {
  return (
    (incoming.get(table.name) ?? 0) * 2 +
    (has(findings, 'secret') ? 8 : 0) +
    (has(findings, 'email') ? 3 : 0) +
    (soundsLikeAccounts(words) ? 5 : 0)
  )
}

function speaksOfPeople({ words, findings }: Looked): boolean {
  if (findings.some(isStrong)) return true
  if (/^(?:cookie|consent|consentement)$/.test(words.at(-1) ?? '')) return true
  return soundsLikePeople(words) && findings.length > 0
}

/** Level by level, so that a table hangs on the nearest one. */
function descend(looked: ReadonlyMap<string, Looked>, places: Map<string, Place>): void {
  for (;;) {
    const level: (readonly [string, Place])[] = []
    for (const one of looked.values()) {
      if (places.has(one.table.name)) continue
      const links = one.links.filter((link) => !link.clerk && places.has(link.to))
      const [best] = links
        .filter((link) => Object.keys(link.where).length === 0)
        .sort((a, b) => fitness(b, one, looked) - fitness(a, one, looked))
      const by = best === undefined ? links : [best]
      if (by.length > 0) level.push([one.table.name, { as: 'child', by }])
    }
    if (level.length === 0) break
    for (const [name, place] of level) places.set(name, place)
  }
  completePairs(looked, places)
}

/** A pair was settled when its first table was; others may have got their place since. */
function completePairs(looked: ReadonlyMap<string, Looked>, places: Map<string, Place>): void {
  for (const [name, place] of places) {
    if (place.by.every((link) => Object.keys(link.where).length === 0)) continue
    const links = looked.get(name)?.links ?? []
    const by = links.filter(
      (link) =>
        !link.clerk &&
        Object.keys(link.where).length > 0 &&
        places.has(link.to) &&
        !hangsOn(places, link.to, name),
    )
    places.set(name, { as: 'child', by })
  }
}

/** Comes to an end: a table gets links only to tables that do not hang on it. */
function hangsOn(places: ReadonlyMap<string, Place>, table: string, on: string): boolean {
  if (table === on) return true
  return (places.get(table)?.by ?? []).some((link) => hangsOn(places, link.to, on))
}

/** `order_lines` hangs on `orders` rather than on `products`; `owner_id` says more than `sender_id`. */
function fitness(link: FoundLink, from: Looked, looked: ReadonlyMap<string, Looked>): number {
  const to = looked.get(link.to)
  const akin = to !== undefined && from.words.join('_').startsWith(to.words.join('_'))
  const own = Object.keys(link.columns).some(
    (name) => !/recipient|receiver|to_|seller|parent|target/i.test(name),
  )
  const key = Object.keys(link.columns).every((name) => from.table.primaryKey.includes(name))
  const plainName = to !== undefined && Object.keys(link.columns).some((name) => isPlainly(name, to.words))
  return (
    (link.declared ? 4 : 0) +
    (link.sure ? 2 : 0) +
    (akin ? 8 : 0) +
    (own ? 2 : 0) +
    (key ? 1 : 0) +
    (plainName ? 1 : 0)
  )
}

function isPlainly(column: string, words: readonly string[]): boolean {
  return tableWords(column.replace(/_?id$|^id_?/i, ''), '').join('_') === words.join('_')
}
