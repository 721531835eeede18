/** Which table's rows a table's rows belong to: declared foreign keys, and columns that only sound like links. */
import { singular, targetWords } from '../link-words.ts'
import { wordsOf } from '../personal-words.ts'
import { columnOf, type Column, type SiteSchema, type Table } from '../site-schema.ts'
import { isUnique } from '../tie.ts'
import { isWritable, soundsLikeAccounts, typeWords } from './names.ts'
import { inSite, namedIn, namesFor, nearestFirst, nearness, type Named } from './near.ts'
import type { TableSample } from './shapes.ts'

export interface FoundLink {
  readonly table: string
  readonly to: string
  /** Own column → column of `to`. */
  readonly columns: Readonly<Record<string, string>>
  /** A word in the row says that it belongs to this table. */
  readonly where: Readonly<Record<string, string>>
  readonly declared: boolean
  /** Names somebody who does not own the row: `updated_by`, `referred_by`, `last_customer_id`. */
  readonly clerk: boolean
  /** Names say it plainly. */
  readonly sure: boolean
  /** Tables that the column may mean as well, and that no sample tells from `to`. */
  readonly or?: readonly string[]
}

/** Whose table is meant when a column says `user_id` and no table is called so. */
const roles =
  /^(?:user|usr|customer|cust|member|client|account|author|owner|person|people|contact|buyer|seller|sender|recipient|receiver|utilisateur|compte|membre|adherent|uid|creator|subscriber|poster|employee|patient|student)$/
const clerks =
  /^(?:(?:created|updated|modified|changed|approved|validated|moderated|deleted|edited|handled|assigned|closed|reviewed|verified|processed)_(?:by|to)|admin|moderator|editor|operator|handler|assignee|approver|reviewer|(?:last_)?(?:poster|editor|modifier))(?:_id)?$/

/** One row of several: whose turn it was, or which of them is taken unless another is said. */
const passing =
  /(?:^|_)(last|latest|first|previous|current|default|derniere?|premiere?|precedente?)_(?!(?:id|uuid|no|nr|key|ref)$)/

/** `last_customer_id`, `id_default_address`: it says who or what was there, and not whose the row is. */
export function isPassing({ to, columns }: Pick<FoundLink, 'to' | 'columns'>): boolean {
  const own = wordsOf(to)
  return Object.keys(columns).some((name) => {
    const joined = wordsOf(name).join('_')
    const word = clerks.test(joined) ? undefined : passing.exec(joined)?.[1]
    // `last_login_id` is the key of `last_logins`.
    return word !== undefined && !own.includes(word)
  })
}

export function linksOf(
  schema: SiteSchema,
  prefix: string,
  samples: ReadonlyMap<string, TableSample>,
): readonly FoundLink[] {
  const named = namedIn(schema, prefix)
  const accounts = named.filter(({ words }) => soundsLikeAccounts(words))
  return named.flatMap((from) => {
    const { table } = from
    const declared = table.foreignKeys
      .filter((key) => schema.has(key.toTable))
      .map((key): FoundLink => {
        const columns = Object.fromEntries(key.columns.map((own, i) => [own, key.toColumns[i] ?? '']))
        return { ...plain(table, key.toTable, columns), declared: true, sure: true }
      })
    const taken = new Set(declared.flatMap((link) => Object.keys(link.columns)))
    const pairs = polymorphic(schema, prefix, table, samples)
    for (const link of pairs) for (const own of Object.keys(link.columns)) taken.add(own)
    const whole = composite(schema, table, declared)
    for (const link of whole) for (const own of Object.keys(link.columns)) taken.add(own)
    const single = table.columns
      .filter(({ name, generated }) => !taken.has(name) && !generated)
      .flatMap((column) => byName(named, from, column, accounts) ?? [])
    return [...declared, ...[...pairs, ...whole, ...single].filter(isSayable)]
  })
}

/** Names that the data map can carry, on both sides. */
function isSayable({ table, to, columns }: FoundLink): boolean {
  return [table, to, ...Object.keys(columns), ...Object.values(columns)].every(isWritable)
}

function plain(table: Table, to: string, columns: Readonly<Record<string, string>>): FoundLink {
  const worked = Object.keys(columns).some((own) => clerks.test(wordsOf(own).join('_')))
  const clerk = worked || isPassing({ to, columns })
  return { table: table.name, to, columns, where: {}, declared: false, clerk, sure: true }
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
    return borrowed ? [] : [plain(table, other.name, Object.fromEntries(key.map((name) => [name, name])))]
  })
}

function fits(own: Column | undefined, parent: Column | undefined): boolean {
  return own !== undefined && parent !== undefined && own.family === parent.family
}

/** The other table's key, when it is one column of the same family. */
function keyOf(table: Table, own: Column): string | null {
  const [key, second] = table.primaryKey
  return key !== undefined && second === undefined && fits(own, columnOf(table, key)) ? key : null
}

