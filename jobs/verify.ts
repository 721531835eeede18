/** Checks the evidence: the files of the log, the database, and what somebody kept of an earlier day. */
import { setImmediate as turn } from 'node:timers/promises'
import { readVerifierKey, type VerifierKey } from '../audit/keys.ts'
import type { CheckpointFile } from '../audit/read-checkpoints.ts'
import type { LogReader } from '../audit/read-log.ts'
import { verifyLog, type DatabaseSide, type VerifyReport } from '../audit/verify.ts'
import type { NumberedEntry } from '../audit/in-order.ts'
import { OubliError } from '../base/errors.ts'
import { isFolder, isSameFolder } from '../config/files.ts'
import { openLogFolder } from '../config/log-folder.ts'
import { newestCheckpoint, readCheckpointNotes } from '../db/own/checkpoints.ts'
import { entryCounts, readSealed, sealedSize } from '../db/own/entries.ts'
import { lastRun } from '../db/own/runs.ts'
import type { JobContext } from './context.ts'
import { holderOf } from './lease.ts'
import { checkpointsIn, currentIn, entriesUnder } from './log-files.ts'

/** Rows at a time. With four times as many, each text outlives two collections of garbage. */
const pageSize = 256

/** Runs in these states wrote the entry that closes them; one that failed may not have come so far. */
const closed: readonly string[] = ['done', 'partly', 'refused']

export interface VerifyWith {
  /** The verifier key as text; null leaves the result `unverified` at best. */
  readonly key: string | null
  /** A checkpoint that somebody kept. */
  readonly since?: CheckpointFile
  /** A folder with checkpoints that somebody kept, or with a whole copy of the log. */
  readonly against?: string
}

type VerifyContext = Pick<JobContext, 'settings' | 'database' | 'disk' | 'clock' | 'ports'>

/** From the last place to the signature is a moment; of a seal that was killed, what is seen is told. Milliseconds. */
const longestSeal = 5000
const look = 250

/** A log that grew in every one of so many readings is told as it was last seen. */
const mostReadings = 3

/** Throws an OubliError `E_FILE_UNREADABLE` when `against` has nothing to compare with. */
export async function verify(ctx: VerifyContext, wanted: VerifyWith): Promise<VerifyReport> {
  for (let reading = 1; ; reading += 1) {
    const before = await endOf(ctx)
    const report = await verifyOnce(ctx, wanted)
    if (report.state !== 'failed' || reading === mostReadings) return report
    // A seal at work shows files and rows of two moments: what differs may be only that.
    const isSealing = await waitForSeal(ctx)
    if (!isSealing && (await endOf(ctx)) === before) return report
  }
}

/** Waits for the end of a seal that is at work; false: none was. */
async function waitForSeal(ctx: VerifyContext): Promise<boolean> {
  for (let waited = 0; waited < longestSeal; waited += look) {
    if ((await holderOf(ctx, 'seal')) === null) return waited > 0
    await ctx.ports.sleep(look)
  }
  return true
}

/** Where the log ends for the database: it moves with each seal. */
async function endOf({ database }: VerifyContext): Promise<string> {
  return `${await sealedSize(database)} ${(await newestCheckpoint(database)) ?? ''}`
}

async function verifyOnce(ctx: VerifyContext, wanted: VerifyWith): Promise<VerifyReport> {
  const verifier: VerifierKey | null = wanted.key === null ? null : readVerifierKey(wanted.key)
  const log = openLogFolder(ctx.disk, ctx.settings.evidence.folder)
  const copy = wanted.against === undefined ? null : openLogFolder(ctx.disk, wanted.against)
  const kept = copy === null ? [] : await keptIn(copy, wanted.against ?? '', ctx.settings.evidence.folder)
  return await verifyLog({
    ...{ log, verifier },
    ...(await checkpointsOf(log)),
    database: await databaseSide(ctx),
    older: [...(wanted.since === undefined ? [] : [wanted.since]), ...kept],
    copy: copy === null ? null : { log: copy, size: await entriesUnder(copy) },
  })
}

/** A name with an error in it, or a mount that is missing, would otherwise agree with everything. */
async function keptIn(copy: LogReader, folder: string, own: string): Promise<readonly CheckpointFile[]> {
  const there = await isFolder(folder)
  if (there && isSameFolder(folder, own)) throw itself(folder)
  const kept = there ? await checkpointsIn(copy, folder) : []
  if (kept.length > 0) return kept
  throw new OubliError(
    'settings',
    'E_FILE_UNREADABLE',
    `${folder}: expected a folder with kept checkpoints or a copy of the log, found ${there ? 'no checkpoint in it' : 'no folder'}`,
    'Check the path after --against, and that the place is mounted.',
  )
}

function itself(folder: string): OubliError {
  return new OubliError(
    'settings',
    'E_SAME_FOLDER',
    `${folder}: expected a copy that was kept elsewhere, found the evidence folder of this log itself`,
    'Name the folder of a sink, or a copy of an earlier day.',
  )
}

/** A copy of the log without a database, as an auditor has it. */
export async function verifyCopy(
  disk: JobContext['disk'],
  folder: string,
  key: string | null,
): Promise<VerifyReport> {
  const log = openLogFolder(disk, folder)
  const verifier = key === null ? null : readVerifierKey(key)
  return await verifyLog({
    ...{ log, verifier },
    ...(await checkpointsOf(log)),
    ...{ database: null, older: [], copy: null },
  })
}

async function checkpointsOf(
  log: LogReader,
): Promise<{ readonly checkpoints: readonly CheckpointFile[]; readonly current: CheckpointFile | null }> {
  const current = await currentIn(log)
  const kept = await checkpointsIn(log, '')
  // Killed before it replaced the newest checkpoint, the sealer leaves one behind that is kept already.
  const others = current === null || kept.some(({ text }) => text === current.text) ? [] : [current]
  return { checkpoints: [...kept, ...others], current }
}

async function databaseSide(ctx: VerifyContext): Promise<DatabaseSide> {
  const last = await lastRun(ctx.database)
  return {
    ...(await entryCounts(ctx.database)),
    entries: { [Symbol.asyncIterator]: () => sealedEntries(ctx) },
    checkpoints: await recordedCheckpoints(ctx),
    lastRunAt: last !== null && closed.includes(last.state) ? Date.parse(last.asOf) : null,
  }
}

async function recordedCheckpoints(ctx: VerifyContext): Promise<readonly CheckpointFile[]> {
  const all: CheckpointFile[] = []
  for (let from = 0; ;) {
    const page = await readCheckpointNotes(ctx.database, from, pageSize)
    for (const { size, note } of page)
      all.push({ name: `the checkpoint over ${size} in the database`, text: note })
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return all
    from = last.size + 1
  }
}

async function* sealedEntries(ctx: VerifyContext): AsyncGenerator<NumberedEntry> {
  for (let next = 0; ;) {
    // Where nothing but answers comes in, what was read long ago is kept by what was read behind it, until all is full.
    await turn()
    const page = await readSealed(ctx.database, next, pageSize)
    for (const { index, leaf } of page) yield { index, text: leaf }
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return
    next = last.index + 1
  }
}
