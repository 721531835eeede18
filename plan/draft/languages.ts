/** Keys of two columns one of which is the language of the row: a person and a text have each their own. */
import type { Table } from '../site-schema.ts'

const languages =
  /^(?:lang|language|langue|locale|(?:lang|language|locale)_?(?:code|id)|(?:code|id)_?(?:lang|langue|language|locale))$/i

export interface LanguageKey {
  readonly number: string
  readonly language: string
}

/** Null for any other key. */
export function languageKeyOf({ primaryKey }: Pick<Table, 'primaryKey'>): LanguageKey | null {
  const spoken = primaryKey.filter((name) => languages.test(name))
  const [language, other] = spoken
  const [number, second] = primaryKey.filter((name) => !spoken.includes(name))
  if (language === undefined || other !== undefined || number === undefined || second !== undefined)
    return null
  return { number, language }
}
