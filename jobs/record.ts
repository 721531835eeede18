/** Writes down what a run did: rows of our own tables for the next run, and the entry that closes it. */
import { canonicalText } from '../base/canonical.ts'
import { isoInstant, type Instant } from '../base/clock.ts'
import { point } from '../base/point.ts'
import { countText, minuteOf, newEntryId, type Entry, type PolicyCounts } from '../audit/entry.ts'
import { insertBacklogRun } from '../db/own/backlogs.ts'
import { insertResult } from '../db/own/results.ts'
import { insertRunPolicy } from '../db/own/runs.ts'
import { inForceTerms, observeTerms, putInForce, type ObservedTerms } from '../db/own/terms.ts'
import type { Session } from '../db/session.ts'
import { putEntry } from '../engine/evidence.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { compareTerms } from '../plan/terms.ts'
import type { JobContext } from './context.ts'
import { leftBehind } from './leftover.ts'
import { termsFor, type Prepared } from './prepare.ts'
import { mayAct, type PlannedPolicy } from './plan.ts'
import { checkedEntry } from './purge-checked.ts'
import type { RunPolicyReport, RunReport } from './run.ts'

/** Before a policy does anything under these terms: a run that breaks afterwards has acted under them too. */
export async function enforceTerms(
  ctx: JobContext,
  prepared: Prepared,
  planned: PlannedPolicy,
  run: string,
  asOf: Instant,
): Promise<void> {
  if (planned.standing.mode !== 'enforced' || !planned.standing.newInForce || !mayAct(planned)) return
  const id = planned.policy.policy.id
  const { hash } = termsFor(prepared, id)
  const outcome = await ctx.database.transaction(async (tx) => {
    await observeTerms(tx, seenTerms(prepared, id, run, asOf))
    await putEntry(tx, { run, asOf }, await termsEntry(ctx, tx, prepared, planned.policy, asOf))
    await putInForce(tx, id, hash, isoInstant(asOf))
  })
  if (outcome.state !== 'committed') throw outcome.error
}

function seenTerms(prepared: Prepared, policy: string, run: string, asOf: Instant): ObservedTerms {
  const { hash, terms } = termsFor(prepared, policy)
  return { policy, termsHash: hash, terms: canonicalText(terms), run, at: isoInstant(asOf) }
}

export async function recordPolicy(
  ctx: JobContext,
  prepared: Prepared,
  report: RunPolicyReport & { readonly mailsHeld: boolean },
  run: string,
  asOf: Instant,
): Promise<void> {
  const { planned } = report
  const id = planned.policy.policy.id
  const acting = termsFor(prepared, id)
  const refusal = refusalOf(planned)
  const outcome = await ctx.database.transaction(async (tx) => {
    await observeTerms(tx, seenTerms(prepared, id, run, asOf))
    if (refusal !== null) await putEntry(tx, { run, asOf }, refusedEntry(ctx, planned, run, asOf, refusal))
    const { outcome } = report
    // Null: nothing went, or the database could not be asked.
    if (outcome?.again != null)
      await putEntry(
        tx,
        { run, asOf },
        checkedEntry(ctx, planned.policy, { done: outcome.done, again: outcome.again }, { run, asOf }),
      )
    await insertRunPolicy(tx, {
      runId: run,
      policy: id,
      termsHash: acting.hash,
      mode: planned.alarms.length > 0 ? 'refused' : planned.standing.mode,
      due: planned.survey.due,
      done: report.outcome?.done ?? 0,
      leftOver: report.left,
      warned: report.warned?.queued ?? 0,
      byElse: planned.survey.byElse,
      newlyDue: planned.newly ?? 0,
      spared: canonicalText(sparedTexts(report)),
    })
    const { frozen, survey } = planned
    if (frozen !== null && survey.backlog !== null)
      await insertBacklogRun(tx, {
        ...{ runId: run, policy: id, approvalId: frozen.approvalId, overdue: survey.backlog.overdue },
        entering: { all: survey.entering, old: survey.backlog.entering, byElse: survey.backlog.byElse },
      })
    await insertResult(tx, {
      runId: run,
      policy: id,
      returned: report.warned?.returned ?? 0,
      acts: report.outcome?.tables ?? {},
      asked: report.outcome?.again?.asked ?? null,
      leftBehind: report.outcome?.again == null ? null : leftBehind(report),
      turn: report.turn ?? null,
      mailsHeld: report.mailsHeld,
    })
  })
  if (outcome.state !== 'committed') throw outcome.error
  if (refusal !== null) {
    const { code, found, limit } = refusal
    ctx.log.event('run.refused', { run, policy: id, code, found, limit })
  }
  await point('policy recorded')
}

