/** Counts what a policy would do now, and why it spares the rest. Reads only. */
import type { Instant } from '../base/clock.ts'
import type { Key } from '../base/subject-ref.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { SpareReason } from '../plan/decision.ts'
import { countAfter, scannedClock } from '../db/site/candidates.ts'
import { countFlat, flatDue } from '../db/site/flat-rows.ts'
import type { Statement } from '../db/session.ts'
import { decodeTime, encodeCutoff } from '../plan/clock-value.ts'
import { dueFrom } from '../plan/deadline.ts'
import { isFlat } from '../plan/flat.ts'
import {
  backlogTally,
  isEntering,
  noteBacklog,
  noteFlatBacklog,
  type BacklogCount,
  type BacklogTally,
} from './backlog.ts'
import { wholePart } from './check-partition.ts'
import { readScope } from './flat-scope.ts'
import type { EnginePorts } from './ports.ts'
import { addCount, countRows, noneGone, type RowCounts } from './survey-rows.ts'
import { bounds, lookAhead, walk, type WalkedRow } from './walk.ts'
import { verbs } from '../plan/verbs.ts'

export interface Survey {
  readonly policy: string
  readonly due: number
  /** People to whom a mail would go now. */
  readonly toWarn: number
  /** Of them, those who begin a ladder. */
  readonly toTell: number
  /** Rows that enter what the policy does: due without a warning before, or warned for the first time. */
  readonly entering: number
  /** Of those entering: decided by `else`. */
  readonly byElse: number
  readonly canaries: number
  readonly spared: Readonly<Partial<Record<SpareReason, number>>>
  /** More rows lie in the future than were counted: of what cannot be true there are more than `spared` says. */
  readonly moreInFuture: boolean
  /** Whose term has run out and who is still there, by why. What has no clock that can be true is not among them. */
  readonly past: Readonly<Partial<Record<PastReason, Past>>>
  /** Earliest day since which a row is due. */
  readonly oldestDue: Instant | null
  /** Next announced or lawful day among the spared. */
  readonly nextDue: Instant | null
  /** Table → act → rows that would leave or change. */
  readonly tables: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** The part of a frozen backlog in it; null where none was frozen. */
  readonly backlog: BacklogCount | null
}

/** `due`: the next run acts. `to warn`: a mail goes first. Otherwise why the row is spared. */
export type PastReason = 'due' | 'to warn' | SpareReason

export interface Past {
  readonly rows: number
  /** Earliest end of a term among them. */
  readonly since: Instant
}

interface Tally {
  due: number
  toWarn: number
  toTell: number
  entering: number
  byElse: number
  canaries: number
  oldestDue: Instant | null
  nextDue: Instant | null
  moreInFuture: boolean
  readonly past: Partial<Record<PastReason, Past>>
  readonly spared: Partial<Record<SpareReason, number>>
  readonly tables: RowCounts
}

/**
 * `countTables` also counts the rows that would leave with each due row; its cost follows what is due. `edge`: the
 * starts before it are a backlog and counted apart.
 */
export async function survey(
  ports: EnginePorts,
  policy: CompiledPolicy,
  now: Instant,
  countTables: boolean,
  edge: Instant | null = null,
): Promise<Survey> {
  const backlog = backlogTally(policy, edge)
  const tally: Tally = {
    due: 0,
    toWarn: 0,
    toTell: 0,
    entering: 0,
    byElse: 0,
    canaries: 0,
    oldestDue: null,
    nextDue: null,
    moreInFuture: false,
    past: {},
    spared: {},
    tables: {},
  }
  const gone = noneGone(policy)
  const counted = await countWhatIsFlat(ports, policy, now, countTables, tally, backlog)
  for await (const page of walk(ports, policy, now, lookAhead(policy), counted)) {
    const due: Key[] = []
    for (const row of page) {
      note(tally, row, now)
      noteBacklog(backlog, row.decision, now)
      if (row.decision.act === 'due') due.push(row.facts.key)
    }
    if (countTables && due.length > 0) await countRows(ports, policy, due, tally.tables, gone)
  }
  await countFuture(ports, policy, now, tally)
  return { policy: policy.policy.id, ...tally, backlog: backlog?.count ?? null }
}

