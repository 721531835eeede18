/** What became of partitions that were about to be dropped: the entry is written, or the intent is taken back. */
import { DatabaseError } from '../db/database-error.ts'
import { pendingDrops, forgetDrop, recordDrop, type Drop } from '../db/own/drops.ts'
import { takeDropLock } from '../db/own/drop-lock.ts'
import { assertFence, raiseToken } from '../db/own/lease.ts'
import { readPartitioning } from '../db/partitioning.ts'
import { countRange } from '../db/site/partition.ts'
import type { Session } from '../db/session.ts'
import type { RunPlace } from './apply-batch.ts'
import type { EnginePorts } from './ports.ts'

export interface Settled {
  readonly drop: Drop
  readonly gone: boolean
}

const mostTries = 5

/** Throws `busy` when another run has taken over, or a lost session may still drop and does not end. */
export async function settleDrops(
  ports: EnginePorts,
  place: Pick<RunPlace, 'lease'>,
): Promise<readonly Settled[]> {
  const settled = new Map<string, Settled>()
  let error: unknown
  for (let tries = 1; ; tries += 1) {
    if ((await pendingDrops(ports.database)).length === 0) return [...settled.values()]
    if (tries > mostTries) throw error
    const outcome = await ports.database.transaction(
      async (own) => {
        await underFence(ports, place, () => Promise.resolve())
        await takeDropLock(ports.database, own)
        for (const drop of await pendingDrops(ports.database)) {
          const gone = await isGone(ports, drop)
          settled.set(drop.entryId, { drop, gone })
          await underFence(ports, place, (tx) => (gone ? recordDrop(tx, drop) : forgetDrop(tx, drop)))
        }
      },
      { closeAfter: true },
    )
    // Also after a commit nothing is assumed: the next turn reads what is left.
    if (outcome.state !== 'committed') error = outcome.error
  }
}

/** One transaction under the fence. Throws what went wrong; a lost answer only behind a raised token. */
export async function underFence<T>(
  ports: EnginePorts,
  { lease }: Pick<RunPlace, 'lease'>,
  work: (tx: Session) => Promise<T>,
): Promise<T> {
  const { database } = ports
  const outcome = await database.transaction(async (tx) => {
    await assertFence(tx, lease.name, lease.token, database.dialect.shareLock)
    return await work(tx)
  })
  if (outcome.state === 'committed') return outcome.value
  if (outcome.state === 'unknown') lease.token = await raiseToken(database, lease.name, lease.token)
  throw outcome.error
}

/**
 * A partition that is not there any more was dropped, unless somebody cut the table anew meanwhile: then at
 * least as many rows as were counted are still in its range. Fewer are rows that came later.
 */
async function isGone(ports: EnginePorts, drop: Drop): Promise<boolean> {
  const { database } = ports
  const partitioning = await readPartitioning(database, drop.table)
  const same = partitioning?.parts.some((part) => part.name === drop.partition && part.bound === drop.bound)
  if (same === true) return false
  try {
    return (await countRange(database, database.dialect, drop.table, drop, drop.rows)) < drop.rows
  } catch (error) {
    // The whole table went, or its clock.
    if (error instanceof DatabaseError && /^ER_(NO_SUCH_TABLE|BAD_FIELD_ERROR)$/.test(error.code)) return true
    throw error
  }
}
