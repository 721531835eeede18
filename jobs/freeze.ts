/** Freezes what is overdue when terms are approved that never acted, with the day to be finished by. */
import type { Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import type { BacklogRow } from '../db/own/backlogs.ts'
import { lastRunFor, paceOf, usualEnd, type Pace } from '../plan/backlog.ts'
import { civilDate, type CivilDate } from '../plan/civil.ts'
import { cutoff } from '../plan/deadline.ts'
import { meanSlotLength } from './cron-slot.ts'
import type { JobContext } from './context.ts'
import type { PlannedPolicy } from './plan.ts'

const day = 86_400_000

/** Milliseconds between two runs that erase, as the schedule says on the average. */
export function runEvery({ settings }: Pick<JobContext, 'settings'>, now: Instant): number {
  return meanSlotLength(settings.schedule.purge, now) || day
}

export interface FrozenNow {
  readonly row: Omit<BacklogRow, 'approvalId'>
  readonly pace: Pace
  /** The day on which the last of it would go: at this pace, or by the calendar of the mails. */
  readonly about: CivilDate
  readonly byCalendar: boolean
}

/**
 * `by`: null for the day that the pace gives. `until`: when the last of it goes by the calendar of `oubli plan`, for
 * a policy that warns; null where there is none. Throws `E_BACKLOG_DAY` for a day that cannot be reached, and where
 * the calendar does not reach the last of it.
 */
export function freeze(
  ctx: Pick<JobContext, 'settings'>,
  { policy, survey }: PlannedPolicy,
  termsHash: string,
  now: Instant,
  by: CivilDate | null,
  until: Instant | 'out of sight' | null,
): FrozenNow {
  const { zone } = policy.clock
  const { id } = policy.policy
  const found = survey.backlog ?? { overdue: 0, entering: 0, byElse: 0 }
  const size = found.overdue
  if (until === 'out of sight') {
    if (size > 0) throw outOfSight(id, size)
    until = null
  }
  const pace = paceOf(policy.policy, runEvery(ctx, now))
  const last = size === 0 ? now : Math.max(now, until ?? lastRunFor(size, pace, now))
  const about = civilDate(last, zone)
  const byCalendar = until !== null
  if (size > 0 && by !== null && by < about) throw tooEarly(id, size, { pace, about, byCalendar }, by)
  return {
    pace,
    about,
    byCalendar,
    row: {
      policy: id,
      termsHash,
      frozenAt: now,
      edge: cutoff(policy.clock, now),
      by: by ?? usualEnd(last, now, zone),
      size,
      entering: { all: survey.entering, old: found.entering, byElse: found.byElse },
    },
  }
}

/** Throws a `settings` error `E_BACKLOG_DAY` for a day that is over. */
export function checkBacklogDay(by: CivilDate, today: CivilDate): void {
  if (by >= today) return
  throw new OubliError(
    'settings',
    'E_BACKLOG_DAY',
    `--backlog-by: expected ${today} or later, found ${by}`,
    'Name a day that is still to come.',
  )
}

/** A pace so slow that no day can be promised. */
function outOfSight(id: string, size: number): OubliError {
  return new OubliError(
    'settings',
    'E_BACKLOG_DAY',
    `${id}: expected a day on which the last of what is overdue goes, found none: ${size} are overdue, and by the calendar of \`oubli plan\` they are not done within 20 years`,
    'Raise per_run or the cap of mail.warm_up, or run more often; then look at the plan again.',
  )
}

function tooEarly(
  id: string,
  size: number,
  { pace, about, byCalendar }: Omit<FrozenNow, 'row'>,
  by: string,
): OubliError {
  const notice = pace.noticeDays === 0 ? '' : ` and ${pace.noticeDays} days of notice`
  const how = byCalendar
    ? 'by the calendar of `oubli plan`'
    : `at ${pace.perRun} a run with a run every ${Math.round(pace.runEvery / 3_600_000)} h${notice}`
  return new OubliError(
    'settings',
    'E_BACKLOG_DAY',
    `${id}: expected ${about} or later, found ${by}: ${size} are overdue, and ${how} the last of them goes about ${about}`,
    'Name a later day, or raise per_run or the cap of mail.warm_up, or run more often; then look at the plan again.',
  )
}
