/** Where this database stands in the log: for comparing it with the log outside, and for catching up with it. */
import type { Database, Session } from '../session.ts'
import { insertSeals, leavesOf, type EntryRow } from './entries.ts'
import { count, text } from './row.ts'

/** How many entries have their place here: one more than the highest place, since none is left out. */
export async function placesTaken(session: Session): Promise<number> {
  const [row] = await session.rows({
    text: 'SELECT COALESCE(MAX(leaf_index), -1) AS highest FROM oubli_seal',
    values: [],
  })
  return row === undefined ? 0 : count(row, 'highest') + 1
}

/** Text of the entry at a place; null: nothing is there. */
export async function leafAt(session: Session, index: number): Promise<string | null> {
  const [row] = await session.rows({
    text: 'SELECT e.leaf FROM oubli_seal s JOIN oubli_entry e ON e.id = s.entry_id WHERE s.leaf_index = ?',
    values: [BigInt(index)],
  })
  return row === undefined ? null : text(row, 'leaf')
}

/** Entries of the log that this database lost, with their places; those that are here already stay as they are. */
export async function putBack(
  tx: Session,
  entries: readonly (EntryRow & { readonly index: number })[],
): Promise<void> {
  const there = await leavesOf(
    tx,
    entries.map(({ id }) => id),
  )
  for (const entry of entries.filter(({ id }) => !there.has(id)))
    await tx.run({
      text: 'INSERT INTO oubli_entry (id, run_id, created_at, leaf) VALUES (?, ?, ?, ?)',
      values: [entry.id, entry.runId, entry.createdAt, entry.leaf],
    })
  await insertSeals(
    tx,
    entries.map(({ id, index }) => ({ leafIndex: index, entryId: id })),
  )
}

/** Entries of a kind that are filed under a run. */
export async function countOfRun(database: Database, run: string, kind: string): Promise<number> {
  const [row] = await database.rows({
    text: 'SELECT COUNT(*) AS n FROM oubli_entry WHERE run_id = ? AND leaf LIKE ?',
    values: [run, `%"kind":"${kind}"%`],
  })
  return row === undefined ? 0 : count(row, 'n')
}

export async function isRunKnown(session: Session, run: string): Promise<boolean> {
  const rows = await session.rows({ text: 'SELECT id FROM oubli_run WHERE id = ?', values: [run] })
  return rows.length > 0
}
