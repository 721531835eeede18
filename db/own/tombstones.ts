/** Keyed references of people who were erased: they recognise somebody whom a restored backup brought back. */
import type { Row, Session } from '../session.ts'
import { marks, text } from './row.ts'

export interface Tombstone {
  /** HMAC over kind, key and identity. */
  readonly hash: string
  /** HMAC over kind and key. */
  readonly keyHash: string
  readonly kind: string
  readonly entryId: string
  readonly erasedAt: string
}

/** Keeps the first one: the same person can be anonymised under one policy and erased under the next. */
export async function insertTombstone(tx: Session, tombstone: Tombstone): Promise<void> {
  const { hash, keyHash, kind, entryId, erasedAt } = tombstone
  await tx.run({
    text:
      'INSERT INTO oubli_tombstone (hash, key_hash, kind, entry_id, erased_at) SELECT ?, ?, ?, ?, ? FROM (SELECT 1) one ' +
      'WHERE NOT EXISTS (SELECT 1 FROM oubli_tombstone WHERE hash = ?)',
    values: [hash, keyHash, kind, entryId, erasedAt, hash],
  })
}

export async function findTombstones(
  session: Session,
  hashes: readonly string[],
): Promise<readonly Tombstone[]> {
  if (hashes.length === 0) return []
  const rows = await session.rows({
    text: `SELECT ${columns} FROM oubli_tombstone WHERE hash IN (${marks(hashes)})`,
    values: hashes,
  })
  return rows.map(tombstone)
}

/** The latest erasure of somebody with this key; null: none is known. */
export async function lastWithKey(session: Session, keyHash: string): Promise<Tombstone | null> {
  const [row] = await session.rows({
    text: `SELECT ${columns} FROM oubli_tombstone WHERE key_hash = ? ORDER BY erased_at DESC LIMIT 1`,
    values: [keyHash],
  })
  return row === undefined ? null : tombstone(row)
}

const columns = 'hash, key_hash, kind, entry_id, erased_at'

function tombstone(row: Row): Tombstone {
  return {
    hash: text(row, 'hash'),
    keyHash: text(row, 'key_hash'),
    kind: text(row, 'kind'),
    entryId: text(row, 'entry_id'),
    erasedAt: text(row, 'erased_at'),
  }
}
