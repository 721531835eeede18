/** Key-value rows: one column names, the other holds the value. */
import type { Table } from '../site-schema.ts'

export interface KeyValue {
  readonly name: string
  readonly value: string
}

const names = /^(?:.*_)?(?:key|name|attribute|field|option|property|setting|param|parameter|cle|champ)$/i
const values = /^(?:.*_)?(?:value|val|valeur|data)$/i

/** Null for any other table. A table of key-value rows is narrow, or its `name` would be a name. */
export function pairIn({ columns, primaryKey }: Table): KeyValue | null {
  if (columns.length > 8) return null
  const name = columns.find((one) => names.test(one.name) && one.family === 'text')
  const value = columns.find(
    (one) => values.test(one.name) && ['text', 'binary', 'other'].includes(one.family),
  )
  if (name === undefined || value === undefined || primaryKey.includes(value.name)) return null
  return { name: name.name, value: value.name }
}

/** The only names of such rows that are ever told: those of this list. */
export const pairWords: readonly string[] = (
  'email user_email mail phone mobile telephone fax first_name last_name firstname lastname full_name name nickname ' +
  'display_name birthday birthdate birth_date date_of_birth dob gender address address1 address_1 street city zip ' +
  'postcode country company website url bio biography description avatar photo ip ip_address last_ip user_agent ' +
  'iban facebook twitter linkedin skype billing_first_name billing_last_name billing_address_1 billing_city ' +
  'billing_postcode billing_phone billing_email shipping_first_name shipping_last_name shipping_address_1 ' +
  'shipping_city shipping_postcode last_login lastlogin last_login_at last_seen last_active last_activity ' +
  'last_visit lastvisit last_access last_update session_tokens created created_at registered'
).split(' ')

/** Those of them that speak of an act of the person. */
export function speaksOfAct(word: string): boolean {
  return /login|seen|active|activity|visit|access/.test(word)
}
