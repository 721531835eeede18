/** Says again what became of warnings since a backup: nobody gets one twice, or goes on one that came back. */
import type { Instant } from '../base/clock.ts'
import { endSentMail, setWarningsTold, warningAt } from '../db/own/sent-warnings.ts'
import { insertWarning, setWarningFailed, setWarningsAccepted, type WarningRow } from '../db/own/warnings.ts'
import type { Session } from '../db/session.ts'
import { newToken } from './outbox.ts'
import { subjectId } from './warnings.ts'

export interface SentWarning extends Omit<WarningRow, 'subjectId' | 'outboxId' | 'queuedAt'> {
  /** When it was accepted. */
  readonly at: Instant
}

/** Of a mail that waits here, the bytes go. One that was refused or came back stays what it is. */
export async function rememberSent(tx: Session, sent: SentWarning): Promise<void> {
  const outboxId = await endedAt(tx, sent)
  await setWarningsAccepted(tx, [outboxId], sent.at)
  await setWarningsTold(tx, [{ ...sent, outboxId, state: 'accepted' }])
}

/**
 * One that came back or was answered; `at`: when it was. How is not known, so that it says nothing of the address. The
 * ledger has it already.
 */
export async function rememberReturned(tx: Session, returned: SentWarning): Promise<void> {
  const outboxId = await endedAt(tx, returned)
  await setWarningFailed(tx, outboxId, 'undelivered', returned.at)
  await setWarningsTold(tx, [{ ...returned, outboxId, state: 'bounced' }])
}

/** The id of the mail at this place, which waits no more; of a new one where there is none. */
async function endedAt(tx: Session, { at, ...place }: SentWarning): Promise<string> {
  const there = await warningAt(tx, place)
  const outboxId = there?.outboxId ?? newToken()
  if (there === null)
    await insertWarning(tx, { ...place, subjectId: subjectId(place.keyText), outboxId, queuedAt: at })
  else await endSentMail(tx, outboxId, at)
  return outboxId
}
