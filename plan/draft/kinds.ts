/** From places in the tree to proposed kinds: names, links, columns, clocks. */
import { isSameValue } from '../column-values.ts'
import { columnOf, type Table } from '../site-schema.ts'
import type { Worded } from '../unnamed.ts'
import { othersOn, stayOf } from './authored.ts'
import { categoryOf } from './categories.ts'
import { eventsOf, type Clocks } from './events.ts'
import type { DraftColumn, DraftKind } from './draft.ts'
import { dataRemarks, linkRemarks, nobodyRemarks, stayRemarks } from './kind-remarks.ts'
import { isPassing, type FoundLink } from './found-link.ts'
import { isStrong, type Finding } from './meanings.ts'
import { isWritable, kindName, soundsLikeAccounts } from './names.ts'
import { remark } from './remarks.ts'
import type { ColumnShape, TableSample } from './shapes.ts'
import { strategyFor } from './strategies.ts'
import type { Looked, Place } from './tree.ts'

export interface LinkSampled {
  readonly asked: number
  readonly found: number
}

export interface Judged {
  readonly looked: ReadonlyMap<string, Looked>
  readonly places: ReadonlyMap<string, Place>
  readonly samples: ReadonlyMap<string, TableSample>
  readonly clocks: Clocks
  /** Column of names and column of values, by table. */
  readonly pairs: ReadonlyMap<string, { readonly name: string; readonly value: string }>
  readonly linkSamples: (link: FoundLink) => LinkSampled | null
  /** Links that sound right and whose sampled values say no. */
  readonly doubted: readonly FoundLink[]
  /** Kinds that an existing data map has, by table. */
  readonly known: ReadonlyMap<string, readonly string[]>
  /** Words by which that map takes rows of a table, and no others of it. */
  readonly worded: readonly Worded[]
}

interface Hung {
  readonly table: string
  readonly name: string
  readonly of: string | null
  readonly by: FoundLink | null
  readonly isKnown: boolean
}

/**
 * One kind for each table, and one for each owner of a table that several own. Of a table that is known by some words,
 * those that were seen beside them are new.
 */
export function kindsOf(judged: Judged): readonly DraftKind[] {
  const hung: Hung[] = []
  const taken = new Set([...judged.known.values()].flat())
  for (const [table, place] of ownersFirst(judged.places)) {
    const words = judged.looked.get(table)?.words ?? []
    const known = judged.known.get(table) ?? []
    for (const name of known) hung.push({ table, name, of: null, by: null, isKnown: true })
    const isNew = known.length === 0
    const owners = place.by
      .filter((by) => isNew || isUnnamed(judged, by))
      .flatMap((by) => hung.filter((one) => one.table === by.to).map((one) => ({ of: one.name, by })))
    for (const owner of isNew && owners.length === 0 ? [{ of: null, by: null }] : owners) {
      const several = (!isNew || owners.length > 1) && owner.of !== null
      const name = kindName(several ? [owner.of, ...words] : words, taken)
      taken.add(name)
      hung.push({ table, name, ...owner, isKnown: false })
    }
  }
  const drafted = hung
    .filter(({ isKnown }) => !isKnown)
    .flatMap((one) => {
      const kind = kindOf(judged, one, hung)
      return kind === null ? [] : [{ one, kind }]
    })
  const kinds = drafted.map(({ kind }) => kind)
  return drafted.map(({ one, kind }) => {
    if (!tellsOfPeople(kind, kinds)) return kind
    return { ...kind, remarks: [...kind.remarks, ...nobodyRemarks(judged.samples.get(kind.table), one)] }
  })
}

/** The row says by a word whose it is, and that word is none of those that the map names. */
function isUnnamed({ worded }: Judged, { table, where }: FoundLink): boolean {
  return worded.some(({ table: { name }, column, words }) => {
    const word = Object.hasOwn(where, column) ? where[column] : undefined
    return name === table && word !== undefined && !words.some((one) => isSameValue(word, one))
  })
}

/** Itself, or by what leaves with it. */
function tellsOfPeople(kind: DraftKind, kinds: readonly DraftKind[]): boolean {
  if (kind.columns.length > 0) return true
  return kinds.some((one) => one.of === kind.name && tellsOfPeople(one, kinds))
}

/** A word of a pair can lead to a table that got its place later. */
function ownersFirst(places: ReadonlyMap<string, Place>): readonly (readonly [string, Place])[] {
  const ordered: (readonly [string, Place])[] = []
  const done = new Set<string>()
  const visit = (table: string, above: ReadonlySet<string>): void => {
    const place = places.get(table)
    if (place === undefined || done.has(table) || above.has(table)) return
    for (const link of place.by) visit(link.to, new Set([...above, table]))
    done.add(table)
    ordered.push([table, place])
  }
  for (const table of places.keys()) visit(table, new Set())
  return ordered
}

