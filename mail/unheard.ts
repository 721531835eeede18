/** Letters of mail servers that are no report which anybody can read, and may be about a mail of ours all the same. */
import { allParts, contentType, decodedText, parameter, readPart } from './mime.ts'

/** Of one letter; more are no returned mail. */
const mostTokens = 20

const daemon = /\b(?:mailer-daemon|postmaster|microsoftexchange)/i

/** In the head of a mail of ours that was returned. Behind a `>` somebody quotes it, as absences do. */
const inCopy =
  /^[ \t]*(?:X-Oubli-Token:\s*|Message-ID:\s*<|Original-Envelope-Id:\s*)([0-9a-f]{32})(?![0-9a-f])/gim

/**
 * Tokens that such a letter holds, which may be ours. From a mailer daemon, or with an empty return path and the head of
 * our mail in it, but no answer: an absence has that path as well, and names the mail that it answers. Empty for a letter that says what
 * it is: a receipt, or a complaint.
 */
export function unheardTokens(bytes: Uint8Array): readonly string[] {
  const letter = readPart(bytes)
  const kind = parameter(letter, 'report-type')?.toLowerCase() ?? 'delivery-status'
  if (contentType(letter) === 'multipart/report' && kind !== 'delivery-status') return []
  const isDaemons = daemon.test(letter.headers.get('from') ?? '')
  const isReturned = letter.headers.get('return-path') === '<>' && !letter.headers.has('in-reply-to')
  if (!isDaemons && !isReturned) return []
  const found = allParts(letter).flatMap((part) => [...decodedText(part).matchAll(inCopy)])
  const answered = ['in-reply-to', 'references'].map((name) => letter.headers.get(name) ?? '').join(' ')
  const named = isDaemons ? [...answered.matchAll(/<([0-9a-f]{32})@/g)] : []
  return [...new Set([...found, ...named].map(([, token = '']) => token.toLowerCase()))].slice(0, mostTokens)
}
