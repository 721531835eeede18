/** Holds the figures of a workload against its targets. */
import { interval, sureEnough, verdict, type Interval, type Verdict } from './statistics.ts'
import { targets, type Target, type Workload } from './targets.ts'

/** One value a round, or why there is none. */
export type Figure = readonly number[] | { readonly missing: string }
export type Figures = Readonly<Record<string, Figure>>

export interface Judgement {
  readonly target: Target
  readonly rounds: number
  /** Null: not measured, for the reason beside it. */
  readonly interval: Interval | null
  readonly missing: string | null
  readonly floor: Verdict | null
  /** Null also where no goal is set. */
  readonly goal: Verdict | null
}

export function judge(workload: Workload, figures: Figures): readonly Judgement[] {
  return targets
    .filter((target) => target.workload === workload)
    .map((target) => judgeOne(target, figures[target.figure] ?? { missing: 'the workload gave no figure' }))
}

function judgeOne(target: Target, figure: Figure): Judgement {
  const missing = 'missing' in figure ? figure.missing : figure.length === 0 ? 'no round was complete' : null
  if (missing !== null || 'missing' in figure)
    return { target, rounds: 0, interval: null, missing, floor: null, goal: null }
  const found = interval(figure)
  return {
    target,
    rounds: figure.length,
    interval: found,
    missing: null,
    floor: verdictOn(found, target, target.floor),
    goal: target.goal === null ? null : verdictOn(found, target, target.goal),
  }
}

/** Fewer rounds than six decide nothing, wherever they lie. */
function verdictOn(found: Interval, { at, steady }: Target, limit: number): Verdict {
  return steady || found.coverage >= sureEnough ? verdict(found, at, limit) : 'undecided'
}
