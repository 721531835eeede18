/**
 * Small counts are not shown: one or two people of a kind could be somebody whom the reader knows. A sum never
 * gives a hidden part away, because hidden parts are not in it: it then says `≥`.
 */
import type { Language } from '../policies/problem.ts'
import type { Figure } from './facts.ts'

/** Counts from one to one less than this are hidden. */
export const maskBelow = 5

/** A count, or a sum of counts, some of which may be hidden. */
export interface Masked {
  /** Sum of what is shown. */
  readonly low: number
  readonly hidden: number
  readonly basis: Figure['basis']
}

export const nothing: Masked = { low: 0, hidden: 0, basis: 'exact' }

export function masked(rows: number, basis: Figure['basis'] = 'exact'): Masked {
  return rows > 0 && rows < maskBelow ? { low: 0, hidden: 1, basis } : { low: rows, hidden: 0, basis }
}

const weaker = ['exact', 'estimate', 'at least'] as const

/** A sum is no better known than its least known part. */
export function sumOf(parts: readonly Masked[]): Masked {
  return parts.reduce(
    (sum, one) => ({
      low: sum.low + one.low,
      hidden: sum.hidden + one.hidden,
      basis: weaker[Math.max(weaker.indexOf(sum.basis), weaker.indexOf(one.basis))] ?? 'at least',
    }),
    nothing,
  )
}

/**
 * A sum of parts that nobody knows any more. Whatever depends on it gives away a part that is hidden elsewhere on the
 * page, beside others that are shown there: also its power of ten, or whether it is a small one.
 */
export function roughly(rows: number): Masked {
  return rows === 0 ? nothing : { low: 1, hidden: 0, basis: 'at least' }
}

export function isNone({ low, hidden }: Masked): boolean {
  return low === 0 && hidden === 0
}

/** `1,234`, `≈ 1,234`, `≥ 1,234`, `<5`; a sum of two hidden counts is `<9`. */
export function maskedText({ low, hidden, basis }: Masked, lang: Language): string {
  if (hidden > 0 && low === 0) return `<${numberText(hidden * (maskBelow - 1) + 1, lang)}`
  const number = numberText(low, lang)
  if (hidden > 0 || basis === 'at least') return `≥\u00a0${number}`
  return basis === 'estimate' ? `≈\u00a0${number}` : number
}

export function numberText(value: number, lang: Language): string {
  return new Intl.NumberFormat(lang === 'fr' ? 'fr-FR' : 'en-GB').format(value)
}
