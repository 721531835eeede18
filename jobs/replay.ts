/**
 * After a restored backup: people whom the log says were erased go again, mails that were sent are not sent
 * again, and the database gets back what the log has. Looks first, always; whoever confirms gets what was shown.
 */
import { isoInstant, type Instant } from '../base/clock.ts'
import { point } from '../base/point.ts'
import { shortRef } from '../base/subject-ref.ts'
import { dropOtherCursors } from '../db/own/cursor.ts'
import { isRunKnown } from '../db/own/log-place.ts'
import { finishRun, insertRun, interruptOthers } from '../db/own/runs.ts'
import { applyAgain } from '../engine/again.ts'
import { newTally } from '../engine/tally.ts'
import { newCeilings, type Ceilings } from '../plan/replay-ceilings.ts'
import type { Language } from '../policies/problem.ts'
import { guardReplayBacklog, isSealingStop, sealingPace, unsealedPace } from './backlog.ts'
import type { JobContext } from './context.ts'
import { failed } from './failed-run.ts'
import { guardClockByLog, guardForeignKeys, type ClockFault } from './guards.ts'
import { withLease, type HeldLease } from './lease.ts'
import type { OutsideLog } from './outside-log.ts'
import { paceOf } from './pace.ts'
import { prepare, type Prepared } from './prepare.ts'
import { stretchText } from './replay-backup.ts'
import { refuseAbove, tooManyGo } from './replay-ceilings.ts'
import { checkGone, leftOfGone, sampleOf, type Gone } from './replay-check.ts'
import { closingEntries, ending } from './replay-close.ts'
import { bringLog, bringTombstones } from './replay-log.ts'
import {
  hasWork,
  look,
  newCounts,
  notFound,
  type ReplayedPolicy,
  type ReplayReport,
  type Seen,
} from './replay-look.ts'
import { keptAgain } from './replay-kept.ts'
import { endLastMailsInDoubt, lastMailsInDoubt } from './replay-last-mails.ts'
import { mailsAgain } from './replay-mails.ts'
import { refuseLostKinds } from './replay-missing.ts'
import { peopleAgain } from './replay-people.ts'
import { sealAtEnd, withoutSeal } from './seal-and-tell.ts'
import { requireKey } from './signing.ts'
import { noteWhoIsLeft } from './site-restored.ts'
import { shipCheckpoint } from './sinks.ts'
import { startWatch, type OnProgress, type Watch } from './watch.ts'

export interface ReplayOptions {
  readonly confirm: boolean
  /** How many people may go again, in the place of what the policies say; null: nobody has said. */
  readonly atMost: number | null
  readonly acceptClockGap: boolean
  readonly onProgress?: OnProgress
  /** Of what is wrong with the policy files; English by default. */
  readonly lang?: Language
}

export async function replay(ctx: JobContext, options: ReplayOptions): Promise<ReplayReport> {
  requireKey(ctx)
  const prepared = await prepare(ctx, options.lang)
  const asOf = await ctx.now()
  const seen = await look(ctx, prepared, asOf, options.atMost)
  const { log } = seen
  if (!options.confirm || log === null || !hasWork(seen.report)) return seen.report
  refuseLostKinds(ctx, seen.report.lostKinds)
  refuseAbove(seen.report)
  // The database has forgotten its last runs, the log has not.
  const jump = guardClockByLog(ctx, asOf, seen.known.newest, options.acceptClockGap)
  await guardForeignKeys(ctx)
  return await withLease(ctx, 'run', async (lease) => {
    await guardReplayBacklog(ctx, seen.report)
    const worker = { run: log.id, holder: lease.owner }
    const watch = await startWatch(ctx, worker, options.onProgress ?? (() => undefined))
    try {
      const stop = (): string | null => ctx.stop() ?? watch.asked()
      const sealing = await (seen.report.older === null ? sealingPace(ctx) : unsealedPace(ctx))
      const hands = { lease, watch, sealing, atMost: options.atMost }
      return await act({ ...ctx, stop }, prepared, { ...seen, log, jump }, asOf, hands)
    } finally {
      await watch.close()
    }
  })
}

interface Hands {
  readonly lease: HeldLease
  readonly watch: Watch
  readonly sealing: Awaited<ReturnType<typeof sealingPace>>
  readonly atMost: number | null
}

type Begun = Seen & {
  readonly log: OutsideLog
  /** A jump of the clock that a person has accepted. */
  readonly jump: ClockFault | null
}

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
      ...{ id: run, job: 'replay', slot: stretchText(seen.known.backup.lacked) },
      ...{ asOf: isoInstant(asOf), startedAt: isoInstant(asOf) },
      ...{ toolVersion: ctx.ports.toolVersion, fingerprint: prepared.plan.fingerprint },
    })
  try {
    await interruptOthers(ctx.database, run)
    await dropOtherCursors(ctx.database, run, hands.lease.fence)
    ctx.log.event('run.started', { run, job: 'replay', as_of: isoInstant(asOf) })
    const { report, reconciled } = await work(ctx, prepared, seen, asOf, hands)
    const state = !reconciled ? 'interrupted' : report.exit === 0 ? 'done' : 'partly'
    await finishRun(ctx.database, run, state, await ctx.now(), report.whyStopped)
    // Until then the database lacks entries that were signed, and nothing can be sealed behind them.
    const unsealed = reconciled ? await sealAtEnd(ctx) : null
    if (reconciled && unsealed?.sealed !== false) await shipCheckpoint(ctx)
    const end = unsealed === null ? report : { ...report, ...withoutSeal(report, unsealed) }
    if (unsealed !== null) await finishRun(ctx.database, run, 'partly', await ctx.now(), end.whyStopped)
    ctx.log.event('run.finished', { run, exit: end.exit })
    return end
  } catch (error) {
    throw await failed(ctx, run, error)
  }
}

