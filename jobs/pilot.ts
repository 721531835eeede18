/**
 * A pilot: a run of one policy that stops after ten, a hundred or a thousand, is asked after, and hands over its
 * receipts. Each size needs the one before it to be clean under the same terms, and a clock that nothing contradicts.
 */
import { entryFrom } from '../audit/entry-text.ts'
import type { VerifyReport } from '../audit/verify.ts'
import { OubliError, type ExitCode } from '../base/errors.ts'
import { lastPilot } from '../db/own/pilots.ts'
import { leavesOfRuns } from '../db/own/results.ts'
import { pilotFault, sizeBefore, type PilotFault, type PilotSize } from '../plan/pilot.ts'
import { refuseContradicted } from './clocks.ts'
import type { JobContext } from './context.ts'
import { prepare, termsFor, type Prepared } from './prepare.ts'
import { receiptOf } from './receipt.ts'
import { requirePolicy } from './require-policy.ts'
import { run, type RunOptions, type RunReport } from './run.ts'
import { requireKey } from './signing.ts'
import { verify } from './verify.ts'

/** More receipts than this are named, not made. */
export const mostReceipts = 10

export interface PilotReport {
  readonly run: RunReport
  readonly size: PilotSize
  /** What the evidence says of itself now. */
  readonly evidence: VerifyReport['state']
  /** Ids of the entries of what was done. */
  readonly entries: readonly string[]
  /** Receipts of the first of them. */
  readonly receipts: readonly string[]
  /** Of the entry that closes the run; null: it could not be sealed yet. */
  readonly receipt: string | null
  readonly exit: ExitCode
  readonly whyStopped: string
}

export type PilotOptions = Pick<RunOptions, 'acceptClockGap' | 'onProgress' | 'lang'> & {
  readonly policy: string
  readonly size: PilotSize
}

export async function pilot(
  ctx: JobContext,
  { policy, size, ...options }: PilotOptions,
): Promise<PilotReport> {
  const prepared = await prepare(ctx, options.lang)
  await requireOrder(ctx, prepared, policy, size)
  await requireSilence(ctx, prepared, policy)
  const report = await run(ctx, { ...options, policy, phases: ['purge'], slot: null, pilot: size })
  const entries = await entriesOf(ctx, report.run)
  const receipts: string[] = []
  for (const id of entries.slice(0, mostReceipts)) {
    const receipt = await receiptIfSealed(ctx, id)
    if (receipt !== null) receipts.push(receipt)
  }
  const evidence = await evidenceState(ctx)
  const proved = evidence === 'verified'
  return {
    ...{ run: report, size, evidence, entries, receipts },
    receipt: await receiptIfSealed(ctx, report.run),
    exit: proved ? report.exit : 6,
    whyStopped: proved ? report.whyStopped : 'the evidence does not verify',
  }
}

const found: Readonly<Record<PilotFault, string>> = {
  none: 'there was none under these terms',
  'not ended': 'it was refused, interrupted or set rows aside',
  'nothing done': 'nothing was due then, so that it proved nothing',
  'fewer done': 'it did fewer than its number, and more were due',
  'not checked': 'the database could not be asked after it',
  'something left': 'rows of what it did were still there',
}

/** Throws a `refused` error `E_PILOT_ORDER` unless the pilot before is clean and the evidence verifies. */
async function requireOrder(
  ctx: JobContext,
  prepared: Prepared,
  policy: string,
  size: PilotSize,
): Promise<void> {
  requirePolicy(prepared.policies, policy)
  const before = sizeBefore(size)
  if (before === null) return
  const terms = termsFor(prepared, policy).hash
  const fault = pilotFault(await lastPilot(ctx.database, policy, terms, before))
  if (fault !== null) throw outOfOrder(policy, before, size, found[fault])
  if ((await evidenceState(ctx)) !== 'verified')
    throw outOfOrder(policy, before, size, 'the evidence does not verify')
}

/**
 * The first mails of a ladder left two months before the first erasure, and who came back meanwhile may have done so
 * where the clock does not look. A policy that only observes, or does not fit, is the run's to refuse.
 */
async function requireSilence(ctx: JobContext, prepared: Prepared, id: string): Promise<void> {
  const policy = prepared.plan.policies.find((one) => one.policy.id === id)
  if (policy?.policy.status === 'enforce') await refuseContradicted(ctx, prepared, policy, await ctx.now())
}

function outOfOrder(policy: string, before: number, size: number, why: string): OubliError {
  return new OubliError(
    'refused',
    'E_PILOT_ORDER',
    `${policy}: expected a clean pilot of ${before} before one of ${size}, found that ${why}`,
    `Look into it, then: oubli run --policy ${policy} --pilot ${before}.`,
  )
}

async function evidenceState(ctx: JobContext): Promise<VerifyReport['state']> {
  return (await verify(ctx, { key: requireKey(ctx).verifier.text })).state
}

async function entriesOf(ctx: JobContext, run: string): Promise<readonly string[]> {
  const ids: string[] = []
  for await (const leaf of leavesOfRuns(ctx.database, [run])) {
    const entry = entryFrom(leaf)
    if (entry !== null && 'tables' in entry) ids.push(entry.id)
  }
  return ids
}

/** Null: it waits to be sealed by the next run. */
async function receiptIfSealed(ctx: JobContext, id: string): Promise<string | null> {
  try {
    return await receiptOf(ctx, id)
  } catch (error) {
    if (error instanceof OubliError && error.code === 'E_NOT_SEALED') return null
    throw error
  }
}
