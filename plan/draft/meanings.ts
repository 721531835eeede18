/** What a column probably holds about a person, by name, type and sample. */
import { looksPersonal, wordsOf } from '../personal-words.ts'
import type { Column, Table } from '../site-schema.ts'
import { isTelling, share, type ColumnShape, type ValueShape } from './shapes.ts'

export type Meaning =
  | 'email'
  | 'ip'
  | 'user agent'
  | 'birth'
  | 'birth year' // as a number
  | 'age'
  | 'bank'
  | 'phone'
  | 'name'
  | 'login'
  | 'secret'
  | 'address'
  | 'postcode'
  | 'place'
  | 'picture'
  | 'trait' // sex, health, number of an identity card
  | 'prose'
  | 'json'
  | 'key-value'
  | 'web'
  | 'thing or person' // a bare `name`: it can name either

export interface Finding {
  readonly column: Column
  readonly meaning: Meaning
  /** False: a person has to look. */
  readonly sure: boolean
  /** What speaks for it. */
  readonly by: 'name' | 'sample' | 'both'
}

interface Words {
  readonly meaning: Meaning
  readonly sure: RegExp
  readonly unsure?: RegExp
  readonly families: readonly Column['family'][]
}

const text = ['text', 'binary', 'other'] as const
const number = [...text, 'integer', 'decimal'] as const

/** In this order: the first that fits. Names are words between underscores. */
const dictionary: readonly Words[] = [
  {
    meaning: 'ip',
    sure: /_(ip|ipv[46]|ips|(?:\w+_)?ip_?addr\w*|remote_addr\w*|adresse_ip|(?:last|reg|user|login|client|host)ip)_/,
    families: number,
  },
  { meaning: 'email', sure: /_(mail|e_mail|\w*email\w*|courriel|mailadd?ress|\w+mail)_/, families: text },
  { meaning: 'user agent', sure: /_(user_agent|useragent|browser|ua|agent|agent_string)_/, families: text },
  {
    meaning: 'birth year',
    sure: /_(birth_?year|year_(?:of_)?birth|year_born|yob|annee_(?:de_)?naissance|naissance_annee)_/,
    families: ['integer'],
  },
  {
    meaning: 'age',
    sure: /^_(?:(?:user|customer|member|client|person|patient|guest|visitor|utilisateur|membre)_)?age_$/,
    families: ['integer', 'decimal'],
  },
  {
    meaning: 'birth',
    sure: /_(\w*birth\w*|born|dob|naissance|date_naiss|datenaissance)_/,
    families: ['date', 'datetime', 'timestamp', ...number],
  },
  {
    meaning: 'bank',
    sure: /_(iban|bic|swift|rib|bank_account|account_number|card_(?:number|no|num|holder)|pan|cc_number)_/,
    unsure: /_(siret|vat|vat_number|tva|tax_id)_/,
    families: number,
  },
  { meaning: 'phone', sure: /_(\w*phone\w*|mobile|tel|gsm|cell|portable|fax|msisdn)_/, families: number },
  {
    meaning: 'name',
    sure: /_(first_?name|last_?name|sur_?name|full_?name|given_name|family_name|middle_name|maiden_name|display_?name|nick_?name|nicename|real_?name|screen_name|prenom|nom|pseudo|(?:billing|ship|shipping|author|customer|contact|recipient|owner|sender|buyer|holder|guest|client|member|visitor)_name|author)_|^_(?:first|last)_$/,
    families: text,
  },
  {
    meaning: 'login',
    sure: /_(login|user_login|user_?name|username_\w+|identifiant|account_name)_/,
    families: text,
  },
  {
    meaning: 'secret',
    sure: /_(password\w*|passwd\w*|pwd|pass|passphrase|\w*pass_?hash|mot_de_passe|mdp)_/,
    unsure:
      /_(token|\w+token|secret|api_?key|remember|activation|activation_key|otp|totp|fingerprint|session_?id|session_key|sid|visitor|visiteur|proof|device|device_id|cookie)_/,
    families: text,
  },
  {
    meaning: 'postcode',
    sure: /_(post_?code|zip|zip_?code|postal_code|code_postal|cp)_|^_postal_$/,
    families: ['text', 'integer'],
  },
  {
    meaning: 'address',
    sure: /_(address\w*|addr\w*|adresse\w*|street|rue|post_?code|zip|zip_?code|postal|code_postal|cp)_/,
    families: number,
  },
  {
    meaning: 'place',
    sure: /_(city|town|ville|lat|lng|lon|latitude|longitude|geo|location)_/,
    families: number,
  },
  {
    meaning: 'picture',
    sure: /_(avatar|photo|portrait|picture)_/,
    unsure: /_(image|file_?name|original_name|upload)_/,
    families: text,
  },
  {
    meaning: 'trait',
    sure: /_(gender|sex|sexe|civilite|salutation|ssn|nir|passport|passeport|national_id|religion|health|blood|nationality|nationalite|signature|marital|vehicle|plate|immatriculation)_/,
    families: number,
  },
  {
    meaning: 'prose',
    sure: /_(bio|biography|biographie|about_me|message|body|comment|comments|commentaire|note|notes|remark|remarks|feedback|signature_text)_/,
    unsure:
      /_(content|contents|contenu|text|texte|description|subject|answer|reply|reason|motif|review|about|question|excerpt|details)_/,
    families: text,
  },
  {
    meaning: 'web',
    sure: /_(facebook|twitter|linkedin|skype|icq|msn|instagram|telegram|whatsapp)_/,
    unsure: /_(website|homepage|user_url|author_url|referer|referrer|host|hostname)_/,
    families: text,
  },
  {
    meaning: 'json',
    sure: /_(payload|meta|metadata|extra|extras|properties|attributes|params|preferences|settings|json|raw|request|headers)_/,
    families: text,
  },
  {
    meaning: 'thing or person',
    sure: /(?!)/,
    unsure: /_(name|label_name|company|societe|company_name)_/,
    families: text,
  },
]

