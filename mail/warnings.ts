/** What we remember of warning a person: our rows about warnings, answers and refusals, and the mails behind them. */
import { point } from '../base/point.ts'
import type { Instant } from '../base/clock.ts'
import { keyFromText } from '../base/subject-ref.ts'
import { forgetAnswers, keepAnswers } from '../db/own/answers.ts'
import { cancelMails, cancelUnsaidMails, forgetMails } from '../db/own/outbox-ends.ts'
import { clearRefusals, forgetRefusals } from '../db/own/refusals.ts'
import {
  deleteUnsaidWarnings,
  deleteWarnings,
  forgetWarnings,
  insertWarning,
  readWarnings,
  warningExists,
} from '../db/own/warnings.ts'
import type { Session } from '../db/session.ts'
import type { WarningFact } from '../plan/facts.ts'
import { checkAddress } from './address.ts'
import { queueMail, type MailToQueue } from './outbox.ts'

export { warnedKeys as openWarnings } from '../db/own/warnings.ts'

export interface QueuedWarning extends MailToQueue {
  /** The clock's start that the person is warned about. */
  readonly cycle: Instant
  readonly round: number
  readonly step: number
  readonly addressHash: string
  readonly termsHash: string
  /** First instant at which erasure is announced. */
  readonly announced: Instant
}

/** Longer than a mail waits. Milliseconds. */
const ahead = 7 * 86_400_000

/**
 * Queues a mail and its warning in the caller's transaction: either both exist or neither. Gives the id of
 * the mail, or null when this step of this round was queued before. A later step is due before every first mail that waits:
 * whoever was told a day is told it again before others are told one.
 */
export async function queueWarning(tx: Session, warning: QueuedWarning): Promise<string | null> {
  if (!checkAddress(warning.address).ok) throw new Error('a warning needs an address that can be written to')
  if (await warningExists(tx, warning)) return null
  const notBefore = warning.notBefore - (warning.step === 0 ? 0 : ahead)
  const outboxId = await queueMail(tx, { ...warning, notBefore })
  await point('mail queued')
  const subject = subjectId(warning.keyText)
  await insertWarning(tx, { ...warning, subjectId: subject, outboxId, queuedAt: warning.now })
  await point('warning queued')
  return outboxId
}

/** What the site joins with its own table: the key itself where it is one column. */
export function subjectId(key: string): string {
  const parts = keyFromText(key)
  return parts.length === 1 ? (parts[0] ?? key) : key
}

const page = 500

/** Every warning of these people, of every policy, cycle and round, oldest first. */
export async function warningsOf(
  session: Session,
  kind: string,
  keyTexts: readonly string[],
): Promise<ReadonlyMap<string, readonly WarningFact[]>> {
  const found = new Map<string, WarningFact[]>()
  for (let from = 0; from < keyTexts.length; from += page) {
    const keys = keyTexts.slice(from, from + page)
    for (const { keyText, fact } of await readWarnings(session, kind, keys)) {
      const list = found.get(keyText)
      if (list === undefined) found.set(keyText, [fact])
      else list.push(fact)
    }
  }
  return found
}

/** The site deleted the person: their warnings are void, and nothing of the mails stays either. */
export async function forgetWarned(
  tx: Session,
  policy: string,
  kind: string,
  keyText: string,
  now: Instant,
): Promise<void> {
  await clearWarnings(tx, policy, kind, keyText, now)
  await forgetMails(tx, kind, [keyText])
}

/**
 * The person came back: nothing that was said or refused before counts any more, and mails that have not
 * left are cancelled. One that is on the wire cannot be called back; its result then finds no warning.
 */
export async function clearWarnings(
  tx: Session,
  policy: string,
  kind: string,
  keyText: string,
  now: Instant,
): Promise<void> {
  await cancelMails(tx, policy, kind, keyText, now)
  await keepAnswers(tx, policy, kind, keyText, now)
  await deleteWarnings(tx, policy, kind, keyText)
  await clearRefusals(tx, policy, kind, keyText)
  await point('warnings cleared')
}

/**
 * The policy has nothing more to say to the person: mails that have not left are cancelled, and are as if they had never
 * been written. What was said, or may have been, stands with its day; one of which no answer came ends as any other.
 */
export async function clearUnsaid(
  tx: Session,
  policy: string,
  kind: string,
  keyText: string,
  now: Instant,
): Promise<void> {
  await cancelUnsaidMails(tx, policy, kind, keyText, now)
  await deleteUnsaidWarnings(tx, policy, kind, keyText)
}

/** Removes everything that the mail tables hold of these people; for the transaction that erases them. */
export async function forgetSubject(tx: Session, kind: string, keyTexts: readonly string[]): Promise<void> {
  for (let from = 0; from < keyTexts.length; from += page) {
    const keys = keyTexts.slice(from, from + page)
    await forgetMails(tx, kind, keys)
    await forgetWarnings(tx, kind, keys)
    await forgetAnswers(tx, kind, keys)
    await forgetRefusals(tx, kind, keys)
  }
}
