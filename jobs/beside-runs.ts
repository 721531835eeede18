/** What is decided about one person while a run may be at work: seen by the erasing transaction, or too late. */
import { OubliError } from '../base/errors.ts'
import { keyTombstoneOf, type Key, type SubjectRef } from '../base/subject-ref.ts'
import { DatabaseError } from '../db/database-error.ts'
import { holdOffRuns, knowLease } from '../db/own/lease.ts'
import { lastWithKey } from '../db/own/tombstones.ts'
import { lockRows, readColumns } from '../db/site/rows.ts'
import type { Outcome, Session } from '../db/session.ts'
import { civilDate } from '../plan/civil.ts'
import { settleMap, type SettledKind } from '../plan/settled-map.ts'
import { keyIndexOf } from '../plan/tie.ts'
import type { JobContext } from './context.ts'
import { olderThanLog } from './older.ts'
import type { Prepared } from './prepare.ts'
import { trySealAndTell } from './seal-and-tell.ts'
import { refuseAnother, refuseOtherParts } from './typed-key.ts'

/** Times that it waits for a batch, or for the site, to let go; each wait is the server's lock wait. */
const patience = 10

/** Throws a `policy` error with this code when the data map has no such kind, or none that can be read. */
export function settledKind(prepared: Prepared, kind: string, code: string): SettledKind {
  // Not from the plan: a policy that is refused, or not written yet, must not stand in the way.
  const settled = settleMap(prepared.dataMap, prepared.schema).map.kinds.get(kind)
  if (settled !== undefined) return settled
  throw new OubliError(
    'policy',
    code,
    `the data map has no usable kind named "${kind}"`,
    `Known kinds: ${Object.keys(prepared.dataMap.kinds).join(', ')}.`,
  )
}

/**
 * Waits until no destructive transaction is under way, whichever policy it belongs to, locks the row, and keeps new
 * ones out until the work has committed. Null: there is no such row. Throws `E_KEY_PARTS` or `E_KEY_ANOTHER` where
 * the key is not one of that kind, or not the row's.
 */
export async function besideRuns<T>(
  ctx: JobContext,
  settled: SettledKind,
  key: Key,
  work: (tx: Session, locked: Key) => Promise<T>,
): Promise<{ readonly value: T } | null> {
  const { kind, table } = settled
  refuseOtherParts(kind.name, settled.key, key)
  await knowLease(ctx.database, 'run')
  const target = { table: table.name, key: settled.key, ...keyIndexOf(table, kind.key) }
  const attempt = () =>
    ctx.database.transaction(async (tx) => {
      await holdOffRuns(tx, 'run')
      const [locked] = await lockRows(tx, ctx.database.dialect, target, [key], 'refuse')
      if (locked === undefined) return null
      refuseAnother(kind.name, settled.key, key, locked)
      return { value: await work(tx, locked) }
    })
  let outcome = await attempt()
  for (let tries = 1; tries < patience && isBusy(outcome); tries += 1) {
    await ctx.ports.sleep(100)
    outcome = await attempt()
  }
  if (outcome.state !== 'committed') throw outcome.error
  return outcome.value
}

/** By kind, key and identity, as tombstones know a person; the row is locked. */
export async function personOf(
  ctx: JobContext,
  tx: Session,
  { kind, table, key: columns }: SettledKind,
  key: Key,
): Promise<SubjectRef> {
  const target = { table: table.name, key: columns }
  const [row] = await readColumns(tx, ctx.database.dialect, target, [key], kind.identity)
  return { kind: kind.name, key, identity: kind.identity.map((column) => row?.columns[column] ?? null) }
}

function isBusy(outcome: Outcome<unknown>): boolean {
  if (outcome.state !== 'rolled back' || !(outcome.error instanceof DatabaseError)) return false
  return ['lock wait', 'no wait', 'deadlock'].includes(outcome.error.kind)
}

/** A tombstone of this key says since when. `what`: what cannot be done any more. */
export async function goneError(
  ctx: JobContext,
  { dataMap }: Prepared,
  person: { readonly kind: string; readonly key: Key },
  code: string,
  what: string,
): Promise<OubliError> {
  const tombstone = await lastWithKey(ctx.database, keyTombstoneOf(ctx.ports.secret, person))
  const since =
    tombstone === null
      ? ''
      : `; one left (erased or archived) on ${civilDate(Date.parse(tombstone.erasedAt), dataMap.zone)}`
  return new OubliError(
    'refused',
    code,
    `there is no ${person.kind} with this key${since}`,
    `${what} Check the key; a backup may still hold the data.`,
  )
}

/**
 * What is in no log is not missed when the database is lost. Behind entries that the database has lost nothing can
 * be sealed; the replay that brings them back does it then.
 */
export async function sealNow(ctx: JobContext): Promise<void> {
  if (ctx.signingKey !== null && (await olderThanLog(ctx)) === null) await trySealAndTell(ctx)
}
