/** Applies one batch whatever happens to it: retries, halves, resolves a lost COMMIT, sets a single row aside. */
import { OubliError } from '../base/errors.ts'
import { concernsEveryRow, DatabaseError } from '../db/database-error.ts'
import { readCursor } from '../db/own/cursor.ts'
import { raiseToken } from '../db/own/lease.ts'
import type { Candidate } from '../db/site/candidates.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { UnreadableDocument } from '../plan/json-without.ts'
import { applyBatch, type BatchResult, type CursorPlace, type RunPlace } from './apply-batch.ts'
import { TooHeavy } from './collect.ts'
import { Newcomer } from './newcomers.ts'
import { OpenTime } from './open-time.ts'
import type { EnginePorts } from './ports.ts'
import { CountMismatch } from './count.ts'
import type { Pace } from './pace.ts'
import { familiesOf, keepSome } from './sample.ts'
import { addBusy, addSums, isStopped, rowsIn, setAside, settle, type Tally } from './tally.ts'

/** `again`: later may be better. `smaller`: some row of it is at fault. `stop`: nobody should write now. */
type Verdict = 'again' | 'smaller' | 'stop'

/** One of those that write at the same time. */
export interface Writer {
  readonly pace: Pace
  /** Name under which its cursor is kept; no other writer's. */
  readonly cursor: string
  readonly nextSeq: () => bigint
}

const mostTries = 5
/**
 * Milliseconds that a pass may spend, in all, on tries that met rows which somebody works on, and on the waits after
 * them. One row that the site writes without rest, and on which thousands hang, would else hold up the run for a
 * second and more for each of them; beyond it each is tried once, and the sweep tries all of them again.
 */
export const mostWaiting = 60_000

/** Adds to `total` what became of the batch. Once the pace says that this is the end, the rest is for the next run. */
export async function applyHoweverHard(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  batch: readonly Candidate[],
  writer: Writer,
  total: Tally,
): Promise<void> {
  const queue: (readonly Candidate[])[] = [batch]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (next !== batch && (await mustEnd(writer.pace, total))) return
    const failure = await tryRepeatedly(ports, policy, place, next, writer, total)
    if (failure === null) continue
    const keys = next.map(({ key }) => key)
    if (failure.verdict === 'stop') total.stopped = failure.code
    else if (next.length > 1) queue.unshift(next.slice(0, next.length >> 1), next.slice(next.length >> 1))
    else {
      settle(total, next)
      if (failure.verdict === 'again') addBusy(total, keys)
      else setAside(total, keys, failure.code)
    }
  }
}

/** Waits for the turn. Whether another writer, an operator, the clock or the site has said a word meanwhile. */
export async function mustEnd(pace: Pace, total: Tally): Promise<boolean> {
  const word = total.stopped ?? (await pace.turn())
  // Another writer may have said one first.
  total.stopped ??= word
  return isStopped(total)
}

interface Failure {
  readonly verdict: Verdict
  readonly code: string
}

/** Null: it is done, or nothing more may be written. */
async function tryRepeatedly(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  batch: readonly Candidate[],
  writer: Writer,
  total: Tally,
): Promise<Failure | null> {
  let failure: Failure = { verdict: 'again', code: 'busy' }
  for (let tries = 1; tries <= mostTries; tries += 1) {
    if (tries > 1 && (await mustEnd(writer.pace, total))) return null
    const begun = ports.stopwatch()
    const open = new OpenTime(ports.stopwatch)
    const result = await tryOnce(ports, policy, place, batch, writer, total, open)
    if ('done' in result) {
      writer.pace.took({
        milliseconds: open.milliseconds,
        rows: rowsIn(result.sums),
        end: 'committed',
        asked: batch.length,
        done: result.done,
      })
      total.done += result.done
      total.entered += result.entered
      settle(total, batch)
      addBusy(total, result.busy)
      addSums(total.sums, result.sums)
      keepSome(total.sample, familiesOf(policy, result.leaving, result.rows), ports.random)
      return null
    }
    failure = result
    writer.pace.took({
      milliseconds: open.milliseconds,
      rows: 0,
      end: failure.verdict === 'again' ? 'busy' : 'failed',
      asked: batch.length,
    })
    if (failure.verdict !== 'again') return failure
    const isHeld = isHeldByOthers(failure)
    if (isHeld) total.waited += ports.stopwatch() - begun
    const isLast = isHeld && total.waited >= mostWaiting
    // Two writers of ours that met must not meet again at once, each with a half.
    if (isLast && failure.code === 'deadlock') await ports.sleep(jitter(ports, 50))
    if (isLast) return failure
    const milliseconds = jitter(ports, 50 * 2 ** tries)
    if (isHeld) total.waited += milliseconds
    await ports.sleep(milliseconds)
  }
  // A server that is gone is gone for every smaller batch too.
  return failure.code === 'connection lost' ? { verdict: 'stop', code: failure.code } : failure
}

