/**
 * After a restored backup: people whom the log says were erased go again, mails that were sent are not sent
 * again, and the database gets back what the log has. Looks first, always; whoever confirms gets what was shown.
 */
import { isoInstant, type Instant } from '../base/clock.ts'
import { point } from '../base/point.ts'
import { countText, minuteOf, newEntryId, type Entry } from '../audit/entry.ts'
import { dropOtherCursors } from '../db/own/cursor.ts'
import { countOfRun, isRunKnown } from '../db/own/log-place.ts'
import { finishRun, insertRun } from '../db/own/runs.ts'
import { applyAgain } from '../engine/again.ts'
import { newTally, type Tally } from '../engine/tally.ts'
import type { JobContext } from './context.ts'
import { failed } from './failed-run.ts'
import { withLease, type HeldLease } from './lease.ts'
import type { OutsideLog } from './outside-log.ts'
import { paceOf } from './pace.ts'
import { prepare, type Prepared } from './prepare.ts'
import type { Known } from './replay-ledger.ts'
import { bringLog, bringTombstones } from './replay-log.ts'
import { hasWork, look, newCounts, type ReplayedPolicy, type ReplayReport, type Seen } from './replay-look.ts'
import { mailsAgain } from './replay-mails.ts'
import { peopleAgain } from './replay-people.ts'
import { sealAndTell } from './seal-and-tell.ts'
import { requireKey } from './signing.ts'
import { shipCheckpoint } from './sinks.ts'
import { startWatch, type OnProgress, type Watch } from './watch.ts'

export interface ReplayOptions {
  readonly confirm: boolean
  readonly onProgress?: OnProgress
}

export async function replay(ctx: JobContext, options: ReplayOptions): Promise<ReplayReport> {
  requireKey(ctx)
  const prepared = await prepare(ctx)
  const asOf = await ctx.now()
  const seen = await look(ctx, prepared, asOf)
  const { log } = seen
  if (!options.confirm || log === null || !hasWork(seen.report)) return seen.report
  return await withLease(ctx, 'run', async (lease) => {
    const watch = await startWatch(ctx, log.id, options.onProgress ?? (() => undefined))
    try {
      const stop = (): string | null => ctx.stop() ?? watch.asked()
      return await act({ ...ctx, stop }, prepared, { ...seen, log }, asOf, { lease, watch })
    } finally {
      await watch.close()
    }
  })
}

interface Hands {
  readonly lease: HeldLease
  readonly watch: Watch
}

type Begun = Seen & { readonly log: OutsideLog }

async function act(
  ctx: JobContext,
  prepared: Prepared,
  seen: Begun,
  asOf: Instant,
  hands: Hands,
): Promise<ReplayReport> {
  const run = seen.log.id
  // One that was killed is gone on with under the same name.
  if (!(await isRunKnown(ctx.database, run)))
    await insertRun(ctx.database, {
      ...{ id: run, job: 'replay', slot: null, asOf: isoInstant(asOf), startedAt: isoInstant(asOf) },
      ...{ toolVersion: ctx.ports.toolVersion, fingerprint: prepared.plan.fingerprint },
    })
  try {
    await dropOtherCursors(ctx.database, run, hands.lease.fence)
    ctx.log.event('run.started', { run, job: 'replay', as_of: isoInstant(asOf) })
    const { report, reconciled } = await work(ctx, prepared, seen, asOf, hands)
    const state = !reconciled ? 'interrupted' : report.exit === 0 ? 'done' : 'partly'
    await finishRun(ctx.database, run, state, await ctx.now(), report.whyStopped)
    // Until then the database lacks entries that were signed, and nothing can be sealed behind them.
    if (reconciled) {
      await sealAndTell(ctx)
      await shipCheckpoint(ctx)
    }
    ctx.log.event('run.finished', { run, exit: report.exit })
    return report
  } catch (error) {
    throw await failed(ctx, run, error)
  }
}