async function work(
  ctx: JobContext,
  prepared: Prepared,
  seen: Begun,
  asOf: Instant,
  hands: Hands,
): Promise<{ readonly report: ReplayReport; readonly reconciled: boolean }> {
  const { log, known, report } = seen
  await bringTombstones(ctx, known)
  const { policies, stopped, busy, gone } = await people(ctx, prepared, seen, asOf, hands)
  const answers = await checkGone(ctx, gone, { run: log.id, asOf, lease: hands.lease.fence })
  await point('people erased again')
  const missing = notFound(prepared, seen)
  const exit = stopped === tooManyGo || isSealingStop(stopped) ? 4 : 3
  const leftBehind = await leftOfGone(ctx, log, prepared.plan.policies, answers)
  const early: ReplayReport = { ...report, confirmed: true, policies, notFound: missing, leftBehind, exit }
  const halted = stopped ?? ctx.stop()
  const later = (why: string) => ({
    report: { ...early, whyStopped: `${why}; run it again to go on` },
    reconciled: false,
  })
  if (halted !== null) return later(halted)
  // Before the mails: of somebody who asked to stay, none of before counts.
  await keptAgain(ctx, prepared, known, true)
  const mails = await mailsAgain(ctx, prepared, known, asOf, true)
  await point('mails remembered')
  await endLastMailsInDoubt(ctx, prepared, log, report, asOf)
  await point('last mails ended')
  if (busy + mails.busy > 0) return later(`${busy + mails.busy} row(s) are in use`)
  await hands.lease.stillOurs()
  hands.watch.begin(null)
  const done = { ...early, mails, lastMails: await lastMailsInDoubt(ctx, log, report) }
  const ended = { ...done, ...ending(done) }
  const closing = await closingEntries(ctx, log, ended, asOf, seen.jump)
  // Before the log is brought: until then the database is older than it, and a replay that is killed here goes on.
  await noteWhoIsLeft(ctx, prepared)
  await bringLog(ctx, log, { run: log.id, asOf }, closing)
  return { report: ended, reconciled: true }
}

async function people(ctx: JobContext, prepared: Prepared, seen: Begun, asOf: Instant, hands: Hands) {
  let policies: readonly ReplayedPolicy[] = []
  const gone: Gone = new Map()
  // Each pass counts anew who is here; a share is one of those who came back.
  const ceilings = newCeilings(new Map(seen.seeing.people), hands.atMost)
  for (;;) {
    const sums = { counts: newCounts(policies), ceilings, gone }
    const pass = await onePass(ctx, prepared, seen, asOf, hands, sums)
    policies = pass.policies
    // Whoever was anonymised may be known by another identity now, under the next policy.
    if (pass.anonymised === 0 || pass.stopped !== null) {
      for (const row of pass.apart) ctx.log.event('row.set-aside', { run: seen.log.id, ...row })
      return { policies, stopped: pass.stopped, busy: pass.busy, gone }
    }
  }
}

/** What the passes add to. */
interface Sums {
  readonly counts: ReturnType<typeof newCounts>
  readonly ceilings: Ceilings
  readonly gone: Gone
}

async function onePass(
  ctx: JobContext,
  prepared: Prepared,
  { log: { id: run }, known, seeing }: Begun,
  asOf: Instant,
  { lease, watch, sealing }: Hands,
  { counts, ceilings, gone }: Sums,
) {
  // Of this pass alone: one that was killed has left cursors of its own under the same run.
  const cursor = `replay#${Buffer.from(ctx.ports.random(8)).toString('hex')}`
  let seq = 0n
  let [anonymised, busy] = [0, 0]
  let stopped: string | null = null
  const apart: { policy: string; row: string; code: string }[] = []
  for await (const page of peopleAgain(ctx, prepared, known, seeing)) {
    const { policy } = page
    if (policy === null) {
      counts.add(page, 0)
      continue
    }
    const writer = {
      pace: sealing(paceOf(ctx, policy, lease, watch, page.found.length), true),
      cursor,
      nextSeq: () => (seq += 1n),
    }
    const total = newTally(sampleOf(gone, policy))
    const going = page.found.filter(({ standing }) => standing === 'again')
    // Also those whom nobody saw before: whoever is anonymised first may be known by another identity then.
    ceilings.count(policy, going.length, going.filter(({ canary }) => canary).length)
    if (ceilings.above().length > 0) total.stopped = tooManyGo
    else await applyAgain(ctx.ports, policy, { run, asOf, lease: lease.fence }, page.found, writer, total)
    counts.add(page, total.done)
    ceilings.count(policy, total.done - going.length)
    for (const { key, code } of total.setAside)
      apart.push({ policy: policy.policy.id, row: shortRef(ctx.ports.secret, policy.kind, key), code })
    if (page.what === 'anonymised') anonymised += total.done
    busy += total.busy
    stopped = total.stopped
    if (stopped !== null) break
  }
  return { stopped, busy, policies: counts.list(), anonymised, apart }
}
