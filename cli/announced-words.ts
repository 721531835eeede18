import type { Language } from '../policies/problem.ts'
import { number } from './table.ts'

/** Of a policy that warns nobody: those to whom a mail has named a day that is still to come. */
export function announcedWords(people: number, lang: Language): string {
  const count = number(people, lang)
  return lang === 'fr'
    ? `${count} attendent le jour qu’un courriel leur a annoncé`
    : `${count} wait for the day that a mail has announced to them`
}
