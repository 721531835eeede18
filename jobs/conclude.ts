/** How a run ends: exit code and one sentence, the most serious reason first. */
import { numberText } from '../report/mask.ts'
import { isSealingStop } from './backlog.ts'
import { meanSlotLength } from './cron-slot.ts'
import type { JobContext } from './context.ts'
import { leftLying, leftUnread, unreadBy } from './read-bounces.ts'
import { dueLeft, leftBehind, leftWords } from './leftover.ts'
import type { Prepared } from './prepare.ts'
import type { RunReport } from './run.ts'
import { timeUp } from './run-time.ts'
import type { WarnOutcome } from './warn.ts'

function isPause(held: WarnOutcome['held']): boolean {
  return held === 'hard bounces' || held === 'deferrals'
}

function pauseWords({ settings }: JobContext, held: WarnOutcome['held']): string {
  const above = settings.mail.warmUp?.pauseAbove
  return held === 'hard bounces'
    ? `more than ${above?.hardBouncesPercent ?? 0} % of the mails of seven days were refused or came back`
    : `more than ${above?.deferralsPercent ?? 0} % of the mails of seven days are put off`
}

/** `only`: the one policy of this run; what is wrong with another says nothing of it. Null: all of them. */
export function conclude(
  ctx: JobContext,
  prepared: Prepared,
  found: Pick<RunReport, 'run' | 'asOf' | 'bounces' | 'delivery' | 'untaken' | 'policies' | 'pace' | 'pilot'>,
  only: string | null,
): RunReport {
  const base = {
    ...found,
    sinks: [],
    unsealed: null,
    fingerprint: prepared.plan.fingerprint,
    problems: prepared.problems,
  }
  const signal = ctx.stop()
  const hard = found.policies.find(
    (one) =>
      one.outcome !== null &&
      !isSealingStop(one.outcome.stopped) &&
      !['done', 'slice', timeUp, signal].includes(one.outcome.stopped),
  )
  const unsealed = found.policies.flatMap(({ outcome }) => outcome?.stopped ?? []).find(isSealingStop)
  if (unsealed !== undefined) return { ...base, exit: 4, whyStopped: `refused by a safety stop: ${unsealed}` }
  const refused = found.policies.filter(
    (one) => one.planned.standing.mode === 'refused' || one.planned.alarms.length > 0,
  )
  const apart = found.policies.reduce((sum, one) => sum + (one.outcome?.setAside ?? 0), 0)
  const stuck = found.policies.reduce((sum, one) => sum + (one.outcome?.oftenBusy.length ?? 0), 0)
  const refusing = prepared.problems.filter(
    ({ refuses, policy }) => refuses && (only === null || policy === null || policy === only),
  )
  if (hard?.outcome)
    return { ...base, exit: 1, whyStopped: `${hard.planned.policy.policy.id}: ${hard.outcome.stopped}` }
  if (refused.length > 0)
    return {
      ...base,
      exit: 4,
      whyStopped: `refused by a safety stop: ${refused.map((one) => one.planned.policy.policy.id).join(', ')}`,
    }
  const unread = unreadBy(found.bounces)
  if (
    unread !== null &&
    found.policies.some(({ turn, planned }) => turn != null && planned.policy.policy.warn !== null)
  )
    return {
      ...base,
      exit: 4,
      whyStopped: `refused by a safety stop: what came back cannot be read: ${unread}`,
    }
  if (refusing.length > 0)
    return {
      ...base,
      exit: 4,
      whyStopped: `refused, the data map does not fit the database: ${refusing.length} problem(s)`,
    }
  if (found.delivery?.stopped != null) return { ...base, exit: 4, whyStopped: found.delivery.stopped }
  if (signal !== null && signal !== timeUp) return { ...base, exit: 3, whyStopped: signal }
  const behind = found.policies.reduce((sum, one) => sum + leftBehind(one), 0)
  if (behind > 0) return { ...base, exit: 3, whyStopped: `${behind} row(s) of what was done are still there` }
  if (apart > 0) return { ...base, exit: 3, whyStopped: `${apart} row(s) set aside` }
  if (stuck > 0) return { ...base, exit: 3, whyStopped: `${stuck} row(s) busy in three runs or more` }
  // A pilot is clean or not by its own people; what lies there is told beside it, unless it may be about them.
  const warns = found.policies.some(({ planned }) => planned.policy.policy.warn !== null)
  const lying = found.pilot === null ? leftLying(found.bounces) : warns ? leftUnread(found.bounces) : 0
  if (lying > 0)
    return { ...base, exit: 3, whyStopped: `${lying} file(s) of what came back stay where they lie` }
  const pause = found.policies.find(({ warned }) => warned !== null && isPause(warned.held))
  if (pause?.warned != null)
    return { ...base, exit: 4, whyStopped: `first mails pause: ${pauseWords(ctx, pause.warned.held)}` }
  const acting = found.policies.filter((one) => one.planned.standing.mode === 'enforced')
  if (found.policies.length === 0) return { ...base, exit: 0, whyStopped: 'no policy of this run warns' }
  if (acting.length === 0) return { ...base, exit: 0, whyStopped: 'observed only, nothing was changed' }
  const { zone, purge } = ctx.settings.schedule
  const runEvery = meanSlotLength(purge, found.asOf)
  const words = leftWords(acting, { now: found.asOf, runEvery, zone, timed: signal === timeUp })
  return { ...base, exit: 0, whyStopped: found.pilot === null ? words : pilotWords(found.pilot, acting) }
}

/** A pilot ends when it has done its number, whatever a whole run would take. */
function pilotWords(pilot: number, acting: RunReport['policies']): string {
  const outcomes = acting.flatMap(({ outcome }) => (outcome === null ? [] : [outcome]))
  const done = outcomes.reduce((sum, outcome) => sum + outcome.done, 0)
  const checked = outcomes.every((outcome) => outcome.done === 0 || outcome.again !== null)
  const due = acting.reduce((sum, one) => sum + dueLeft(one), 0)
  const [size, count, left] = [pilot, done, due].map((rows) => numberText(rows, 'en'))
  return `a pilot of ${size}, ${count} done and ${checked ? 'nothing of them left' : 'not asked after'}, ${left} still due`
}
