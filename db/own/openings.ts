/** What opens the evidence of people who were erased, or asked to stay, as long as somebody may ask for a receipt. */
import type { Session } from '../session.ts'
import { marks, text } from './row.ts'

export interface StoredOpening {
  readonly entryId: string
  /** HMAC over kind and key: of an erasure as in a tombstone, of a request to stay another one. */
  readonly keyHash: string
  /** Nothing without the site's secret, kind and key. */
  readonly sealed: string
  /** From this instant on it is no longer given out. */
  readonly untilAt: string
}

export async function insertOpenings(tx: Session, openings: readonly StoredOpening[]): Promise<void> {
  for (let from = 0; from < openings.length; from += 200) {
    const page = openings.slice(from, from + 200)
    await tx.run({
      text: `INSERT INTO oubli_opening (entry_id, key_hash, sealed, until_at) VALUES ${page.map(() => '(?, ?, ?, ?)').join(', ')}`,
      values: page.flatMap((one) => [one.entryId, one.keyHash, one.sealed, one.untilAt]),
    })
  }
}

/** Of the latest erasure with this key whose time is not over; null: there is none. */
export async function latestOpening(
  session: Session,
  keyHash: string,
  now: string,
): Promise<Pick<StoredOpening, 'entryId' | 'sealed'> | null> {
  const [row] = await session.rows({
    text:
      'SELECT o.entry_id, o.sealed FROM oubli_opening o LEFT JOIN oubli_entry e ON e.id = o.entry_id' +
      ' WHERE o.key_hash = ? AND o.until_at > ? ORDER BY e.created_at DESC, o.entry_id LIMIT 1',
    values: [keyHash, now],
  })
  return row === undefined ? null : { entryId: text(row, 'entry_id'), sealed: text(row, 'sealed') }
}

/** Of one entry, while its time is not over; null: there is none. */
export async function openingOf(session: Session, entryId: string, now: string): Promise<string | null> {
  const [row] = await session.rows({
    text: 'SELECT sealed FROM oubli_opening WHERE entry_id = ? AND until_at > ?',
    values: [entryId, now],
  })
  return row === undefined ? null : text(row, 'sealed')
}

/** All that lie under these; at most 500. */
export async function dropOpeningsUnder(session: Session, keyHashes: readonly string[]): Promise<void> {
  if (keyHashes.length === 0) return
  await session.run({
    text: `DELETE FROM oubli_opening WHERE key_hash IN (${marks(keyHashes)})`,
    values: keyHashes,
  })
}

export async function dropOpening(session: Session, entryId: string): Promise<void> {
  await session.run({ text: 'DELETE FROM oubli_opening WHERE entry_id = ?', values: [entryId] })
}

/** Removes at most `limit` of those whose time is over; says how many. */
export async function dropOpeningsOver(session: Session, now: string, limit: number): Promise<number> {
  const rows = await session.rows({
    text: `SELECT entry_id FROM oubli_opening WHERE until_at <= ? ORDER BY until_at LIMIT ${Math.floor(limit)}`,
    values: [now],
  })
  if (rows.length === 0) return 0
  const ids = rows.map((row) => text(row, 'entry_id'))
  return await session.run({
    text: `DELETE FROM oubli_opening WHERE entry_id IN (${marks(ids)})`,
    values: ids,
  })
}
