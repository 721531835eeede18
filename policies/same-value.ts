/** When two texts, out of a file or out of a row, are one value to a database. Pure. */

const truths: Readonly<Record<string, string>> = { true: '1', false: '0' }

const number = /^-?\d+(?:\.\d+)?$/

export function isNumber(text: string): boolean {
  return number.test(text)
}

/**
 * Whether a value of a row is one that spares it. As generous as the loosest collation: a site that takes
 * `Admin` for `admin` would lose the people whom the data map excepts.
 */
export function isSameValue(found: string, wanted: string): boolean {
  if (isNumber(found) && isNumber(wanted)) return Number(found) === Number(wanted)
  return folded(found) === folded(wanted)
}

/** Of two values as people write them, whatever the type of the column: `true` may be 1. */
export function canBeSame(one: string, other: string): boolean {
  return isSameValue(one, other) || isSameValue(inNumbers(one), inNumbers(other))
}

/** `true` and `false` as a column of numbers holds them. */
export function inNumbers(written: string): string {
  return Object.hasOwn(truths, written) ? (truths[written] ?? written) : written
}

/** Without case, accents and trailing spaces, which most collations ignore; `ß` is `ss` to some, `ς` is `σ`. */
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().toUpperCase().trimEnd()
}