async function tryOnce(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  batch: readonly Candidate[],
  writer: Writer,
  total: Tally,
  open: OpenTime,
): Promise<BatchResult | Failure> {
  const { token } = place.lease
  const at = { cursor: writer.cursor, seq: writer.nextSeq() }
  const countFirst = total.heavy
  try {
    const outcome = await applyBatch(ports, policy, place, batch, at, countFirst, open)
    switch (outcome.state) {
      case 'committed':
        return outcome.value
      case 'rolled back':
        return classify(outcome.error)
      case 'unknown':
        open.lose()
        return await resolve(ports, place, at, outcome.attempted)
    }
  } catch (error) {
    if (error instanceof Newcomer) return { verdict: 'again', code: 'newcomer' }
    if (error instanceof TooHeavy) {
      total.heavy = true
      return { verdict: countFirst ? 'smaller' : 'again', code: 'too heavy' }
    }
    if (error instanceof CountMismatch) return { verdict: 'smaller', code: 'count' }
    // Whose it is keeps everything, and is told by reference.
    if (error instanceof UnreadableDocument) return { verdict: 'smaller', code: 'unreadable json' }
    if (error instanceof DatabaseError) return classify(error)
    // Another writer of this very run has raised the token, or is about to know that it has.
    if (isFenced(error)) await place.lease.raising
    if (isFenced(error) && place.lease.token !== token) return { verdict: 'again', code: 'fenced' }
    throw error
  }
}

/** By whoever works on its rows, the site or another writer of ours; the server is not at fault. */
function isHeldByOthers({ code }: Failure): boolean {
  return locks.has(code)
}

const locks: ReadonlySet<string> = new Set(['newcomer', 'deadlock', 'lock wait', 'no wait'])

function isFenced(error: unknown): boolean {
  return error instanceof OubliError && error.code === 'E_FENCED'
}

/**
 * The answer to COMMIT was lost. Raising the token waits for the old session, if it still lives, to end; then
 * the cursor, written in the same transaction, says what became of it. Without its word nothing is tried again:
 * what may have been done would count for nothing, and the slice would be exceeded.
 */
async function resolve(
  ports: EnginePorts,
  place: RunPlace,
  at: CursorPlace,
  attempted: BatchResult | null,
): Promise<BatchResult | Failure> {
  try {
    return await patiently(ports, async () => {
      await raise(ports, place.lease)
      const cursor = await readCursor(ports.database, place.run, at.cursor)
      if (cursor?.seq === at.seq && attempted !== null) return attempted
      return { verdict: 'again', code: 'connection lost' }
    })
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    return { verdict: 'stop', code: error.kind }
  }
}

/** A server that restarts is back in seconds; until then the question is asked again. */
export async function patiently<T>(ports: EnginePorts, ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask()
    } catch (error) {
      if (!isLost(error) || tries === mostTries) throw error
    }
    await ports.sleep(jitter(ports, 50 * 2 ** tries))
  }
}

function isLost(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.kind === 'connection lost'
}

/** One after the other: two writers that lost their line must not take each other for a stranger. */
export async function raise(ports: EnginePorts, lease: RunPlace['lease']): Promise<void> {
  const raised = (lease.raising ?? Promise.resolve()).then(async () => {
    lease.token = await raiseToken(ports.database, lease.name, lease.token)
  })
  lease.raising = raised.catch(() => undefined)
  await raised
}

function classify(error: unknown): Failure {
  if (!(error instanceof DatabaseError)) throw error
  if (concernsEveryRow(error.kind)) return { verdict: 'stop', code: error.kind }
  return passing.has(error.kind)
    ? { verdict: 'again', code: error.kind }
    : { verdict: 'smaller', code: error.code }
}

const passing: ReadonlySet<DatabaseError['kind']> = new Set([
  'deadlock',
  'lock wait',
  'no wait',
  'connection lost',
] as const)

/** Full jitter: two hosts that collided do not collide again at once. */
export function jitter(ports: EnginePorts, most: number): number {
  const bytes = ports.random(2)
  return Math.round((most * ((bytes[0] ?? 0) * 256 + (bytes[1] ?? 0))) / 65_535)
}