/** From now on the policy acts under these terms. */
async function termsEntry(
  ctx: JobContext,
  tx: Session,
  prepared: Prepared,
  policy: CompiledPolicy,
  asOf: Instant,
): Promise<Entry> {
  const before = await inForceTerms(tx, policy.policy.id)
  const now = termsFor(prepared, policy.policy.id)
  const gentler = before !== null && compareTerms(before.terms, now.terms) !== 'severe'
  return {
    v: '1',
    id: newEntryId(ctx.ports.random),
    kind: 'terms.changed',
    t: minuteOf(asOf),
    tool: ctx.ports.toolVersion,
    policy: { id: policy.policy.id, terms: now.hash },
    before: before?.hash ?? null,
    change: before === null ? 'new' : gentler ? 'weaker' : 'stronger',
  }
}

interface Refusal {
  readonly code: string
  readonly found: number
  readonly limit: number
}

function refusalOf(planned: PlannedPolicy): Refusal | null {
  const [alarm] = planned.alarms
  if (planned.standing.mode === 'refused') return { code: 'E_MORE_THAN_APPROVED', ...planned.standing }
  return alarm === undefined ? null : { code: 'E_ALARM', found: alarm.found, limit: alarm.limit }
}

function refusedEntry(
  ctx: JobContext,
  { policy }: PlannedPolicy,
  run: string,
  asOf: Instant,
  refusal: Refusal,
): Entry {
  return {
    v: '1',
    id: newEntryId(ctx.ports.random),
    kind: 'run.refused',
    t: minuteOf(asOf),
    tool: ctx.ports.toolVersion,
    run,
    job: 'run',
    as_of: isoInstant(asOf),
    code: refusal.code,
    policy: { id: policy.policy.id, terms: policy.termsHash },
    found: countText(refusal.found),
    limit: countText(refusal.limit),
  }
}

/** The entry that closes a run; it is also the heartbeat of a run that had nothing to do. */
export async function recordRun(ctx: JobContext, report: RunReport, job: string): Promise<void> {
  const entry = {
    v: '1',
    id: newEntryId(ctx.ports.random),
    kind: 'run.finished',
    t: minuteOf(report.asOf),
    tool: ctx.ports.toolVersion,
    run: report.run,
    job,
    as_of: isoInstant(report.asOf),
    policies: Object.fromEntries(report.policies.map((one) => [one.planned.policy.policy.id, countsOf(one)])),
    stopped: stoppedWord(report),
    ...(report.pilot === null ? {} : { pilot: countText(report.pilot) }),
  } as const
  const outcome = await ctx.database.transaction((tx) =>
    putEntry(tx, { run: report.run, asOf: report.asOf }, entry),
  )
  if (outcome.state !== 'committed') throw outcome.error
  await point('run recorded')
}

function stoppedWord(report: RunReport): string {
  switch (report.exit) {
    case 0:
      return 'done'
    case 3:
      return 'partly done'
    case 4:
      return 'refused'
    case 1:
    case 2:
    case 5:
    case 6:
      return 'failed'
  }
}

function countsOf(report: RunPolicyReport): PolicyCounts {
  const { planned, outcome } = report
  const done = outcome?.done ?? 0
  const act = planned.policy.act.act
  const when = (one: typeof act): number => (act === one ? done : 0)
  return {
    observed: countText(mayAct(planned) ? 0 : planned.survey.due + planned.survey.toWarn),
    erased: countText(when('erase')),
    anonymised: countText(when('anonymise')),
    archived: countText(when('archive')),
    truncated: countText(when('truncate fields')),
    withdrawn: countText(when('withdraw consent')),
    warned: countText(report.warned?.queued ?? 0),
    left: countText(Math.max(0, planned.survey.due - done)),
    spared: Object.fromEntries(
      Object.entries(planned.survey.spared).map(([reason, count]) => [reason, countText(count)]),
    ),
  }
}

function sparedTexts(report: RunPolicyReport): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(report.planned.survey.spared).map(([reason, count]) => [reason, String(count)]),
  )
}
