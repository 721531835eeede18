/** One link from a table to another, and whether it says whose the row is. */
import { wordsOf } from '../personal-words.ts'
import { columnOf, type Column, type Table } from '../site-schema.ts'

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

const clerks =
  /^(?:(?:created|updated|modified|changed|approved|validated|moderated|deleted|edited|handled|assigned|closed|reviewed|verified|processed)_(?:by|to)|admin|moderator|editor|operator|handler|assignee|approver|reviewer|(?:last_)?(?:poster|editor|modifier))(?:_id)?$/

/** One row of several: whose turn it was, or which of them is taken unless another is said. */
const passing =
  /(?:^|_)(last|latest|first|previous|current|default|derniere?|premiere?|precedente?)_(?!(?:id|uuid|no|nr|key|ref)$)/

/** Of a name in small letters, with `_` between its words. */
export function namesClerk(joined: string): boolean {
  return clerks.test(joined)
}

/** `last_customer_id`, `id_default_address`: it says who or what was there, and not whose the row is. */
export function isPassing({ to, columns }: Pick<FoundLink, 'to' | 'columns'>): boolean {
  const own = wordsOf(to)
  return Object.keys(columns).some((name) => {
    const joined = wordsOf(name).join('_')
    const word = namesClerk(joined) ? undefined : passing.exec(joined)?.[1]
    // `last_login_id` is the key of `last_logins`.
    return word !== undefined && !own.includes(word)
  })
}

/** Every table that the column may mean, the likeliest first. */
export function targetsOf({ to, or = [] }: FoundLink): readonly string[] {
  return [to, ...or]
}

export function plainLink(table: Table, to: string, columns: Readonly<Record<string, string>>): FoundLink {
  const worked = Object.keys(columns).some((own) => namesClerk(wordsOf(own).join('_')))
  const clerk = worked || isPassing({ to, columns })
  return { table: table.name, to, columns, where: {}, declared: false, clerk, sure: true }
}

export function fits(own: Column | undefined, parent: Column | undefined): boolean {
  return own !== undefined && parent !== undefined && own.family === parent.family
}

/** The other table's key, when it is one column of the same family. */
export function keyOf(table: Table, own: Column): string | null {
  const [key, second] = table.primaryKey
  return key !== undefined && second === undefined && fits(own, columnOf(table, key)) ? key : null
}
