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

/**
 * Keeps the first of several for one person, who can be anonymised under one policy and erased under the next.
 * The people are locked, so nobody else writes theirs meanwhile.
 */
export async function insertTombstones(tx: Session, tombstones: readonly Tombstone[]): Promise<void> {
  for (let from = 0; from < tombstones.length; from += 200) {
    const page = tombstones.slice(from, from + 200)
    const known = new Set(
      (
        await findTombstones(
          tx,
          page.map(({ hash }) => hash),
        )
      ).map(({ hash }) => hash),
    )
    const fresh = page.filter(({ hash }) => !known.has(hash))
    if (fresh.length === 0) continue
    await tx.run({
      text: `INSERT INTO oubli_tombstone (${columns}) VALUES ${fresh.map(() => '(?, ?, ?, ?, ?)').join(', ')}`,
      values: fresh.flatMap((one) => [one.hash, one.keyHash, one.kind, one.entryId, one.erasedAt]),
    })
  }
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
