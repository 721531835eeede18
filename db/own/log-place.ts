/** Where this database stands in the log: for comparing it with the log outside, and for catching up with it. */
import type { Database, Session } from '../session.ts'
import { insertSeals, insertTexts, leavesOf, type EntryRow } from './entries.ts'
import { count, text } from './row.ts'

/** Text of the entry at a place; null: nothing is there. */
export async function leafAt(session: Session, index: number): Promise<string | null> {
  const [row] = await session.rows({
    text: 'SELECT e.leaf FROM oubli_seal s JOIN oubli_entry e ON e.id = s.entry_id WHERE s.leaf_index = ?',
    values: [BigInt(index)],
  })
  return row === undefined ? null : text(row, 'leaf')
}

/**
 * Entries of the log that this database lost, with their places. Those that wait here since before the backup
 * get the place that they were given meanwhile, and wait no more once `forgetPlaced` was called.
 */
export async function putBack(
  tx: Session,
  entries: readonly (EntryRow & { readonly index: number })[],
): Promise<void> {
  const there = await leavesOf(
    tx,
    entries.map(({ id }) => id),
  )
  await insertTexts(
    tx,
    entries.filter(({ id }) => !there.has(id)),
  )
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

/** Texts of such entries. */
export async function leavesOfRun(session: Session, run: string, kind: string): Promise<readonly string[]> {
  const rows = await session.rows({
    text: 'SELECT leaf FROM oubli_entry WHERE run_id = ? AND leaf LIKE ?',
    values: [run, `%"kind":"${kind}"%`],
  })
  return rows.map((row) => text(row, 'leaf'))
}

export async function isRunKnown(session: Session, run: string): Promise<boolean> {
  const rows = await session.rows({ text: 'SELECT id FROM oubli_run WHERE id = ?', values: [run] })
  return rows.length > 0
}
