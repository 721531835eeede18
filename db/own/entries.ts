/** Evidence: entries are inserted and never changed; the sealer gives each its place in the tree. */
import type { Session } from '../session.ts'
import { count, marks, text } from './row.ts'
import { insertNotes, namedBy } from './waiting.ts'

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
  await insertTexts(tx, entries)
  await insertNotes(tx, entries)
}

/** Entries that get their places in the same transaction, and wait for none. */
export async function insertTexts(tx: Session, entries: readonly EntryRow[]): Promise<void> {
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

/** The database refuses a place, or an entry, that was given before. */
export async function insertSeals(
  tx: Session,
  seals: readonly { readonly leafIndex: number; readonly entryId: string }[],
): Promise<void> {
  for (let from = 0; from < seals.length; from += 1000) {
    const page = seals.slice(from, from + 1000)
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

/** How many entries have a place; places are given in order and without gaps. Costs nothing. */
export async function sealedSize(session: Session): Promise<number> {
  const [row] = await session.rows({ text: 'SELECT MAX(leaf_index) AS last FROM oubli_seal', values: [] })
  return row?.['last'] == null ? 0 : count(row, 'last') + 1
}

export interface EntryCounts {
  readonly sealed: number
  readonly unsealed: number
  /** Entries that have no place and that nobody would ever seal. */
  readonly forgotten: number
  /** Notes that an entry waits which is not there. */
  readonly orphans: number
}

/** Counts row by row, for verification: what is kept for speed could have been changed. */
export async function entryCounts(session: Session): Promise<EntryCounts> {
  const noted = `(${namedBy()}) w`
  const [row] = await session.rows({
    text:
      'SELECT (SELECT COUNT(*) FROM oubli_seal) AS sealed,' +
      ` (SELECT COUNT(*) FROM ${noted} JOIN oubli_entry e ON e.id = w.entry_id) AS unsealed,` +
      ` (SELECT COUNT(*) FROM ${noted} LEFT JOIN oubli_entry e ON e.id = w.entry_id WHERE e.id IS NULL) AS orphans,` +
      ' (SELECT COUNT(*) FROM oubli_entry e LEFT JOIN oubli_seal s ON s.entry_id = e.id WHERE s.entry_id IS NULL) AS unplaced,' +
      ` (SELECT COUNT(DISTINCT e.id) FROM ${noted} JOIN oubli_entry e ON e.id = w.entry_id` +
      ' LEFT JOIN oubli_seal s ON s.entry_id = w.entry_id WHERE s.entry_id IS NULL) AS remembered',
    values: [],
  })
  if (row === undefined) return { sealed: 0, unsealed: 0, forgotten: 0, orphans: 0 }
  return {
    sealed: count(row, 'sealed'),
    unsealed: count(row, 'unsealed'),
    forgotten: count(row, 'unplaced') - count(row, 'remembered'),
    orphans: count(row, 'orphans'),
  }
}

/** An entry by its id, by the batch or the request to stay that it is about, or by the run that it closes. */
export async function findEntry(session: Session, id: string): Promise<string | null> {
  const [own] = await session.rows({ text: 'SELECT id FROM oubli_entry WHERE id = ?', values: [id] })
  if (own !== undefined) return text(own, 'id')
  const [closing] = await session.rows({
    text: 'SELECT id FROM oubli_entry WHERE run_id = ? AND (leaf LIKE ? OR leaf LIKE ?) LIMIT 1',
    values: [id, '%"kind":"run.finished"%', '%"kind":"request.kept"%'],
  })
  if (closing !== undefined) return text(closing, 'id')
  // Rare, and asked for by a person: an index for it would cost every batch.
  const [batch] = await session.rows({
    text: 'SELECT id FROM oubli_entry WHERE leaf LIKE ? LIMIT 1',
    values: [`%"batch":"${id}"%`],
  })
  return batch === undefined ? null : text(batch, 'id')
}

/** Null: it waits for its place. */
export async function placeOf(session: Session, entryId: string): Promise<number | null> {
  const [row] = await session.rows({
    text: 'SELECT leaf_index FROM oubli_seal WHERE entry_id = ?',
    values: [entryId],
  })
  return row === undefined ? null : count(row, 'leaf_index')
}
