/** Which tables are people, which hang on them, and which speak of people without a link. */
import type { Table } from '../site-schema.ts'
import { isUnique } from '../tie.ts'
import { descend, placedAfter } from './descend.ts'
import type { FoundLink } from './found-link.ts'
import { isStrong, type Finding, type Meaning } from './meanings.ts'
import { soundsLikeAccounts, soundsLikePeople } from './names.ts'

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
  const byRank = (a: Looked, b: Looked): number => rankOf(b, incoming) - rankOf(a, incoming)
  const people = [...looked.values()].filter((one) => isPerson(one, incoming.get(one.table.name) ?? 0))
  for (const { table, links } of people.sort(byRank))
    if (!links.some((link) => !link.clerk && places.has(link.to)))
      places.set(table.name, { as: 'person', by: [] })
  const withPeople = placedAfter(looked, places.keys())
  const apart = [...looked.values()]
    .filter(({ table }) => !withPeople.has(table.name))
    .filter((one) => speaksOfPeople(one))
    .sort(byRank)
    .map(({ table }) => table.name)
  descend(looked, places, apart)
  for (const name of apart)
    if (!placedAfter(looked, places.keys()).has(name)) places.set(name, { as: 'apart', by: [] })
  descend(looked, places, null)
  const owned = new Set(places.keys())
  for (const { table, links } of looked.values())
    if (!owned.has(table.name) && links.some((link) => link.declared && owned.has(link.to)))
      places.set(table.name, { as: 'beside', by: [] })
  return places
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
