/** One place that fills in words, in the language and with the spacing of the reader. */
import { fillText, spaced } from '../policies/problem-text.ts'
import type { Language } from '../policies/problem.ts'
import { english } from './words-en.ts'
import { french } from './words-fr.ts'

export type WordKey = keyof typeof english
export type Say = (key: WordKey, params?: Readonly<Record<string, string>>) => string

export function sayIn(lang: Language): Say {
  return (key, params = {}) => spaced(lang, fillText(lang === 'fr' ? french[key] : english[key], params))
}

/** All words without parameters, for the template. */
export function wordsOf(lang: Language): Readonly<Record<string, string>> {
  const say = sayIn(lang)
  return Object.fromEntries((Object.keys(english) as WordKey[]).map((key) => [key, say(key)]))
}

/** `prefix_name` where there is such a word, else the name as it stands. */
export function sayOf(say: Say, prefix: string, name: string): string {
  const key = `${prefix}_${name}`
  return Object.hasOwn(english, key) ? say(key as WordKey) : name
}
