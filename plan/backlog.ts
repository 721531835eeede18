/**
 * A backlog: what was overdue when a policy began to act, frozen with the day on which the last of it is to be
 * gone. The pace is what the policy says of a run and what the schedule says of nights.
 */
import type { Instant } from '../base/clock.ts'
import type { Policy } from '../policies/policy.ts'
import { addDays, civilDate, startOfDay, type CivilDate } from './civil.ts'
import { millisPerDay } from './zone.ts'

export interface Pace {
  /** Rows, or people, of one run. */
  readonly perRun: number
  /** Milliseconds from one run to the next. */
  readonly runEvery: number
  /** Days from the first mail to the erasure; 0 where nobody is warned. */
  readonly noticeDays: number
}

/** Of a policy that warns, each person takes as many mails as the ladder has steps. */
export function paceOf({ perRun, warn }: Pick<Policy, 'perRun' | 'warn'>, runEvery: number): Pace {
  if (warn === null) return { perRun: perRun.items, runEvery, noticeDays: 0 }
  const reached = Math.max(1, Math.floor(perRun.mails / Math.max(1, warn.daysBefore.length)))
  const noticeDays = Math.max(warn.minimumNoticeDays, warn.daysBefore[0] ?? 0)
  return { perRun: Math.min(perRun.items, reached), runEvery, noticeDays }
}

/** When the run that takes the last of `rows` has worked, if each takes its whole slice. */
export function lastRunFor(rows: number, pace: Pace, now: Instant): Instant {
  if (rows === 0) return now
  return now + Math.ceil(rows / pace.perRun) * pace.runEvery + pace.noticeDays * millisPerDay
}

/** A tenth more than it takes until the last run and at least a week, so that one bad night breaks no promise. */
export function usualEnd(lastRun: Instant, now: Instant, zone: string): CivilDate {
  const needed = lastRun - now
  const slack = Math.max(7 * millisPerDay, Math.ceil(needed / 10))
  return civilDate(now + needed + slack, zone)
}

export interface Frozen {
  readonly size: number
  readonly frozenAt: Instant
  /** The last day on which something of it may be left. */
  readonly by: CivilDate
}

/** The first instant at which nothing may be left. */
export function endOf({ by }: Pick<Frozen, 'by'>, zone: string): Instant {
  return startOfDay(addDays(by, 1), zone)
}

/** What the straight line from the size to nothing leaves at an instant. */
export function lineAt(frozen: Frozen, zone: string, at: Instant): number {
  const whole = endOf(frozen, zone) - frozen.frozenAt
  const rest = Math.min(1, Math.max(0, (endOf(frozen, zone) - at) / whole))
  return Math.ceil(frozen.size * rest)
}

export type BacklogState = 'done' | 'on time' | 'late'

/** One slice above the line is still on time: runs take slices. Nobody goes before the notice has run. */
export function backlogState(
  frozen: Frozen,
  left: number,
  pace: Pace,
  zone: string,
  at: Instant,
): BacklogState {
  if (left === 0) return 'done'
  if (at >= endOf(frozen, zone)) return 'late'
  const allowed = lineAt(frozen, zone, at - pace.noticeDays * millisPerDay) + pace.perRun
  return left <= allowed ? 'on time' : 'late'
}
