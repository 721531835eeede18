/**
 * Drops partitions in which everything is due. A DROP PARTITION commits by itself, so what it does cannot stand
 * in one transaction with its evidence: the finished entry is written down before, as an intent, and put in its
 * place after. `settle-drops.ts` does the second half for whoever did not get there.
 */
import { isoInstant } from '../base/clock.ts'
import { countText } from '../audit/entry.ts'
import { entryText } from '../audit/entry-text.ts'
import { concernsEveryRow, DatabaseError } from '../db/database-error.ts'
import { takeDropLock } from '../db/own/drop-lock.ts'
import { forgetDrop, intendDrop, recordDrop, type Drop } from '../db/own/drops.ts'
import { scannedClock } from '../db/site/candidates.ts'
import { dropPartition } from '../db/site/partition.ts'
import type { Session } from '../db/session.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { DuePartition } from '../plan/partitions.ts'
import type { RunPlace } from './apply-batch.ts'
import { duePartitions, lookInto } from './check-partition.ts'
import { rowsEntry } from './evidence.ts'
import type { EnginePorts } from './ports.ts'
import { settleDrops, underFence } from './settle-drops.ts'

/** Why a partition is left to the deletion of single rows. */
export interface Kept {
  readonly partition: string
  /** `doubtful`, `per_run`, `changed`, or what the database answered. */
  readonly why: string
}

export interface Dropped {
  readonly rows: number
  /** Names, in the order in which they went. */
  readonly dropped: readonly string[]
  readonly kept: readonly Kept[]
  /** Null: go on with what is left, row by row. Otherwise why nobody should write now. */
  readonly stopped: string | null
}

interface Tally {
  rows: number
  readonly dropped: string[]
  readonly kept: Kept[]
  stopped: string | null
  /** Written down as intended, and not yet as done. */
  open: Drop | null
}

/** `items`: most rows. `stop` is asked before each partition. */
export async function dropPartitions(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  items: number,
  stop: () => string | null | Promise<string | null>,
): Promise<Dropped> {
  const tally: Tally = { rows: 0, dropped: [], kept: [], stopped: null, open: null }
  // Triggers that this account may not see would not be set off.
  if (policy.dropsPartitions === true && !policy.triggered.includes(policy.table)) {
    await settleDrops(ports, place)
    const due = await duePartitions(ports.database, policy, place.asOf)
    if (due.length > 0) await dropEach(ports, policy, place, due, { items, stop }, tally)
  }
  const { rows, dropped, kept, stopped } = tally
  return { rows, dropped, kept, stopped }
}

interface Limits {
  readonly items: number
  readonly stop: () => string | null | Promise<string | null>
}

async function dropEach(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  due: readonly DuePartition[],
  limits: Limits,
  tally: Tally,
): Promise<void> {
  let at = ''
  // Its own connection: the lock must not outlive it, and it ends with the first error.
  const outcome = await ports.database.transaction(
    async (own) => {
      await underFence(ports, place, () => Promise.resolve())
      await takeDropLock(ports.database, own)
      for (const { name } of due) {
        at = name
        tally.stopped = await limits.stop()
        if (tally.stopped !== null) return
        // Anew each time: where the one before went, this one begins earlier.
        const part = (await duePartitions(ports.database, policy, place.asOf)).find((one) => one.name === at)
        if (part === undefined) continue
        const look = await lookInto(ports, policy, part, place.asOf)
        if (look.found === 'doubtful') tally.kept.push({ partition: at, why: 'doubtful' })
        if (look.found !== 'due') continue
        await ports.point('partition counted')
        // Oldest first: what is too much for this run is not overtaken by what is younger.
        if (look.rows > limits.items - tally.rows) {
          tally.kept.push({ partition: at, why: 'per_run' })
          return
        }
        const drop = intentOf(ports, policy, place, part, look.rows)
        if (!(await dropOne(ports, policy, place, own, drop, tally))) {
          tally.kept.push({ partition: at, why: 'changed' })
          continue
        }
        count(tally, drop)
        await ports.point('drop committed')
      }
    },
    { closeAfter: true },
  )
  if (outcome.state === 'committed') return
  await afterFailure(ports, place, at, outcome.error, tally)
}

function count(tally: Tally, drop: Drop): void {
  tally.rows += drop.rows
  tally.dropped.push(drop.partition)
}

/**
 * The answer is lost or is an error: what became of the partition is read back. There is no second try in this
 * run, because each holds up the site's statements on the table while it waits.
 */
async function afterFailure(
  ports: EnginePorts,
  place: RunPlace,
  partition: string,
  error: unknown,
  tally: Tally,
): Promise<void> {
  const settled = await settleDrops(ports, place)
  const { open } = tally
  // An intent that is not there any more was replaced by its entry, in a commit whose answer was lost.
  const gone = open !== null && (settled.find(({ drop }) => drop.entryId === open.entryId)?.gone ?? true)
  if (gone) count(tally, open)
  if (!(error instanceof DatabaseError)) throw error
  if (!gone) tally.kept.push({ partition, why: wordOf(error) })
  // The right to drop is one of its own: rows may be deleted without it.
  if (error.kind !== 'not permitted' && concernsEveryRow(error.kind)) tally.stopped = error.kind
}

function wordOf(error: DatabaseError): string {
  return error.kind === 'other' ? error.code : error.kind
}

function intentOf(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  part: DuePartition,
  rows: number,
): Drop {
  const entry = rowsEntry(ports, policy, place, { [policy.table]: { erased: countText(rows) } })
  return {
    entryId: entry.id,
    runId: place.run,
    policy: policy.policy.id,
    table: policy.table,
    partition: part.name,
    bound: part.bound,
    clock: scannedClock(policy).column,
    low: part.low,
    high: part.high,
    rows,
    createdAt: isoInstant(place.asOf),
    leaf: entryText(entry),
  }
}

/**
 * The second transaction stays open while the partition is dropped. Its shared lock on the lease keeps a hold
 * that is being set, and another run, waiting until this is over, as in any other batch. False: the partition
 * is not what was looked at any more, or a hold has come.
 */
async function dropOne(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  own: Session,
  drop: Drop,
  tally: Tally,
): Promise<boolean> {
  await underFence(ports, place, (tx) => intendDrop(tx, drop))
  tally.open = drop
  await ports.point('drop intended')
  const done = await underFence(ports, place, async (tx) => {
    const now = await duePartitions(tx, policy, place.asOf)
    const same = now.find(({ name }) => name === drop.partition)
    if (same?.bound !== drop.bound || same.low !== drop.low) {
      await forgetDrop(tx, drop)
      return false
    }
    await dropPartition(own, ports.database.dialect, policy.table, drop.partition)
    await ports.point('partition dropped')
    await recordDrop(tx, drop)
    await ports.point('drop recorded')
    return true
  })
  tally.open = null
  return done
}
