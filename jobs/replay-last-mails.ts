/**
 * Mails after an erasure that a restored backup brought back. Nobody knows which of them left since, so none is
 * sent, and the evidence says how many. Where no backup was restored they are in no doubt, and left alone.
 */
import { entryFrom } from '../audit/entry-text.ts'
import type { Instant } from '../base/clock.ts'
import { leavesOfRun } from '../db/own/log-place.ts'
import { countLastMails, forgetLastMails } from '../mail/last-mails.ts'
import type { JobContext } from './context.ts'
import type { OutsideLog } from './outside-log.ts'
import type { Prepared } from './prepare.ts'
import { mailRecorder } from './record-mail.ts'
import type { ReplayReport } from './replay-look.ts'

type Behind = Pick<ReplayReport, 'older'>

/** Those that wait, and those that this replay has ended, however often it was killed. */
export async function lastMailsInDoubt(
  { database }: JobContext,
  log: OutsideLog | null,
  { older }: Behind,
): Promise<number> {
  if (older === null || log === null) return 0
  let ended = 0
  for (const leaf of await leavesOfRun(database, log.id, 'telling.ended')) {
    const entry = entryFrom(leaf)
    if (entry?.kind === 'telling.ended') ended += Number(entry.count)
  }
  return (await countLastMails(database)) + ended
}

export async function endLastMailsInDoubt(
  ctx: JobContext,
  { dataMap: { zone } }: Prepared,
  log: OutsideLog,
  { older }: Behind,
  asOf: Instant,
): Promise<void> {
  if (older !== null) await forgetLastMails(ctx.database, asOf, mailRecorder(ctx, log.id, zone))
}
