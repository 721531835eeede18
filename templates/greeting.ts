/** A name fit for a greeting. */

const longestName = 80

/**
 * A name fit for a greeting, or nothing. Anybody can type anything into a name field, also somebody else's
 * address into the field beside it: what looks like a link or an address is not repeated in a mail. Marks that
 * turn the direction of what follows go; a name from right to left stays.
 */
export function greetingName(name: string | null): string {
  if (name === null) return ''
  const clean = name
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
  if (/:\/\/|@|\.[\p{L}\p{N}]{2}/u.test(clean)) return ''
  const letters = Array.from(new Intl.Segmenter().segment(clean), (part) => part.segment)
  return letters.length > longestName ? `${letters.slice(0, longestName - 1).join('')}…` : clean
}
