/** Promise and reality: everything that a report says, read for one moment. Writes nothing. */
import { join } from 'node:path'
import { isoInstant, type Instant } from '../base/clock.ts'
import { readCheckpoint } from '../audit/checkpoint.ts'
import { readTextIfThere } from '../config/files.ts'
import { backlogPoints } from '../db/own/backlogs.ts'
import { signedCounts } from '../db/own/checkpoints.ts'
import { listHolds } from '../db/own/holds.ts'
import type { PastRun } from '../db/own/results.ts'
import { lastEnd } from '../db/own/runs.ts'
import { countSetAside } from '../db/own/set-aside.ts'
import { lastSuccesses, lastTries, type LastTry } from '../db/own/successes.ts'
import { firstInForce } from '../db/own/terms.ts'
import { untoldPeople } from '../db/own/tombstones.ts'
import { readResidual } from '../db/residual.ts'
import { countTable, reachOfTable } from '../db/site/reach.ts'
import { countForecast, estimateForecast, type Edges, type Forecast } from '../engine/forecast.ts'
import { paceOf } from '../plan/backlog.ts'
import { civilDate } from '../plan/civil.ts'
import { cutoff } from '../plan/deadline.ts'
import { startOfMonths } from '../report/months.ts'
import type { BacklogFacts, EvidenceFacts, PolicyFacts, ReportFacts, RunFacts } from '../report/facts.ts'
import { toldApart, totalOf } from '../report/done.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { readSinks, type SinkRow } from '../db/own/sinks.ts'
import type { JobContext } from './context.ts'
import { declaredBackup } from './declared-backup.ts'
import { runEvery } from './freeze.ts'
import { readPastRuns, type DoneIn } from './past-runs.ts'
import { olderThanLog } from './older.ts'
import { planPolicy, type PlannedPolicy } from './plan.ts'
import type { Prepared } from './prepare.ts'
import { checkpointFile } from './log-files.ts'
import { bouncesOf } from './selftest.ts'
import { untakenForDays } from './untaken.ts'

export interface ReportOptions {
  /** The moment for which the database is asked; the future is a look ahead. */
  readonly asOf: Instant
  /** Period whose runs are told: `from` inclusive, `to` exclusive. */
  readonly from: Instant
  readonly to: Instant
  /** Count everything; reads whole tables of the site. */
  readonly exact: boolean
  /** Runs that are told by themselves, however far back they are. */
  readonly named?: ReadonlySet<string>
}

/** Months that a forecast looks ahead, the current one included. */
const monthsAhead = 36

export async function gatherReport(
  ctx: JobContext,
  prepared: Prepared,
  options: ReportOptions,
): Promise<ReportFacts> {
  const { database } = ctx
  const period = [isoInstant(options.from), isoInstant(options.to)] as const
  const edges = startOfMonths(options.asOf, monthsAhead, prepared.dataMap.zone)
  const { runs, done } = await readPastRuns(ctx, prepared, ...period)
  const warning = new Set(prepared.policies.flatMap(({ id, warn }) => (warn === null ? [] : [id])))
  const shared = {
    edges,
    setAside: await countSetAside(database),
    successes: await lastSuccesses(database, isoInstant(options.asOf), warning),
    tries: await lastTries(database, isoInstant(options.asOf)),
    acting: await firstInForce(database),
  }
  const policies: PolicyFacts[] = []
  for (const policy of prepared.plan.policies)
    policies.push(await policyFacts(ctx, prepared, policy, options, { ...shared, runs, done }))
  const holds = await listHolds(database, true)
  const today = civilDate(options.asOf, prepared.dataMap.zone)
  return {
    asOf: options.asOf,
    now: await ctx.now(),
    from: options.from,
    to: options.to,
    counted: options.exact,
    tool: ctx.ports.toolVersion,
    fingerprint: prepared.plan.fingerprint,
    dataMap: prepared.dataMap,
    everyPolicy: prepared.policies,
    policies,
    // What this account may not see says nothing of the site.
    problems: prepared.problems.filter(({ code }) => code !== 'W_TRIGGERS_UNSEEN'),
    gaps: prepared.gaps,
    months: edges.slice(0, -1),
    runs: runs.map((run) => runFacts(run, done)),
    holds: { active: holds.length, reviewPassed: holds.filter(({ reviewBy }) => reviewBy < today).length },
    residual: {
      ...(await readResidual(database)),
      replicas: ctx.settings.pace.replicas.length,
      backup: await declaredBackup(database, prepared.dataMap.zone),
    },
    bounces: await bouncesOf(ctx, prepared, options.asOf),
    untaken: (await untakenForDays(ctx, Math.min(options.asOf, await ctx.now())))?.mails ?? 0,
    evidence: await evidenceFacts(ctx),
    older: await olderThanLog(ctx),
  }
}

interface Shared {
  readonly edges: Edges
  readonly setAside: Awaited<ReturnType<typeof countSetAside>>
  readonly successes: ReadonlyMap<string, string>
  readonly tries: ReadonlyMap<string, LastTry>
  readonly acting: ReadonlyMap<string, string>
  readonly runs: readonly PastRun[]
  readonly done: DoneIn
}

