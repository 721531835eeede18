/** What ran last, what is at work and what waits, from our own tables: the same on every host. */
import { isoInstant } from '../base/clock.ts'
import { keyFromText, shortRef } from '../base/subject-ref.ts'
import { lookFor } from '../config/file-bytes.ts'
import { backlogPoints, latestBacklogs } from '../db/own/backlogs.ts'
import { signedCounts } from '../db/own/checkpoints.ts'
import { listSetAside, type SetAside } from '../db/own/set-aside.ts'
import { readBeat, type BeatRow } from '../db/own/beat.ts'
import { readControl, type Control } from '../db/own/control.ts'
import { lastPilots } from '../db/own/pilots.ts'
import { waitingByReply } from '../db/own/mail-volume.ts'
import { lastRun, lastRunWith, type RunRow } from '../db/own/runs.ts'
import { untoldPeople } from '../db/own/tombstones.ts'
import { pilotFault, type PilotFault } from '../plan/pilot.ts'
import { waitsBecause } from '../plan/reply.ts'
import type { JobContext } from './context.ts'
import { holderOf } from './lease.ts'
import { olderThanLog, type Older } from './older.ts'
import { secondsLeft, type Progress } from './progress.ts'
import { untakenForDays, type Untaken } from './untaken.ts'

export interface Status {
  /** Of any job, also a replay. */
  readonly lastRun: RunRow | null
  /** The last run that warns and the last that erases, be it one and the same; pilots apart. */
  readonly lastRuns: { readonly warn: RunRow | null; readonly purge: RunRow | null }
  readonly running: boolean
  /** The run at work as it said of itself last. */
  readonly atWork: (Progress & { readonly at: string; readonly secondsLeft: number | null }) | null
  /** A wish to stop is told while its run is at work. */
  readonly control: Control
  /** Since when the pause file is there, by the clock of this host, as an ISO instant; null: it is not. */
  readonly pauseFile: string | null
  /** Why this host cannot tell whether it is there, and pauses; null: it can. */
  readonly pauseFileUnseen: string | null
  /** `sealed`: a checkpoint vouches for them. `untold`: people whom no ledger outside tells of yet. */
  readonly entries: { readonly sealed: number; readonly unsealed: number; readonly untold: number }
  /** The rows that failed, and those that were busy in three runs or more; a thousand of each at most. */
  readonly setAside: readonly RowAside[]
  /** How many there are of each. */
  readonly setAsideRows: { readonly failed: number; readonly busy: number }
  /** What is left of each backlog, as the last run found it before it acted. */
  readonly backlogs: readonly BacklogStatus[]
  /** The newest pilot of each policy. */
  readonly pilots: readonly PilotStatus[]
  /** Mails that wait, and of them those that were put off, and those that a fault of ours keeps. */
  readonly mail: { readonly waiting: number; readonly putOff: number; readonly ourFault: number }
  /** Of which none was taken for days; null: none wait so. */
  readonly untaken: Untaken | null
  /** Null unless the database is older than its log outside. */
  readonly older: Older | null
}

/** By short reference, never by key. */
export type RowAside = Pick<SetAside, 'policy' | 'attempts' | 'code'> & { readonly ref: string }

export interface BacklogStatus {
  readonly policy: string
  readonly size: number
  readonly left: number
  /** `YYYY-MM-DD`. */
  readonly by: string
}

export interface PilotStatus {
  readonly policy: string
  readonly size: number
  /** ISO instant. */
  readonly at: string
  readonly done: number
  /** Null: it was clean. */
  readonly fault: PilotFault | null
}

export async function status(ctx: JobContext): Promise<Status> {
  const holder = await holderOf(ctx, 'run')
  const last = await lastRun(ctx.database)
  const beat = beatOf(holder, last, await readBeat(ctx.database))
  const { pause, stop } = await readControl(ctx.database)
  const { signed, unsigned } = await signedCounts(ctx.database)
  return {
    lastRun: last,
    lastRuns: {
      warn: await lastRunWith(ctx.database, 'warn'),
      purge: await lastRunWith(ctx.database, 'purge'),
    },
    running: holder !== null,
    atWork: beat === null ? null : { ...beat, secondsLeft: secondsLeft(beat) },
    control: { pause, stop: stop?.run === holder ? stop : null },
    ...pauseFileOf(ctx),
    entries: { sealed: signed, unsealed: unsigned, untold: await untoldPeople(ctx.database) },
    ...(await rowsAside(ctx)),
    backlogs: await backlogsOf(ctx),
    pilots: (await lastPilots(ctx.database)).map((one) => {
      const { policy, size, asOf, done } = one
      return { policy, size, at: asOf, done, fault: pilotFault(one) }
    }),
    mail: await mailState(ctx),
    untaken: await untakenForDays(ctx, await ctx.now()),
    older: await olderThanLog(ctx),
  }
}

/**
 * Of the run at work; until its first word the last one of a former run lies there. A replay has its name from the
 * log, and goes on under it.
 */
function beatOf(holder: string | null, last: RunRow | null, beat: BeatRow | null): BeatRow | null {
  if (holder === null || beat === null || beat.run === holder) return holder === null ? null : beat
  const isReplay = last?.job === 'replay' && last.id === beat.run && !['done', 'partly'].includes(last.state)
  return isReplay ? beat : null
}

function pauseFileOf({ settings }: JobContext): Pick<Status, 'pauseFile' | 'pauseFileUnseen'> {
  const { pauseFile } = settings.pace
  const seen = pauseFile === null ? null : lookFor(pauseFile)
  if (seen === null) return { pauseFile: null, pauseFileUnseen: null }
  return 'since' in seen
    ? { pauseFile: isoInstant(seen.since), pauseFileUnseen: null }
    : { pauseFile: null, pauseFileUnseen: seen.unseen }
}

async function rowsAside(ctx: JobContext): Promise<Pick<Status, 'setAside' | 'setAsideRows'>> {
  const failed = await listSetAside(ctx.database, 'failed')
  const busy = await listSetAside(ctx.database, 'busy')
  return {
    setAside: [...failed.rows, ...busy.rows].map(({ policy, kind, keyText, attempts, code }) => {
      const ref = shortRef(ctx.ports.secret, kind, keyFromText(keyText))
      return { policy, ref, attempts, code }
    }),
    setAsideRows: { failed: failed.count, busy: busy.count },
  }
}

async function backlogsOf({ database }: JobContext): Promise<readonly BacklogStatus[]> {
  const found: BacklogStatus[] = []
  for (const row of (await latestBacklogs(database)).values()) {
    const last = (await backlogPoints(database, row)).at(-1)
    const { policy, size, by } = row
    if (size > 0) found.push({ policy, size, left: last?.left ?? size, by })
  }
  return found
}

async function mailState({ database }: JobContext): Promise<Status['mail']> {
  const waiting = await waitingByReply(database)
  const sum = (because: 'put off' | 'our fault' | 'all'): number =>
    waiting
      .filter(({ reply }) => because === 'all' || waitsBecause(reply ?? undefined) === because)
      .reduce((total, { mails }) => total + mails, 0)
  return { waiting: sum('all'), putOff: sum('put off'), ourFault: sum('our fault') }
}
