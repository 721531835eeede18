/** What the database says for the warm-up of a relay: how many mails left, and which later ones were promised. */
import { isoInstant, type Instant } from '../base/clock.ts'
import { entryFrom } from '../audit/entry-text.ts'
import {
  announcedDays,
  failedSince,
  leftByDay,
  waitingByReply,
  type Announced,
} from '../db/own/mail-volume.ts'
import { entriesSince } from '../db/own/recent-entries.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { dayOf } from '../plan/day.ts'
import { waitsBecause } from '../plan/reply.ts'
import {
  daysLookedAt,
  firstMailsToday,
  lastMailDays,
  lastMails,
  laterDays,
  pauseOf,
  type MailPast,
  type WarmUpPause,
} from '../plan/warm-up.ts'
import { hasSlot, hasSlotLater, latestSlotOf } from './cron-slot.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'

export interface FirstMails {
  readonly most: number
  readonly pause: WarmUpPause | null
}

const day = 86_400_000
/** Days without a slot; a schedule that rests for longer is not looked through. */
const longestPause = 31

/**
 * To be asked after the later mails of every policy. `due`: policy → people whom it may erase now, of those that may
 * act. `purging`: this run erases when all are warned. Null: no warm-up, as many as the policy takes.
 */
export async function firstMails(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
  now: Instant,
  { due, purging }: { readonly due: ReadonlyMap<string, number>; readonly purging: boolean },
): Promise<FirstMails | null> {
  const terms = ctx.settings.mail.warmUp
  const { warn } = policy.policy
  if (terms === null || warn === null) return null
  const past = await mailPast(ctx, now)
  const next = nextWarnDay(ctx, now)
  const erasure = nextErasureDay(ctx, now)
  // What is erased today is over, unless this run or a later one of today erases.
  const toCome = purging || hasSlotLeft(ctx, now) ? 0 : 1
  const promised = promisedMails(prepared, await announcedDays(ctx.database), due, now, {
    warning: next,
    erasure: (ahead) => erasure(Math.max(toCome, ahead)),
  })
  const later = [...laterDays(warn).map(next), ...lastMailDays(warn).map(erasure)]
  return {
    most: firstMailsToday(terms, past, (ahead) => promised.get(ahead) ?? 0, later),
    pause: pauseOf(terms, past),
  }
}

/** Accepted last mails by UTC day. Of each nothing is left but the evidence of its end. */
async function lastMailsByDay(
  database: JobContext['database'],
  since: Instant,
): Promise<ReadonlyMap<string, number>> {
  const days = new Map<string, number>()
  for (const { createdAt, leaf } of await entriesSince(database, 'telling.ended', since)) {
    const entry = entryFrom(leaf)
    if (entry?.kind !== 'telling.ended' || entry.how !== 'accepted') continue
    const on = createdAt.slice(0, 10)
    days.set(on, (days.get(on) ?? 0) + Number(entry.count))
  }
  return days
}

export async function mailPast({ database }: Pick<JobContext, 'database'>, now: Instant): Promise<MailPast> {
  const today = Math.floor(now / day)
  const since = (today - daysLookedAt) * day
  const left = await leftByDay(database, since)
  const last = await lastMailsByDay(database, since)
  const waiting = await waitingByReply(database)
  const sum = (some: typeof waiting): number => some.reduce((total, { mails }) => total + mails, 0)
  const onDay = (back: number): number => {
    const name = isoInstant((today - back) * day).slice(0, 10)
    return (left.get(name) ?? 0) + (last.get(name) ?? 0)
  }
  return {
    leftBefore: Array.from({ length: daysLookedAt }, (_, i) => onDay(i + 1)),
    leftToday: onDay(0),
    waiting: sum(waiting),
    deferred: sum(waiting.filter(({ reply }) => waitsBecause(reply ?? undefined) === 'put off')),
    failed: await failedSince(database, since),
  }
}

/** Days from today → the same or the next one on which people are warned, as the schedule has it. */
export function nextWarnDay({ settings }: Pick<JobContext, 'settings'>, now: Instant): NextDay {
  return nextSlotDay(settings.schedule.warn, settings.schedule.zone, now)
}

/** The same for erasures. */
export function nextErasureDay({ settings }: Pick<JobContext, 'settings'>, now: Instant): NextDay {
  return nextSlotDay(settings.schedule.purge, settings.schedule.zone, now)
}

/** Both for who asks outside of a run: a slot of today that is over is none. */
export function slotsToCome(
  ctx: Pick<JobContext, 'settings'>,
  now: Instant,
): { readonly warning: NextDay; readonly erasure: NextDay } {
  const { warn, purge, zone } = ctx.settings.schedule
  const from = (line: string, next: NextDay): NextDay => {
    const first = hasSlotLater(line, zone, now) ? 0 : 1
    return (ahead) => next(Math.max(first, ahead))
  }
  return { warning: from(warn, nextWarnDay(ctx, now)), erasure: from(purge, nextErasureDay(ctx, now)) }
}

/** Whether a slot of the purge is still to come on this day, which is one of UTC as for all mails. */
function hasSlotLeft({ settings }: Pick<JobContext, 'settings'>, now: Instant): boolean {
  const { purge, zone } = settings.schedule
  const last = latestSlotOf(purge, zone, (Math.floor(now / day) + 1) * day - 1)
  return last !== null && last > now
}

type NextDay = (ahead: number) => number

function nextSlotDay(line: string, zone: string, now: Instant): NextDay {
  const known = new Map<number, boolean>()
  const works = (ahead: number): boolean => {
    const found = known.get(ahead) ?? hasSlot(line, zone, now + ahead * day)
    known.set(ahead, found)
    return found
  }
  return (ahead) => {
    for (let later = ahead; later < ahead + longestPause; later += 1) if (works(later)) return later
    return ahead
  }
}

/** Days from today → mails that fall due then, if nobody comes back; later mails of today are queued already. */
function promisedMails(
  { plan }: Pick<Prepared, 'plan'>,
  announced: readonly Announced[],
  due: ReadonlyMap<string, number>,
  now: Instant,
  next: { readonly warning: NextDay; readonly erasure: NextDay },
): ReadonlyMap<number, number> {
  const promised = new Map<number, number>()
  const add = (ahead: number, mails: number): unknown =>
    promised.set(ahead, (promised.get(ahead) ?? 0) + mails)
  for (const { policy, clock, termsHash } of plan.policies) {
    const today = dayOf(now, clock.zone)
    // Nothing more follows on what was said of other terms.
    const told = announced
      .filter((one) => one.policy === policy.id && one.termsHash === termsHash)
      .map((one) => ({ ahead: dayOf(one.announced, clock.zone) - today, people: one.people }))
    const [, ...later] = policy.warn?.daysBefore ?? []
    for (const { ahead, people } of told)
      for (const days of later) if (ahead > days) add(next.warning(ahead - days), people)
    if (policy.warn?.thenTell === undefined) continue
    // Of those whose day is over some may not go, for as long as a hold or a state lasts: they promise no mail.
    const toGo = [{ ahead: 0, people: due.get(policy.id) ?? 0 }, ...told.filter(({ ahead }) => ahead > 0)]
    for (const one of lastMails(toGo, policy.perRun.items, next.erasure)) add(...one)
  }
  return promised
}
