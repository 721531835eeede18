/** What a run leaves for the next ones, and when it will be done at this rate. */
import type { Instant } from '../base/clock.ts'
import { sliceOf } from '../plan/slice.ts'
import type { RunPolicyReport } from './run.ts'

/** Due or to be warned, and not handled in this run. Rows that left with a person are not left over. */
export function leftDue(report: RunPolicyReport): number {
  const { survey } = report.planned
  return dueLeft(report) + Math.max(0, survey.toWarn - (report.warned?.queued ?? 0))
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

/** `runEvery`: milliseconds between two runs, 0 when unknown. */
export function leftWords(reports: readonly RunPolicyReport[], now: Instant, runEvery: number): string {
  const left = reports.reduce((sum, one) => sum + leftDue(one), 0)
  if (left === 0) return 'all that was due is done'
  if (reports.some(({ warned }) => warned?.held === 'warm-up'))
    return `the slice is done, ${left} left, first mails wait for the warm-up; \`oubli plan\` shows until when`
  const days = reports.filter((one) => leftDue(one) > 0).map((one) => doneAt(one, now, runEvery))
  if (days.includes(null) || runEvery === 0)
    return `the slice is done, ${left} left, and as much becomes due as a run takes`
  const last = Math.max(...days.filter((at) => at !== null))
  return `the slice is done, ${left} left, done about ${new Date(last).toISOString().slice(0, 10)}`
}

function doneAt(report: RunPolicyReport, now: Instant, runEvery: number): Instant | null {
  const { policy, newly } = report.planned
  const { items, mails } = policy.policy.perRun
  const perRun = policy.policy.warn === null ? items : Math.min(items, mails)
  return sliceOf({ due: leftDue(report) + perRun, perRun, newlyPerRun: newly ?? 0, now, runEvery }).doneAt
}
