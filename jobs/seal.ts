/**
 * Gives committed entries their places in the log and signs a checkpoint. The log lies in files outside the
 * database; it is taken up at its right edge, and only a folder that lacks a part of it is filled up again
 * from the database. The newest signed checkpoint that is known, wherever it lies, binds: nothing is signed
 * that contradicts it, because a new signature would cover a change up.
 */
import { checkpointText, readCheckpoint, type Checkpoint } from '../audit/checkpoint.ts'
import { entryFrom } from '../audit/entry-text.ts'
import type { SigningKey } from '../audit/keys.ts'
import { emptyRoot } from '../audit/merkle.ts'
import { openNote, signNote } from '../audit/note.ts'
import { newTileLog, openTileLog, type TileLog } from '../audit/tile-log.ts'
import { rangeRootIn } from '../audit/tile-proof.ts'
import { isoInstant } from '../base/clock.ts'
import { point } from '../base/point.ts'
import { openLogFolder, type LogFolder } from '../config/log-folder.ts'
import { insertCheckpoint, newestCheckpoint } from '../db/own/checkpoints.ts'
import { readSealed, sealedSize } from '../db/own/entries.ts'
import { forgetTold } from '../db/own/told.ts'
import { overtaken, type WaitingPage } from '../db/own/waiting.ts'
import type { JobContext } from './context.ts'
import { withLease, type HeldLease } from './lease.ts'
import { changed, givePlaces, waitingPages } from './give-places.ts'
import { checkpointFile, checkpointFolder, keptPath, newestKept, textIn } from './log-files.ts'
import { requireKey } from './signing.ts'

/** Sealed entries read at a time. */
const pageSize = 1024

/** Returns the size of the log. Sealing twice changes nothing. */
export async function seal(ctx: JobContext): Promise<number> {
  const key = requireKey(ctx)
  const started = ctx.ports.stopwatch()
  return await withLease(ctx, 'seal', async (lease) => {
    const folder = openLogFolder(ctx.disk, ctx.settings.evidence.folder)
    const { here, kept, there } = await newestSigned(ctx, folder, key)
    const signed = [here, kept, there].filter((one) => one !== null).sort((a, b) => a.size - b.size)
    const from = (kept?.size ?? -1) > (here?.size ?? -1) ? kept : here
    const log = await openAt(folder, from)
    const isWhole = log.size() === (from?.size ?? 0)
    await catchUp(ctx, folder, log, from, signed)
    await sealNew(ctx, folder, log)
    // Also what is signed already: somebody killed may not have recorded it, and a new folder lacks its edge.
    if (!isWhole || here?.size !== log.size() || there?.size !== log.size()) {
      await publish(ctx, folder, log, key, lease)
      const milliseconds = Math.round(ctx.ports.stopwatch() - started)
      ctx.log.event('evidence.sealed', { entries: log.size(), milliseconds })
    }
    return log.size()
  })
}

/** The newest checkpoint at each place where one lies: under its name, under its size, in the database. */
async function newestSigned(
  ctx: JobContext,
  folder: LogFolder,
  key: SigningKey,
): Promise<Readonly<Record<'here' | 'kept' | 'there', Checkpoint | null>>> {
  return {
    here: signedBy(key, await textIn(folder, checkpointFile), 'the newest checkpoint in the folder'),
    kept: signedBy(key, await newestKept(folder), `the newest checkpoint under ${checkpointFolder}`),
    there: signedBy(key, await newestCheckpoint(ctx.database), 'the newest checkpoint in the database'),
  }
}

function signedBy(key: SigningKey, note: string | null, what: string): Checkpoint | null {
  if (note === null) return null
  const opened = openNote(note, key.verifier)
  const checkpoint = opened.state === 'signed' ? readCheckpoint(opened.text) : null
  if (checkpoint === null || checkpoint.origin !== key.name)
    throw changed(`${what} is not signed by the key of this log`)
  return checkpoint
}

/** The log as it was signed. Where files are missing (an older form, a folder that was lost) it begins anew. */
async function openAt(folder: LogFolder, signed: Checkpoint | null): Promise<TileLog> {
  if (signed === null) return newTileLog()
  const log = await openTileLog((path) => folder.read(path), signed.size)
  if (log !== null && Buffer.compare(log.root(), signed.root) !== 0)
    throw changed(`the files of the log do not give the root that was signed over ${signed.size} entries`)
  return log ?? newTileLog()
}

/**
 * Entries that have their place in the database and are not in the files yet, as after a kill. `signed`: every
 * checkpoint that binds, ascending by size.
 */
