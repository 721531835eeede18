/** Everything that the file on one policy says, read for one moment. Writes nothing. */
import { isoInstant, type Instant } from '../base/clock.ts'
import { approvalsOf, firstApprovals } from '../db/own/approvals.ts'
import { pilotsOf } from '../db/own/pilots.ts'
import { termsSeen } from '../db/own/terms.ts'
import { countErasedSince } from '../db/own/tombstones.ts'
import { OubliError } from '../base/errors.ts'
import { startOfDay } from '../plan/civil.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { pilotFault } from '../plan/pilot.ts'
import { countsSilence } from '../plan/signs-of-life.ts'
import type { Language } from '../policies/problem.ts'
import { emptyDone } from '../report/done.ts'
import type { DossierFacts, DossierRun } from '../report/dossier.ts'
import type { FirstFacts } from '../report/view-first.ts'
import { clockOf } from './clocks.ts'
import type { JobContext } from './context.ts'
import type { Enforcement } from './first-enforcement.ts'
import { readPastRuns } from './past-runs.ts'
import { previewMail } from './preview.ts'
import type { Prepared } from './prepare.ts'
import { gatherReport, type ReportOptions } from './report.ts'
import { requirePolicy } from './require-policy.ts'

const mostApprovals = 12
const mostRuns = 12
const mostPilots = 12

export interface DossierOptions extends ReportOptions {
  /** Look for signs of life of whom the policy calls silent; reads every table that leads to them. */
  readonly clocks: boolean
}

/** Throws `E_POLICY_NAME` for a name that is none, `E_POLICY_UNFIT` for a policy that does not fit the database. */
export async function gatherDossier(
  ctx: JobContext,
  prepared: Prepared,
  id: string,
  lang: Language,
  options: DossierOptions,
): Promise<DossierFacts> {
  requirePolicy(prepared.policies, id)
  const policy = prepared.plan.policies.find((one) => one.policy.id === id)
  if (policy === undefined)
    throw new OubliError(
      'policy',
      'E_POLICY_UNFIT',
      `${id}: expected a policy that fits the database, found one that cannot be carried out`,
      '`oubli doctor` says what is in the way.',
    )
  const plan = { ...prepared.plan, policies: [policy] }
  const pilots = await pilotsOf(ctx.database, id, mostPilots)
  const runs = await runsOf(ctx, { ...prepared, plan }, id, options)
  // Beside them a sum of them would give a small one away.
  const named = new Set([...pilots.map(({ runId }) => runId), ...runs.map((run) => run.id)])
  const report = await gatherReport(ctx, { ...prepared, plan }, { ...options, named })
  const termsHash = prepared.terms.get(id)?.hash ?? policy.termsHash
  const seen = await termsSeen(ctx.database, id, termsHash)
  const warns = policy.policy.warn !== null
  const mail = warns
    ? await previewMail(ctx.settings, { policy: id, variant: null, last: false, lang }, options.asOf)
    : null
  return {
    report,
    termsHash,
    observedAt: instantOf(seen?.observedAt),
    inForceSince: instantOf(seen?.inForceSince),
    approvals: (await approvalsOf(ctx.database, id, mostApprovals)).map((one) => ({
      at: Date.parse(one.approvedAt),
      until: Date.parse(one.expiresAt),
      by: one.approvedBy,
      plan: one.fingerprint,
      most: one.counts[id] ?? 0,
    })),
    firsts: await firstsOf(ctx, id, prepared.dataMap.zone),
    pilots: pilots.map((one) => ({
      id: one.runId,
      at: Date.parse(one.asOf),
      size: one.size,
      done: one.done,
      fault: pilotFault(one),
      theseTerms: one.termsHash === termsHash,
    })),
    runs,
    clock: await clockFacts(ctx, prepared, policy, options),
    mail: mail === null ? null : { subject: mail.subject, text: mail.text },
  }
}

function instantOf(text: string | null | undefined): Instant | null {
  return text === null || text === undefined ? null : Date.parse(text)
}

async function clockFacts(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
  { clocks, asOf }: DossierOptions,
): Promise<DossierFacts['clock']> {
  if (!policy.subject) return 'no people'
  if (!countsSilence(policy)) return 'no silence'
  return clocks ? await clockOf(ctx, prepared, policy, asOf) : 'left out'
}

/** What was said of a backup each time that the policy was approved to act for the first time; newest first. */
async function firstsOf(ctx: JobContext, id: string, zone: string): Promise<DossierFacts['firsts']> {
  const firsts: FirstFacts[] = []
  for (const { approvedAt, enforcement } of await firstApprovals(ctx.database)) {
    if (enforcement === null) continue
    const { policies, backup, binlogDays, comesBack } = JSON.parse(enforcement) as Enforcement
    if (!Object.hasOwn(policies, id)) continue
    const now = 'none' in backup ? 0 : await countErasedSince(ctx.database, startOfDay(backup.taken, zone))
    firsts.push({ at: Date.parse(approvedAt), backup, binlogDays, comesBack: { then: comesBack, now } })
  }
  return firsts
}

/** Of the period, those in which the policy did something; newest first. */
async function runsOf(
  ctx: JobContext,
  prepared: Prepared,
  id: string,
  { from, to }: ReportOptions,
): Promise<DossierRun[]> {
  const { runs, done } = await readPastRuns(ctx, prepared, isoInstant(from), isoInstant(to))
  return runs
    .flatMap((run) => {
      const { rows, warned, basis } = done.get(run.id)?.get(id) ?? emptyDone
      return rows + warned === 0 ? [] : [{ id: run.id, at: Date.parse(run.asOf), rows, mails: warned, basis }]
    })
    .slice(0, mostRuns)
}
