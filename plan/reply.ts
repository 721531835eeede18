/** What the last answer of a relay says about a mail that still waits. */

/**
 * `put off`: later, said the relay or a server behind it (4xx). `our fault`: it was not reached, or it refused so
 * many that no refusal counts; a refusal that counts ends its mail. Null: it was not tried yet.
 */
export function waitsBecause(reply: string | undefined): 'put off' | 'our fault' | null {
  if (reply === undefined) return null
  return /^4\d\d$/.test(reply) ? 'put off' : 'our fault'
}
