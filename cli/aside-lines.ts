/** Rows that need a person, by their opaque references; more than a few are counted. */
import type { Language } from '../policies/problem.ts'
import { number } from './table.ts'
import { words } from './words.ts'

const mostNamed = 10

/** `count`: how many there are, where not all of them are given. */
export function apartLines(
  rows: readonly { readonly ref: string; readonly code: string }[],
  lang: Language,
  count = rows.length,
): readonly string[] {
  if (count === 0) return []
  const named = rows.map(({ ref, code }) => `${ref} (${code})`)
  return [
    words(
      lang,
      'Set aside, nothing of them was changed (docs/errors.md): {rows}[[ and {more} more]].',
      first(named, count, lang),
    ),
  ]
}

export function busyLines(
  rows: readonly { readonly ref: string }[],
  lang: Language,
  count = rows.length,
): readonly string[] {
  if (count === 0) return []
  return [
    words(
      lang,
      'Locked by the site in three runs or more: {rows}[[ and {more} more]].',
      first(
        rows.map(({ ref }) => ref),
        count,
        lang,
      ),
    ),
  ]
}

function first(named: readonly string[], count: number, lang: Language): { rows: string; more: string } {
  const shown = named.slice(0, mostNamed)
  const more = count > shown.length ? number(count - shown.length, lang) : ''
  return { rows: shown.join(', '), more }
}
