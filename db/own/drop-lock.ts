/**
 * A lock that lives as long as a session: who holds it knows that no ALTER of another session of ours is still
 * under way. A lost connection tells nothing of the statement that it carried; the end of its session does.
 */
import { OubliError } from '../../base/errors.ts'
import { DatabaseError } from '../database-error.ts'
import type { Database, Session } from '../session.ts'

/** Names of locks are the server's, not the schema's. */
const lockName = "CONCAT('oubli drop ', SHA1(DATABASE()))"

/** Each wait is a second. */
const patience = 30

/**
 * Held until the session ends. Only the holder of the lease may ask: whoever else has the lock is a session
 * that was lost, and is ended, as far as the account may. Throws `E_OLD_SESSION` when it does not end.
 */
export async function takeDropLock(database: Database, own: Session): Promise<void> {
  for (let tries = 1; tries <= patience; tries += 1) {
    const wait = tries === 1 ? 0 : 1
    const [row] = await own.rows({ text: `SELECT GET_LOCK(${lockName}, ${wait}) AS got`, values: [] })
    if (row?.['got'] === '1') return
    await endHolder(database)
  }
  throw new OubliError(
    'busy',
    'E_OLD_SESSION',
    'a lost session of an earlier run may still drop a partition on the server',
    'End it there (SHOW PROCESSLIST, KILL), then run again: it goes on where this one stopped.',
  )
}

async function endHolder(database: Database): Promise<void> {
  const [row] = await database.rows({ text: `SELECT IS_USED_LOCK(${lockName}) AS holder`, values: [] })
  const holder = row?.['holder']
  if (typeof holder !== 'string') return
  try {
    await database.run({ text: `KILL ${BigInt(holder)}`, values: [] })
  } catch (error) {
    // It has just ended, or belongs to another account: waiting is what is left.
    if (!(error instanceof DatabaseError) || error.kind === 'connection lost') throw error
  }
}
