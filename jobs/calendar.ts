/** What the calendar of warnings and erasures is computed from. Reads only. */
import type { Instant } from '../base/clock.ts'
import { announcedDays } from '../db/own/mail-volume.ts'
import {
  backlogEnds,
  calendar,
  type CalendarDay,
  type CalendarInput,
  type CalendarPolicy,
} from '../plan/calendar.ts'
import { dayOf, dayStart } from '../plan/day.ts'
import type { Policy, Warn } from '../policies/policy.ts'
import type { JobContext } from './context.ts'
import { planPolicy, type PlannedPolicy } from './plan.ts'
import type { Prepared } from './prepare.ts'
import { mailPast, slotsToCome } from './warm-up.ts'

/** Of the policies that warn and act, or will once they are approved. */
export async function mailCalendar(...place: Parameters<typeof inputOf>): Promise<readonly CalendarDay[]> {
  return calendar(await inputOf(...place))
}

/** Policy → the last day in the same calendar of those who are overdue now, as an instant. */
export async function overdueUntil(
  ...place: Parameters<typeof inputOf>
): Promise<ReadonlyMap<string, Instant | 'out of sight'>> {
  const [, { dataMap }] = place
  const ends = [...backlogEnds(await inputOf(...place))]
  return new Map(ends.map(([id, day]) => [id, day === null ? 'out of sight' : dayStart(day, dataMap.zone)]))
}

async function inputOf(
  ctx: JobContext,
  prepared: Prepared,
  planned: readonly PlannedPolicy[],
  now: Instant,
): Promise<CalendarInput> {
  const announced = await announcedDays(ctx.database)
  const { zone } = prepared.dataMap
  const slots = slotsToCome(ctx, now)
  const all = [...planned, ...(await othersThatWarn(ctx, prepared, planned, now))]
  const policies = all.flatMap(({ policy: { policy, termsHash }, survey }): CalendarPolicy[] => {
    if (!sharesDays(policy)) return []
    const overdue = Math.min(survey.past['to warn']?.rows ?? 0, survey.toTell)
    return [
      {
        policy: policy.id,
        warn: policy.warn,
        overdue,
        upcoming: survey.toTell - overdue,
        laterNow: survey.toWarn - survey.toTell,
        due: survey.due,
        perRun: { items: policy.perRun.items, mails: policy.perRun.mails },
        // Whoever was told of other terms is among those who are to be told.
        told: announced
          .filter((one) => one.policy === policy.id && one.termsHash === termsHash && one.announced > now)
          .map(({ announced: at, people }) => ({ announced: dayOf(at, zone), people })),
      },
    ]
  })
  return {
    today: dayOf(now, zone),
    policies,
    warmUp: ctx.settings.mail.warmUp,
    past: await mailPast(ctx, now),
    nextWarning: slots.warning,
    nextErasure: slots.erasure,
  }
}

/** The mails of all policies that may act share the days, whichever of them somebody looks at. */
async function othersThatWarn(
  ctx: JobContext,
  prepared: Prepared,
  planned: readonly PlannedPolicy[],
  now: Instant,
): Promise<readonly PlannedPolicy[]> {
  if (!planned.some(({ policy }) => sharesDays(policy.policy))) return []
  const known = new Set(planned.map(({ policy }) => policy))
  const others: PlannedPolicy[] = []
  for (const policy of prepared.plan.policies)
    if (!known.has(policy) && sharesDays(policy.policy))
      others.push(await planPolicy(ctx, prepared, policy, now, { countTables: false, run: null }))
  return others
}

function sharesDays(policy: Policy): policy is Policy & { warn: Warn } {
  return policy.warn !== null && policy.status === 'enforce'
}