async function work(
  ctx: JobContext,
  prepared: Prepared,
  { log, known, report }: Begun,
  asOf: Instant,
  hands: Hands,
): Promise<{ readonly report: ReplayReport; readonly reconciled: boolean }> {
  await bringTombstones(ctx, known)
  const { policies, stopped, busy } = await people(ctx, prepared, known, log.id, asOf, hands)
  await point('people erased again')
  const early: ReplayReport = { ...report, confirmed: true, policies, exit: 3 }
  const halted = stopped ?? ctx.stop()
  const later = (why: string) => ({
    report: { ...early, whyStopped: `${why}; run it again to go on` },
    reconciled: false,
  })
  if (halted !== null) return later(halted)
  const mails = await mailsAgain(ctx, prepared, known, asOf, true)
  await point('mails remembered')
  if (busy + mails.busy > 0) return later(`${busy + mails.busy} row(s) are in use`)
  await hands.lease.stillOurs()
  hands.watch.begin(null)
  const done = { ...early, mails }
  const closing = await closingEntries(ctx, log, done, asOf)
  await bringLog(ctx, log, { run: log.id, asOf }, closing)
  return { report: { ...done, ...ending(done) }, reconciled: true }
}

async function people(
  ctx: JobContext,
  prepared: Prepared,
  known: Known,
  run: string,
  asOf: Instant,
  { lease, watch }: Hands,
) {
  let policies: readonly ReplayedPolicy[] = []
  for (;;) {
    const pass = await onePass(ctx, prepared, known, run, asOf, { lease, watch }, newCounts(policies))
    policies = pass.policies
    // Whoever was anonymised may be known by another identity now, under the next policy.
    if (pass.anonymised === 0 || pass.total.stopped !== null)
      return { policies, stopped: pass.total.stopped, busy: pass.total.busy }
  }
}

async function onePass(
  ctx: JobContext,
  prepared: Prepared,
  known: Known,
  run: string,
  asOf: Instant,
  { lease, watch }: Hands,
  counts: ReturnType<typeof newCounts>,
) {
  const total: Tally = newTally()
  // Of this pass alone: one that was killed has left cursors of its own under the same run.
  const cursor = `replay#${Buffer.from(ctx.ports.random(8)).toString('hex')}`
  let seq = 0n
  let anonymised = 0
  for await (const page of peopleAgain(ctx, prepared, known)) {
    const { policy } = page
    if (policy === null) {
      counts.add(page, 0)
      continue
    }
    const writer = {
      pace: paceOf(ctx, policy, lease, watch, page.found.length),
      cursor,
      nextSeq: () => (seq += 1n),
    }
    const before = total.done
    await applyAgain(ctx.ports, policy, { run, asOf, lease: lease.fence }, page.found, writer, total)
    counts.add(page, total.done - before)
    if (page.what === 'anonymised') anonymised += total.done - before
    if (total.stopped !== null) break
  }
  return { total, policies: counts.list(), anonymised }
}

function keptIn(policies: readonly ReplayedPolicy[]): number {
  return policies.reduce((sum, { held, restricted, left }) => sum + held + restricted + left, 0)
}

/** The counts are those of the whole replay, however often it was killed: they are read from what it wrote. */
async function closingEntries(
  ctx: JobContext,
  log: OutsideLog,
  { policies, mails }: ReplayReport,
  asOf: Instant,
): Promise<readonly Entry[]> {
  const entry = () =>
    ({
      v: '1',
      ...{ id: newEntryId(ctx.ports.random), t: minuteOf(asOf), tool: ctx.ports.toolVersion },
      ...{ run: log.id, as_of: isoInstant(asOf) },
    }) as const
  const kept = keptIn(policies)
  return [
    {
      ...entry(),
      kind: 'restore.reconciled',
      size: countText(log.checkpoint.size),
      erased: countText(await countOfRun(ctx.database, log.id, 'subject.erased')),
      anonymised: countText(await countOfRun(ctx.database, log.id, 'subject.anonymised')),
      kept: countText(kept),
      mails: countText(mails.sent),
    },
    {
      ...entry(),
      kind: 'run.finished',
      job: 'replay',
      policies: {},
      stopped: kept > 0 ? 'partly done' : 'done',
    },
  ]
}

function ending(report: ReplayReport): Pick<ReplayReport, 'exit' | 'whyStopped'> {
  const kept = keptIn(report.policies)
  const open = [
    ...(kept > 0 ? [`${kept} people are still here`] : []),
    ...(report.untold > 0 ? [`${report.untold} people could not be looked for`] : []),
    ...(report.lostHolds.length > 0 ? [`${report.lostHolds.length} hold(s) must be set again`] : []),
  ]
  if (open.length > 0) return { exit: 3, whyStopped: `replayed; ${open.join('; ')}` }
  return { exit: 0, whyStopped: 'all that the log says was done again' }
}
