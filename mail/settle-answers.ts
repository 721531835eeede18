/** Writes down what the transport said of some mails, and counts it. */
import type { Instant } from '../base/clock.ts'
import type { ClaimedMail } from '../db/own/outbox.ts'
import { point } from '../base/point.ts'
import type { Database } from '../db/session.ts'
import { backOff } from './back-off.ts'
import type { DeliveryOptions } from './deliver.ts'
import type { MailEvent } from './delivery-event.ts'
import type { Answer } from './on-the-wire.ts'
import { isLastMail } from './last-mails.ts'
import { acceptTogether, endMail, postpone } from './settle.ts'
import { countAnswer, type Tally } from './tally.ts'

/**
 * Acceptances are written together; whatever else was said, and whatever cannot go with others, by itself. One that
 * cannot be written keeps no other from it; then its error is thrown, which ends the delivery.
 */
export async function settleAnswers(
  database: Database,
  options: DeliveryOptions,
  answers: readonly Answer[],
  tally: Tally,
): Promise<void> {
  await point('mail sent')
  for (const { sent } of answers) countAnswer(tally, sent)
  const now = await options.now()
  const alone: Answer[] = []
  for (const group of groupsOf(answers)) {
    if (group.length === 1 || !(await settleTogether(database, options, group, now, tally)))
      alone.push(...group)
  }
  const faults: unknown[] = []
  for (const answer of alone)
    await settleAlone(database, options, answer, now, tally).catch((error: unknown) => faults.push(error))
  if (faults.length > 0) throw faults[0]
  await point('mail settled')
}

/** Acceptances of one claim with one code; every other answer is a group of its own. */
function groupsOf(answers: readonly Answer[]): readonly (readonly Answer[])[] {
  const groups = new Map<string, Answer[]>()
  for (const answer of answers) {
    const { mail, sent } = answer
    const key =
      sent.result === 'accepted' ? `${mail.claim} ${sent.code ?? ''}` : `${mail.claim} ${mail.id} alone`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [answer])
    else group.push(answer)
  }
  return [...groups.values()]
}

async function settleTogether(
  database: Database,
  options: DeliveryOptions,
  group: readonly Answer[],
  now: Instant,
  tally: Tally,
): Promise<boolean> {
  const mails = group.map(({ mail }) => mail)
  const code = group[0]?.sent.code ?? null
  if (!(await acceptTogether(database, mails, code, now, options.record))) return false
  countAccepted(tally, mails, now)
  for (const mail of mails) tell(options, mail, 'mail.accepted', code, mail.attempts + 1)
  return true
}

function countAccepted(tally: Tally, mails: readonly ClaimedMail[], now: Instant): void {
  tally.accepted += mails.length
  if (!mails.every(isLastMail)) tally.warningTaken = now
}

async function settleAlone(
  database: Database,
  options: DeliveryOptions,
  { mail, sent: { result, code, ofAddress = false } }: Answer,
  now: Instant,
  tally: Tally,
): Promise<void> {
  const attempt = mail.attempts + 1
  const later = now + (options.backoff ?? backOff)(attempt, options.random)
  switch (result) {
    case 'accepted':
      if (await endMail(database, mail, { result, code }, now, options.record))
        countAccepted(tally, [mail], now)
      else tally.unknown += 1
      break
    case 'rejected':
      if (await postpone(database, mail, 'deferred', code, later, true))
        tally.held.push({ mail, code, ofAddress })
      return
    case 'deferred':
    case 'unknown':
      if (await postpone(database, mail, result, code, later)) tally[result] += 1
      break
  }
  tell(options, mail, `mail.${result}`, code, attempt)
}

/** Refusals at the end of a delivery: they count, or all of them were a fault of ours. Gives how many counted. */
export async function settleHeld(
  database: Database,
  options: DeliveryOptions,
  tally: Tally,
  fault: boolean,
): Promise<number> {
  let rejected = 0
  for (const { mail, code, ofAddress } of tally.held) {
    const attempt = mail.attempts + 1
    const ending = { result: 'rejected', code, ofAddress } as const
    const counts =
      !fault && (await endMail(database, mail, ending, await options.now(), options.record, 'deferred'))
    if (counts) rejected += 1
    tell(options, mail, counts ? 'mail.rejected' : 'mail.deferred', code, attempt)
  }
  return rejected
}

export function tell(
  options: DeliveryOptions,
  { policy }: ClaimedMail,
  event: MailEvent['event'],
  code: string | null,
  attempt: number,
): void {
  options.onEvent?.({ event, policy, code, attempt })
}
