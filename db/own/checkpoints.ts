/**
 * The checkpoints as they were signed, beside those in the folder of the log: added and never changed, so that
 * a folder that is lost or was put back can be told from one that never was.
 */
import type { Database, Session } from '../session.ts'
import { sealedSize } from './entries.ts'
import { text } from './row.ts'
import { waitingCount } from './waiting.ts'

export async function newestCheckpoint(session: Session): Promise<string | null> {
  const [row] = await session.rows({
    text: 'SELECT note FROM oubli_checkpoint ORDER BY size DESC LIMIT 1',
    values: [],
  })
  return row === undefined ? null : text(row, 'note')
}

/**
 * Whether the checkpoint over so many entries is one that was there at a moment. False: none was signed, or an
 * administrator removed it, as for another signing key, which may have signed over as many since.
 */
export async function wasSigned(session: Session, size: number, at: string): Promise<boolean> {
  const rows = await session.rows({
    text: 'SELECT size FROM oubli_checkpoint WHERE size = ? AND signed_at <= ?',
    values: [BigInt(size), at],
  })
  return rows.length > 0
}

/**
 * How many entries no checkpoint vouches for yet: those that wait, and those that have a place and are perhaps
 * not in the files. Costs as much as there are that wait.
 */
export async function unsignedCount(session: Session): Promise<number> {
  return (await signedCounts(session)).unsigned
}

/** Of all entries those that a checkpoint vouches for, and those that none does yet. */
export async function signedCounts(
  session: Session,
): Promise<{ readonly signed: number; readonly unsigned: number }> {
  const [row] = await session.rows({ text: 'SELECT MAX(size) AS size FROM oubli_checkpoint', values: [] })
  const placed = await sealedSize(session)
  const signed = Math.min(placed, row?.['size'] == null ? 0 : Number(row['size']))
  return { signed, unsigned: (await waitingCount(session)) + placed - signed }
}

/** Ascending by size, from a size (inclusive) on. */
export async function readCheckpointNotes(
  session: Session,
  from: number,
  limit: number,
): Promise<readonly { readonly size: number; readonly note: string }[]> {
  const rows = await session.rows({
    text: `SELECT size, note FROM oubli_checkpoint WHERE size >= ? ORDER BY size LIMIT ${Math.floor(limit)}`,
    values: [BigInt(from)],
  })
  return rows.map((row) => ({ size: Number(row['size']), note: text(row, 'note') }))
}

/** The same size twice changes nothing. */
export async function insertCheckpoint(
  database: Database,
  checkpoint: { readonly size: number; readonly note: string; readonly at: string },
): Promise<void> {
  await database.run({
    text: database.dialect.insertIgnore('oubli_checkpoint', ['size', 'note', 'signed_at']),
    values: [BigInt(checkpoint.size), checkpoint.note, checkpoint.at],
  })
}
