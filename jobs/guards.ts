/** What must hold before a run may touch anything. */
import { isoInstant, type Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { minuteOf, newEntryId, type Entry } from '../audit/entry.ts'
import { lastRun } from '../db/own/runs.ts'
import { checksForeignKeys } from '../db/server-facts.ts'
import { putEntry } from '../engine/evidence.ts'
import { checkClock } from '../plan/clock-guard.ts'
import { slotLength } from './cron-slot.ts'
import type { JobContext } from './context.ts'

/**
 * Throws a `refused` error when the clock did not go on as a clock should, and leaves evidence of it. A jump
 * ahead that a person has accepted stays in the evidence too.
 */
export async function guardClock(
  ctx: JobContext,
  run: string,
  now: Instant,
  accepted: boolean,
): Promise<void> {
  const found = await clockFault(ctx, now)
  if (found === null) return
  const common = {
    v: '1',
    id: newEntryId(ctx.ports.random),
    t: minuteOf(now),
    tool: ctx.ports.toolVersion,
    run,
    as_of: isoInstant(now),
  } as const
  const pass = accepted && found.why === 'ahead'
  const entry: Entry = pass
    ? { ...common, kind: 'clock.accepted', previous: found.previous }
    : { ...common, kind: 'run.refused', job: 'run', code: 'E_CLOCK', policy: null, found: null, limit: null }
  const outcome = await ctx.database.transaction((tx) => putEntry(tx, { run, asOf: now }, entry))
  if (outcome.state !== 'committed') throw outcome.error
  if (!pass) throw clockError(found)
}

/** The same without evidence, for work that only has to wait: mails are not given up by a wrong clock. */
export async function guardClockQuietly(ctx: JobContext): Promise<void> {
  const found = await clockFault(ctx, await ctx.now())
  if (found !== null) throw clockError(found)
}

/**
 * For a database that was put back: the newest moment of the log takes the place of its last run. Gives the jump
 * that a person has accepted, for the evidence; null: there was none. `newest`: empty when the log tells of none.
 */
export function guardClockByLog(
  ctx: JobContext,
  now: Instant,
  newest: string,
  accepted: boolean,
): ClockFault | null {
  const found = newest === '' ? null : faultSince(ctx, now, newest)
  if (found !== null && !(accepted && found.why === 'ahead'))
    throw clockError(found, 'newest entry of the log')
  return found
}

/**
 * Throws a `refused` error when the server gives its connections foreign keys that are not checked: those of the site
 * would add rows to somebody who is being erased, and nothing would hold them back.
 */
export async function guardForeignKeys({ database }: Pick<JobContext, 'database'>): Promise<void> {
  if (await checksForeignKeys(database)) return
  throw new OubliError('refused', 'E_FOREIGN_KEYS_OFF', foreignKeysOff.text, foreignKeysOff.remedy)
}

export const foreignKeysOff = {
  text: 'database server: expected @@global.foreign_key_checks = 1, found 0: new connections of the site check no foreign key, so that a row can be added to somebody who is being erased',
  remedy:
    'Nothing was changed. As an administrator `SET GLOBAL foreign_key_checks = 1`, look for it in the settings of the server, and restart what keeps connections to it open: the site, its workers and timers.',
}

export interface ClockFault {
  readonly why: 'behind' | 'ahead'
  readonly days: number
  readonly previous: string
}

async function clockFault(ctx: JobContext, now: Instant): Promise<ClockFault | null> {
  const last = await lastRun(ctx.database)
  return last === null ? null : faultSince(ctx, now, last.asOf)
}

function faultSince({ settings }: JobContext, now: Instant, previous: string): ClockFault | null {
  const { purge, zone } = settings.schedule
  const verdict = checkClock(now, Date.parse(previous), slotLength(purge, zone, now))
  return verdict.ok ? null : { why: verdict.why, days: verdict.days, previous }
}

function clockError({ why, days, previous }: ClockFault, of = 'last run'): OubliError {
  return new OubliError(
    'refused',
    'E_CLOCK',
    `the database clock is ${days} day(s) ${why} of the ${of} (${previous}): a jump after the warnings would cut people's notice short`,
    why === 'ahead'
      ? 'Check the clock. If no run took place for that long, run once with --accept-clock-gap.'
      : `Check the clock of the database server; nothing runs until it has passed the ${of} again.`,
  )
}
