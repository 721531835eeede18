/**
 * Which part of the log the restored backup lacked. The database says so only until the first entries are put
 * back, so a replay remembers it in its own row: one that was killed goes on with it, and the next one still
 * knows what was done to people before the backup.
 */
import { lastRun } from '../db/own/runs.ts'
import type { Stretch } from '../plan/replay.ts'
import type { JobContext } from './context.ts'
import type { OutsideLog } from './outside-log.ts'

export interface Backup {
  /** Entries that the database lacks, or lacked when the replay that goes on began; none when it has them all. */
  readonly lacks: Stretch
  /** Entries that the backup which was restored last lacked. */
  readonly lacked: Stretch
}

/** `here`: sealed entries that the database has now. */
export async function backupOf(
  ctx: Pick<JobContext, 'database'>,
  { checkpoint: { size }, id }: OutsideLog,
  here: number,
): Promise<Backup> {
  const last = await lastRun(ctx.database, 'replay')
  const noted = stretchFrom(last?.slot ?? null)
  if (here >= size) return { lacks: { from: size, to: size }, lacked: noted ?? { from: size, to: size } }
  const lacks = noted !== null && last?.id === id ? noted : { from: here, to: size }
  return { lacks, lacked: lacks }
}

/** As it stands in the row of the replay, in the place of a slot. */
export function stretchText({ from, to }: Stretch): string {
  return `entries ${from} to ${to}`
}

function stretchFrom(text: string | null): Stretch | null {
  const [, from, to] = /^entries (\d+) to (\d+)$/.exec(text ?? '') ?? []
  return from === undefined || to === undefined ? null : { from: Number(from), to: Number(to) }
}