async function policyFacts(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
  { asOf, exact, named }: ReportOptions,
  { edges, setAside, successes, tries, acting, runs, done }: Shared,
): Promise<PolicyFacts> {
  const { database, ports } = ctx
  const { id } = policy.policy
  const planned = await planPolicy(ctx, prepared, policy, asOf, { countTables: false, run: null })
  const ahead = exact
    ? await countForecast(ports, policy, edges)
    : await estimateForecast(ports, policy, edges)
  const { spared, past, nextDue, moreInFuture } = planned.survey
  const instant = (text: string | undefined): Instant | null => (text === undefined ? null : Date.parse(text))
  const apart = setAside.get(id)
  const lastTry = tries.get(id)
  const next = [nextDue, ahead.next].filter((at) => at !== null && at > asOf) as Instant[]
  return {
    policy: policy.policy,
    subject: policy.subject,
    table: policy.table,
    standing: planned.standing,
    alarms: planned.alarms,
    scope: exact
      ? { rows: await countTable(database, database.dialect, policy), basis: 'exact' }
      : await reachOfTable(database, database.dialect, policy),
    oldest: oldestOf(policy, past, ahead.first, exact ? (edges.at(-1) ?? asOf) : null),
    past,
    doubtful: {
      rows: (spared['clock cannot be true'] ?? 0) + (spared['no clock'] ?? 0),
      basis: moreInFuture ? 'at least' : 'exact',
    },
    done: toldApart(
      runs.map((run) => ({ run: run.id, done: done.get(run.id)?.get(id) ?? null })),
      named,
    ),
    setAside: { rows: apart?.rows ?? 0, since: instant(apart?.since) },
    lastSuccess: instant(successes.get(id)),
    lastTry: lastTry === undefined ? null : { at: Date.parse(lastTry.at), heldUp: lastTry.heldUp },
    actsSince: instant(acting.get(id)),
    backlog: await backlogFacts(ctx, planned),
    next: next.length === 0 ? null : { at: Math.min(...next), basis: exact ? 'exact' : 'estimate' },
    forecast: ahead.months,
  }
}

/** What is past its term is older than all that is not, and always counted. `counted`: end of a forecast that was. */
function oldestOf(
  { clock }: CompiledPolicy,
  past: PolicyFacts['past'],
  ahead: Forecast['first'],
  counted: Instant | null,
): NonNullable<PolicyFacts['oldest']> | null {
  const ends = Object.values(past).map(({ since }) => since)
  const end = ends.length === 0 ? ahead : { at: Math.min(...ends), basis: 'exact' as const }
  if (end !== null) return { began: cutoff(clock, end.at) - 1, basis: end.basis }
  return counted === null ? null : { began: cutoff(clock, counted), basis: 'not before' }
}

async function backlogFacts(
  ctx: JobContext,
  { frozen, survey, policy }: PlannedPolicy,
): Promise<BacklogFacts | null> {
  if (frozen === null || survey.backlog === null) return null
  const { size, frozenAt, by } = frozen
  const points = await backlogPoints(ctx.database, frozen)
  const pace = paceOf(policy.policy, runEvery(ctx, frozenAt))
  return { size, frozenAt, by, left: survey.backlog.overdue, points, pace }
}

function runFacts(run: PastRun, all: DoneIn): RunFacts {
  const done = [...(all.get(run.id)?.values() ?? [])]
  const { id, job, state, whyStopped, pilot } = run
  return {
    id,
    job,
    state,
    whyStopped,
    pilot,
    asOf: Date.parse(run.asOf),
    rows: done.map(({ rows }) => rows),
    mails: done.map(({ warned }) => warned),
    basis: totalOf(done).basis,
  }
}

async function evidenceFacts(ctx: JobContext): Promise<EvidenceFacts> {
  const { folder, origin, verifierKey } = ctx.settings.evidence
  const checkpoint = await readTextIfThere(join(folder, checkpointFile))
  const text = checkpoint?.slice(0, checkpoint.indexOf('\n\n') + 1) ?? null
  const size = text === null ? null : (readCheckpoint(text)?.size ?? null)
  // What has a place and is perhaps not in the files, as when their disk was full, waits too.
  const { signed, unsigned } = await signedCounts(ctx.database)
  return {
    ...{ origin, checkpoint, size },
    sinks: await sinkFacts(ctx, size),
    verifierKey: verifierKey ?? ctx.signingKey?.verifier.text ?? null,
    ...{ sealed: signed, unsealed: unsigned, untold: await untoldPeople(ctx.database) },
  }
}

/** Only the end of a run sends a checkpoint off the host: what was sealed since by a delivery waits for the next. */
async function sinkFacts(ctx: JobContext, newest: number | null): Promise<EvidenceFacts['sinks']> {
  const set = Object.entries(ctx.settings.evidence.sinks).filter(([, place]) => place !== null)
  const known = new Map((await readSinks(ctx.database)).map((sink) => [sink.name, sink]))
  const end = (await lastEnd(ctx.database)) ?? ''
  const lacks = (sink: SinkRow | undefined): boolean =>
    sink?.sentAt == null || sink.code !== null || (sink.size !== newest && sink.sentAt < end)
  const behind = newest === null ? [] : set.filter(([name]) => lacks(known.get(name)))
  return { set: set.length, behind: behind.length }
}
