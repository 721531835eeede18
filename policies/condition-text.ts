/** The two short phrases of a policy that are grammar of their own: `only:` amounts and `refusals:`. */

export interface Amount {
  readonly test: 'at least' | 'below'
  /** Decimal with a point, as the column holds it: `120`, `120.50`. */
  readonly amount: string
}

const phrase =
  /^(?<words>at least|below|au moins|moins de) (?<digits>\d{1,3}(?: \d{3})+|\d{1,15})(?:[.,](?<cents>\d{1,2}|\d{4}))?(?: ?(?:[A-Z]{3}|€|euros?))?$/i

/** True when the text begins like an amount, so that a slip in it is not taken for a value of the column. */
export function looksLikeAmount(found: string): boolean {
  return /^\s*(?:at least|at most|below|above|more than|less than|au moins|au plus|moins de|plus de)\s/i.test(
    found,
  )
}

/** True for `1,200` and `1.200,50`: a mark before three digits is thousands to one reader and decimals to another. */
export function marksThousands(found: string): boolean {
  return /\d[.,]\d{3}(?!\d)/.test(found)
}

/** Reads `at least 120 EUR`, `below 120.50`, `au moins 1 200,50 €`. The currency is the column's own. */
export function parseAmount(found: string): Amount | null {
  const groups = phrase.exec(found.replace(/\s+/g, ' ').trim())?.groups
  if (groups === undefined) return null
  const { words = '', digits = '', cents } = groups
  const atLeast = ['at least', 'au moins'].includes(words.toLowerCase())
  const whole = digits.replace(/ /g, '').replace(/^0+(?=\d)/, '')
  return { test: atLeast ? 'at least' : 'below', amount: cents === undefined ? whole : `${whole}.${cents}` }
}

/** Reads `2 on different days`, `2 à des jours différents`. Null when it is anything else. */
export function parseRefusals(found: string): number | null {
  const plain = found.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase()
  const digits = /^([1-9]) (?:on different days|à des jours différents)$/.exec(plain)?.[1]
  return digits === undefined ? null : Number(digits)
}