function byName(
  all: readonly Named[],
  from: Named,
  column: Column,
  accounts: readonly Named[],
): FoundLink | null {
  const { table } = from
  const words = wordsOf(column.name)
  const base = targetWords(words)
  const others = all.filter((other) => other.table !== table)
  const called = base?.join('_')
  const exact = others.filter((other) => namesFor(from, other).some(({ text }) => text === called))
  for (const { table: other } of nearestFirst(from, exact)) {
    const key = keyOf(other, column) ?? uniqueNamed(other, column)
    if (key !== null) return plain(table, other.name, { [column.name]: key })
  }
  // The very name of another table's key (`customer_no`), unless every table calls its key so.
  const same = others.filter(
    ({ table: { primaryKey } }) => primaryKey.length === 1 && primaryKey[0] === column.name,
  )
  const [owner, second] = same.map((other) => other.table)
  if (owner !== undefined && second === undefined && words.length > 1 && keyOf(owner, column) !== null) {
    const link = plain(table, owner.name, { [column.name]: column.name })
    return unlessRole(link, byRole(from, column, base ?? words, accounts))
  }
  // `billing_address_id` means an address: the longest name that ends the column's wins.
  for (const { table: other } of called === undefined ? [] : endingOf(from, others, called)) {
    const key = keyOf(other, column) ?? uniqueNamed(other, column)
    if (key !== null) return plain(table, other.name, { [column.name]: key })
  }
  return byRole(from, column, base ?? words, accounts)
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
  const others = role === null || role.clerk ? [] : [role.to, ...(role.or ?? [])]
  const or = others.filter((name) => name !== link.to)
  return or.length === 0 ? link : { ...link, sure: false, or }
}

/** `customer_no` → a unique column of that name in `customers`, whose key is another. */
function uniqueNamed(other: Table, column: Column): string | null {
  const own = columnOf(other, column.name)
  return own !== undefined && fits(column, own) && isUnique(other, [own.name]) ? own.name : null
}

/** Who brought somebody in: a link of a table of accounts to itself. */
const sponsors = /^(?:referred_by|invited_by|sponsor|sponsored_by|parrain|referrer|inviter)(?:_id|_no)?$/

/** Only towards a table of accounts, and only when there is one whose key fits. */
function byRole(
  from: Named,
  column: Column,
  words: readonly string[],
  accounts: readonly Named[],
): FoundLink | null {
  const { table } = from
  const joined = words.join('_')
  const isAccount = accounts.some((one) => one.table === table)
  const own = isAccount && sponsors.test(joined) ? keyOf(table, column) : null
  if (own !== null) return { ...plain(table, table.name, { [column.name]: own }), clerk: true }
  // The own number of a table that is called so: `id_employee` of employees, beside customers.
  const isNumber = table.primaryKey.includes(column.name) || isUnique(table, [column.name])
  if (isNumber && namesFor(from, from).some(({ text }) => text === joined)) return null
  const role = roles.test(singular(words.at(-1) ?? '')) || roles.test(joined)
  if (!role && !clerks.test(joined)) return null
  const fitting = accounts.filter((other) => other.table !== table && keyOf(other.table, column) !== null)
  const named = fitting.filter((other) => other.words.at(-1) === singular(words.at(-1) ?? ''))
  const found = inSite(from, named.length > 0 ? named : fitting)
  const [only, ...others] = found.map((other) => other.table)
  const key = only === undefined ? null : keyOf(only, column)
  if (only === undefined || key === null) return null
  const link = plain(table, only.name, { [column.name]: key })
  return others.length === 0 ? link : { ...link, sure: false, or: others.map(({ name }) => name) }
}

export interface TypePair {
  readonly type: string
  readonly id: string
}

/** `subject_type` beside `subject_id`. */
export function typePairs(table: Table): readonly TypePair[] {
  return table.columns.flatMap(({ name, family }) => {
    const stem = /^(.*?)_?(?:type|model|class|kind|table|entity)$/i.exec(name)?.[1]
    if (stem === undefined || stem === '' || family !== 'text') return []
    const id = table.columns.find((one) =>
      [`${stem}_id`, `${stem}Id`, `${stem}_key`, `${stem}_ref`].includes(one.name),
    )
    return id === undefined ? [] : [{ type: name, id: id.name }]
  })
}

/** One link for each table whose name stands in the sampled words. */
function polymorphic(
  schema: SiteSchema,
  prefix: string,
  table: Table,
  samples: ReadonlyMap<string, TableSample>,
): readonly FoundLink[] {
  return typePairs(table).flatMap(({ type, id }) => {
    const seen = samples.get(table.name)?.columns.get(type)?.words ?? []
    const own = columnOf(table, id)
    return [...schema.values()].flatMap((other) => {
      const columns = own === undefined || other === table ? null : pairColumns(table, own, other)
      if (columns === null) return []
      return typeWords(other.name, prefix)
        .filter((word) => seen.includes(word))
        .map((word) => ({ ...plain(table, other.name, columns), where: { [type]: word } }))
    })
  })
}

/** The id stands for the one key column of the other table that this one does not carry by its own name. */
function pairColumns(table: Table, own: Column, other: Table): Readonly<Record<string, string>> | null {
  const shared = other.primaryKey.filter(
    (name) => other.primaryKey.length > 1 && fits(columnOf(table, name), columnOf(other, name)),
  )
  const [rest, second] = other.primaryKey.filter((name) => !shared.includes(name))
  if (rest === undefined || second !== undefined || !fits(own, columnOf(other, rest))) return null
  return Object.fromEntries([...shared.map((name) => [name, name] as const), [own.name, rest] as const])
}
