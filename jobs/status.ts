/** What ran last, what is at work and what waits, from our own tables: the same on every host. */
import { keyFromText, shortRef } from '../base/subject-ref.ts'
import { unsignedCount } from '../db/own/checkpoints.ts'
import { sealedSize } from '../db/own/entries.ts'
import { listSetAside, type SetAside } from '../db/own/set-aside.ts'
import { readBeat } from '../db/own/beat.ts'
import { readControl, type Control } from '../db/own/control.ts'
import { waitingByReply } from '../db/own/mail-volume.ts'
import { lastRun, type RunRow } from '../db/own/runs.ts'
import { activeLease } from '../db/own/lease.ts'
import { waitsBecause } from '../plan/reply.ts'
import type { JobContext } from './context.ts'
import { olderThanLog, type Older } from './older.ts'
import { secondsLeft, type Progress } from './progress.ts'

export interface Status {
  readonly lastRun: RunRow | null
  readonly running: boolean
  /** The run at work as it said of itself last. */
  readonly atWork: (Progress & { readonly at: string; readonly secondsLeft: number | null }) | null
  readonly control: Control
  readonly entries: { readonly sealed: number; readonly unsealed: number }
  /** The rows that failed, and those that were busy in three runs or more; by short reference, never by key. */
  readonly setAside: readonly (Pick<SetAside, 'policy' | 'attempts' | 'code'> & { readonly ref: string })[]
  /** Mails that wait, and of them those that were put off, and those that a fault of ours keeps. */
  readonly mail: { readonly waiting: number; readonly putOff: number; readonly ourFault: number }
  /** Null unless the database is older than its log outside. */
  readonly older: Older | null
}

export async function status(ctx: JobContext): Promise<Status> {
  const running = await activeLease(ctx.database, 'run', ctx.clock())
  const beat = running ? await readBeat(ctx.database) : null
  return {
    lastRun: await lastRun(ctx.database),
    running,
    atWork: beat === null ? null : { ...beat, secondsLeft: secondsLeft(beat) },
    control: await readControl(ctx.database),
    entries: { sealed: await sealedSize(ctx.database), unsealed: await unsignedCount(ctx.database) },
    setAside: (await listSetAside(ctx.database)).map(({ policy, kind, keyText, attempts, code }) => {
      const ref = shortRef(ctx.ports.secret, kind, keyFromText(keyText))
      return { policy, ref, attempts, code }
    }),
    mail: await mailState(ctx),
    older: await olderThanLog(ctx),
  }
}

async function mailState({ database }: JobContext): Promise<Status['mail']> {
  const waiting = await waitingByReply(database)
  const sum = (because: 'put off' | 'our fault' | 'all'): number =>
    waiting
      .filter(({ reply }) => because === 'all' || waitsBecause(reply ?? undefined) === because)
      .reduce((total, { mails }) => total + mails, 0)
  return { waiting: sum('all'), putOff: sum('put off'), ourFault: sum('our fault') }
}
