/** The lease of a job and its fence, statement by statement as in `db/own/lease.ts`. */
import type { Instant } from '../../base/clock.ts'
import { Failure, type Steps, type Tx } from './server.ts'
import { lock, transaction } from './transaction.ts'
import type { Process } from './world.ts'

/** A holder that was not heard of for so long may be replaced. */
const lifetime = 60_000

export interface Held {
  readonly name: string
  token: number
}

/** Null: somebody else holds it. */
export function* takeLease(process: Process, name: string, now: Instant): Steps<Held | null> {
  const outcome = yield* transaction(process, function* (tx) {
    yield* lock(tx, 'heartbeat', name, 'exclusive')
    const beat = tx.get('heartbeat', name)
    if (beat !== undefined && beat.owner !== '' && beat.until > now) return null
    tx.put('heartbeat', name, { owner: process.name, until: now + lifetime })
    yield* lock(tx, 'lease', name, 'exclusive')
    const token = (tx.get('lease', name)?.token ?? 0) + 1
    tx.put('lease', name, { owner: process.name, token })
    return { name, token }
  })
  if (outcome.state === 'committed') return outcome.value
  // Lost answer or lock wait: the caller has no lease, and what was taken runs out.
  return null
}

export function* release(process: Process, name: string): Steps<void> {
  yield* transaction(process, function* (tx) {
    yield* lock(tx, 'heartbeat', name, 'exclusive')
    if (tx.get('heartbeat', name)?.owner === process.name) tx.put('heartbeat', name, { owner: '', until: 0 })
  })
}

/** Reads the fence with a shared lock that stands until the transaction ends. */
export function* assertFence(process: Process, tx: Tx, held: Held): Steps<void> {
  tx.fence = held.token
  if (process.world.defect === 'fence ignored') return
  yield* lock(tx, 'lease', held.name, 'shared')
  if (tx.get('lease', held.name)?.token !== held.token) throw new Failure('fenced')
}

const patience = 20

/** Waits for every transaction that read the old token; afterwards none of them can still commit. */
export function* raiseToken(process: Process, held: Held): Steps<number> {
  if (process.server.committed.get('lease', held.name)?.token !== held.token) throw new Failure('fenced')
  for (let tries = 1; tries <= patience; tries += 1) {
    const outcome = yield* transaction(process, function* (tx) {
      yield* lock(tx, 'lease', held.name, 'exclusive')
      const row = tx.get('lease', held.name)
      if (row?.owner !== process.name) return null
      tx.put('lease', held.name, { owner: row.owner, token: row.token + 1 })
      return row.token + 1
    })
    if (outcome.state !== 'committed') continue
    if (outcome.value === null) throw new Failure('fenced')
    return outcome.value
  }
  throw new Failure('old session')
}
