/** Where a promise stands, and what a person has to look at. */
import type { Instant } from '../base/clock.ts'
import { backlogState } from '../plan/backlog.ts'
import { civilDate } from '../plan/civil.ts'
import { noticeRuns } from '../plan/decision.ts'
import type { HeldUp } from '../plan/held-up.ts'
import type { Figure, PastReason, PolicyFacts, ReportFacts } from './facts.ts'

/**
 * `kept`: nobody is past the term but for a reason that the policy or the law gives. `working`: what is past it
 * is due for the next run, or its notice runs. `idle`: nothing acts. `attention`: somebody has to decide.
 */
export type State = 'kept' | 'working' | 'idle' | 'attention'

const byUrgency: readonly State[] = ['kept', 'working', 'idle', 'attention']

/** What holds a run up that is not the number of its rows. */
const waits: readonly HeldUp[] = ['paused', 'throttled', 'no turn']

/** Reasons that only a person can end. */
const needPerson: readonly PastReason[] = [
  'no address',
  'invalid address',
  'unreachable',
  'given up by other servers',
]
/** Reasons that end by themselves, with a run or with the notice. */
const underWay: readonly PastReason[] = ['due', 'to warn', ...noticeRuns]

export function stateOf(policy: PolicyFacts): State {
  const past = (reasons: readonly PastReason[]): boolean =>
    reasons.some((reason) => (policy.past[reason]?.rows ?? 0) > 0)
  if (
    policy.alarms.length > 0 ||
    policy.standing.mode === 'refused' ||
    policy.setAside.rows > 0 ||
    policy.doubtful.rows > 0 ||
    policy.done.some(({ again }) => (again?.left ?? 0) > 0) ||
    past(needPerson)
  )
    return 'attention'
  if (policy.standing.mode !== 'enforced') return 'idle'
  return past(underWay) ? 'working' : 'kept'
}

/** The most urgent one. */
export function worst(states: readonly State[]): State {
  return byUrgency[Math.max(0, ...states.map((state) => byUrgency.indexOf(state)))] ?? 'attention'
}

export interface Promise {
  readonly id: string
  readonly policies: readonly PolicyFacts[]
  readonly state: State
}

/** In the order of their first policy. */
export function promisesOf(policies: readonly PolicyFacts[]): readonly Promise[] {
  const ids = [...new Set(policies.map(({ policy }) => policy.promise))]
  return ids.map((id) => {
    const own = policies.filter(({ policy }) => policy.promise === id)
    return { id, policies: own, state: worst(own.map(stateOf)) }
  })
}

export type MatterCode =
  | 'older'
  | 'anotherPast'
  | 'unsignedLog'
  | 'alarm'
  | 'refused'
  | 'observes'
  | 'paused'
  | 'throttled'
  | 'noTurn'
  | 'backlog'
  | 'late'
  | 'doubtful'
  | 'address'
  | 'ownFault'
  | 'untaken'
  | 'setAside'
  | 'leftBehind'
  | 'review'
  | 'gaps'
  | 'problems'
  | 'holds'
  | 'binlog'
  | 'runFailed'
  | 'noRun'
  | 'unsealed'
  | 'untold'
  | 'noCheckpoint'
  | 'noSink'
  | 'sinkBehind'
  | 'bounces'

/** Something that a person has to look at. `parts` are counts of rows or people, and their sum is told. */
export interface Matter {
  readonly code: MatterCode
  /** Policies that it concerns. */
  readonly policies: readonly string[]
  readonly parts: readonly number[]
  /** Of each part; left out: exact. */
  readonly basis?: Figure['basis']
}

/** Why the database and its log outside do not fit. */
export const olderCodes = { fewer: 'older', another: 'anotherPast', unsigned: 'unsignedLog' } as const

/** A week without a success is silence that nobody planned. */
const longestSilence = 8 * 86_400_000

