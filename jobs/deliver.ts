/** Sends the mails that wait. */
import type { Instant } from '../base/clock.ts'
import { newEntryId } from '../audit/entry.ts'
import { deliverDue, type DeliverySummary } from '../mail/deliver.ts'
import { expireLastMails } from '../mail/last-mails.ts'
import { canaryMail } from './canary.ts'
import type { JobContext } from './context.ts'
import { guardClockQuietly } from './guards.ts'
import type { Prepared } from './prepare.ts'
import { mayLeave } from './may-leave.ts'
import { refuseOlder } from './older.ts'
import { mailRecorder } from './record-mail.ts'
import { sealAndTell } from './seal-and-tell.ts'
import { tellDelivery } from './tell-delivery.ts'

/** Mails in one delivery; the rest waits for the next, a few minutes later. */
const mostMails = 2000

/** `run`: what the evidence is filed under; a delivery of its own gets an id of its own. */
export async function deliver(
  ctx: JobContext,
  prepared: Pick<Prepared, 'dataMap' | 'plan'>,
  run: string | null,
): Promise<DeliverySummary> {
  if (run === null) {
    await refuseOlder(ctx)
    await guardClockQuietly(ctx)
  }
  const canary = canaryMail(ctx, prepared)
  const id = run ?? newEntryId(ctx.ports.random)
  const expired = await expireTellings(ctx, prepared, id, await ctx.now())
  const transport = ctx.transport()
  try {
    const tried = await deliverDue(ctx.database, transport, {
      now: ctx.now,
      clock: ctx.clock,
      limit: mostMails,
      perMinute: ctx.settings.mail.transport === 'files' ? null : ctx.settings.mail.perMinute,
      record: mailRecorder(ctx, id, prepared.dataMap.zone),
      random: () => (ctx.ports.random(1)[0] ?? 0) / 256,
      wait: ctx.ports.sleep,
      onEvent: (event) => {
        tellDelivery(ctx.log, event)
      },
      stop: () => ctx.stop() !== null,
      mayLeave: mayLeave(ctx, prepared),
      ...(canary === null ? {} : { canary }),
    })
    const summary = { ...tried, abandoned: tried.abandoned + expired }
    // A run seals at its own end.
    const settled = summary.accepted + expired > 0
    if (run === null && ctx.signingKey !== null && settled) await sealAndTell(ctx)
    return summary
  } finally {
    await transport.close()
  }
}

/** Mails after an erasure whose time is over go unsent, also where nothing is delivered. Gives their number. */
export async function expireTellings(
  ctx: JobContext,
  { dataMap }: Pick<Prepared, 'dataMap'>,
  run: string,
  now: Instant,
): Promise<number> {
  const expired = await expireLastMails(ctx.database, now, mailRecorder(ctx, run, dataMap.zone))
  if (expired > 0) ctx.log.event('mail.not-told', { count: expired })
  return expired
}
