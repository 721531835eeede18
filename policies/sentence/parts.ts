/** A policy taken apart into what a sentence needs, before any language. */
import type { DataMap, Event, EventLabel, KindLabel } from '../data-map.ts'
import type { Period } from '../period.ts'
import type { Action, Condition, Departure, Policy, Warn } from '../policy.ts'

export interface KindWords {
  readonly name: string
  readonly label: KindLabel | null
}

export interface EventWords {
  readonly name: string
  readonly label: EventLabel | null
}

export type Stay =
  /** `erase`: it hung on a row that goes to the archive alone. */
  | { readonly act: 'anonymise' | 'erase' | 'keep' | 'detach'; readonly kinds: readonly KindWords[] }
  | {
      readonly act: 'archive'
      readonly kind: KindWords
      /** When the archive ends; null when no policy given to `describe` says so. */
      readonly until: { readonly term: Period; readonly event: EventWords } | null
    }
  /** Only one reference is emptied, and the row that holds it stays as it is. */
  | { readonly act: 'empty'; readonly kind: KindWords; readonly column: string }

/** Who goes all the same although no mail reached them, each after so many days more. */
export type Unwarned =
  | { readonly why: 'no address' }
  | { readonly why: 'invalid address'; readonly days: number }
  | { readonly why: 'unreachable'; readonly days: number; readonly refusals: number }

export interface PolicyParts {
  readonly kind: KindWords
  readonly person: boolean
  readonly term: Period
  readonly keeps: 'at most' | 'at least' | 'exactly'
  readonly event: EventWords
  /** What the kind is called meanwhile, where the map has a word for it. */
  readonly idle: EventLabel | null
  readonly action: Action
  readonly fields: readonly string[]
  readonly mails: number
  readonly mailsAtTerm: boolean
  readonly unwarned: readonly Unwarned[]
  /** A last mail says when it is done, and the address is kept for at most so many days; null: there is none. */
  readonly toldWithin: number | null
  /** How long each person can have a receipt; null: not at all. */
  readonly receipts: Period | null
  readonly stays: readonly Stay[]
  readonly only: readonly Condition[]
  readonly notWhile: readonly string[]
}

/** Null for a policy without a term, which the parser never lets through. */
export function partsOf(policy: Policy, map: DataMap, policies: readonly Policy[]): PolicyParts | null {
  const term = policy.keepAtMost ?? policy.keepAtLeast
  if (term === null) return null
  const event = eventIn(map, policy)
  return {
    kind: kindWords(map, policy.data),
    person: map.kinds[policy.data]?.subject ?? false,
    term,
    keeps: policy.keepAtLeast === null ? 'at most' : policy.keepAtMost === null ? 'at least' : 'exactly',
    event: { name: policy.countedFrom, label: event?.label ?? null },
    idle: policy.keepAtLeast === null ? (event?.idle ?? null) : null,
    action: policy.then,
    fields: policy.fields,
    mails: policy.warn?.daysBefore.length ?? 0,
    mailsAtTerm: policy.warn?.when === 'at the term',
    unwarned: unwarnedOf(policy.warn),
    toldWithin: policy.warn?.thenTell?.withinDays ?? null,
    receipts: policy.receipts ?? null,
    stays: staysOf(policy, map, policies),
    only: policy.only,
    notWhile: policy.notWhile,
  }
}

function unwarnedOf(warn: Warn | null): readonly Unwarned[] {
  if (warn === null) return []
  const { noAddress, invalidAddress, ifUnreachable } = warn
  const found: Unwarned[] = noAddress === 'erase' ? [{ why: 'no address' }] : []
  if (invalidAddress?.finally === 'erase')
    found.push({ why: 'invalid address', days: invalidAddress.waitDays })
  if (ifUnreachable !== 'a person decides' && ifUnreachable.finally === 'erase')
    found.push({ why: 'unreachable', days: ifUnreachable.waitDays, refusals: ifUnreachable.refusals })
  return found
}

/** Archives first, each with its end; what is erased beside them; what stays otherwise; then single references. */
function staysOf(policy: Policy, map: DataMap, policies: readonly Policy[]): readonly Stay[] {
  const entries = Object.entries(policy.but)
  const whole = entries.filter(([name, { act }]) => !(name.includes('.') && act === 'detach'))
  const grouped = (['anonymise', 'detach', 'keep'] as const).flatMap((act): readonly Stay[] => {
    const kinds = whole.filter(([, departure]) => departure.act === act)
    return kinds.length === 0 ? [] : [{ act, kinds: kinds.map(([name]) => kindWords(map, kindName(name))) }]
  })
  const erased = erasedBesideArchive(policy, map)
  return [
    ...whole.flatMap(([name, departure]) => archiveOf(name, departure, map, policies)),
    ...(erased.length === 0 ? [] : [{ act: 'erase' as const, kinds: erased }]),
    ...grouped,
    ...entries.flatMap(([name, { act }]): readonly Stay[] => {
      const [kind = name, column] = name.split('.')
      return act === 'detach' && column !== undefined
        ? [{ act: 'empty', kind: kindWords(map, kind), column }]
        : []
    }),
  ]
}

/** What hangs, at any depth, on rows that are archived, and goes with them although the archive takes them alone. */
function erasedBesideArchive(policy: Policy, map: DataMap): readonly KindWords[] {
  const archived = Object.keys(policy.but).filter((name) => policy.but[name]?.act === 'archive')
  const going = policy.then === 'archive' ? [policy.data, ...archived] : archived
  const erased: string[] = []
  for (const above of going)
    for (const { name, of } of Object.values(map.kinds)) {
      if (of !== above || going.includes(name) || (policy.but[name]?.act ?? 'erase') !== 'erase') continue
      going.push(name)
      erased.push(name)
    }
  return erased.map((name) => kindWords(map, name))
}

function archiveOf(
  name: string,
  departure: Departure,
  map: DataMap,
  policies: readonly Policy[],
): readonly Stay[] {
  if (departure.act !== 'archive') return []
  const last = lastPhase(departure.under, policies)
  const term = last === undefined ? null : (last.keepAtMost ?? last.keepAtLeast)
  const until =
    last === undefined || term === null
      ? null
      : { term, event: { name: last.countedFrom, label: eventIn(map, last)?.label ?? null } }
  return [{ act: 'archive', kind: kindWords(map, kindName(name)), until }]
}

/** The phase that ends it: while a policy only archives, the one that follows it. */
function lastPhase(id: string | null, policies: readonly Policy[]): Policy | undefined {
  let found = policies.find((policy) => policy.id === id)
  for (let steps = policies.length; found?.then === 'archive' && steps > 0; steps -= 1) {
    const before = found.id
    found = policies.find((policy) => policy.follows === before)
  }
  return found
}

function eventIn(map: DataMap, policy: Policy): Event | undefined {
  return map.kinds[policy.data]?.events[policy.countedFrom]
}

function kindName(name: string): string {
  return name.split('.')[0] ?? name
}

function kindWords(map: DataMap, name: string): KindWords {
  return { name, label: map.kinds[name]?.label ?? null }
}