function kindOf(judged: Judged, hung: Hung, all: readonly Hung[]): DraftKind | null {
  const looked = judged.looked.get(hung.table)
  const place = judged.places.get(hung.table)
  if (looked === undefined || place === undefined) return null
  const { table } = looked
  const subject = place.as === 'person'
  const events = eventsOf(judged, table, subject, all)
  const created = judged.clocks.get(table.name)?.find((one) => one.role === 'start' && one.format !== null)
  const identity = subject && created !== undefined ? [...new Set([...table.primaryKey, created.column])] : []
  const columns = columnsOf(judged, looked, hung)
  const stay = stayOf(judged, table.name, hung.by)
  const others = hung.of === null || stay !== null ? [] : othersOn(judged, table.name)
  return {
    name: hung.name,
    table: table.name,
    category: hung.of === null ? categoryOf(looked, subject) : null,
    key: table.primaryKey,
    identity,
    subject,
    of: hung.of,
    link:
      hung.by === null || isImplied(table, hung.by)
        ? null
        : { columns: hung.by.columns, where: hung.by.where },
    contact: subject ? contactOf(looked) : null,
    events: events.events,
    columns,
    clerks: clerksOf(judged, looked, all),
    beside: place.as === 'beside',
    stay,
    others,
    remarks: [
      ...linkRemarks(judged, hung.table, hung.by),
      ...stayRemarks(hung, stay, others),
      ...(subject && identity.length === 0 ? [remark('noIdentity')] : []),
      ...(subject && !isAccount(looked) ? [remark('personUnsure')] : []),
      ...events.remarks,
      ...dataRemarks(judged, looked, columns),
    ],
  }
}

function isAccount({ words, findings }: Looked): boolean {
  return soundsLikeAccounts(words) || findings.some((one) => one.sure && one.meaning === 'secret')
}

/** The schema says it by the only foreign key to that table. */
function isImplied(table: Table, link: FoundLink): boolean {
  return link.declared && table.foreignKeys.filter((key) => key.toTable === link.to).length === 1
}

function contactOf({ findings, table }: Looked): DraftKind['contact'] {
  const mail = findings.find((one) => one.meaning === 'email' && one.column.family === 'text' && isWord(one))
  if (mail === undefined) return null
  const names = findings.filter((one) => one.meaning === 'name' && one.sure && isWord(one))
  const first = names.find(({ column }) => /first|prenom|given/i.test(column.name)) ?? names[0]
  const locale = table.columns.find(
    ({ name, family }) => /^(?:locale|language|lang|langue)$/i.test(name) && family === 'text',
  )
  return { email: mail.column.name, name: first?.column.name ?? null, locale: locale?.name ?? null }
}

function isWord({ column }: Finding): boolean {
  return isWritable(column.name)
}

/** What is in the key cannot be changed, and what ties the row is ruled by the link. */
function columnsOf(judged: Judged, looked: Looked, hung: Hung): readonly DraftColumn[] {
  const { table, findings, links } = looked
  const pair = judged.pairs.get(table.name)
  const shapes = judged.samples.get(table.name)?.columns
  const values: readonly DraftColumn[] =
    pair === undefined ? [] : columnFor(table, pair.value, 'key-value', true)
  const personal = findings
    .filter((one) => judged.places.get(table.name)?.as !== 'beside' || isStrong(one))
    .filter(({ column }) => !table.primaryKey.includes(column.name) && column.name !== pair?.value)
    .filter(({ column }) => isWritable(column.name))
    .flatMap(({ column, meaning, sure }) =>
      columnFor(table, column.name, meaning, sure, shapes?.get(column.name)),
    )
  const others = links
    .filter((link) => link !== hung.by && !link.clerk && judged.places.get(link.to)?.as === 'person')
    .filter((link) => Object.keys(link.where).length === 0 && link.to !== table.name)
    .flatMap((link) => Object.keys(link.columns))
    .filter((name) => !table.primaryKey.includes(name) && !Object.hasOwn(hung.by?.columns ?? {}, name))
    .flatMap((name) => columnFor(table, name, 'link', false))
  return [...values, ...personal, ...others]
}

function columnFor(
  table: Table,
  name: string,
  meaning: DraftColumn['meaning'],
  sure: boolean,
  shape?: ColumnShape,
): readonly DraftColumn[] {
  const column = columnOf(table, name)
  if (column === undefined) return []
  const free = { name, meaning, sure } as const
  if (meaning === 'link') return [{ ...free, strategy: column.nullable ? { strategy: 'null' } : null }]
  const strategy = strategyFor(meaning, column, table, shape)
  return [{ ...free, strategy, sure: sure && strategy?.strategy !== 'without' }]
}

function clerksOf(judged: Judged, { table, links }: Looked, all: readonly Hung[]): DraftKind['clerks'] {
  const found = links
    .filter((link) => link.clerk && judged.places.has(link.to))
    // `default_address_id` names no person.
    .filter((link) => !isPassing(link) || judged.places.get(link.to)?.as === 'person')
    .flatMap((link) => {
      const person = all.find((one) => one.table === link.to)
      return Object.keys(link.columns).map((name) => [name, person?.name ?? link.to] as const)
    })
  return Object.fromEntries(found.filter(([name]) => isWritable(name) && !table.primaryKey.includes(name)))
}
