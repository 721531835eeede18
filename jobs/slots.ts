/**
 * One run for each slot, on one host. The slot is claimed in the database, so that it does not matter who
 * wakes up: a timer here or elsewhere. Whoever works on a slot holds a lease of its own meanwhile; so a claim
 * without a lease is one whose worker died: it is told, and can be taken up again like one that failed.
 */
import { OubliError } from '../base/errors.ts'
import { isoInstant, type Instant } from '../base/clock.ts'
import {
  claimSlot,
  finishSlot,
  latestSlot,
  readSlot,
  turnSlot,
  type KnownSlot,
  type SlotId,
} from '../db/own/slots.ts'
import type { JobContext } from './context.ts'
import { latestSlotOf } from './cron-slot.ts'
import { withLease } from './lease.ts'

export type SlotOutcome =
  | { readonly state: 'ran'; readonly slot: string }
  /** Worked on, and not to its end; a later wake-up tries again while tries are left. */
  | { readonly state: 'failed'; readonly slot: string; readonly left: number }
  /** Done before, at work elsewhere, tried often enough, or there is no slot yet. */
  | { readonly state: 'not ours'; readonly slot: string | null }
  /** Too old to be caught up; recorded, so that it is reported once. */
  | { readonly state: 'missed'; readonly slot: string }

/** A slot is caught up until this long after it; later it is recorded as missed. Milliseconds. */
export const startingDeadline = 20 * 3_600_000

/** A slot that fails for the third time needs a person, not a fourth try. */
export const mostTries = 3

/**
 * `work` says whether the slot is done. When it throws, the slot counts as failed and the error goes on to
 * the caller; a held lease (`busy`) gives the slot back without counting a try.
 */
export async function runSlot(
  ctx: JobContext,
  job: string,
  line: string,
  now: Instant,
  work: (slot: string) => Promise<'done' | 'unfinished'>,
): Promise<SlotOutcome> {
  const at = latestSlotOf(line, ctx.settings.schedule.zone, now)
  if (at === null) return { state: 'not ours', slot: null }
  const id: SlotId = { job, slot: isoInstant(at) }
  if (isOver(await readSlot(ctx.database, id))) return { state: 'not ours', slot: id.slot }
  const late = now - at > startingDeadline
  const lease = { taken: false }
  try {
    return await withLease(ctx, `slot ${job}`, async () => {
      lease.taken = true
      await tellDied(ctx, id)
      await tellGap(ctx, id, line)
      return late ? await miss(ctx, id) : await workOn(ctx, id, work)
    })
  } catch (error) {
    if (!lease.taken && isBusy(error)) return { state: 'not ours', slot: id.slot }
    throw error
  }
}

/** A claim that is found under the lease of its job is one whose worker died without a word: told here, once. */
async function tellDied(ctx: JobContext, id: SlotId): Promise<void> {
  const last = await latestSlot(ctx.database, id.job)
  if (last?.state !== 'claimed') return
  const { slot, state, tries } = last
  const died = { job: id.job, slot }
  if (!(await turnSlot(ctx.database, died, { state, tries }, { state: 'failed', tries }))) return
  // Of two slots only the newer one is worked on.
  const left = slot === id.slot ? mostTries - tries : 0
  ctx.log.event('slot.unfinished', { job: id.job, tries_left: left })
}

/**
 * Only the newest slot is caught up, and those before it that nobody claimed would go without a word. The newest of
 * them is recorded, so that one host tells the gap once. A few minutes without deliveries are none, nor is a slot that
 * was moved within its day.
 */
async function tellGap(ctx: JobContext, { job, slot }: SlotId, line: string): Promise<void> {
  const last = await latestSlot(ctx.database, job)
  if (last === null || last.slot >= slot) return
  const before = latestSlotOf(line, ctx.settings.schedule.zone, Date.parse(slot) - 1)
  if (before === null || before - Date.parse(last.slot) <= startingDeadline) return
  const missed = { job, slot: isoInstant(before) }
  if (await claimSlot(ctx.database, { ...missed, state: 'missed' }))
    ctx.log.event('slot.missed', { ...missed, last: last.slot })
}

async function workOn(
  ctx: JobContext,
  id: SlotId,
  work: (slot: string) => Promise<'done' | 'unfinished'>,
): Promise<SlotOutcome> {
  const tries = await take(ctx, id)
  if (tries === null) return { state: 'not ours', slot: id.slot }
  const claimed: KnownSlot = { state: 'claimed', tries }
  try {
    if ((await work(id.slot)) === 'done') {
      await finishSlot(ctx.database, id.job, id.slot)
      return { state: 'ran', slot: id.slot }
    }
  } catch (error) {
    const back: KnownSlot = isBusy(error)
      ? { state: 'waiting', tries: tries - 1 }
      : { state: 'failed', tries }
    // The database may be what failed; the claim without a lease says the same.
    await turnSlot(ctx.database, id, claimed, back).catch(() => false)
    throw error
  }
  await turnSlot(ctx.database, id, claimed, { state: 'failed', tries })
  return { state: 'failed', slot: id.slot, left: mostTries - tries }
}

/** The number of the try that begins now; null when somebody else was faster or no try is left. */
async function take(ctx: JobContext, id: SlotId): Promise<number | null> {
  const known = await readSlot(ctx.database, id)
  if (known === null) return (await claimSlot(ctx.database, { ...id, state: 'claimed' })) ? 1 : null
  if (isOver(known)) return null
  const tries = known.tries + 1
  return (await turnSlot(ctx.database, id, known, { state: 'claimed', tries })) ? tries : null
}

async function miss(ctx: JobContext, id: SlotId): Promise<SlotOutcome> {
  const known = await readSlot(ctx.database, id)
  const missed =
    known === null
      ? await claimSlot(ctx.database, { ...id, state: 'missed' })
      : !isOver(known) && (await turnSlot(ctx.database, id, known, { state: 'missed', tries: 0 }))
  if (!missed) return { state: 'not ours', slot: id.slot }
  ctx.log.event('slot.missed', { job: id.job, slot: id.slot })
  return { state: 'missed', slot: id.slot }
}

function isOver(known: KnownSlot | null): boolean {
  if (known === null) return false
  return (
    known.state === 'done' ||
    known.state === 'missed' ||
    (known.state === 'failed' && known.tries >= mostTries)
  )
}

function isBusy(error: unknown): boolean {
  return error instanceof OubliError && error.code === 'E_BUSY'
}
