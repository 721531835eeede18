/** The curve of a backlog: left at the start of each month so far, and the straight line to the day. */
import type { Instant } from '../base/clock.ts'
import { backlogState, endOf, lineAt, type BacklogState } from '../plan/backlog.ts'
import { dayOf, partsOf } from '../plan/day.ts'
import type { BacklogFacts } from './facts.ts'
import { startOfMonths } from './months.ts'

export interface CurvePoint {
  /** When it was frozen, then the first instant of each month. */
  readonly at: Instant
  /** As the first run of the month found it; null: no run yet, or none in that month. */
  readonly left: number | null
  readonly line: number
}

export interface Curve {
  readonly state: BacklogState
  readonly points: readonly CurvePoint[]
}

/** Longest curve, in months. */
const longest = 120

export function curveOf(backlog: BacklogFacts, zone: string, asOf: Instant): Curve {
  const { frozenAt, points, left, pace, size } = backlog
  const months = monthsBetween(frozenAt, Math.max(endOf(backlog, zone) - 1, asOf), zone)
  const edges = startOfMonths(frozenAt, Math.min(months, longest), zone)
  return {
    state: backlogState(backlog, left, pace, zone, asOf),
    points: edges.map((at, i) => {
      const next = edges[i + 1] ?? Infinity
      const found = points.find((one) => one.at >= at && one.at < next && one.at <= asOf)
      return { at, left: i === 0 ? size : (found?.left ?? null), line: lineAt(backlog, zone, at) }
    }),
  }
}

function monthsBetween(from: Instant, to: Instant, zone: string): number {
  const [a, b] = [from, to].map((at) => partsOf(dayOf(at, zone)))
  return a === undefined || b === undefined ? 0 : (b.year - a.year) * 12 + b.month - a.month
}
