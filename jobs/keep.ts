/** A request to stay of somebody who cannot sign in: it counts as a sign of life, once for each silence. */
import {
  commitTo,
  keyText,
  keyTombstoneOf,
  requestReferenceOf,
  tombstoneOf,
  type Key,
} from '../base/subject-ref.ts'
import { OubliError } from '../base/errors.ts'
import { minuteOf, newEntryId, type Entry } from '../audit/entry.ts'
import type { Opening } from '../audit/receipt.ts'
import { sealOpening } from '../audit/sealed-opening.ts'
import { isoInstant, type Instant } from '../base/clock.ts'
import { insertKept } from '../db/own/kept.ts'
import { insertOpenings } from '../db/own/openings.ts'
import { insertTombstones } from '../db/own/tombstones.ts'
import type { Session } from '../db/session.ts'
import { putEntry } from '../engine/evidence.ts'
import { readFacts } from '../engine/read-rows.ts'
import { clearWarnings } from '../mail/warnings.ts'
import { civilDate } from '../plan/civil.ts'
import { keptAfter, readClock } from '../plan/clock-reading.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { dueFrom } from '../plan/deadline.ts'
import { lastInstant } from '../plan/receipts.ts'
import type { SettledKind } from '../plan/settled-map.ts'
import { besideRuns, goneError, personOf, sealNow, settledKind } from './beside-runs.ts'
import type { JobContext } from './context.ts'
import { refuseOlder } from './older.ts'
import type { Prepared } from './prepare.ts'

export interface KeepRequest {
  readonly kind: string
  readonly key: Key
  readonly because: string
  readonly by: string
}

export interface KeptUntil {
  readonly request: string
  /** Under each policy that warns: the last day of the term that begins now, `YYYY-MM-DD` in the policy's zone. */
  readonly policies: readonly { readonly policy: string; readonly lastDay: string }[]
}

/**
 * Makes every warning void and begins the term anew, from now. Like a hold it is either seen by the erasing
 * transaction or finds the person gone. Policies that warn nobody go by their own clocks: there is no mail that
 * could be answered. Throws `E_KEEP_TWICE` when nothing but a request has been heard of the person since the last
 * one.
 */
export async function keepOnRequest(
  ctx: JobContext,
  prepared: Prepared,
  request: KeepRequest,
): Promise<KeptUntil> {
  const settled = settledKind(prepared, request.kind, 'E_KEEP_KIND')
  await refuseOlder(ctx)
  const policies = prepared.plan.policies.filter(
    (one) => one.kind === request.kind && one.subject && one.policy.warn !== null,
  )
  const id = newEntryId(ctx.ports.random)
  const now = await ctx.now()
  const kept = await besideRuns(ctx, settled, request.key, async (tx, locked) => {
    const open = await openTerms(ctx, tx, policies, locked, now, prepared.dataMap.zone)
    await insertKept(tx, {
      ...{ id, kind: request.kind, keyText: keyText(locked) },
      ...{ because: request.because, askedBy: request.by, keptAt: now },
    })
    for (const { policy } of open) await clearWarnings(tx, policy.id, request.kind, keyText(locked), now)
    const entry = await noteRequest(ctx, tx, settled, locked, id, now)
    const ends = open.map(({ clock }) => dueFrom(clock, now))
    await keepOpening(ctx, tx, entry, Math.min(Math.max(...ends), lastInstant))
    return open.map(({ policy, clock }) => ({ policy: policy.id, lastDay: lastDayOf(clock, now) }))
  })
  if (kept === null)
    throw await goneError(ctx, prepared, request, 'E_KEEP_GONE', 'Nothing can be kept any more.')
  await sealNow(ctx)
  return { request: id, policies: kept.value }
}

function lastDayOf(clock: CompiledPolicy['clock'], start: Instant): string {
  return civilDate(dueFrom(clock, start) - 1, clock.zone)
}

interface NotedRequest extends Opening {
  readonly entryId: string
}

/**
 * In the evidence, and for the ledger: after a restored backup the request is recorded again from there. Gives what
 * opens the entry.
 */
async function noteRequest(
  ctx: JobContext,
  tx: Session,
  settled: SettledKind,
  key: Key,
  request: string,
  now: Instant,
): Promise<NotedRequest> {
  const { random, secret, toolVersion } = ctx.ports
  const kind = settled.kind.name
  const person = await personOf(ctx, tx, settled, key)
  const asked = { kind, key, identity: [] }
  const { salt, commitment } = commitTo(asked, random(32))
  const entryId = newEntryId(random)
  const entry: Entry = {
    ...{ v: '1', id: entryId, kind: 'request.kept', t: minuteOf(now), tool: toolVersion },
    ...{ request, subject: commitment },
  }
  await putEntry(tx, { run: request, asOf: now }, entry)
  await insertTombstones(tx, [
    {
      ...{ hash: tombstoneOf(secret, person), keyHash: keyTombstoneOf(secret, person) },
      ...{ policy: request, act: 'kept', kind, entryId, erasedAt: isoInstant(now) },
    },
  ])
  return { ...asked, entryId, salt: Buffer.from(salt).toString('hex') }
}

/** As long as the request itself may be needed, so that its receipt names who asked. */
async function keepOpening(
  { ports: { secret, random } }: JobContext,
  tx: Session,
  { entryId, ...opening }: NotedRequest,
  until: Instant,
): Promise<void> {
  const sealed = sealOpening(secret, entryId, opening, random)
  const keyHash = requestReferenceOf(secret, opening)
  await insertOpenings(tx, [{ entryId, keyHash, sealed, untilAt: isoInstant(until) }])
}

/** Policies whose term the request begins anew. Refuses when there is none. */
async function openTerms(
  ctx: JobContext,
  tx: Session,
  policies: readonly CompiledPolicy[],
  key: Key,
  now: Instant,
  zone: string,
): Promise<readonly CompiledPolicy[]> {
  const open: CompiledPolicy[] = []
  let used: Instant | null = null
  for (const policy of policies) {
    const [facts] = await readFacts(ctx.ports, tx, policy, [key])
    if (facts === undefined) continue
    const { start } = readClock(policy.clock, { ...facts, kept: [] }, now)
    const before = keptAfter(start ?? -Infinity, facts.kept)
    if (before === null) open.push(policy)
    else used = Math.max(used ?? before, before)
  }
  if (open.length > 0) return open
  if (used === null)
    throw new OubliError(
      'refused',
      'E_KEEP_NOTHING',
      'expected a policy that warns this person, found none: nothing would be kept by a request',
      '`oubli explain` says what rules them. To keep somebody whatever the policies say: `oubli hold add`.',
    )
  throw new OubliError(
    'refused',
    'E_KEEP_TWICE',
    `this person was kept on request on ${civilDate(used, zone)}, and has shown no sign of life since`,
    'A request counts once for each silence. Help them to sign in; to keep them for a reason of law: `oubli hold add`.',
  )
}
