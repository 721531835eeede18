/**
 * One holder at a time, and a fence. The lease row is written only when the holder changes, so that every
 * destructive transaction can read it with a shared lock and nobody waits; beats go to another table.
 */
import { isoInstant, type Instant } from '../../base/clock.ts'
import { OubliError } from '../../base/errors.ts'
import type { Database, Session } from '../session.ts'
import { text } from './row.ts'

export interface Claim {
  readonly name: string
  /** Random; tells two processes of one host apart. */
  readonly owner: string
  readonly now: Instant
  readonly ttlMs: number
}

/** Null: somebody else holds it and was heard of less than their time to live ago. */
export async function takeLease(
  database: Database,
  claim: Claim,
): Promise<{ readonly token: bigint } | null> {
  await database.run(insertOnce(database, 'oubli_lease', ['name', 'owner', 'token'], [claim.name, '', 0n]))
  await database.run(
    insertOnce(database, 'oubli_heartbeat', ['name', 'owner', 'expires_at'], [claim.name, '', '']),
  )
  const won = await database.run({
    text: "UPDATE oubli_heartbeat SET owner = ?, expires_at = ? WHERE name = ? AND (owner = '' OR expires_at < ?)",
    values: [claim.owner, isoInstant(claim.now + claim.ttlMs), claim.name, isoInstant(claim.now)],
  })
  if (won !== 1) return null
  return { token: await raise(database, claim.name, claim.owner) }
}

/** True while the lease is still ours. */
export async function beat(session: Session, claim: Claim): Promise<boolean> {
  const kept = await session.run({
    text: 'UPDATE oubli_heartbeat SET expires_at = ? WHERE name = ? AND owner = ?',
    values: [isoInstant(claim.now + claim.ttlMs), claim.name, claim.owner],
  })
  return kept === 1
}

export async function release(session: Session, claim: Pick<Claim, 'name' | 'owner'>): Promise<void> {
  await session.run({
    text: "UPDATE oubli_heartbeat SET owner = '', expires_at = '' WHERE name = ? AND owner = ?",
    values: [claim.name, claim.owner],
  })
}

export async function activeLease(session: Session, name: string, now: Instant): Promise<boolean> {
  const rows = await session.rows({
    text: "SELECT name FROM oubli_heartbeat WHERE name = ? AND owner <> '' AND expires_at >= ?",
    values: [name, isoInstant(now)],
  })
  return rows.length > 0
}

/**
 * A new token for the holder of the old one. The update waits for every transaction that read the old token
 * with a shared lock: afterwards none of them can still commit.
 */
export async function raiseToken(database: Database, name: string, token: bigint): Promise<bigint> {
  const [row] = await database.rows({
    text: 'SELECT owner, token FROM oubli_lease WHERE name = ?',
    values: [name],
  })
  if (row === undefined || BigInt(text(row, 'token')) !== token) throw lost(name)
  return await raise(database, name, text(row, 'owner'))
}

/** How often a takeover waits again for the old holder's transaction to end; each wait is the server's lock wait. */
const patience = 20

async function raise(database: Database, name: string, owner: string): Promise<bigint> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await database.transaction(async (tx) => {
      await tx.run({
        text: 'UPDATE oubli_lease SET owner = ?, token = token + 1 WHERE name = ?',
        values: [owner, name],
      })
      const [row] = await tx.rows({ text: 'SELECT token FROM oubli_lease WHERE name = ?', values: [name] })
      return row === undefined ? 0n : BigInt(text(row, 'token'))
    })
    if (outcome.state === 'committed') return outcome.value
    if (tries >= patience) throw outcome.error
  }
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
  if (row === undefined || BigInt(text(row, 'token')) !== token) throw lost(name)
}

function lost(name: string): OubliError {
  return new OubliError(
    'busy',
    'E_FENCED',
    `the lease "${name}" was taken over by another run`,
    'Nothing of this batch was changed; the other run goes on with it.',
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
