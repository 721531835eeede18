/**
 * Links of rows that stay, which the server empties by itself (ON DELETE SET NULL) when the row that they lead to goes.
 * No step of ours does it, or it would move ON UPDATE CURRENT_TIMESTAMP in rows of people who stay, and they would look
 * active; so these are found and counted in the transaction that lets the server do it.
 */
import type { Member } from './closure.ts'
import type { Step } from './compiled.ts'
import { touchesOthers } from './others-rows.ts'
import type { ForeignKey } from './site-schema.ts'

/** Beside the tree: a row of somebody else leads to what goes. */
export function emptiesOthers(leaving: readonly Member[], target: Step, key: ForeignKey): boolean {
  return key.onDelete === 'set null' && touchesOthers(leaving, target, key)
}

/** The link of kinds with constants: rows of the table with other constants are of no kind that leaves. */
export function emptiesOtherConstants(ties: readonly Member[], key: ForeignKey): boolean {
  return key.onDelete === 'set null' && ties.every(({ settled }) => (settled.tie?.where.length ?? 0) > 0)
}
