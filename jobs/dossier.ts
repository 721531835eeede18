/** Everything that the file on one policy says, read for one moment. Writes nothing. */
import { isoInstant, type Instant } from '../base/clock.ts'
import { approvalsOf } from '../db/own/approvals.ts'
import { resultsBetween, runsBetween } from '../db/own/results.ts'
import { termsSeen } from '../db/own/terms.ts'
import { OubliError } from '../base/errors.ts'
import type { Language } from '../policies/problem.ts'
import type { DossierFacts, DossierRun } from '../report/dossier.ts'
import type { JobContext } from './context.ts'
import { previewMail } from './preview.ts'
import type { Prepared } from './prepare.ts'
import { gatherReport, type ReportOptions } from './report.ts'
import { requirePolicy } from './require-policy.ts'

const mostApprovals = 12
const mostRuns = 12

/** Throws `E_POLICY_NAME` for a name that is none, `E_POLICY_UNFIT` for a policy that does not fit the database. */
export async function gatherDossier(
  ctx: JobContext,
  prepared: Prepared,
  id: string,
  lang: Language,
  options: ReportOptions,
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
  const report = await gatherReport(ctx, { ...prepared, plan }, options)
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
    runs: await runsOf(ctx, id, options),
    mail: mail === null ? null : { subject: mail.subject, text: mail.text },
  }
}

function instantOf(text: string | null | undefined): Instant | null {
  return text === null || text === undefined ? null : Date.parse(text)
}

/** Of the period, those in which the policy did something; newest first. */
async function runsOf(ctx: JobContext, id: string, { from, to }: ReportOptions): Promise<DossierRun[]> {
  const period = [isoInstant(from), isoInstant(to)] as const
  const runs = new Map((await runsBetween(ctx.database, ...period)).map((run) => [run.id, run]))
  return (await resultsBetween(ctx.database, ...period))
    .filter(({ policy, done, warned }) => policy === id && done + warned > 0)
    .flatMap(({ runId, done, warned }) => {
      const run = runs.get(runId)
      return run === undefined ? [] : [{ id: runId, at: Date.parse(run.asOf), rows: done, mails: warned }]
    })
    .sort((a, b) => b.at - a.at)
    .slice(0, mostRuns)
}
