/** How a replay ends: whether something is left for a person, and what it leaves in the evidence. */
import { isoInstant, type Instant } from '../base/clock.ts'
import { countText, minuteOf, newEntryId, type Entry } from '../audit/entry.ts'
import { countOfRun } from '../db/own/log-place.ts'
import type { JobContext } from './context.ts'
import type { ClockFault } from './guards.ts'
import type { OutsideLog } from './outside-log.ts'
import type { ReplayedPolicy, ReplayReport } from './replay-look.ts'

function keptIn(policies: readonly ReplayedPolicy[]): number {
  return policies.reduce((sum, { held, restricted, left }) => sum + held + restricted + left, 0)
}

export function ending(report: ReplayReport): Pick<ReplayReport, 'exit' | 'whyStopped'> {
  const kept = keptIn(report.policies)
  const open = [
    ...(kept > 0 ? [`${kept} people are still here`] : []),
    ...(report.leftBehind > 0
      ? [`${report.leftBehind} row(s) of what was done were still there when it asked`]
      : []),
    ...(report.untold > 0 ? [`${report.untold} people could not be looked for`] : []),
    ...(report.unnamedMails > 0 ? [`${report.unnamedMails} mails are not in the signed log`] : []),
    ...(report.lostHolds.length > 0 ? [`${report.lostHolds.length} hold(s) must be set again`] : []),
    ...(report.lostRequests.length > 0
      ? [`${report.lostRequests.length} request(s) to stay must be recorded again`]
      : []),
  ]
  if (open.length > 0) return { exit: 3, whyStopped: `replayed; ${open.join('; ')}` }
  return { exit: 0, whyStopped: 'all that the log says was done again' }
}

/**
 * Of a replay that has its ending: the evidence says `done` only where the exit code does. The counts are those of the
 * whole replay, however often it was killed: they are read from what it wrote.
 */
export async function closingEntries(
  ctx: JobContext,
  log: OutsideLog,
  { policies, mails, exit }: ReplayReport,
  asOf: Instant,
  jump: ClockFault | null,
): Promise<readonly Entry[]> {
  const entry = () =>
    ({
      v: '1',
      ...{ id: newEntryId(ctx.ports.random), t: minuteOf(asOf), tool: ctx.ports.toolVersion },
      ...{ run: log.id, as_of: isoInstant(asOf) },
    }) as const
  return [
    ...(jump === null
      ? []
      : [{ ...entry(), kind: 'clock.accepted', previous: jump.previous } satisfies Entry]),
    {
      ...entry(),
      kind: 'restore.reconciled',
      size: countText(log.checkpoint.size),
      erased: countText(await countOfRun(ctx.database, log.id, 'subject.erased')),
      anonymised: countText(await countOfRun(ctx.database, log.id, 'subject.anonymised')),
      kept: countText(keptIn(policies)),
      mails: countText(mails.sent),
    },
    {
      ...entry(),
      kind: 'run.finished',
      job: 'replay',
      policies: {},
      stopped: exit === 0 ? 'done' : 'partly done',
    },
  ]
}
