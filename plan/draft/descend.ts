/** On which table each of the others hangs: the nearest, or the one of which its rows are parts. */
import { isDossier, isExchange, soundsLikeStaff } from './categories.ts'
import type { FoundLink } from './found-link.ts'
import { tableWords } from './names.ts'
import type { Looked, Place } from './tree.ts'

type AllLooked = ReadonlyMap<string, Looked>

/** Tables that have a place or will get one when `placed` have theirs. `without`: as if this one were not there. */
export function placedAfter(
  looked: AllLooked,
  placed: Iterable<string>,
  without: string | null = null,
): ReadonlySet<string> {
  const found = new Set(placed)
  for (let before = -1; before < found.size;) {
    before = found.size
    for (const { table, links } of looked.values())
      if (table.name !== without && links.some((link) => !link.clerk && found.has(link.to)))
        found.add(table.name)
  }
  return found
}

/**
 * Level by level, so that a table hangs on the nearest one, unless it has to wait. `later`: tables that get a place
 * when this is done; null: none does.
 */
export function descend(
  looked: AllLooked,
  places: Map<string, Place>,
  later: readonly string[] | null,
): void {
  for (;;) {
    const ready: (readonly [string, Place])[] = []
    const waiting = new Map<string, { readonly place: Place; readonly on: string }>()
    for (const one of looked.values()) {
      const place = places.has(one.table.name) ? null : childPlace(one, looked, places)
      if (place === null) continue
      const on = awaited(one, place, looked, places, later ?? [])
      if (on === null) ready.push([one.table.name, place])
      else waiting.set(one.table.name, { place, on })
    }
    const level = ready.length === 0 && later === null ? firstOf(waiting) : ready
    if (level.length === 0) break
    for (const [name, place] of level) places.set(name, place)
  }
  completePairs(looked, places)
}

/** Of tables that wait for each other one takes what it has. */
function firstOf(
  waiting: ReadonlyMap<string, { readonly place: Place; readonly on: string }>,
): readonly (readonly [string, Place])[] {
  const wanted = new Set([...waiting.values()].map(({ on }) => on))
  const [first] = [...waiting].sort(([a], [b]) => Number(wanted.has(b)) - Number(wanted.has(a)))
  return first === undefined ? [] : [[first[0], first[1].place]]
}

function childPlace(one: Looked, looked: AllLooked, places: ReadonlyMap<string, Place>): Place | null {
  const links = one.links.filter((link) => !link.clerk && places.has(link.to))
  const [best] = links.filter(isWordless).sort((a, b) => fitness(b, one, looked) - fitness(a, one, looked))
  const rather =
    best === undefined ? undefined : links.find((link) => isOfSomebodyElse(link, best, one, looked, places))
  const by = best === undefined ? links : [rather ?? best]
  return by.length === 0 ? null : { as: 'child', by }
}

/**
 * The table for which this one waits because the row is rather a part of that: a foreign key says so where the link
 * at hand is a guess, or the name does (`ticket_messages`, which name who answered as well). A comment stays with who
 * wrote it and not with the post: only what one person has with the house takes its parts along.
 */
function awaited(
  one: Looked,
  { by: [hand] }: Place,
  looked: AllLooked,
  places: ReadonlyMap<string, Place>,
  later: readonly string[],
): string | null {
  const coming = (): ReadonlySet<string> => placedAfter(looked, [...places.keys(), ...later], one.table.name)
  const others = one.links.filter(
    (link) => hand !== undefined && !places.has(link.to) && isOfSomebodyElse(link, hand, one, looked, places),
  )
  const other = others.find((link) => coming().has(link.to))
  if (other !== undefined) return other.to
  const isGuess = hand?.declared !== true
  const atHand = hand === undefined || !isWordless(hand) ? -1 : fitness(hand, one, looked)
  const better = one.links
    .filter((link) => !link.clerk && isWordless(link) && link.to !== one.table.name && !places.has(link.to))
    .filter((link) => (link.declared && isGuess) || isPartOf(link, one, looked))
    .filter((link) => fitness(link, one, looked) > atHand)
    .sort((a, b) => fitness(b, one, looked) - fitness(a, one, looked))
  if (better.length === 0) return null
  const found = coming()
  return better.find((link) => found.has(link.to))?.to ?? null
}

/**
 * `customer_message` names the employee who answered, and a thread that is a customer's: where only names say so, it is
 * rather a part of what that other person has with the house. A comment of a user stays theirs, whoever wrote the post.
 */
function isOfSomebodyElse(
  link: FoundLink,
  hand: FoundLink,
  from: Looked,
  looked: AllLooked,
  places: ReadonlyMap<string, Place>,
): boolean {
  const to = looked.get(link.to)
  const isPerson = (table: string): boolean => places.get(table)?.as === 'person'
  if (to === undefined || hand.declared || link.clerk || !isWordless(link) || !isWordless(hand)) return false
  if (!isPerson(hand.to) || isPerson(link.to) || link.to === from.table.name) return false
  const owners = to.links.filter((one) => !one.clerk && isWordless(one) && isPerson(one.to))
  if (owners.length === 0 || owners.some((one) => one.to === hand.to)) return false
  if (isDossier(to.words) || isExchange(to.words)) return true
  const answers = soundsLikeStaff(looked.get(hand.to)?.words ?? [])
  return answers && (isDossier(from.words) || from.words[0] === to.words[0])
}

function isPartOf(link: FoundLink, from: Looked, looked: AllLooked): boolean {
  return isAkin(link, from, looked) && isDossier(looked.get(link.to)?.words ?? [])
}

/** No word beside the column says whose the row is. */
export function isWordless({ where }: FoundLink): boolean {
  return Object.keys(where).length === 0
}

/** `order_lines` and `orders`. */
export function isAkin(link: FoundLink, from: Looked, looked: AllLooked): boolean {
  const to = looked.get(link.to)
  return to !== undefined && from.words.join('_').startsWith(to.words.join('_'))
}

/** A pair was settled when its first table was; others may have got their place since. */
function completePairs(looked: AllLooked, places: Map<string, Place>): void {
  for (const [name, place] of places) {
    if (place.by.every(isWordless)) continue
    const links = looked.get(name)?.links ?? []
    const by = links.filter(
      (link) => !link.clerk && !isWordless(link) && places.has(link.to) && !hangsOn(places, link.to, name),
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
function fitness(link: FoundLink, from: Looked, looked: AllLooked): number {
  const to = looked.get(link.to)
  const own = Object.keys(link.columns).some(
    (name) => !/recipient|receiver|to_|seller|parent|target/i.test(name),
  )
  const key = Object.keys(link.columns).every((name) => from.table.primaryKey.includes(name))
  const plainName = to !== undefined && Object.keys(link.columns).some((name) => isPlainly(name, to.words))
  return (
    (link.declared ? 4 : 0) +
    (link.sure ? 2 : 0) +
    (isAkin(link, from, looked) ? 8 : 0) +
    (own ? 2 : 0) +
    (plainName ? 1 : 0) +
    // Less than a plain name: the own number of `customer_lookup` is called `customer_id` and leads to nobody.
    (key ? 0.5 : 0)
  )
}

function isPlainly(column: string, words: readonly string[]): boolean {
  return tableWords(column.replace(/_?id$|^id_?/i, ''), '').join('_') === words.join('_')
}
