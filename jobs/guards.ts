/** What must hold before a run may touch anything. */
import { isoInstant, type Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { minuteOf, newEntryId } from '../audit/entry.ts'
import { lastRun } from '../db/own/runs.ts'
import { putEntry } from '../engine/evidence.ts'
import { checkClock } from '../plan/clock-guard.ts'
import { slotLength } from './cron-slot.ts'
import type { JobContext } from './context.ts'

/** Nothing is erased that could not be proved afterwards. */
export function guardEvidence(ctx: JobContext): void {
  if (ctx.signingKey !== null) return
  throw new OubliError(
    'settings',
    'E_NO_SIGNING_KEY',
    'evidence.signing_key_file does not exist, so nothing could be proved',
    'Run `oubli migrate`, which makes it, and keep a copy off this host.',
  )
}

export async function guardClock(
  ctx: JobContext,
  run: string,
  now: Instant,
  accepted: boolean,
): Promise<void> {
  const last = await lastRun(ctx.database)
  const verdict = checkClock(
    now,
    last === null ? null : Date.parse(last.asOf),
    slotLength(ctx.settings.schedule.purge, ctx.settings.schedule.zone, now),
  )
  if (verdict.ok || last === null) return
  if (accepted && verdict.why === 'ahead') {
    const entry = {
      v: '1',
      id: newEntryId(ctx.ports.random),
      kind: 'clock.accepted',
      t: minuteOf(now),
      tool: ctx.ports.toolVersion,
      run,
      previous: last.asOf,
      as_of: isoInstant(now),
    } as const
    await ctx.database.transaction(async (tx) => {
      await putEntry(tx, { run, asOf: now }, entry)
    })
    return
  }
  throw new OubliError(
    'refused',
    'E_CLOCK',
    `the database clock is ${verdict.days} day(s) ${verdict.why} of the last run (${last.asOf}): a jump after the warnings would cut people's notice short`,
    verdict.why === 'ahead'
      ? 'Check the clock. If no run took place for that long, run once with --accept-clock-gap.'
      : 'Check the clock of the database server; nothing runs until it has passed the last run again.',
  )
}
