/** Keyed references of people who were erased: they recognise somebody whom a restored backup brought back. */
import type { Session } from '../session.ts'
import { marks, text } from './row.ts'

export interface Tombstone {
  /** HMAC over kind, key and identity. */
  readonly hash: string
  readonly kind: string
  readonly entryId: string
  readonly erasedAt: string
}

/** Keeps the first one: the same person can be anonymised under one policy and erased under the next. */
export async function insertTombstone(tx: Session, tombstone: Tombstone): Promise<void> {
  const { hash, kind, entryId, erasedAt } = tombstone
  await tx.run({
    text:
      'INSERT INTO oubli_tombstone (hash, kind, entry_id, erased_at) SELECT ?, ?, ?, ? FROM (SELECT 1) one ' +
      'WHERE NOT EXISTS (SELECT 1 FROM oubli_tombstone WHERE hash = ?)',
    values: [hash, kind, entryId, erasedAt, hash],
  })
}

export async function findTombstones(
  session: Session,
  hashes: readonly string[],
): Promise<readonly Tombstone[]> {
  if (hashes.length === 0) return []
  const rows = await session.rows({
    text: `SELECT hash, kind, entry_id, erased_at FROM oubli_tombstone WHERE hash IN (${marks(hashes)})`,
    values: hashes,
  })
  return rows.map((row) => ({
    hash: text(row, 'hash'),
    kind: text(row, 'kind'),
    entryId: text(row, 'entry_id'),
    erasedAt: text(row, 'erased_at'),
  }))
}
