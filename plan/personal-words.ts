/** Column names that usually hold personal data, in English and French. */
import type { Column } from './site-schema.ts'

/** Whole words of a name: `email_address` is two, `ipAddress` too. A plural `s` is ignored. */
const words = new Set(
  (
    'mail email courriel name firstname lastname surname fullname username nickname nom prenom pseudo ' +
    'phone mobile tel telephone portable fax address adresse street rue ip ipv4 ipv6 birth birthday birthdate ' +
    'naissance dob iban bic bio biography message body comment commentaire note remark useragent city ville town ' +
    'postcode zip zipcode postal latitude longitude lat lng geo avatar photo picture gender sex sexe ' +
    'civilite ssn nir passport passeport signature login identifiant visitor visiteur proof'
  ).split(' '),
)

const births = new Set(['birth', 'birthday', 'birthdate', 'born', 'naissance', 'dob'])

/** Pairs that only mean something together. */
const phrases = ['user_agent', 'code_postal', 'date_of_birth', 'remote_addr']

/** Names of things, not of people. */
const harmless = new Set(['file', 'host', 'product', 'template', 'table', 'class', 'event', 'queue', 'index'])

export function looksPersonal(column: Column): boolean {
  if (column.generated) return false
  const parts = wordsOf(column.name)
  // The day of a login or of a comment tells little; the day of a birth is the only date that names a person.
  if (['date', 'datetime', 'timestamp'].includes(column.family)) return parts.some((part) => births.has(part))
  const joined = parts.join('_')
  if (phrases.some((phrase) => `_${joined}_`.includes(`_${phrase}_`))) return true
  return parts.some((part, index) => {
    if (!words.has(part) && !words.has(part.replace(/s$/, ''))) return false
    return part !== 'name' || !harmless.has(parts[index - 1] ?? '')
  })
}

/** Whole words in small letters without accents: `dateAdd` and `date_add` are two. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((part) => part !== '')
}
