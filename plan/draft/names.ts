/** Names of tables as words: a prefix that all share is taken off, and a plural becomes a singular. */
import { inSingular, singular } from '../link-words.ts'
import { wordsOf } from '../personal-words.ts'
import type { SiteSchema } from '../site-schema.ts'

/** The site's own prefix (`wp_`, `ps_`), shared by at least three tables and three in five; empty: none. */
export function prefixOf(schema: SiteSchema): string {
  const names = [...schema.keys()].map((name) => name.split('.').at(-1) ?? name)
  const counts = new Map<string, number>()
  for (const name of names) {
    const [prefix] = /^[a-z0-9]{1,12}_/i.exec(name) ?? []
    if (prefix !== undefined) counts.set(prefix, (counts.get(prefix) ?? 0) + 1)
  }
  const [best] = [...counts].sort((a, b) => b[1] - a[1])
  if (best === undefined || best[1] < 3 || best[1] * 5 < names.length * 3) return ''
  return best[0]
}

/** `wp_user_meta` → `user`, `meta`; a plural at the end is a singular. */
export function tableWords(table: string, prefix: string): readonly string[] {
  const name = table.split('.').at(-1) ?? table
  return inSingular(wordsOf(prefix !== '' && name.startsWith(prefix) ? name.slice(prefix.length) : name))
}

/** Words that YAML reads as something else, and names that every object has. */
const reserved = /^(?:true|false|null|yes|no|on|off|y|n|constructor|prototype)$/

/** Small letters, digits, `-` and `_`, at most 40; `taken` names get a number. */
export function kindName(words: readonly string[], taken: ReadonlySet<string>): string {
  const plain =
    words
      .join('_')
      .replace(/^[^a-z]+/, '')
      .slice(0, 36) || 'data'
  return numbered(reserved.test(plain) ? `${plain}_row` : plain, '_', taken)
}

const longestName = 40

/** Cut to what a name may have; where it is `taken`, with a number at its end. */
export function numbered(name: string, sign: string, taken: ReadonlySet<string>): string {
  for (let i = 1; ; i += 1) {
    const end = i === 1 ? '' : `${sign}${String(i)}`
    const found = `${name.slice(0, longestName - end.length)}${end}`
    if (!taken.has(found)) return found
  }
}

/** A name that the grammar of the data map can carry. */
export function isWritable(name: string): boolean {
  return /^[A-Za-z0-9_$]+$/.test(name) && !['constructor', 'prototype', '__proto__'].includes(name)
}

/** Ways in which a program may name a table in a column that says whose row it is. */
export function typeWords(table: string, prefix: string): readonly string[] {
  const words = tableWords(table, prefix)
  const bare = table.split('.').at(-1) ?? table
  const short = prefix !== '' && bare.startsWith(prefix) ? bare.slice(prefix.length) : bare
  const one = words.join('_')
  const pascal = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  const classes = ['', 'App\\Models\\', 'App\\', 'App\\Entity\\', 'App\\Model\\'].map(
    (space) => `${space}${pascal}`,
  )
  const all = [
    bare,
    short,
    one,
    one.replaceAll('_', '-'),
    `${one}s`,
    `${pascal}s`,
    one.toUpperCase(),
    ...classes,
  ]
  return [...new Set(all)]
}

/** Tables about people by their name alone, English and French. */
const people = new Set(
  (
    'user account member customer client person people contact subscriber guest visitor patient student pupil ' +
    'teacher employee staff driver candidate applicant author participant attendee donor tenant resident lead ' +
    'prospect buyer seller player profile utilisateur compte membre adherent personne abonne visiteur eleve ' +
    'salarie employe candidat auteur participant donateur locataire inscrit usager cookie consent session device ' +
    'login connexion consentement newsletter subscription abonnement address adresse'
  ).split(' '),
)

export function soundsLikePeople(words: readonly string[]): boolean {
  return words.some((word) => people.has(word) || people.has(singular(word)))
}

/** Tables that hold one account each, by name. */
export function soundsLikeAccounts(words: readonly string[]): boolean {
  return /^(?:user|account|member|customer|client|utilisateur|compte|membre|adherent|usager|abonne)$/.test(
    singular(words.at(-1) ?? ''),
  )
}
