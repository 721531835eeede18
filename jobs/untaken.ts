/**
 * Mails of which none was taken for days. Few of them are no share of anything that could stop a delivery, and each is
 * tried again by itself, so that a small site whose relay refuses would never hear of it.
 */
import type { Instant } from '../base/clock.ts'
import { untakenMails, type Untaken as UntakenMails } from '../db/own/mail-volume.ts'
import type { JobContext } from './context.ts'

const day = 86_400_000

/** A relay that is gone for a weekend night, or a server that is slow with somebody new, is no word worth. */
const longEnough = 2 * day

/** The round after one that was given up begins within a week or two. */
const remembered = 14 * day

export interface Untaken extends UntakenMails {
  /** Whole days, two at least. */
  readonly days: number
}

/** Null: none waits, or not for so long. */
export async function untakenForDays(
  { database }: Pick<JobContext, 'database'>,
  now: Instant,
): Promise<Untaken | null> {
  const found = await untakenMails(database, { after: now - longEnough, until: now - remembered })
  if (found === null || now - found.since < longEnough) return null
  return { ...found, days: Math.floor((now - found.since) / day) }
}

/** For whoever reads the log alone, as where a scheduler runs. */
export async function tellUntaken(
  ctx: Pick<JobContext, 'database' | 'log'>,
  now: Instant,
): Promise<Untaken | null> {
  const found = await untakenForDays(ctx, now)
  if (found !== null) ctx.log.event('mail.untaken', { count: found.mails, days: found.days })
  return found
}