export function mattersOf(facts: ReportFacts): readonly Matter[] {
  const { policies } = facts
  const perPolicy = (code: MatterCode, parts: (one: PolicyFacts) => readonly number[]): readonly Matter[] => {
    const found = policies.filter((one) => parts(one).some((rows) => rows > 0))
    if (found.length === 0) return []
    return [{ code, policies: found.map(({ policy }) => policy.id), parts: found.flatMap(parts) }]
  }
  const named = (code: MatterCode, is: (one: PolicyFacts) => boolean): readonly Matter[] =>
    perPolicy(code, (one) => (is(one) ? [1] : [])).map((matter) => ({ ...matter, parts: [] }))
  const whole = (code: MatterCode, is: boolean, rows: number | null = null): readonly Matter[] =>
    is ? [{ code, policies: [], parts: rows === null ? [] : [rows] }] : []
  const [lastRun] = facts.runs
  const more = policies.some(({ doubtful }) => doubtful.basis === 'at least')
  const doubts: Figure['basis'] = more ? 'at least' : 'exact'
  return [
    ...whole(olderCodes[facts.older?.why ?? 'fewer'], facts.older != null),
    ...perPolicy('leftBehind', ({ done }) => done.map(({ again }) => again?.left ?? 0)),
    ...named('alarm', ({ alarms }) => alarms.length > 0),
    ...named('refused', ({ standing }) => standing.mode === 'refused'),
    ...whole(
      'problems',
      facts.problems.some(({ refuses }) => refuses),
      facts.problems.length,
    ),
    ...perPolicy('setAside', ({ setAside }) => [setAside.rows]),
    ...perPolicy('doubtful', ({ doubtful }) => [doubtful.rows]).map((matter) => ({
      ...matter,
      basis: doubts,
    })),
    ...perPolicy('address', ({ past }) => needPerson.map((reason) => past[reason]?.rows ?? 0)),
    ...perPolicy('ownFault', ({ past }) => [past['our own fault']?.rows ?? 0]),
    ...whole('untaken', (facts.untaken ?? 0) > 0, facts.untaken ?? 0),
    ...perPolicy('paused', (one) => [heldRows(one, 'paused')]),
    ...perPolicy('throttled', (one) => [heldRows(one, 'throttled')]),
    ...perPolicy('noTurn', (one) => [heldRows(one, 'no turn')]),
    ...perPolicy('backlog', (one) => (isBacklog(one) ? [one.past.due?.rows ?? 0] : [])),
    ...perPolicy('late', (one) => [lateOf(one, facts)]),
    ...named('observes', ({ standing }) => standing.mode === 'observed'),
    ...whole('gaps', facts.gaps.length > 0, facts.gaps.length),
    ...named('review', (one) => isReviewPassed(one, facts)),
    ...whole('holds', facts.holds.reviewPassed > 0, facts.holds.reviewPassed),
    ...whole('runFailed', lastRun?.state === 'failed' || lastRun?.state === 'interrupted'),
    ...whole('noRun', isSilent(facts)),
    ...whole('binlog', facts.residual.binlogDays === 0),
    ...whole('noCheckpoint', facts.evidence.checkpoint === null),
    ...whole('noSink', facts.evidence.sinks.set === 0),
    ...whole('sinkBehind', facts.evidence.sinks.behind > 0),
    ...whole('bounces', isUnheard(facts.bounces)),
    ...whole('unsealed', facts.evidence.unsealed > 0, facts.evidence.unsealed),
    // Without a number: beside the runs that erased these people it would be the hidden one of a small run.
    ...whole('untold', facts.evidence.untold > 0),
  ]
}

/** The day of review counts as a whole, where the site is. */
export function isReviewPassed({ policy }: PolicyFacts, { asOf, dataMap }: ReportFacts): boolean {
  return policy.reviewBy !== null && policy.reviewBy < civilDate(asOf, dataMap.zone)
}

/** Rows of a frozen backlog that is behind its straight line, or whose day has passed. */
function lateOf({ backlog, standing }: PolicyFacts, { asOf, dataMap }: ReportFacts): number {
  if (backlog == null || standing.mode !== 'enforced') return 0
  return backlogState(backlog, backlog.left, backlog.pace, dataMap.zone, asOf) === 'late' ? backlog.left : 0
}

/** Rows that the last run left because it could not work, or had no time for them: no slice is too small for that. */
function heldRows({ past, standing, lastTry }: PolicyFacts, by: HeldUp): number {
  if (standing.mode !== 'enforced' || lastTry?.heldUp !== by) return 0
  return past.due !== undefined && past.due.since < lastTry.at ? past.due.rows : 0
}

/** Due before the last run that acted, and still there: more than a run takes. A frozen backlog has its own day. */
export function isBacklog(one: PolicyFacts): boolean {
  const { past, lastSuccess, standing, backlog } = one
  if ((backlog?.left ?? 0) > 0 || waits.some((by) => heldRows(one, by) > 0)) return false
  const since: Instant | undefined = past.due?.since
  return standing.mode === 'enforced' && since !== undefined && lastSuccess !== null && since < lastSuccess
}

/** Nobody knows that a mail that cannot be delivered comes back, and nobody said why it cannot. */
function isUnheard(bounces: ReportFacts['bounces']): boolean {
  return bounces !== null && bounces.state !== 'proven' && bounces.state !== 'declared'
}

/** No run is late for a day that is yet to come, nor for a policy that has not acted yet. */
function isSilent({ asOf, now, policies }: ReportFacts): boolean {
  const latest = Math.min(asOf, now) - longestSilence
  return policies.some(({ standing, lastSuccess, actsSince }) => {
    if (standing.mode !== 'enforced' || isNewlyApproved(standing)) return false
    const since = lastSuccess ?? actsSince
    return since !== null && since < latest
  })
}

/** Under an approval, which ends after a week, and not carried out under these terms yet. */
function isNewlyApproved(standing: PolicyFacts['standing']): boolean {
  return standing.mode === 'enforced' && standing.newInForce && standing.approved !== null
}
