/** Which table's rows a table's rows belong to: declared foreign keys, and columns that only sound like links. */
import { gluedWords, isGluedKey, targetNames, targetWords } from '../link-words.ts'
import { wordsOf } from '../personal-words.ts'
import { columnOf, type Column, type SiteSchema, type Table } from '../site-schema.ts'
import { isUnique } from '../tie.ts'
import { polymorphic } from './by-word.ts'
import { fits, keyOf, plainLink, targetsOf, type FoundLink } from './found-link.ts'
import { languageKeyOf } from './languages.ts'
import { isWritable } from './names.ts'
import { namedIn, namesFor, nearestFirst, nearness, type Named } from './near.ts'
import { accountsIn, byRole, meansPeople, type Accounts } from './roles.ts'
import type { TableSample } from './shapes.ts'
import { toldKeysIn, type ToldKeys } from './told-keys.ts'

/** What the whole schema says, worked out once. */
interface Names {
  readonly all: readonly Named[]
  readonly accounts: Accounts
  readonly told: ToldKeys
}

export function linksOf(
  schema: SiteSchema,
  prefix: string,
  samples: ReadonlyMap<string, TableSample>,
): readonly FoundLink[] {
  const all = namedIn(schema, prefix)
  const names = { all, accounts: accountsIn(all), told: toldKeysIn(all) }
  return all.flatMap((from) => {
    const { table } = from
    const declared = table.foreignKeys
      .filter((key) => schema.has(key.toTable))
      .map((key): FoundLink => {
        const columns = Object.fromEntries(key.columns.map((own, i) => [own, key.toColumns[i] ?? '']))
        return { ...plainLink(table, key.toTable, columns), declared: true, sure: true }
      })
    const taken = new Set(declared.flatMap((link) => Object.keys(link.columns)))
    const pairs = polymorphic(schema, prefix, table, samples)
    for (const link of pairs) for (const own of Object.keys(link.columns)) taken.add(own)
    const whole = composite(schema, table, declared)
    for (const link of whole) for (const own of Object.keys(link.columns)) taken.add(own)
    const single = table.columns
      .filter(({ name, generated }) => !taken.has(name) && !generated)
      .flatMap((column) => byName(names, from, column) ?? [])
    return [...declared, ...[...pairs, ...whole, ...single].filter(isSayable)]
  })
}

/** Names that the data map can carry, on both sides. */
function isSayable({ table, to, columns }: FoundLink): boolean {
  return [table, to, ...Object.keys(columns), ...Object.values(columns)].every(isWritable)
}

/** A table that carries all columns of another one's key of several columns, under the same names. */
function composite(schema: SiteSchema, table: Table, declared: readonly FoundLink[]): readonly FoundLink[] {
  return [...schema.values()].flatMap((other) => {
    const key = other.primaryKey
    const isSame =
      key.length === table.primaryKey.length && key.every((name) => table.primaryKey.includes(name))
    // Two tables with one key each could belong to the other; the wider table is the owner.
    if (other === table || key.length < 2 || (isSame && table.columns.length >= other.columns.length))
      return []
    if (declared.some((link) => link.to === other.name)) return []
    if (!key.every((name) => fits(columnOf(table, name), columnOf(other, name)))) return []
    // A table of pairs has the keys of others in its own key; it owns nothing.
    const borrowed =
      key.every((name) => /_id$|_no$|^id_/.test(name)) && other.columns.length <= key.length + 2
    if (borrowed) return []
    // What somebody writes in a second language is theirs as well: the language is no part of who they are.
    const number = languageKeyOf(other)?.number
    const columns = number !== undefined && meansPeople(other) ? [number] : key
    return [plainLink(table, other.name, Object.fromEntries(columns.map((name) => [name, name])))]
  })
}

function byName(names: Names, from: Named, column: Column): FoundLink | null {
  const told = names.told(from, column)
  const called = byTableName(names, from, column)
  if (told === null) return called ?? byRole(from, column, roleWords(column), names.accounts)
  const link = plainLink(from.table, told.to.name, { [column.name]: told.column })
  const or = called === null ? [] : targetsOf(called).filter((name) => name !== link.to)
  return or.length === 0 ? link : { ...link, sure: false, or }
}

function byTableName({ all, accounts }: Names, from: Named, column: Column): FoundLink | null {
  const { table } = from
  const words = wordsOf(column.name)
  const others = all.filter((other) => other.table !== table)
  const meant = targetNames(words)
  const exact = others.filter((other) => namesFor(from, other).some(({ text }) => meant.includes(text)))
  for (const { table: other } of nearestFirst(from, exact)) {
    const key = keyOf(other, column) ?? uniqueNamed(other, column)
    if (key !== null) return plainLink(table, other.name, { [column.name]: key })
  }
  // The very name of another table's key (`customer_no`), unless every table calls its key so.
  const same = others.filter(
    ({ table: { primaryKey } }) => primaryKey.length === 1 && primaryKey[0] === column.name,
  )
  const [owner, second] = same.map((other) => other.table)
  const isKeyName = words.length > 1 || isGluedKey(column.name)
  if (owner !== undefined && second === undefined && isKeyName && keyOf(owner, column) !== null) {
    const link = plainLink(table, owner.name, { [column.name]: column.name })
    return unlessRole(link, byRole(from, column, roleWords(column), accounts))
  }
  // `billing_address_id` means an address: the longest name that ends the column's wins.
  const called = targetWords(words)?.join('_')
  for (const { table: other } of called === undefined ? [] : endingOf(from, others, called)) {
    const key = keyOf(other, column) ?? uniqueNamed(other, column)
    if (key !== null) return plainLink(table, other.name, { [column.name]: key })
  }
  return null
}

/** Of `customer_id`, `iduser` and `author`: what of the name may be a role. */
function roleWords({ name }: Column): readonly string[] {
  const words = wordsOf(name)
  return targetWords(words) ?? gluedWords(words) ?? words
}

function endingOf(from: Named, others: readonly Named[], called: string): readonly Named[] {
  return others
    .flatMap((other) => {
      const name = namesFor(from, other).find(({ text, end }) => text === called || called.endsWith(end))
      return name === undefined ? [] : [{ other, name }]
    })
    .sort((a, b) => b.name.words - a.name.words || nearness(from, b.other) - nearness(from, a.other))
    .map(({ other }) => other)
}

/**
 * A shop can keep numbers of users under `customer_id` while another table has a key of that name. Where both count
 * from one, the values of either are keys of the other.
 */
function unlessRole(link: FoundLink, role: FoundLink | null): FoundLink {
  const others = role === null || role.clerk ? [] : targetsOf(role)
  const or = others.filter((name) => name !== link.to)
  return or.length === 0 ? link : { ...link, sure: false, or }
}

/** `customer_no` → a unique column of that name in `customers`, whose key is another. */
function uniqueNamed(other: Table, column: Column): string | null {
  const own = columnOf(other, column.name)
  return own !== undefined && fits(column, own) && isUnique(other, [own.name]) ? own.name : null
}
