/**
 * Write transactions of a flat table, which hold no row that was read: the whole condition stands in the
 * statement, and the fence and the holds are asked in the same transaction.
 */
import { isoInstant } from '../base/clock.ts'
import { concernsEveryRow, kindOfErrno, DatabaseError } from '../db/database-error.ts'
import { moveCursor } from '../db/own/cursor.ts'
import { insertEntries, leavesOf } from '../db/own/entries.ts'
import { assertFence, lostLease } from '../db/own/lease.ts'
import { flatBlock, readFlatAnswer, type FlatTransaction } from '../db/site/flat-block.ts'
import { readDueKeys, type Part } from '../db/site/flat-rows.ts'
import { flatWrites } from '../db/site/flat-write.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { RunPlace } from './apply-batch.ts'
import { patiently, raise, type Writer } from './attempt.ts'
import { countIn, flatEntry, leafWith, type FlatEntry } from './evidence.ts'
import type { ReadScope } from './flat-scope.ts'
import { readSignature } from './flat-scope.ts'
import { OpenTime } from './open-time.ts'
import type { EnginePorts } from './ports.ts'
import { sqlTime } from './write.ts'

export interface FlatResult {
  /** Rows of each part that committed, in order; shorter than the parts when one could not go on. */
  readonly rows: readonly number[]
  /** How long those that committed were open, together. Null: an answer was lost. */
  readonly milliseconds: number | null
  /** `holds changed`: read them again. `careful`: the next part needs its rows looked at one by one. */
  readonly next: 'go on' | 'holds changed' | 'careful'
  /** A word when nobody should write now. */
  readonly stopped: string | null
}

export interface FlatWork {
  readonly policy: CompiledPolicy
  readonly place: RunPlace
  readonly read: ReadScope
  readonly writer: Writer
  /** Most rows of one transaction. */
  readonly most: number
}

/** One transaction a part, all in one trip where the server takes that. */
export async function applyFlat(
  ports: EnginePorts,
  work: FlatWork,
  parts: readonly Part[],
): Promise<FlatResult> {
  const entries = parts.map(() => flatEntry(ports, work.policy, work.place))
  await ports.point('before flat rows')
  const result = ports.database.dialect.blocks
    ? await applyBlock(ports, work, parts, entries)
    : await applyStep(ports, work, parts[0] as Part, entries[0] as FlatEntry)
  await ports.point('flat rows committed')
  return result
}

async function applyBlock(
  ports: EnginePorts,
  work: FlatWork,
  parts: readonly Part[],
  entries: readonly FlatEntry[],
): Promise<FlatResult> {
  const { policy, place, read } = work
  const { dialect } = ports.database
  const transactions = parts.map((part, i): FlatTransaction => ({
    writes: flatWrites(dialect, policy, read.scope, part, work.most, sqlTime(place.asOf)),
    entryId: entries[i]?.id ?? '',
    leaf: entries[i]?.leaf ?? { before: '', after: '' },
    seq: work.writer.nextSeq(),
  }))
  const shared = {
    fence: place.lease,
    run: place.run,
    cursor: work.writer.cursor,
    createdAt: isoInstant(place.asOf),
    holds: read.holds,
  }
  const sent = ports.stopwatch()
  const outcome = await ports.database.block(flatBlock(dialect, shared, transactions))
  if (outcome.state === 'rolled back') return afterError([], 0, kindOf(outcome.error))
  if (outcome.state === 'unknown') return await resolve(ports, work, entries, outcome.error)
  const answer = readFlatAnswer(outcome.value)
  const { rows } = answer
  // The server's clock may be put forward in between.
  const milliseconds = Math.min(answer.milliseconds, ports.stopwatch() - sent)
  switch (answer.ended) {
    // What was asked, whoever waits for the next turn hears.
    case 'asked':
    case 'all':
      return { rows, milliseconds, next: 'go on', stopped: null }
    case 'holds changed':
      return { rows, milliseconds, next: 'holds changed', stopped: null }
    case 'fenced':
      throw lostLease(place.lease.name)
    case 'error':
      // Also a COMMIT can fail, and whether it did the entries tell.
      return afterError(await rowsProven(ports, entries), milliseconds, kindOfErrno(answer.errno))
  }
}

/** The same in steps: the rows are named and locked first, without waiting for any that somebody works on. */
async function applyStep(
  ports: EnginePorts,
  work: FlatWork,
  part: Part,
  entry: FlatEntry,
): Promise<FlatResult> {
  const { policy, place, read } = work
  const { dialect } = ports.database
  const seq = work.writer.nextSeq()
  const open = new OpenTime(ports.stopwatch)
  const transaction = ports.database.transaction(
    async (tx) => {
      await assertFence(tx, place.lease.name, place.lease.token, dialect.shareLock)
      open.begin()
      await ports.point('before lock')
      if ((await readSignature(tx, read.holds.kinds)) !== read.holds.signature) return null
      const keys = await readDueKeys(tx, dialect, policy, read.scope, part, work.most, dialect.skipLocked)
      await ports.point('locked')
      let rows = 0
      if (keys.length > 0)
        for (const write of flatWrites(
          dialect,
          policy,
          read.scope,
          { by: 'keys', keys },
          work.most,
          sqlTime(place.asOf),
        ))
          rows += await tx.run(write)
      await ports.point('root written')
      if (rows > 0) {
        await insertEntries(tx, [
          { id: entry.id, runId: place.run, createdAt: isoInstant(place.asOf), leaf: leafWith(entry, rows) },
        ])
        await moveCursor(tx, place.run, work.writer.cursor, seq)
      }
      await ports.point('evidence written')
      return rows
    },
    { beforeCommit: () => ports.point('before commit') },
  )
  const outcome = await transaction.finally(() => {
    open.end()
  })
  const { milliseconds } = open
  switch (outcome.state) {
    case 'committed':
      return outcome.value === null
        ? { rows: [], milliseconds, next: 'holds changed', stopped: null }
        : { rows: [outcome.value], milliseconds, next: 'go on', stopped: null }
    case 'rolled back':
      if (outcome.error instanceof DatabaseError) return afterError([], milliseconds, outcome.error.kind)
      throw outcome.error
    case 'unknown':
      return await resolve(ports, work, [entry], outcome.error)
  }
}

function afterError(
  rows: readonly number[],
  milliseconds: number | null,
  kind: DatabaseError['kind'],
): FlatResult {
  return { rows, milliseconds, next: 'careful', stopped: concernsEveryRow(kind) ? kind : null }
}

/**
 * Nobody knows how far it came. Raising the token waits for the old session's transaction and keeps it from
 * beginning another; then the entries, written in the same transactions, say which of them committed.
 */
async function resolve(
  ports: EnginePorts,
  work: FlatWork,
  entries: readonly FlatEntry[],
  error: unknown,
): Promise<FlatResult> {
  const rows = await patiently(ports, async () => {
    await raise(ports, work.place.lease)
    return await rowsProven(ports, entries)
  })
  return afterError(rows, null, kindOf(error))
}

/** What the entries say that committed: rows of each part, up to the last that has an entry. */
async function rowsProven(ports: EnginePorts, entries: readonly FlatEntry[]): Promise<readonly number[]> {
  const ids = entries.map(({ id }) => id)
  const leaves = await leavesOf(ports.database, ids)
  const last = entries.findLastIndex(({ id }) => leaves.has(id))
  return entries.slice(0, last + 1).map((entry) => countIn(entry, leaves.get(entry.id) ?? null))
}

function kindOf(error: unknown): DatabaseError['kind'] {
  return error instanceof DatabaseError ? error.kind : 'other'
}
