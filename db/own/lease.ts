/**
 * One holder at a time, and a fence. The lease row is written only when the holder changes, so that every
 * destructive transaction can read it with a shared lock and nobody waits; beats go to another table.
 */
import { isoInstant, type Instant } from '../../base/clock.ts'
import { OubliError } from '../../base/errors.ts'
import { point } from '../../base/point.ts'
import { DatabaseError } from '../database-error.ts'
import type { Database, Session } from '../session.ts'
import { text } from './row.ts'

export interface Claim {
  readonly name: string
  /** Random; tells two processes of one host apart. */
  readonly owner: string
  /** By the clock of the database. */
  readonly now: Instant
  readonly ttlMs: number
}

/**
 * Null: somebody else holds it and was heard of less than their time to live ago, or is inside a destructive
 * transaction (SQLite: any that writes) for longer than the lock wait. Heartbeat and token change together: of
 * two takers, none can raise the token of the other.
 */
export async function takeLease(
  database: Database,
  claim: Claim,
): Promise<{ readonly token: bigint } | null> {
  try {
    await knowLease(database, claim.name)
    await database.run(
      insertOnce(database, 'oubli_heartbeat', ['name', 'owner', 'expires_at'], [claim.name, '', '']),
    )
  } catch (error) {
    if (isLockWait(error)) return null
    throw error
  }
  await point('lease known')
  const outcome = await database.transaction(async (tx) => {
    const won = await tx.run({
      text: "UPDATE oubli_heartbeat SET owner = ?, expires_at = ? WHERE name = ? AND (owner = '' OR expires_at <= ?)",
      values: [claim.owner, isoInstant(claim.now + claim.ttlMs), claim.name, isoInstant(claim.now)],
    })
    if (won !== 1) return null
    await tx.run({
      text: 'UPDATE oubli_lease SET owner = ?, token = token + 1 WHERE name = ?',
      values: [claim.owner, claim.name],
    })
    await point('lease won')
    return { token: await readToken(tx, claim.name) }
  })
  if (outcome.state === 'committed') {
    await point('lease taken')
    return outcome.value
  }
  if (isLockWait(outcome.error)) return null
  throw outcome.error
}

function isLockWait(error: unknown): boolean {
  return error instanceof DatabaseError && error.kind === 'lock wait'
}

/** True while the lease is still ours. */
export async function beat(session: Session, claim: Claim): Promise<boolean> {
  await point('beat begun')
  const kept = await session.run({
    text: 'UPDATE oubli_heartbeat SET expires_at = ? WHERE name = ? AND owner = ?',
    values: [isoInstant(claim.now + claim.ttlMs), claim.name, claim.owner],
  })
  await point('beat done')
  return kept === 1
}

export async function release(session: Session, claim: Pick<Claim, 'name' | 'owner'>): Promise<void> {
  await point('release begun')
  await session.run({
    text: "UPDATE oubli_heartbeat SET owner = '', expires_at = '' WHERE name = ? AND owner = ?",
    values: [claim.name, claim.owner],
  })
  await point('released')
}

/** Who holds it and was heard of within their time to live; null: nobody. */
export async function leaseHolder(session: Session, name: string, now: Instant): Promise<string | null> {
  const [row] = await session.rows({
    text: "SELECT owner FROM oubli_heartbeat WHERE name = ? AND owner <> '' AND expires_at > ?",
    values: [name, isoInstant(now)],
  })
  return row === undefined ? null : text(row, 'owner')
}

/** How often the holder waits again for its own lost transaction to end; each wait is the server's lock wait. */
const patience = 20

/**
 * A new token for the holder of the old one. The update waits for every transaction that read the old token
 * with a shared lock: afterwards none of them can still commit. Throws `busy` when somebody else has taken
 * over (`E_FENCED`), and when the lost transaction does not end (`E_OLD_SESSION`).
 */
export async function raiseToken(database: Database, name: string, token: bigint): Promise<bigint> {
  const [held] = await database.rows({
    text: 'SELECT owner FROM oubli_lease WHERE name = ? AND token = ?',
    values: [name, token],
  })
  if (held === undefined) throw lostLease(name)
  const owner = text(held, 'owner')
  let last: unknown = null
  for (let tries = 1; tries <= patience; tries += 1) {
    const outcome = await database.transaction(async (tx) => {
      // By owner, not by token: when the answer to this very COMMIT is lost, raising once more is right.
      const raised = await tx.run({
        text: 'UPDATE oubli_lease SET token = token + 1 WHERE name = ? AND owner = ?',
        values: [name, owner],
      })
      await point('token raised')
      return raised === 1 ? await readToken(tx, name) : null
    })
    if (outcome.state !== 'committed') {
      last = outcome.error
      continue
    }
    if (outcome.value === null) throw lostLease(name)
    await point('token committed')
    return outcome.value
  }
  // No session holds the lease where nothing at all can be written, or nobody answers.
  if (last instanceof DatabaseError && (last.kind === 'not writable' || last.kind === 'connection lost'))
    throw last
  throw stuck(name)
}

/** Makes the lease's row when nobody ever took it. */
export async function knowLease(database: Database, name: string): Promise<void> {
  await database.run(insertOnce(database, 'oubli_lease', ['name', 'owner', 'token'], [name, '', 0n]))
}

/** Waits for every destructive transaction to end, and keeps the next one waiting until this one ends. */
export async function holdOffRuns(tx: Session, name: string): Promise<void> {
  await tx.run({ text: 'UPDATE oubli_lease SET owner = owner WHERE name = ?', values: [name] })
}

async function readToken(session: Session, name: string): Promise<bigint> {
  const [row] = await session.rows({ text: 'SELECT token FROM oubli_lease WHERE name = ?', values: [name] })
  if (row === undefined) throw lostLease(name)
  return BigInt(text(row, 'token'))
}

/** Throws `busy` when the token is no longer this one. Holds a shared lock on it until the transaction ends. */
export async function assertFence(
  tx: Session,
  name: string,
  token: bigint,
  shareLock: string,
): Promise<void> {
  const [row] = await tx.rows({
    text: `SELECT token FROM oubli_lease WHERE name = ?${shareLock}`,
    values: [name],
  })
  if (row === undefined || BigInt(text(row, 'token')) !== token) throw lostLease(name)
}

export function lostLease(name: string): OubliError {
  return new OubliError(
    'busy',
    'E_FENCED',
    `the lease "${name}" was taken over by another run`,
    'Nothing of this batch was changed; the other run goes on with it.',
  )
}

function stuck(name: string): OubliError {
  return new OubliError(
    'busy',
    'E_OLD_SESSION',
    `lease "${name}": a lost session of this run still holds its locks on the server`,
    'End it there (SHOW PROCESSLIST, KILL), then run again: it goes on where this one stopped.',
  )
}

function insertOnce(
  database: Database,
  table: string,
  columns: readonly string[],
  values: readonly (string | bigint)[],
) {
  return { text: database.dialect.insertIgnore(table, columns), values }
}
