/** Columns that name a role (`author`, `customer_id`) and not a table, and the table of people that they mean. */
import { singular, targetWords } from '../link-words.ts'
import { wordsOf } from '../personal-words.ts'
import { columnOf, type Column, type Table } from '../site-schema.ts'
import { isUnique } from '../tie.ts'
import { fits, keyOf, namesClerk, plainLink, type FoundLink } from './found-link.ts'
import { languageKeyOf } from './languages.ts'
import { meaningOf, type Meaning } from './meanings.ts'
import { soundsLikeAccounts } from './names.ts'
import { inSite, namesFor, type Named } from './near.ts'

/** Whose table is meant when a column says `user_id` and no table is called so. */
const roles =
  /^(?:user|usr|customer|cust|member|client|account|author|owner|person|people|contact|buyer|seller|sender|recipient|receiver|utilisateur|compte|membre|adherent|uid|creator|subscriber|poster|employee|patient|student)$/

/** Who brought somebody in: a link of a table of accounts to itself. */
const sponsors = /^(?:referred_by|invited_by|sponsor|sponsored_by|parrain|referrer|inviter)(?:_id|_no)?$/

/** Worked out once for a schema. */
export interface Accounts {
  /** Called so, and with a mail, a password or a name in each row. */
  readonly people: readonly Named[]
  /** Called so by the last word alone. */
  readonly byName: readonly Named[]
  /** With mail and password, whatever the last word of their name is: `customer_entity`. */
  readonly inAll: readonly Named[]
}

export function accountsIn(named: readonly Named[]): Accounts {
  const called = named.filter(({ words }) => soundsLikeAccounts(words))
  const people = called.filter(({ table }) => meansPeople(table))
  return {
    people,
    byName: called.filter((one) => !people.includes(one) && !isOfOne(one)),
    inAll: named.filter((one) => !called.includes(one) && holdsAccounts(one)),
  }
}

export function namesRole(words: readonly string[]): boolean {
  return roles.test(singular(words.at(-1) ?? ''))
}

/** A column says by its name what only people have. */
export function meansPeople(table: Table): boolean {
  return holds(table, ['email', 'secret', 'login', 'name'])
}

function holds({ columns }: Table, meanings: readonly Meaning[]): boolean {
  return columns.some((column) => {
    const found = meaningOf(column, undefined)
    return found?.sure === true && meanings.includes(found.meaning)
  })
}

function holdsAccounts({ table, words }: Named): boolean {
  const isCalled = words.some((word) => roles.test(word)) || table.primaryKey.some((name) => roles.test(name))
  return isCalled && holds(table, ['secret']) && holds(table, ['email', 'login'])
}

/** `salesrule_customer` with a `customer_id`: a row is no customer, it is about one. */
function isOfOne({ table, words }: Named): boolean {
  const last = singular(words.at(-1) ?? '')
  return table.columns.some(({ name }) => {
    if (isUnique(table, [name])) return false
    return targetWords(wordsOf(name))?.at(-1) === last
  })
}

/** Only towards a table of accounts, and only when there is one whose key fits. */
export function byRole(
  from: Named,
  column: Column,
  words: readonly string[],
  accounts: Accounts,
): FoundLink | null {
  const { table } = from
  const joined = words.join('_')
  const isAccount = [...accounts.people, ...accounts.byName].some((one) => one.table === table)
  const own = isAccount && sponsors.test(joined) ? keyOf(table, column) : null
  if (own !== null) return { ...plainLink(table, table.name, { [column.name]: own }), clerk: true }
  // The own number of a table that is called so: `id_employee` of employees, beside customers.
  const isNumber = table.primaryKey.includes(column.name) || isUnique(table, [column.name])
  if (isNumber && namesFor(from, from).some(({ text }) => text === joined)) return null
  if (!namesRole(words) && !namesClerk(joined)) return null
  const [only, ...others] = meantBy(from, column, singular(words.at(-1) ?? ''), accounts)
  const key = only === undefined ? null : keyFor(only.table, column)
  if (only === undefined || key === null) return null
  const link = plainLink(table, only.table.name, { [column.name]: key })
  if (others.length === 0) return link
  return { ...link, sure: false, or: others.map((other) => other.table.name) }
}

/** Those called as the column is go before those that are people in another role; a name alone comes last. */
function meantBy(from: Named, column: Column, role: string, accounts: Accounts): readonly Named[] {
  const reachable = (all: readonly Named[]): readonly Named[] =>
    all.filter(({ table }) => table !== from.table && keyFor(table, column) !== null)
  const [people, byName] = [reachable(accounts.people), reachable(accounts.byName)]
  const isCalled = ({ words }: Named): boolean => words.at(-1) === role
  const inAll = reachable(accounts.inAll).filter(
    ({ table, words }) => words.includes(role) || table.primaryKey.includes(column.name),
  )
  for (const found of [people.filter(isCalled), inAll]) if (found.length > 0) return inSite(from, found)
  const called = byName.filter(isCalled)
  if (called.length === 0) return inSite(from, [...people, ...byName])
  // No column of it speaks of a person, so the name is doubted where other tables are people.
  return [...inSite(from, called), ...inSite(from, people)]
}

/** A key that has the language of the row beside the number of the person is led to by the number. */
function keyFor(table: Table, own: Column): string | null {
  const spoken = languageKeyOf(table)
  if (spoken === null) return keyOf(table, own)
  return fits(own, columnOf(table, spoken.number)) ? spoken.number : null
}
