/** Partitions that are about to be dropped, each with the entry that will say so. */
import type { Session } from '../session.ts'
import { insertEntry } from './entries.ts'
import { count, text, textOrNull } from './row.ts'

export interface Drop {
  readonly entryId: string
  readonly runId: string
  readonly policy: string
  readonly table: string
  readonly partition: string
  /** As the server prints it. */
  readonly bound: string
  /** Column by which the table is cut, and the partition's range in its raw form: from `low` up to `high`. */
  readonly clock: string
  readonly low: string | null
  readonly high: string
  /** As counted right before. */
  readonly rows: number
  readonly createdAt: string
  /** Canonical text of the entry. */
  readonly leaf: string
}

export async function intendDrop(tx: Session, drop: Drop): Promise<void> {
  await tx.run({
    text:
      'INSERT INTO oubli_drop (entry_id, run_id, policy, tab, part, bound, clock, low, high, row_count, created_at, leaf) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    values: [
      drop.entryId,
      drop.runId,
      drop.policy,
      drop.table,
      drop.partition,
      drop.bound,
      drop.clock,
      drop.low,
      drop.high,
      BigInt(drop.rows),
      drop.createdAt,
      drop.leaf,
    ],
  })
}

export async function pendingDrops(session: Session): Promise<readonly Drop[]> {
  const rows = await session.rows({
    text:
      'SELECT entry_id, run_id, policy, tab, part, bound, clock, low, high, row_count, created_at, leaf FROM oubli_drop ' +
      'ORDER BY created_at, entry_id',
    values: [],
  })
  return rows.map((row) => ({
    entryId: text(row, 'entry_id'),
    runId: text(row, 'run_id'),
    policy: text(row, 'policy'),
    table: text(row, 'tab'),
    partition: text(row, 'part'),
    bound: text(row, 'bound'),
    clock: text(row, 'clock'),
    low: textOrNull(row, 'low'),
    high: text(row, 'high'),
    rows: count(row, 'row_count'),
    createdAt: text(row, 'created_at'),
    leaf: text(row, 'leaf'),
  }))
}

export async function forgetDrop(tx: Session, drop: Pick<Drop, 'entryId'>): Promise<void> {
  await tx.run({ text: 'DELETE FROM oubli_drop WHERE entry_id = ?', values: [drop.entryId] })
}

/** The entry takes the place of the intent. */
export async function recordDrop(tx: Session, drop: Drop): Promise<void> {
  const { entryId: id, runId, createdAt, leaf } = drop
  await insertEntry(tx, { id, runId, createdAt, leaf })
  await forgetDrop(tx, drop)
}
