/** How far a run has come with a policy. Written with each batch, so that a lost answer to COMMIT can be read back. */
import { point } from '../../base/point.ts'
import type { Session } from '../session.ts'
import { text, textOrNull } from './row.ts'

export interface CursorRow {
  readonly runId: string
  readonly policy: string
  /** 1 for the first batch. */
  readonly seq: bigint
  /** Raw value of the scanned clock; never of a personal column. */
  readonly clockText: string | null
  readonly keyText: string | null
}

export async function advanceCursor(tx: Session, cursor: CursorRow): Promise<void> {
  const moved = await tx.run({
    text: 'UPDATE oubli_cursor SET seq = ?, clock_text = ?, key_text = ? WHERE run_id = ? AND policy = ? AND seq < ?',
    values: [cursor.seq, cursor.clockText, cursor.keyText, cursor.runId, cursor.policy, cursor.seq],
  })
  if (moved !== 1)
    await tx.run({
      text: 'INSERT INTO oubli_cursor (run_id, policy, seq, clock_text, key_text) VALUES (?, ?, ?, ?, ?)',
      values: [cursor.runId, cursor.policy, cursor.seq, cursor.clockText, cursor.keyText],
    })
  await point('cursor written')
}

/** The same without a position. */
export async function moveCursor(tx: Session, runId: string, policy: string, seq: bigint): Promise<void> {
  await advanceCursor(tx, { runId, policy, seq, clockText: null, keyText: null })
}

/** Under the lease no other run is under way, so the cursors of all others have served. Not once it was lost. */
export async function dropOtherCursors(
  session: Session,
  runId: string,
  fence: { readonly name: string; readonly token: bigint },
): Promise<void> {
  await session.run({
    text:
      'DELETE FROM oubli_cursor WHERE (run_id < ? OR run_id > ?) ' +
      'AND EXISTS (SELECT 1 FROM oubli_lease WHERE name = ? AND token = ?)',
    values: [runId, runId, fence.name, fence.token],
  })
  await point('cursors dropped')
}

export async function readCursor(session: Session, runId: string, policy: string): Promise<CursorRow | null> {
  const [row] = await session.rows({
    text: 'SELECT seq, clock_text, key_text FROM oubli_cursor WHERE run_id = ? AND policy = ?',
    values: [runId, policy],
  })
  await point('cursor read back')
  if (row === undefined) return null
  return {
    runId,
    policy,
    seq: BigInt(text(row, 'seq')),
    clockText: textOrNull(row, 'clock_text'),
    keyText: textOrNull(row, 'key_text'),
  }
}
