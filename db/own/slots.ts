/** Slots of the schedule: one row for each that somebody claimed. Rows are kept, so that none runs twice. */
import type { Database, Session } from '../session.ts'
import { text } from './row.ts'

/** True for exactly one caller. */
export async function claimSlot(
  database: Database,
  slot: { readonly job: string; readonly slot: string; readonly state: 'claimed' | 'missed' },
): Promise<boolean> {
  const inserted = await database.run({
    text: database.dialect.insertIgnore('oubli_slot', ['job', 'slot', 'state']),
    values: [slot.job, slot.slot, slot.state],
  })
  return inserted === 1
}

export async function finishSlot(session: Session, job: string, slot: string): Promise<void> {
  await session.run({
    text: "UPDATE oubli_slot SET state = 'done' WHERE job = ? AND slot = ?",
    values: [job, slot],
  })
}

/** The latest slot that somebody claimed or missed. */
export async function latestSlot(
  session: Session,
  job: string,
): Promise<{ readonly slot: string; readonly state: 'claimed' | 'done' | 'missed' } | null> {
  const [row] = await session.rows({
    text: 'SELECT slot, state FROM oubli_slot WHERE job = ? ORDER BY slot DESC LIMIT 1',
    values: [job],
  })
  if (row === undefined) return null
  return { slot: text(row, 'slot'), state: text(row, 'state') as 'claimed' | 'done' | 'missed' }
}
