/** Takes in a delivery status notification. */
import { newEntryId } from '../audit/entry.ts'
import { readBounce, recordBounce } from '../mail/bounce.ts'
import type { JobContext } from './context.ts'
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
  const record = mailRecorder(ctx, newEntryId(ctx.ports.random), prepared.dataMap.zone)
  return await recordBounce(ctx.database, found, await ctx.now(), record)
}