/** What a number of one byte or two can be without being a flag or a count. */
const small: readonly Meaning[] = ['birth', 'birth year', 'age']

/** A word that a person types is longer than a flag. */
function isTooShort(column: Column): boolean {
  return column.family === 'text' && column.length !== null && column.length < 3
}

export function meaningOf(column: Column, shape: ColumnShape | undefined): Finding | null {
  if (column.generated) return null
  const bySample = sampled(column, shape)
  const byName = named(column)
  if (bySample !== null && byName !== null) {
    // An address in `login` is an address; JSON in `comment` is no prose.
    const meaning = bySample.sure || bySample.meaning === 'json' ? bySample.meaning : byName.meaning
    return { column, meaning, sure: byName.sure || bySample.sure, by: 'both' }
  }
  if (byName !== null) {
    // Ten years of a whole day written as a number would be ten days.
    const isDay =
      isTelling(shape) && share(shape, '8 digits', '14 digits', 'epoch seconds', 'epoch milliseconds') > 0
    if (byName.meaning === 'birth year' && isDay) return { ...byName, meaning: 'birth' }
    // A number of seconds in `comment`, a flag in `email`: the name alone is not believed against the values.
    return byName.meaning === 'json' ? null : byName
  }
  if (bySample !== null) return bySample
  return looksPersonal(column) ? { column, meaning: 'thing or person', sure: false, by: 'name' } : null
}

function named(column: Column): Finding | null {
  const name = `_${wordsOf(column.name).join('_')}_`
  if (
    /_(?:id|ids|uuid|count|nb|total|type|status|state|is|has|flag|hash_algo|verified|confirmed|sent|at)_$/.test(
      name,
    )
  )
    if (!/_national_id_$|_device_id_$|_session_id_$/.test(name)) return null
  if (/^_(?:is|has|nb|count|allow|show|enable)_/.test(name) || isTooShort(column)) return null
  for (const { meaning, sure, unsure, families } of dictionary) {
    if (!families.includes(column.family)) continue
    const isSmall = column.family === 'integer' && /^(?:tiny|small)int/i.test(column.type)
    if (isSmall && !small.includes(meaning)) continue
    const isYear =
      meaning === 'birth' && column.family === 'integer' && /^(?:year|smallint)/i.test(column.type)
    if (sure.test(name)) return { column, meaning: isYear ? 'birth year' : meaning, sure: true, by: 'name' }
    if (unsure?.test(name) === true) return { column, meaning, sure: false, by: 'name' }
  }
  return null
}

const telling: readonly (readonly [ValueShape, Meaning, number])[] = [
  ['email', 'email', 0.6],
  ['ip', 'ip', 0.6],
  ['user agent', 'user agent', 0.6],
  ['iban', 'bank', 0.6],
  ['json', 'json', 0.6],
  ['serialised', 'json', 0.3],
  ['phone', 'phone', 0.8],
]

function sampled(column: Column, shape: ColumnShape | undefined): Finding | null {
  if (shape === undefined || !isTelling(shape)) return null
  for (const [one, meaning, least] of telling) {
    const found = share(shape, one)
    if (found >= least)
      return { column, meaning, sure: meaning !== 'json' && meaning !== 'phone', by: 'sample' }
    // A column of addresses in which people also wrote something else.
    if (meaning === 'email' && found >= 0.1) return { column, meaning, sure: false, by: 'sample' }
  }
  if (column.family === 'binary' && share(shape, 'four bytes') >= 0.3 && /ip|addr|host/i.test(column.name))
    return { column, meaning: 'ip', sure: true, by: 'sample' }
  if (share(shape, 'long ago') >= 0.3) return { column, meaning: 'birth', sure: false, by: 'sample' }
  if (share(shape, 'prose') >= 0.3) return { column, meaning: 'prose', sure: false, by: 'sample' }
  if (share(shape, 'proper name') >= 0.6 && shape.distinct > shape.values / 2)
    return { column, meaning: 'thing or person', sure: false, by: 'sample' }
  if (share(shape, 'token') >= 0.8) return { column, meaning: 'secret', sure: false, by: 'sample' }
  return null
}

/**
 * Columns of a table that probably hold something about a person. Keys and links (`leftOut`) are judged with
 * the links.
 */
export function findingsOf(
  table: Table,
  shapes: ReadonlyMap<string, ColumnShape>,
  leftOut: ReadonlySet<string>,
): readonly Finding[] {
  return table.columns
    .filter(({ name }) => !leftOut.has(name))
    .flatMap((column) => meaningOf(column, shapes.get(column.name)) ?? [])
}

const weak: readonly Meaning[] = [
  ...(['prose', 'picture', 'place', 'address', 'postcode', 'age'] as const),
  ...(['json', 'thing or person', 'web', 'login'] as const),
]

/** Says something about a person in any table; the others only in a table about people. */
export function isStrong({ meaning, sure }: Finding): boolean {
  if (!sure) return false
  return !weak.includes(meaning)
}
