/** One write transaction and its attempts, step by step as `engine/apply-batch.ts` and `engine/attempt.ts`. */
import { isoInstant, type Instant } from '../../base/clock.ts'
import type { Point } from '../../base/point.ts'
import type { Outcome } from '../../db/session.ts'
import { cutoff } from '../../plan/deadline.ts'
import { judgePerson } from './judging.ts'
import { assertFence, raiseToken, type Held } from './lease-model.ts'
import type { PolicyVersion } from './policy-versions.ts'
import { Failure, type Steps, type Tx } from './server.ts'
import { transaction } from './transaction.ts'
import { commitment, putEntry, tombstoneFor, type Process } from './world.ts'

export interface RunPlace {
  readonly run: string
  readonly asOf: Instant
  readonly lease: Held
  readonly policy: PolicyVersion
}

export interface BatchResult {
  readonly done: readonly string[]
  readonly busy: number
}

function at(point: Point): Point {
  return point
}

function* applyBatch(
  process: Process,
  place: RunPlace,
  keys: readonly string[],
  seq: number,
): Steps<{ readonly outcome: Outcome<BatchResult>; readonly attempted: BatchResult | null }> {
  let attempted: BatchResult | null = null
  const { defect } = process.world
  const outcome = yield* transaction(process, function* (tx) {
    yield* assertFence(process, tx, place.lease)
    yield at('before lock')
    const locked = keys.filter(
      (key) => tx.tryLock('users', key, 'exclusive') && tx.get('users', key) !== undefined,
    )
    yield at('locked')
    if (defect !== 'children not locked') lockChildren(tx, locked)
    yield at('children locked')
    const due = locked.filter((key) => isDue(process, tx, place, key))
    yield at('re-checked')
    yield* eraseChildren(process, tx, place, due)
    for (const key of due) writePerson(process, tx, place, key)
    if (due.length > 0) yield at('evidence written')
    if (defect !== 'cursor outside the transaction') advanceCursor(tx, place.run, seq)
    const busy = keys.filter((key) => !locked.includes(key) && tx.get('users', key) !== undefined).length
    attempted = { done: due, busy }
    return attempted
  })
  if (outcome.state === 'committed') {
    process.world.note(process.name, `batch ${seq} committed: ${outcome.value.done.join(' ') || 'nobody'}`)
    yield at('committed')
    yield* afterwards(process, place, outcome.value.done, seq)
  }
  return { outcome, attempted }
}

function isDue(process: Process, tx: Tx, place: RunPlace, key: string): boolean {
  if (process.world.defect === 'no re-check') return true
  const judged = judgePerson(process.world, tx, place.policy.compiled, key, place.asOf, 'under lock')
  return judged?.decision.act === 'due'
}

function childrenOf(tx: Tx, keys: readonly string[]): readonly string[] {
  const found: string[] = []
  for (const [id, { user }] of tx.all('sessions')) if (keys.includes(user)) found.push(id)
  return found
}

function lockChildren(tx: Tx, keys: readonly string[]): void {
  for (const id of childrenOf(tx, keys))
    if (!tx.tryLock('sessions', id, 'exclusive')) throw new Failure('no wait')
}

function* eraseChildren(process: Process, tx: Tx, place: RunPlace, due: readonly string[]): Steps<void> {
  const children = childrenOf(tx, due)
  if (children.length === 0) return
  yield 'begins to write'
  if (process.world.defect === 'children in their own transaction')
    yield* transaction(process, function* (own) {
      yield* assertFence(process, own, place.lease)
      for (const id of childrenOf(own, due)) own.remove('sessions', id)
    })
  else for (const id of children) tx.remove('sessions', id)
  yield at('first write done')
}

function writePerson(process: Process, tx: Tx, place: RunPlace, key: string): void {
  const { defect } = process.world
  const created = tx.get('users', key)?.created ?? ''
  tx.remove('users', key)
  if (defect !== 'evidence outside the transaction') writeEvidence(process, tx, place, key, created)
  if (defect === 'traces kept') return
  for (const table of ['outbox', 'warnings', 'holds'] as const)
    for (const [id, row] of [...tx.all(table)]) if (row.key === key) tx.remove(table, id)
}

