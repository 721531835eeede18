/** Holds: what covers a person wins over every policy. */
import { isoInstant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { commitTo, keyText, keyTombstoneOf, type Key } from '../base/subject-ref.ts'
import { minuteOf, newEntryId, type Entry } from '../audit/entry.ts'
import { addHold, listHolds, releaseHold, type Hold } from '../db/own/holds.ts'
import { DatabaseError } from '../db/database-error.ts'
import { holdOffRuns, knowLease } from '../db/own/lease.ts'
import { lastWithKey } from '../db/own/tombstones.ts'
import { lockRows } from '../db/site/rows.ts'
import type { Outcome, Session } from '../db/session.ts'
import { putEntry } from '../engine/evidence.ts'
import { settleMap } from '../plan/settled-map.ts'
import type { JobContext } from './context.ts'
import { olderThanLog, refuseOlder } from './older.ts'
import type { Prepared } from './prepare.ts'
import { trySealAndTell } from './seal-and-tell.ts'

export interface HoldRequest {
  readonly kind: string
  readonly key: Key
  readonly matter: string
  readonly because: string
  readonly by: string
  /** `YYYY-MM-DD`; a hold without a day of review would be kept for ever. */
  readonly reviewBy: string
}

/** Times that a hold waits for a batch, or for the site, to let go; each wait is the server's lock wait. */
const patience = 10

/**
 * Waits until no destructive transaction is under way and keeps new ones out until the hold stands, whichever
 * policy they belong to: a hold set during a run is either seen by the erasing transaction or finds the person
 * gone. Also in a database that is older than its log, so that a replay meets it. Throws a `refused` error when the
 * person is not there, saying since when if known.
 */
export async function setHold(ctx: JobContext, prepared: Prepared, request: HoldRequest): Promise<string> {
  // Not from the plan: a policy that is refused, or not written yet, must not stand in the way of a hold.
  const settled = settleMap(prepared.dataMap, prepared.schema).map.kinds.get(request.kind)
  if (settled === undefined)
    throw new OubliError(
      'policy',
      'E_HOLD_KIND',
      `the data map has no usable kind named "${request.kind}"`,
      `Known kinds: ${Object.keys(prepared.dataMap.kinds).join(', ')}.`,
    )
  const id = newEntryId(ctx.ports.random)
  const now = await ctx.now()
  await knowLease(ctx.database, 'run')
  const target = { table: settled.table.name, key: settled.key }
  const set = () =>
    ctx.database.transaction(async (tx) => {
      await holdOffRuns(tx, 'run')
      const [locked] = await lockRows(tx, ctx.database.dialect, target, [request.key], 'refuse')
      if (locked === undefined) return false
      await addHold(tx, {
        id,
        kind: request.kind,
        keyText: keyText(locked),
        matter: request.matter,
        because: request.because,
        setBy: request.by,
        setAt: isoInstant(now),
        reviewBy: request.reviewBy,
      })
      await note(ctx, tx, 'hold.set', id, request.kind, locked, now)
      return true
    })
  let outcome = await set()
  for (let tries = 1; tries < patience && isBusy(outcome); tries += 1) {
    await ctx.ports.sleep(100)
    outcome = await set()
  }
  if (outcome.state !== 'committed') throw outcome.error
  if (!outcome.value) throw await gone(ctx, request)
  await sealNow(ctx)
  return id
}

function isBusy(outcome: Outcome<boolean>): boolean {
  if (outcome.state !== 'rolled back' || !(outcome.error instanceof DatabaseError)) return false
  return ['lock wait', 'no wait', 'deadlock'].includes(outcome.error.kind)
}

export async function endHold(ctx: JobContext, id: string, by: string): Promise<void> {
  await refuseOlder(ctx)
  const now = await ctx.now()
  const held = (await listHolds(ctx.database, true)).find((hold) => hold.id === id)
  if (held === undefined)
    throw new OubliError(
      'settings',
      'E_HOLD_UNKNOWN',
      `there is no active hold "${id}"`,
      '`oubli hold list` shows the active ones.',
    )
  const outcome = await ctx.database.transaction(async (tx) => {
    await releaseHold(tx, id, by, isoInstant(now))
    await note(ctx, tx, 'hold.released', id, held.kind, JSON.parse(held.keyText) as Key, now)
  })
  if (outcome.state !== 'committed') throw outcome.error
  await sealNow(ctx)
}

/**
 * A hold that is in no log is not missed when the database is lost. Behind entries that the database has lost
 * nothing can be sealed; the replay that brings them back does it then.
 */
async function sealNow(ctx: JobContext): Promise<void> {
  if (ctx.signingKey !== null && (await olderThanLog(ctx)) === null) await trySealAndTell(ctx)
}

export async function activeHolds(ctx: JobContext): Promise<readonly Hold[]> {
  return await listHolds(ctx.database, true)
}

async function note(
  ctx: JobContext,
  tx: Session,
  kind: 'hold.set' | 'hold.released',
  hold: string,
  subject: string,
  key: Key,
  now: number,
): Promise<void> {
  const entry: Entry = {
    v: '1',
    id: newEntryId(ctx.ports.random),
    kind,
    t: minuteOf(now),
    tool: ctx.ports.toolVersion,
    hold,
    subject: commitTo({ kind: subject, key, identity: [] }, ctx.ports.random(32)).commitment,
  }
  await putEntry(tx, { run: hold, asOf: now }, entry)
}

/** A tombstone of this key says since when. */
async function gone(ctx: JobContext, request: HoldRequest): Promise<OubliError> {
  const tombstone = await lastWithKey(ctx.database, keyTombstoneOf(ctx.ports.secret, request))
  const since = tombstone === null ? '' : `; erased on ${tombstone.erasedAt.slice(0, 10)}`
  return new OubliError(
    'refused',
    'E_HOLD_GONE',
    `there is no ${request.kind} with this key${since}`,
    'Nothing can be held any more. Check the key; a backup may still hold the data.',
  )
}
