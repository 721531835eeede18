/** Names of columns that sound like links: `user_id`, `id_user`, `userId`, `user_no`. */
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

/** `user_id`, `id_user`, `userid`, `user_no`: a link by its form, whatever it leads to. */
export function soundsLikeLink(name: string): boolean {
  return targetWords(wordsOf(name)) !== null
}

/** Seems to point at a row of `table` or of the kind `kind`. */
export function looksLikeLinkTo(column: Column, table: string, kind: string): boolean {
  const named = targetWords(wordsOf(column.name))?.join('_')
  return [table, kind].some((name) => inSingular(wordsOf(name.split('.').at(-1) ?? name)).join('_') === named)
}
