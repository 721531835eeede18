/** Names of columns that sound like links: `user_id`, `id_user`, `userId`, `user_no`, `iduser`. */
import { wordsOf } from './personal-words.ts'
import type { Column } from './site-schema.ts'

export function singular(word: string): string {
  if (/(?:ss|us|is|news)$/.test(word) || word.length < 4) return word
  if (/(?:cook|mov|calor)ies$/.test(word)) return word.slice(0, -1)
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`
  if (/(?:ch|sh|x|ss)es$/.test(word)) return word.slice(0, -2)
  return word.replace(/s$/, '')
}

/** A plural at the end is a singular. */
export function inSingular(words: readonly string[]): readonly string[] {
  return words.map((word, i) => (i === words.length - 1 ? singular(word) : word))
}

/** What `user_id`, `id_user`, `userid`, `user_no` speak of; null for a column that is no link by its form. */
export function targetWords(words: readonly string[]): readonly string[] | null {
  const last = words.at(-1) ?? ''
  if (words.length > 1 && /^(?:id|uuid|guid|no|nr|num|number|key|code|ref|fk|pk)$/.test(last))
    return inSingular(words.slice(0, -1))
  if (words.length > 1 && /^(?:id|fk|uuid)$/.test(words[0] ?? '')) return inSingular(words.slice(1))
  const glued = /^([a-z]{3,})id$/.exec(last)?.[1]
  return glued === undefined ? null : inSingular([...words.slice(0, -1), glued])
}

/** `idclient` → `client`. Any word can begin so (`identity`), hence only for a name that is there. */
export function gluedWords(words: readonly string[]): readonly string[] | null {
  return afterFront(words, /^(?:id|fk)([a-z]{3,})$/)
}

/**
 * Every name that such a column may call: as `targetWords`, and `idclient`, `numclient`, `code_client`, which are links
 * only where a table or a kind is called so.
 */
export function targetNames(words: readonly string[]): readonly string[] {
  const [first = '', ...rest] = words
  const isNumber = rest.length > 0 && /^(?:no|nr|num|numero|code|ref|cle|key)$/.test(first)
  const found = [
    targetWords(words),
    gluedWords(words),
    afterFront(words, /^(?:num|code|ref)([a-z]{3,})$/),
    isNumber ? inSingular(rest) : null,
  ]
  return found.flatMap((one) => (one === null ? [] : [one.join('_')]))
}

function afterFront([first = '', ...rest]: readonly string[], front: RegExp): readonly string[] | null {
  const glued = front.exec(first)?.[1]
  return glued === undefined ? null : inSingular([glued, ...rest])
}

/**
 * `idvisit`, `nid`: in one word and still the name of a key. Not `uid`, which names a person, and `pid`, which is a
 * parent here and a path there; `email` and `batch` are the same in many tables and lead nowhere.
 */
export function isGluedKey(name: string): boolean {
  return /^(?:(?:id|fk)[a-z]{3,}|[a-z]{3,}id|[a-z]id)$/i.test(name) && !/^(?:[gopu]id|uuid|guid)$/i.test(name)
}

/** `user_id`, `id_user`, `userid`, `user_no`: a link by its form, whatever it leads to. */
export function soundsLikeLink(name: string): boolean {
  return targetWords(wordsOf(name)) !== null
}

/** Seems to point at a row of `table` or of the kind `kind`. */
export function looksLikeLinkTo(column: Column, table: string, kind: string): boolean {
  const named = targetNames(wordsOf(column.name))
  return [table, kind].some((name) =>
    named.includes(inSingular(wordsOf(name.split('.').at(-1) ?? name)).join('_')),
  )
}
