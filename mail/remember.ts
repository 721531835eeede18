/** Takes a warning that was sent before a backup was restored for sent again, so that nobody gets it twice. */
import type { Instant } from '../base/clock.ts'
import { endSentMail, setWarningsTold, warningAt } from '../db/own/sent-warnings.ts'
import { insertWarning, setWarningsAccepted, type WarningRow } from '../db/own/warnings.ts'
import type { Session } from '../db/session.ts'
import { newToken } from './outbox.ts'
import { subjectId } from './warnings.ts'

export interface SentWarning extends Omit<WarningRow, 'subjectId' | 'outboxId' | 'queuedAt'> {
  /** When it was accepted. */
  readonly at: Instant
}

/** Of a mail that waits here, the bytes go. One that was refused or came back stays what it is. */
export async function rememberSent(tx: Session, sent: SentWarning): Promise<void> {
  const there = await warningAt(tx, sent)
  const outboxId = there?.outboxId ?? newToken()
  if (there === null)
    await insertWarning(tx, { ...sent, subjectId: subjectId(sent.keyText), outboxId, queuedAt: sent.at })
  else await endSentMail(tx, outboxId, sent.at)
  await setWarningsAccepted(tx, [outboxId], sent.at)
  await setWarningsTold(tx, [{ ...sent, outboxId, state: 'accepted' }])
}
