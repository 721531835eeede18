/** Takes in a delivery status notification. */
import { newEntryId } from '../audit/entry.ts'
import { readBounce, recordBounce } from '../mail/bounce.ts'
import type { JobContext } from './context.ts'
import { guardClockQuietly } from './guards.ts'
import { refuseOlder } from './older.ts'
import { sealAndTell } from './seal-and-tell.ts'
import type { Prepared } from './prepare.ts'
import { mailRecorder } from './record-mail.ts'

/** `unreadable`: no notification. `ignored`: not of a mail of ours, not permanent, or taken in before. */
export async function bounce(
  ctx: JobContext,
  prepared: Pick<Prepared, 'dataMap'>,
  bytes: Uint8Array,
): Promise<'recorded' | 'ignored' | 'unreadable'> {
  const found = readBounce(bytes)
  if (found === null) return 'unreadable'
  await refuseOlder(ctx)
  // The day of a refusal and the wait after the last are counted from what is written now.
  await guardClockQuietly(ctx)
  const record = mailRecorder(ctx, newEntryId(ctx.ports.random), prepared.dataMap.zone)
  const result = await recordBounce(ctx.database, found, await ctx.now(), record)
  // A ledger that still calls the mail accepted would pass for a warning after a restored backup.
  if (result === 'recorded' && ctx.signingKey !== null) await sealAndTell(ctx)
  return result
}
