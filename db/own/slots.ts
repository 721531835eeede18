/**
 * Slots of the schedule: one row for each that somebody worked on. Rows are kept, so that none runs twice.
 * A row's state is a word and, while the slot is open, how often it was tried: `claimed 1`, `failed 2`.
 */
import type { Database, Session } from '../session.ts'
import { text } from './row.ts'

/**
 * `claimed`: at work, or its worker died. `failed`: may be tried again. `waiting`: given back without a try,
 * because a run by hand was at work. `done` and `missed` are final.
 */
export type SlotState = 'claimed' | 'failed' | 'waiting' | 'done' | 'missed'

export interface SlotId {
  readonly job: string
  readonly slot: string
}

export interface KnownSlot {
  readonly state: SlotState
  /** Tries that began; 0 for `done` and `missed`, where nobody counts any more. */
  readonly tries: number
}

/** True for exactly one caller. */
export async function claimSlot(
  database: Database,
  slot: SlotId & { readonly state: 'claimed' | 'missed' },
): Promise<boolean> {
  const inserted = await database.run({
    text: database.dialect.insertIgnore('oubli_slot', ['job', 'slot', 'state']),
    values: [slot.job, slot.slot, stateText({ state: slot.state, tries: 1 })],
  })
  return inserted === 1
}

/** Null: nobody has worked on it. */
export async function readSlot(session: Session, { job, slot }: SlotId): Promise<KnownSlot | null> {
  const [row] = await session.rows({
    text: 'SELECT state FROM oubli_slot WHERE job = ? AND slot = ?',
    values: [job, slot],
  })
  return row === undefined ? null : known(text(row, 'state'))
}

/** True when the slot was as the caller knew it; of two callers, one wins. */
export async function turnSlot(
  session: Session,
  { job, slot }: SlotId,
  from: KnownSlot,
  to: KnownSlot,
): Promise<boolean> {
  const turned = await session.run({
    text: 'UPDATE oubli_slot SET state = ? WHERE job = ? AND slot = ? AND state = ?',
    values: [stateText(to), job, slot, stateText(from)],
  })
  return turned === 1
}

export async function finishSlot(session: Session, job: string, slot: string): Promise<void> {
  await session.run({
    text: "UPDATE oubli_slot SET state = 'done' WHERE job = ? AND slot = ?",
    values: [job, slot],
  })
}

/** The latest slot that somebody worked on or missed. */
export async function latestSlot(
  session: Session,
  job: string,
): Promise<(KnownSlot & { readonly slot: string }) | null> {
  const [row] = await session.rows({
    text: 'SELECT slot, state FROM oubli_slot WHERE job = ? ORDER BY slot DESC LIMIT 1',
    values: [job],
  })
  if (row === undefined) return null
  return { slot: text(row, 'slot'), ...known(text(row, 'state')) }
}

function stateText({ state, tries }: KnownSlot): string {
  return state === 'done' || state === 'missed' ? state : `${state} ${tries}`
}

function known(stored: string): KnownSlot {
  const [state = '', tries = '0'] = stored.split(' ')
  return { state: state as SlotState, tries: Number(tries) }
}
