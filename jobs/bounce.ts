/** Takes in a delivery status notification. */
import { newEntryId } from '../audit/entry.ts'
import { recordBounce, type BounceTaken } from '../mail/bounce.ts'
import { readBounce, type Bounce } from '../mail/bounce-report.ts'
import type { JobContext } from './context.ts'
import { guardClockQuietly } from './guards.ts'
import { refuseOlder } from './older.ts'
import { sealAndTell } from './seal-and-tell.ts'
import type { Prepared } from './prepare.ts'
import { mailRecorder } from './record-mail.ts'

/** `unreadable`: no notification. `ignored`: not of a mail of ours, no final failure, or taken in before. */
export async function bounce(
  ctx: JobContext,
  prepared: Pick<Prepared, 'dataMap'>,
  bytes: Uint8Array,
): Promise<BounceTaken | 'unreadable'> {
  const found = readBounce(bytes)
  if (found === null) return 'unreadable'
  const taker = await bounceTaker(ctx, prepared)
  const result = await taker.take(found)
  await taker.end()
  return result
}

export interface BounceTaker {
  readonly take: (bounce: Bounce) => Promise<BounceTaken>
  /** Seals when anything was recorded. */
  readonly end: () => Promise<void>
}

/** Throws a `refused` error where nothing may be taken in now. `sealing`: how `end` closes what was recorded. */
export async function bounceTaker(
  ctx: JobContext,
  prepared: Pick<Prepared, 'dataMap'>,
  sealing: (ctx: JobContext) => Promise<unknown> = (all) => sealAndTell(all),
): Promise<BounceTaker> {
  await refuseOlder(ctx)
  // The day of a refusal and the wait after the last are counted from what is written now.
  await guardClockQuietly(ctx)
  const record = mailRecorder(ctx, newEntryId(ctx.ports.random), prepared.dataMap.zone)
  let recorded = 0
  return {
    take: async ({ recipient, ...found }) => {
      const hashed = { ...found, recipientHash: ctx.ports.readAddress(recipient).hash }
      const result = await recordBounce(ctx.database, hashed, await ctx.now(), record)
      if (result === 'recorded') {
        recorded += 1
        ctx.log.event('mail.bounced', { status: found.status })
      }
      return result
    },
    end: async () => {
      // A ledger that still calls the mail accepted would pass for a warning after a restored backup.
      if (recorded > 0 && ctx.signingKey !== null) await sealing(ctx)
    },
  }
}
