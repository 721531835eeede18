/** Applies one batch whatever happens to it: retries, halves, resolves a lost COMMIT, sets a single row aside. */
import type { Key } from '../base/subject-ref.ts'
import { DatabaseError } from '../db/database-error.ts'
import { readCursor } from '../db/own/cursor.ts'
import { raiseToken } from '../db/own/lease.ts'
import type { Candidate } from '../db/site/candidates.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { applyBatch, type BatchResult, type RunPlace } from './apply-batch.ts'
import { TooHeavy } from './collect.ts'
import { Newcomer } from './newcomers.ts'
import type { EnginePorts } from './ports.ts'
import { CountMismatch } from './count.ts'
import type { Counts } from './write.ts'

/** `again`: later may be better. `smaller`: some row of it is at fault. `stop`: nobody should write now. */
type Verdict = 'again' | 'smaller' | 'stop'

export interface Applied {
  readonly done: Key[]
  /** Somebody worked on them each time; the next run tries again. */
  busy: number
  readonly setAside: { readonly key: Key; readonly code: string }[]
  readonly counts: Counts[]
  /** Code of the reason why nothing more may be written. */
  stopped: string | null
}

const mostTries = 5

export async function applyHoweverHard(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  batch: readonly Candidate[],
  nextSeq: () => bigint,
): Promise<Applied> {
  const applied: Applied = { done: [], busy: 0, setAside: [], counts: [], stopped: null }
  const queue: (readonly Candidate[])[] = [batch]
  for (let next = queue.shift(); next !== undefined && applied.stopped === null; next = queue.shift()) {
    const failure = await tryRepeatedly(ports, policy, place, next, nextSeq, applied)
    if (failure === null) continue
    if (failure.verdict === 'stop') applied.stopped = failure.code
    else if (next.length > 1) queue.unshift(next.slice(0, next.length >> 1), next.slice(next.length >> 1))
    else if (failure.verdict === 'again') applied.busy += 1
    else applied.setAside.push(...next.map(({ key }) => ({ key, code: failure.code })))
  }
  return applied
}

interface Failure {
  readonly verdict: Verdict
  readonly code: string
}

async function tryRepeatedly(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  batch: readonly Candidate[],
  nextSeq: () => bigint,
  applied: Applied,
): Promise<Failure | null> {
  let failure: Failure = { verdict: 'again', code: 'busy' }
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const result = await tryOnce(ports, policy, place, batch, nextSeq())
    if ('done' in result) {
      applied.done.push(...result.done)
      applied.busy += result.busy
      applied.counts.push(result.counts)
      return null
    }
    failure = result
    if (failure.verdict !== 'again') return failure
    await ports.sleep(jitter(ports, 50 * 2 ** tries))
  }
  return failure
}

async function tryOnce(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  batch: readonly Candidate[],
  seq: bigint,
): Promise<BatchResult | Failure> {
  try {
    const outcome = await applyBatch(ports, policy, place, batch, seq)
    switch (outcome.state) {
      case 'committed':
        return outcome.value
      case 'rolled back':
        return classify(outcome.error)
      case 'unknown':
        return await resolve(ports, policy, place, seq, outcome.attempted)
    }
  } catch (error) {
    if (error instanceof Newcomer) return { verdict: 'again', code: 'newcomer' }
    if (error instanceof TooHeavy) return { verdict: 'smaller', code: 'too heavy' }
    if (error instanceof CountMismatch) return { verdict: 'smaller', code: 'count' }
    if (error instanceof DatabaseError) return classify(error)
    throw error
  }
}

/**
 * The answer to COMMIT was lost. Raising the token waits for the old session, if it still lives, to end; then
 * the cursor, written in the same transaction, says what became of it.
 */
async function resolve(
  ports: EnginePorts,
  policy: CompiledPolicy,
  place: RunPlace,
  seq: bigint,
  attempted: BatchResult | null,
): Promise<BatchResult | Failure> {
  place.lease.token = await raiseToken(ports.database, place.lease.name, place.lease.token)
  const cursor = await readCursor(ports.database, place.run, policy.policy.id)
  if (cursor?.seq === seq && attempted !== null) return attempted
  return { verdict: 'again', code: 'connection lost' }
}

function classify(error: unknown): Failure {
  if (!(error instanceof DatabaseError)) throw error
  switch (error.kind) {
    case 'deadlock':
    case 'lock wait':
    case 'no wait':
    case 'connection lost':
      return { verdict: 'again', code: error.kind }
    case 'duplicate':
    case 'foreign key':
    case 'other':
      return { verdict: 'smaller', code: error.code }
    case 'not writable':
    case 'killed':
    case 'safe update':
      return { verdict: 'stop', code: error.kind }
  }
}

/** Full jitter: two hosts that collided do not collide again at once. */
function jitter(ports: EnginePorts, most: number): number {
  const bytes = ports.random(2)
  return Math.round((most * ((bytes[0] ?? 0) * 256 + (bytes[1] ?? 0))) / 65_535)
}
