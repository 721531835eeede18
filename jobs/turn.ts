/** Whose turn it is in a run, and what is kept of it: the next run begins with whoever was left out. */
import { DatabaseError } from '../db/database-error.ts'
import { noteTurn, notedTurns } from '../db/own/control.ts'
import { lastTurns } from '../db/own/successes.ts'
import {
  byLastTurn,
  heldBefore,
  heldUpBy,
  type Ended,
  type HeldUp,
  type Spent,
  type Turn,
} from '../plan/held-up.ts'
import { tooManyUntold, tooManyWait } from './backlog.ts'
import type { JobContext } from './context.ts'
import { mayAct } from './plan.ts'
import type { RunPolicyReport } from './run.ts'
import { timeUp } from './run-time.ts'

/** The reports with their places, in the order in which their policies have their turn. */
export async function turnsOf(
  ctx: JobContext,
  reports: readonly RunPolicyReport[],
): Promise<readonly (readonly [place: number, report: RunPolicyReport])[]> {
  const last = new Map(await lastTurns(ctx.database))
  for (const [policy, at] of await notedTurns(ctx.database))
    if (at > (last.get(policy) ?? '')) last.set(policy, at)
  return byLastTurn([...reports.entries()], ([, { planned }]) => planned.policy.policy.id, last)
}

/**
 * A policy whose process is killed every night records nothing; its turn is given away as it is taken, or no other
 * policy would ever have one.
 */
export async function takeTurn({ database, now }: JobContext, { planned }: RunPolicyReport): Promise<void> {
  try {
    await noteTurn(database, planned.policy.policy.id, await now())
  } catch (error) {
    // It is kept for fairness alone. Whatever the database has, the policy meets it as well, and says so.
    if (!(error instanceof DatabaseError)) throw error
  }
}

export interface RunSoFar {
  /** Policies that had their turn before. */
  readonly before: readonly RunPolicyReport[]
  /** Why the run ends now; null: it goes on. */
  readonly stop: string | null
  readonly faulty: boolean
  /** Nobody can know which of its mails came back. */
  readonly unheard: boolean
  readonly hold: Spent['now']
}

/** Null: this run was not to act by it. */
export function turnOf(
  report: RunPolicyReport,
  spent: Spent,
  { before, stop, faulty, unheard, hold }: RunSoFar,
): Turn | null {
  if (!mayAct(report.planned)) return null
  const { outcome } = report
  if (outcome !== null) {
    const { done, busy, stopped } = outcome
    return { had: true, heldUp: heldUpBy({ end: endOf(stopped, stop), done, busy, spent }) }
  }
  return { had: false, heldUp: leftOut({ before, stop, faulty, unheard, hold }) }
}

function leftOut({ before, stop, faulty, unheard, hold }: RunSoFar): HeldUp {
  if (unheard) return 'unread'
  if (faulty) return 'fault'
  if (stop !== timeUp) return stop === null ? 'fault' : 'stopped'
  const turns = before.flatMap(({ turn, outcome }) =>
    turn == null ? [] : [{ ...turn, done: outcome?.done ?? 0 }],
  )
  return heldBefore(turns, hold)
}

function endOf(stopped: string, stop: string | null): Ended['end'] {
  switch (stopped) {
    case 'done':
      return 'through'
    case 'slice':
      return 'slice'
    case timeUp:
      return 'time'
    case tooManyWait:
    case tooManyUntold:
      return 'unsealed'
    default:
      return stopped === stop ? 'stopped' : 'fault'
  }
}
