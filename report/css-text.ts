/** Text as a string of a style sheet has it. */

/**
 * In a style block no entity is read, a backslash begins an escape, and `</style>` ends it all: whatever is neither
 * letter nor digit nor space is written as its number. To be put between quotes; it holds nothing that HTML escapes.
 */
export function cssText(text: string): string {
  // The space belongs to the escape, and ends it before a letter or a digit that could be read on.
  return text.replace(
    /[^\p{L}\p{N} ]/gu,
    (found) => `\\${(found.codePointAt(0) ?? 0).toString(16).padStart(6, '0')} `,
  )
}