/**
 * Counts what one condition finds due, without reading a row. Returns that condition, for the walk over the rest;
 * `all` when there is no rest, null where nothing was counted.
 */
async function countWhatIsFlat(
  ports: EnginePorts,
  policy: CompiledPolicy,
  now: Instant,
  countTables: boolean,
  tally: Tally,
  backlog: BacklogTally | null,
): Promise<Statement | 'all' | null> {
  if (!isFlat(policy)) return null
  const { database } = ports
  const read = await readScope(database, policy, bounds(policy, now, 0).bound)
  if (read === null) return null
  const whole = await wholePart(ports, policy, now)
  const found = await countFlat(database, database.dialect, policy, read.scope, whole?.high ?? null)
  const due = found.due + (whole?.rows ?? 0)
  tally.due += due
  tally.entering += due
  await noteFlatBacklog(ports, policy, now, read.scope, whole, backlog)
  if (countTables && due > 0) addCount(tally.tables, policy.table, verbs[policy.act.act], due)
  const oldest = whole?.low ?? found.oldest
  const start = oldest === null ? null : decodeTime(oldest, scannedClock(policy))
  if (start !== null) {
    tally.oldestDue = dueFrom(policy.clock, start)
    pass(tally, 'due', tally.oldestDue, due)
  }
  return found.before === found.due ? 'all' : flatDue(database.dialect, policy, read.scope)
}

/** No clock of the site can be later than this; the tolerance of `judge` and one day for dates without a time. */
const certainlyFuture = 86_400_000 + 5 * 60_000
const mostCounted = 10_000

/** Dates that lie in the future keep their rows for ever if nobody is told of them. */
async function countFuture(
  ports: EnginePorts,
  policy: CompiledPolicy,
  now: Instant,
  tally: Tally,
): Promise<void> {
  const bound = encodeCutoff(now + certainlyFuture, scannedClock(policy))
  const found = await countAfter(ports.database, ports.database.dialect, policy, bound, mostCounted + 1)
  if (found === 0) return
  tally.moreInFuture = found > mostCounted
  const later = Math.min(found, mostCounted)
  tally.spared['clock cannot be true'] = (tally.spared['clock cannot be true'] ?? 0) + later
}

/** Nobody can say of these when their term ends. */
const doubts: readonly SpareReason[] = ['clock cannot be true', 'no clock']

function pass(tally: Tally, why: PastReason, since: Instant, rows = 1): void {
  const before = tally.past[why]
  tally.past[why] = { rows: (before?.rows ?? 0) + rows, since: Math.min(before?.since ?? Infinity, since) }
}

function note(tally: Tally, { decision }: WalkedRow, now: Instant): void {
  switch (decision.act) {
    case 'due':
      tally.due += 1
      pass(tally, 'due', decision.dueFrom)
      if (isEntering(decision)) enter(tally, decision.byElse)
      tally.oldestDue = Math.min(tally.oldestDue ?? Infinity, decision.dueFrom)
      return
    case 'warn':
      tally.toWarn += 1
      if (decision.step === 0) tally.toTell += 1
      if (decision.dueFrom <= now) pass(tally, 'to warn', decision.dueFrom)
      if (isEntering(decision)) enter(tally, decision.byElse)
      tally.nextDue = Math.min(tally.nextDue ?? Infinity, decision.announced)
      return
    case 'spare':
      if (decision.canary) tally.canaries += 1
      if (decision.dueFrom !== null && decision.dueFrom <= now && !doubts.includes(decision.reason))
        pass(tally, decision.reason, decision.dueFrom)
      tally.spared[decision.reason] = (tally.spared[decision.reason] ?? 0) + 1
      if (decision.until !== null) tally.nextDue = Math.min(tally.nextDue ?? Infinity, decision.until)
      return
  }
}

function enter(tally: Tally, byElse: boolean): void {
  tally.entering += 1
  if (byElse) tally.byElse += 1
}
