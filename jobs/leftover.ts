/** What a run leaves for the next ones, and when it will be done at this rate. */
import type { Instant } from '../base/clock.ts'
import { paceOf } from '../plan/backlog.ts'
import { restOf, type Rest } from '../plan/slice.ts'
import { numberText } from '../report/mask.ts'
import { dayInWords } from '../templates/words.ts'
import type { RunPolicyReport } from './run.ts'
import { timeUp } from './run-time.ts'

/** Due or to be warned, and not handled in this run. Rows that left with a person are not left over. */
export function leftDue(report: RunPolicyReport): number {
  return dueLeft(report) + toWarnLeft(report)
}

function toWarnLeft({ planned, warned }: RunPolicyReport): number {
  return Math.max(0, planned.survey.toWarn - (warned?.queued ?? 0))
}

export function dueLeft({ planned, outcome }: RunPolicyReport): number {
  if (outcome === null) return planned.survey.due
  if (outcome.stopped === 'done') return outcome.busy + outcome.setAside
  return Math.max(0, planned.survey.due - outcome.done)
}

/** Rows that the database still had when it was asked again after the work. */
export function leftBehind({ outcome }: RunPolicyReport): number {
  return Object.values(outcome?.again?.left ?? {}).reduce((sum, rows) => sum + rows, 0)
}

export interface LeftAt {
  readonly now: Instant
  /** Milliseconds between two runs, 0 when unknown. */
  readonly runEvery: number
  /** Of the day that is named. */
  readonly zone: string
  /** The run ended with its time, not with its slices. */
  readonly timed: boolean
}

/** `…, 381,200 left, done about 14 June 2027 (500 a run)`: the policy that is done last, at its own pace. */
export function leftWords(reports: readonly RunPolicyReport[], at: LeftAt): string {
  const rest = reports.filter((one) => leftDue(one) > 0)
  if (rest.length === 0) return 'all that was due is done'
  const rows = rest.reduce((sum, one) => sum + leftDue(one), 0)
  const done = `${at.timed ? timeUp : 'the slice is done'}, ${numberText(rows, 'en')} left`
  if (!at.timed && rest.some(({ warned }) => warned?.held === 'warm-up'))
    return `${done}, first mails wait for the warm-up; \`oubli plan\` shows until when`
  // Paused or held from beginning to end: the settings alone would name the day.
  if (at.timed && reports.every(({ outcome }) => (outcome?.done ?? 0) === 0)) return done
  const rests = rest.map((one) => restNow(one, at))
  if (at.runEvery === 0 || rests.some(({ doneAt }) => doneAt === null))
    return at.timed ? done : `${done}, and as much becomes due as a run takes`
  const [last] = [...rests].sort((a, b) => (b.doneAt ?? 0) - (a.doneAt ?? 0) || a.pace - b.pace)
  const day = dayInWords(last?.doneAt ?? at.now, 'en', at.zone)
  return `${done}, done about ${day} (${numberText(last?.pace ?? 0, 'en')} a run)`
}

function restNow(report: RunPolicyReport, { now, runEvery }: LeftAt): Rest {
  const { policy, newly, newlyBefore } = report.planned
  const pace = paceOf(policy.policy, runEvery)
  const { outcome } = report
  return restOf({
    left: leftDue(report),
    perRun: pace.perRun,
    timed: outcome?.stopped === timeUp ? outcome.done : null,
    newly: newly === null ? newlyBefore : [newly, ...newlyBefore],
    now,
    runEvery,
    noticeDays: toWarnLeft(report) > 0 ? pace.noticeDays : 0,
  })
}