async function catchUp(
  ctx: JobContext,
  folder: LogFolder,
  log: TileLog,
  from: Checkpoint | null,
  signed: readonly Checkpoint[],
): Promise<void> {
  const sealed = await sealedSize(ctx.database)
  const most = signed.at(-1)?.size ?? 0
  if (sealed < most) throw changed(`the database holds ${sealed} sealed entries, ${most} were signed`)
  // Tried before anything is written: what lies in the folder may be the only copy that is right.
  const trial = await openAt(folder, from)
  const rootOf = rangeRootIn((path) => folder.read(path), trial.size())
  for (const { size, root } of signed) {
    await follow(ctx, trial, most, size, () => Promise.resolve(void trial.full()))
    const ours = size === trial.size() ? trial.root() : size === 0 ? emptyRoot() : await rootOf(0, size)
    if (Buffer.compare(ours, root) !== 0)
      throw changed(`the first ${size} entries are not those that were signed`)
  }
  if (log.size() < most) {
    ctx.log.event('evidence.rebuilt', { entries: log.size() })
    // The ledger in the folder is lost or old as well. Before the log is whole, so that a kill repeats it.
    await forgetTold(ctx.database)
  }
  await follow(ctx, log, most, sealed, () => putFull(folder, log))
}

/** Lets the log grow by what the database has in its places. From `signed` on nothing vouches for the texts. */
async function follow(
  ctx: JobContext,
  log: TileLog,
  signed: number,
  until: number,
  keep: () => Promise<void>,
): Promise<void> {
  while (log.size() < until) {
    const page = await readSealed(ctx.database, log.size(), Math.min(pageSize, until - log.size()))
    const from = log.size()
    for (const { index, leaf } of page) {
      if (index !== log.size() || leaf === '') break
      if (index >= signed && entryFrom(leaf) === null)
        throw changed(`the entry at ${index} does not look as it should`)
      log.add(leaf)
    }
    if (log.size() - from < page.length || page.length === 0)
      throw changed(`the entry at ${log.size()} is missing in the database`)
    await keep()
  }
}

/** One pass in the order of time; what is committed behind it waits for the next sealing. */
async function sealNew(ctx: JobContext, folder: LogFolder, log: TileLog): Promise<void> {
  // While the server gives a page its places, the next is read and checked, and the one before gets into the files.
  const pageBehind = waitingPages(ctx)
  let next = beside(pageBehind(null))
  let placing = Promise.resolve()
  let written = Promise.resolve()
  let placed: WaitingPage['entries'] = []
  const write = async (): Promise<void> => {
    await written
    for (const { leaf } of placed) log.add(leaf)
    written = beside(putFull(folder, log))
  }
  try {
    for (let size = log.size(); ; size += placed.length) {
      const page = await next
      if (page.notes.length === 0) break
      await point('unsealed read')
      next = beside(pageBehind(page))
      placing = beside(givePlaces(ctx, page, size))
      await write()
      await placing
      await point('seals committed')
      placed = page.entries
    }
    await write()
    await written
  } finally {
    await Promise.allSettled([next, placing, written])
  }
}

/** Its error is thrown where it is awaited, and is nobody's when the sealing ends before. */
function beside<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}

async function putFull(folder: LogFolder, log: TileLog): Promise<void> {
  const { entries, hashes } = log.full()
  await folder.put(entries)
  await folder.put(hashes)
}

/** Entries, hashes, and only when both are on the disk for good the checkpoint that vouches for them. */
async function publish(
  ctx: JobContext,
  folder: LogFolder,
  log: TileLog,
  key: SigningKey,
  lease: HeldLease,
): Promise<void> {
  const size = log.size()
  const { entries, hashes } = log.edge()
  await folder.put(entries)
  await folder.put(hashes)
  await folder.settle()
  await point('tiles written')
  // Somebody who was frozen while another took over must not put an older checkpoint over a newer one.
  await lease.stillOurs()
  const note = signNote(checkpointText({ origin: key.name, size, root: log.root() }), key)
  await folder.put([{ path: keptPath(size), bytes: Buffer.from(note) }])
  await folder.settle()
  await point('checkpoint kept')
  const name = await folder.prepare(checkpointFile, Buffer.from(note))
  await lease.stillOurs()
  const there = signedBy(key, await textIn(folder, checkpointFile), 'the newest checkpoint in the folder')
  if ((there?.size ?? 0) > size) throw overtaken()
  await name()
  await folder.settle()
  await point('checkpoint published')
  await insertCheckpoint(ctx.database, { size, note, at: isoInstant(await ctx.now()) })
  await point('checkpoint recorded')
  await folder.clear(log.outgrown())
}
