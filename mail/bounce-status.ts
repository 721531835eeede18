/** What the status of a failure (RFC 3463) says: of the address, or only of this mail, of this day, or of us. */

/**
 * Of the address: there is no such mailbox, or no such domain. Nothing else may make somebody unreachable, for whom a
 * policy can end in an erasure. So not 5.7.x (a block list, a policy), 5.1.7 and 5.1.8 (our sender), 5.2.2 (a mailbox
 * that is full is somebody's), 5.4.x (it was not reached in time), nor what is said of the mail or of their server.
 */
const ofAddress = /^5\.(?:1\.(?!7$|8$)\d+|2\.[01]|4\.(?:1|4|310))$/ // 5.4.1 is Microsoft's for an unknown one, 5.4.310 for its domain.

export function speaksOfAddress(status: string): boolean {
  return ofAddress.test(status)
}

/** Some servers say no more than this (Exim always, Sendmail often), and leave the reply in the diagnostic. */
const vague = /^[45]\.[035]\.0$/

/** `550-5.1.1 …`, `550 5.1.1 …`, `550 …`, `552 (#5.2.2)`. */
const reply = /(?:^|[\s:;])([45])(\d\d)\b(?:[- ]\(?#?([245]\.\d{1,3}\.\d{1,3})\b)?/

/** Replies without a status of their own (RFC 5321 §4.2.3): no such mailbox, and a full one. */
const meant: Readonly<Record<string, string>> = {
  '550': '5.1.0',
  '551': '5.1.0',
  '553': '5.1.0',
  '552': '5.2.2',
}

/**
 * The status of a report, or a closer one from what the other server replied. Null: neither says any. One that tried
 * for days and was put off each time has failed, but not for good, although its own server writes 5.0.0.
 */
export function statusOf(status: string | undefined, diagnostic: string | undefined): string | null {
  const own = /^([245]\.\d{1,3}\.\d{1,3})\b/.exec(status ?? '')?.[1] ?? null
  if (own !== null && !vague.test(own)) return own
  const [, kind = '', digits = '', enhanced = ''] = reply.exec(diagnostic ?? '') ?? []
  if (kind === '') return own
  if (enhanced !== '' && !vague.test(enhanced)) return enhanced
  return meant[kind + digits] ?? `${kind}.0.0`
}
