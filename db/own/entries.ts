/** Evidence: entries are inserted and never changed; the sealer gives each its place in the tree. */
import type { Session } from '../session.ts'
import { count, marks, text } from './row.ts'

export interface EntryRow {
  readonly id: string
  readonly runId: string
  readonly createdAt: string
  /** Canonical text of the entry: the leaf of the tree. */
  readonly leaf: string
}

export async function insertEntry(tx: Session, entry: EntryRow): Promise<void> {
  await insertEntries(tx, [entry])
}

export async function insertEntries(tx: Session, entries: readonly EntryRow[]): Promise<void> {
  for (let from = 0; from < entries.length; from += 200) {
    const page = entries.slice(from, from + 200)
    await tx.run({
      text: `INSERT INTO oubli_entry (id, run_id, created_at, leaf) VALUES ${page.map(() => '(?, ?, ?, ?)').join(', ')}`,
      values: page.flatMap((entry) => [entry.id, entry.runId, entry.createdAt, entry.leaf]),
    })
  }
}

/** Of these entries, the texts of those that are there. */
export async function leavesOf(
  session: Session,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await session.rows({
    text: `SELECT id, leaf FROM oubli_entry WHERE id IN (${marks(ids)})`,
    values: ids,
  })
  return new Map(rows.map((row) => [text(row, 'id'), text(row, 'leaf')]))
}

/**
 * Entries without a place yet. An anti-join, never a high-water mark: an entry with a lower id or an earlier
 * time can be committed after one with a higher.
 */
export async function unsealedEntries(
  session: Session,
  limit: number,
): Promise<readonly Pick<EntryRow, 'id' | 'leaf'>[]> {
  const rows = await session.rows({
    text:
      // The inner part reads one small index; only the entries that are sealed now are read whole.
      'SELECT e.id, e.leaf FROM (SELECT x.id FROM oubli_entry x LEFT JOIN oubli_seal s ON s.entry_id = x.id' +
      ` WHERE s.entry_id IS NULL LIMIT ${Math.floor(limit)}) fresh JOIN oubli_entry e ON e.id = fresh.id` +
      ' ORDER BY e.created_at, e.id',
    values: [],
  })
  return rows.map((row) => ({ id: text(row, 'id'), leaf: text(row, 'leaf') }))
}

export async function insertSeals(
  tx: Session,
  seals: readonly { readonly leafIndex: number; readonly entryId: string }[],
): Promise<void> {
  for (let from = 0; from < seals.length; from += 300) {
    const page = seals.slice(from, from + 300)
    await tx.run({
      text: `INSERT INTO oubli_seal (leaf_index, entry_id) VALUES ${page.map(() => '(?, ?)').join(', ')}`,
      values: page.flatMap((seal) => [BigInt(seal.leafIndex), seal.entryId]),
    })
  }
}

/** Sealed entries from an index (inclusive), ascending. One whose text is gone stands with an empty leaf. */
export async function readSealed(
  session: Session,
  from: number,
  limit: number,
): Promise<readonly { readonly index: number; readonly leaf: string }[]> {
  const rows = await session.rows({
    text:
      "SELECT s.leaf_index, COALESCE(e.leaf, '') AS leaf FROM oubli_seal s LEFT JOIN oubli_entry e ON e.id = s.entry_id" +
      ` WHERE s.leaf_index >= ? ORDER BY s.leaf_index LIMIT ${Math.floor(limit)}`,
    values: [BigInt(from)],
  })
  return rows.map((row) => ({ index: count(row, 'leaf_index'), leaf: text(row, 'leaf') }))
}

export async function entryCounts(
  session: Session,
): Promise<{ readonly sealed: number; readonly unsealed: number }> {
  const [row] = await session.rows({
    text:
      'SELECT (SELECT COUNT(*) FROM oubli_seal) AS sealed, (SELECT COUNT(*) FROM oubli_entry e LEFT JOIN oubli_seal s' +
      ' ON s.entry_id = e.id WHERE s.entry_id IS NULL) AS unsealed',
    values: [],
  })
  return row === undefined
    ? { sealed: 0, unsealed: 0 }
    : { sealed: count(row, 'sealed'), unsealed: count(row, 'unsealed') }
}
