/**
 * Reports of qmail and of what was made after it: plain text in the qmail-send bounce message format (QSBMF). Its first
 * paragraph begins with "Hi. This is the", one begins with the address, and the mail comes back below a line of dashes.
 */

import { statusOf } from './bounce-status.ts'

export interface QmailReport {
  /** `5.1.1`; `5.0.0` where it says none. */
  readonly status: string
  /** Whose mailbox it is about. */
  readonly recipient: string
  readonly returned: string
}

/** Null: it is none. Somebody who quotes such a report writes something before it. */
export function qmailReport(text: string): QmailReport | null {
  const body = text.replace(/^\n+/, '')
  if (!body.startsWith('Hi. This is the ')) return null
  const copy = body.indexOf('\n\n---')
  if (copy === -1) return null
  const recipient = body
    .slice(0, copy)
    .split(/\n\n+/)
    .find((paragraph) => /^<[^>\n]*>:/.test(paragraph))
  if (recipient === undefined) return null
  const below = body.indexOf('\n\n', copy + 2)
  const said = recipient.slice(recipient.indexOf('\n') + 1)
  const address = recipient.slice(1, recipient.indexOf('>'))
  return {
    status: statusSaid(said, address),
    recipient: address,
    returned: below === -1 ? '' : body.slice(below + 2),
  }
}

/** Its own words come with a code, `(#5.1.1)`; what another server replied comes as it was said. */
function statusSaid(said: string, recipient: string): string {
  const status = /\(#([245]\.\d{1,3}\.\d{1,3})\)/.exec(said)?.[1]
  // Below stands whom it gave up, by a number that is no word of theirs.
  const theirs = /\bsaid: ([^]*)/.exec(said)?.[1]?.split('\nGiving up on ')[0]
  const reply = theirs ?? (status === undefined ? undefined : said)
  const toRecipient = said.includes(' does not like recipient')
  return statusOf({ status, reply, toRecipient, recipient }) ?? '5.0.0'
}
