/** Quoting of identifiers: backticks on every dialect, because SQLite reads a wrong `"name"` as a text. */

/**
 * `name` or `schema.name` in backticks. Throws on a name that is empty, longer than 64 characters or holds a
 * backtick, a control character or a `?` (which the driver would take for a placeholder).
 */
export function quoteIdentifier(identifier: string): string {
  const parts = identifier.split('.')
  if (parts.length > 2) throw new TypeError('identifier has more than two parts')
  return parts.map(quotePart).join('.')
}

function quotePart(part: string): string {
  if (!isQuotable(part)) throw new TypeError('identifier cannot be quoted safely')
  return `\`${part}\``
}

/** A single name; a dot in it is a dot. */
export function isQuotable(part: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is refused here
  return part !== '' && part.length <= 64 && !/[`?\u0000-\u001f\u007f]/.test(part) && !part.endsWith(' ')
}