function writeEvidence(process: Process, tx: Tx, place: RunPlace, key: string, created: string): void {
  const { world } = process
  const entry = putEntry(world, tx, { run: place.run, at: place.asOf }, 'subject.erased', {
    run: place.run,
    policy: { id: place.policy.compiled.policy.id, terms: place.policy.truth.terms },
    as_of: isoInstant(place.asOf),
    cutoff: isoInstant(cutoff(place.policy.compiled.clock, place.asOf)),
    tables: { users: { erased: '1' } },
    subject: commitment(world),
  })
  if (world.defect !== 'tombstone missing') tx.put('tombstones', tombstoneFor(key, created), { entry })
}

function advanceCursor(tx: Tx, run: string, seq: number): void {
  if ((tx.get('cursors', run)?.seq ?? 0) < seq) tx.put('cursors', run, { seq })
}

/** What two of the defects write too late. */
function* afterwards(process: Process, place: RunPlace, done: readonly string[], seq: number): Steps<void> {
  const { world } = process
  if (world.defect === 'cursor outside the transaction')
    yield* transaction(process, function* (tx) {
      yield 'cursor, late'
      advanceCursor(tx, place.run, seq)
    })
  if (world.defect !== 'evidence outside the transaction' || done.length === 0) return
  yield* transaction(process, function* (tx) {
    yield 'evidence, late'
    for (const key of done)
      writeEvidence(process, tx, place, key, process.world.truth.people.get(key)?.created ?? '')
  })
}

export interface Applied {
  readonly done: string[]
  busy: number
  stopped: string | null
}

const mostTries = 5

/** Retries, halves, resolves a lost COMMIT. */
export function* applyHoweverHard(
  process: Process,
  place: RunPlace,
  batch: readonly string[],
  nextSeq: () => number,
): Steps<Applied> {
  const applied: Applied = { done: [], busy: 0, stopped: null }
  const queue: (readonly string[])[] = [batch]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const result = yield* tryRepeatedly(process, place, next, nextSeq)
    if (result !== null) {
      applied.done.push(...result.done)
      applied.busy += result.busy
    } else if (next.length > 1) queue.unshift(next.slice(0, next.length >> 1), next.slice(next.length >> 1))
    else applied.busy += 1
  }
  return applied
}

function* tryRepeatedly(
  process: Process,
  place: RunPlace,
  batch: readonly string[],
  nextSeq: () => number,
): Steps<BatchResult | null> {
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const seq = nextSeq()
    const { outcome, attempted } = yield* applyBatch(process, place, batch, seq)
    if (outcome.state === 'committed') return outcome.value
    if (outcome.state === 'rolled back' && isFenced(outcome.error)) throw outcome.error
    const resolved = outcome.state === 'unknown' ? yield* resolve(process, place, seq, attempted) : null
    if (resolved !== null) return resolved
    yield 'tries again'
  }
  return null
}

function isFenced(error: unknown): boolean {
  return error instanceof Failure && error.kind === 'fenced'
}

/** Raising the token waits for the old session; then the cursor says what became of the batch. */
function* resolve(
  process: Process,
  place: RunPlace,
  seq: number,
  attempted: BatchResult | null,
): Steps<BatchResult | null> {
  const { lost } = process
  const { defect } = process.world
  if (defect !== 'read-back before the fence' && !defect?.startsWith('lost commit taken'))
    place.lease.token = yield* raiseToken(process, place.lease)
  yield 'reads the cursor'
  const read = process.server.committed.get('cursors', place.run)?.seq === seq
  const done = defect === 'lost commit taken as done' || (defect !== 'lost commit taken as failed' && read)
  if (lost !== null) lost.taken = done ? 'done' : 'failed'
  if (defect === 'read-back before the fence') place.lease.token = yield* raiseToken(process, place.lease)
  return done ? attempted : null
}
