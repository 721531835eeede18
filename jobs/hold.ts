/** Holds: what covers a person wins over every policy. */
import { isoInstant, type Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import {
  commitTo,
  keyText,
  keyTombstoneOf,
  longestKeyText,
  tombstoneOf,
  type Key,
} from '../base/subject-ref.ts'
import { minuteOf, newEntryId, type Entry } from '../audit/entry.ts'
import { forgetDone } from '../db/own/done.ts'
import { addHold, listHolds, releaseHold, type Hold } from '../db/own/holds.ts'
import { findTombstones, forgetDepartures, insertTombstones } from '../db/own/tombstones.ts'
import type { Session } from '../db/session.ts'
import { putEntry } from '../engine/evidence.ts'
import type { SettledKind } from '../plan/settled-map.ts'
import { besideRuns, goneError, personOf, sealNow, settledKind } from './beside-runs.ts'
import type { JobContext } from './context.ts'
import { refuseOlder } from './older.ts'
import type { Prepared } from './prepare.ts'

export interface HoldRequest {
  readonly kind: string
  readonly key: Key
  readonly matter: string
  readonly because: string
  readonly by: string
  /** `YYYY-MM-DD`; a hold without a day of review would be kept for ever. */
  readonly reviewBy: string
  /** The person was erased wrongly and put back: no replay takes them again, also after the release. */
  readonly putBack?: boolean
}

export interface HoldSet {
  readonly id: string
  /** True: what the log says of them before counts no more. False: nothing known says that they were erased. */
  readonly putBack: boolean
}

/**
 * Waits until no destructive transaction is under way and keeps new ones out until the hold stands, whichever
 * policy they belong to: a hold set during a run is either seen by the erasing transaction or finds the person
 * gone. Also in a database that is older than its log, so that a replay meets it. Throws a `refused` error when the
 * person is not there, saying since when if known.
 */
export async function setHold(ctx: JobContext, prepared: Prepared, request: HoldRequest): Promise<HoldSet> {
  const settled = settledKind(prepared, request.kind, 'E_HOLD_KIND')
  refuseLongKey(request)
  // What is not told outside yet would be missed there once its tombstone is gone.
  if (request.putBack === true) await sealNow(ctx)
  const id = newEntryId(ctx.ports.random)
  const now = await ctx.now()
  const set = await besideRuns(ctx, settled, request.key, async (tx, locked) => {
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
    if (request.putBack !== true) return false
    // What was cut, blanked or withdrawn is back as well: once the hold ends, a policy may not think that it is done.
    const policies = prepared.policies.filter(({ data }) => data === request.kind).map((one) => one.id)
    await forgetDone(tx, policies, [keyText(locked)])
    return await putBack(ctx, tx, settled, locked, id, now)
  })
  if (set === null)
    throw await goneError(ctx, prepared, request, 'E_HOLD_GONE', 'Nothing can be held any more.')
  await sealNow(ctx)
  return { id, putBack: set.value }
}

/** A shortened key would name nobody, and a hold that covers nobody is worse than none. */
function refuseLongKey({ kind, key }: HoldRequest): void {
  const { length } = keyText(key)
  if (length <= longestKeyText) return
  throw new OubliError(
    'refused',
    'E_HOLD_KEY',
    `expected a key of "${kind}" of at most ${longestKeyText} characters as text, found ${length}`,
    'Nothing is held. Give the row a value that `except:` names in the data map; `oubli pause` holds the runs until then.',
  )
}

/** Exchanges the tombstones of the person for one that says the contrary. False: there is none. */
async function putBack(
  ctx: JobContext,
  tx: Session,
  settled: SettledKind,
  key: Key,
  hold: string,
  now: Instant,
): Promise<boolean> {
  const { kind } = settled
  const person = await personOf(ctx, tx, settled, key)
  const hash = tombstoneOf(ctx.ports.secret, person)
  const stones = (await findTombstones(tx, [hash])).filter(({ act }) => act !== 'kept')
  // Somebody who went twice is put back twice.
  if (stones.every(({ act }) => act === 'put back')) return stones.length > 0
  await forgetDepartures(tx, hash)
  const entryId = await note(ctx, tx, 'subject.put-back', hold, kind.name, key, now)
  const keyHash = keyTombstoneOf(ctx.ports.secret, person)
  const erasedAt = isoInstant(now)
  await insertTombstones(tx, [
    { hash, policy: '', act: 'put back', keyHash, kind: kind.name, entryId, erasedAt },
  ])
  return true
}

export async function endHold(ctx: JobContext, id: string, by: string): Promise<void> {
  await refuseOlder(ctx)
  const now = await ctx.now()
  const held = (await listHolds(ctx.database, true)).find((hold) => hold.id === id)
  if (held === undefined) throw unknownHold(id)
  const outcome = await ctx.database.transaction(async (tx) => {
    // Somebody else may have released it since it was read.
    if (!(await releaseHold(tx, id, by, isoInstant(now)))) throw unknownHold(id)
    await note(ctx, tx, 'hold.released', id, held.kind, JSON.parse(held.keyText) as Key, now)
  })
  if (outcome.state !== 'committed') throw outcome.error
  await sealNow(ctx)
}

function unknownHold(id: string): OubliError {
  return new OubliError(
    'settings',
    'E_HOLD_UNKNOWN',
    `there is no active hold "${id}"`,
    '`oubli hold list` shows the active ones.',
  )
}

export async function activeHolds(ctx: JobContext): Promise<readonly Hold[]> {
  return await listHolds(ctx.database, true)
}

async function note(
  ctx: JobContext,
  tx: Session,
  kind: 'hold.set' | 'hold.released' | 'subject.put-back',
  hold: string,
  subject: string,
  key: Key,
  now: number,
): Promise<string> {
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
  return entry.id
}
