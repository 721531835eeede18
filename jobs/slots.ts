/**
 * One run for each slot, on one host. The slot is claimed in the database, so that it does not matter who
 * wakes up: a timer here or elsewhere, cron, systemd, a person.
 */
import { isoInstant, type Instant } from '../base/clock.ts'
import { claimSlot, finishSlot } from '../db/own/slots.ts'
import type { JobContext } from './context.ts'
import { latestSlotOf } from './cron-slot.ts'

export type SlotOutcome<T> =
  | { readonly state: 'ran'; readonly slot: string; readonly value: T }
  /** Claimed before, here or elsewhere, or there is no slot yet. */
  | { readonly state: 'not ours'; readonly slot: string | null }
  /** Too old to be caught up; recorded, so that it is reported once. */
  | { readonly state: 'missed'; readonly slot: string }

/** A slot is caught up until this long after it; later it is recorded as missed. Milliseconds. */
export const startingDeadline = 20 * 3_600_000

export async function runSlot<T>(
  ctx: JobContext,
  job: string,
  line: string,
  now: Instant,
  work: (slot: string) => Promise<T>,
): Promise<SlotOutcome<T>> {
  const at = latestSlotOf(line, ctx.settings.schedule.zone, now)
  if (at === null) return { state: 'not ours', slot: null }
  const slot = isoInstant(at)
  const late = now - at > startingDeadline
  if (!(await claimSlot(ctx.database, { job, slot, state: late ? 'missed' : 'claimed' })))
    return { state: 'not ours', slot }
  if (late) {
    ctx.log.event('slot.missed', { job, slot })
    return { state: 'missed', slot }
  }
  const value = await work(slot)
  await finishSlot(ctx.database, job, slot)
  return { state: 'ran', slot, value }
}
