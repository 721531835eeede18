/** What the database says for the warm-up of a relay: how many mails left, and which later ones were promised. */
import { isoInstant, type Instant } from '../base/clock.ts'
import {
  announcedDays,
  failedSince,
  leftByDay,
  waitingByReply,
  type Announced,
} from '../db/own/mail-volume.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { dayOf } from '../plan/day.ts'
import { waitsBecause } from '../plan/reply.ts'
import {
  daysLookedAt,
  firstMailsToday,
  laterDays,
  pauseOf,
  type MailPast,
  type WarmUpPause,
} from '../plan/warm-up.ts'
import { hasSlot } from './cron-slot.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'

export interface FirstMails {
  readonly most: number
  readonly pause: WarmUpPause | null
}

const day = 86_400_000
/** Days without a slot; a schedule that rests for longer is not looked through. */
const longestPause = 31

/** To be asked after the later mails of every policy. Null: no warm-up, as many as the policy takes. */
export async function firstMails(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
  now: Instant,
): Promise<FirstMails | null> {
  const terms = ctx.settings.mail.warmUp
  const { warn } = policy.policy
  if (terms === null || warn === null) return null
  const past = await mailPast(ctx, now)
  const next = nextWarnDay(ctx, now)
  const promised = promisedMails(prepared, await announcedDays(ctx.database), now, next)
  const later = laterDays(warn).map(next)
  return {
    most: firstMailsToday(terms, past, (ahead) => promised.get(ahead) ?? 0, later),
    pause: pauseOf(terms, past),
  }
}

export async function mailPast({ database }: Pick<JobContext, 'database'>, now: Instant): Promise<MailPast> {
  const today = Math.floor(now / day)
  const since = (today - daysLookedAt) * day
  const left = await leftByDay(database, since)
  const waiting = await waitingByReply(database)
  const sum = (some: typeof waiting): number => some.reduce((total, { mails }) => total + mails, 0)
  const onDay = (back: number): number => left.get(isoInstant((today - back) * day).slice(0, 10)) ?? 0
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

/** Days from today → later mails that fall due then, if nobody comes back; those of today are left out. */
function promisedMails(
  { plan }: Pick<Prepared, 'plan'>,
  announced: readonly Announced[],
  now: Instant,
  next: (ahead: number) => number,
): ReadonlyMap<number, number> {
  const promised = new Map<number, number>()
  for (const { policy, clock } of plan.policies) {
    const today = dayOf(now, clock.zone)
    const [, ...later] = policy.warn?.daysBefore ?? []
    for (const one of announced.filter((each) => each.policy === policy.id))
      for (const days of later) {
        const due = dayOf(one.announced, clock.zone) - days - today
        if (due <= 0) continue
        promised.set(next(due), (promised.get(next(due)) ?? 0) + one.people)
      }
  }
  return promised
}
