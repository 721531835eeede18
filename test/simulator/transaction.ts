/** How a process uses the server: it waits for locks, and learns how its transactions ended, or not. */
import type { Outcome } from '../../db/session.ts'
import {
  Failure,
  type CommitFate,
  type LockMode,
  type OpenTx,
  type Server,
  type Steps,
  type Tx,
} from './server.ts'
import type { TableName } from './tables.ts'

/** Steps that a statement waits for a lock before it gives up. */
const lockWait = 12

export function* lock(tx: Tx, table: TableName, key: string, mode: LockMode): Steps<void> {
  for (let waits = 0; !tx.tryLock(table, key, mode); waits += 1) {
    if (waits === lockWait) throw new Failure('lock wait')
    yield `waits for ${table}`
  }
}

/** What a process brings to its transactions, and what is told of their ends. */
export interface Client {
  readonly server: Server
  /** Asked once for each COMMIT. */
  readonly fate: () => CommitFate
  /** Steps that a session of this client outlives it. */
  readonly outlives: () => number
  /** The transaction that is open, so that a crash knows what to leave behind. */
  open: { readonly tx: OpenTx; sent: boolean } | null
  readonly onLost: (commit: LostCommit) => void
}

export interface LostCommit {
  fate: 'done' | 'failed' | null
}

/** As the wrapper in `db/`: after an error nothing of it stands, and an unknown end is called so. */
export function* transaction<T>(client: Client, work: (tx: Tx) => Steps<T>): Steps<Outcome<T>> {
  const { server } = client
  const tx = server.begin()
  const open = { tx, sent: false }
  client.open = open
  try {
    const value = yield* work(tx)
    open.sent = true
    yield 'before commit'
    return commit(client, tx, value)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (error.kind === 'connection lost') server.linger(tx, 'rollback', client.outlives(), () => undefined)
    else tx.rollback()
    return { state: 'rolled back', error }
  } finally {
    if (client.open === open) client.open = null
  }
}

function commit<T>(client: Client, tx: OpenTx, value: T): Outcome<T> {
  const fate = client.fate()
  if (fate === 'answered') {
    tx.commit()
    return { state: 'committed', value }
  }
  const lost: LostCommit = { fate: null }
  client.onLost(lost)
  const error = new Failure('connection lost')
  if (fate === 'answer lost') {
    tx.commit()
    lost.fate = 'done'
  } else {
    const end = fate === 'late' ? 'commit' : 'rollback'
    client.server.linger(tx, end, client.outlives(), () => {
      lost.fate = end === 'commit' ? 'done' : 'failed'
    })
  }
  return { state: 'unknown', error }
}

/** A transaction that is tried again while it is certainly rolled back, as the mail jobs do. */
export function* insist<T>(client: Client, work: (tx: Tx) => Steps<T>): Steps<Outcome<T>> {
  for (let tries = 1; ; tries += 1) {
    const outcome = yield* transaction(client, work)
    if (outcome.state !== 'rolled back' || tries === 3) return outcome
    yield 'tries again'
  }
}
