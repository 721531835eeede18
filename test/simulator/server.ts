/**
 * A database server in memory: committed rows, transactions that read committed rows and their own, row locks,
 * and sessions that outlive their client. A COMMIT can be lost on its way there or back, or arrive late.
 */
import { tableNames, type Rows, type TableName } from './tables.ts'

/** What a process does, a step at a time; between two steps anybody else may have a turn. */
export type Steps<T> = Generator<string, T>

export type LockMode = 'shared' | 'exclusive'

/** What a statement can fail with; the names are those of `DatabaseError`. */
export class Failure extends Error {
  readonly kind: 'lock wait' | 'no wait' | 'connection lost' | 'fenced' | 'old session' | 'busy'
  constructor(kind: Failure['kind']) {
    super(kind)
    this.name = 'Failure'
    this.kind = kind
  }
}

/** How the next COMMIT of a process goes. `late`: the server carries it out after the client has given up. */
export type CommitFate = 'answered' | 'answer lost' | 'never arrives' | 'late'

export interface Reader {
  get<T extends TableName>(table: T, key: string): Rows[T] | undefined
  all<T extends TableName>(table: T): Iterable<readonly [string, Rows[T]]>
}

export interface Tx extends Reader {
  put<T extends TableName>(table: T, key: string, row: Rows[T]): void
  remove(table: TableName, key: string): void
  /** False: somebody else holds it. */
  tryLock(table: TableName, key: string, mode: LockMode): boolean
  /** Fence that the transaction has read; for the invariants. */
  fence: number | null
}

export interface OpenTx extends Tx {
  commit(): void
  rollback(): void
}

export interface Server {
  readonly committed: Reader
  /** Grows with every commit that changed something that an invariant looks at. */
  version(): number
  /** The live rows. */
  table<T extends TableName>(table: T): ReadonlyMap<string, Rows[T]>
  count(table: TableName): number
  /** Grows with every commit that wrote into the table. */
  versionOf(table: TableName): number
  begin(): OpenTx
  /** A session whose client is gone: after so many steps the server ends it. */
  linger(tx: OpenTx, end: 'commit' | 'rollback', steps: number, ended: () => void): void
  /** One step passes for lingering sessions. */
  tick(): void
  lingering(): number
  /** Fence of the transaction that was committed last. */
  lastFence(): number | null
  /** Numbers rows as AUTO_INCREMENT does: never given back by a rollback. */
  nextNumber(): number
}

interface Lock {
  exclusive: object | null
  readonly shared: Set<object>
}

interface Linger {
  readonly tx: OpenTx
  readonly end: 'commit' | 'rollback'
  readonly ended: () => void
  steps: number
}

type Tables = { readonly [T in TableName]: Map<string, Rows[T]> }

/** Tables in which nothing can go wrong by itself. */
const unseen: ReadonlySet<TableName> = new Set([
  'lease',
  'heartbeat',
  'runs',
  'results',
  'terms',
  'approvals',
])

export function createServer(): Server {
  const tables = Object.fromEntries(tableNames.map((name) => [name, new Map()])) as unknown as Tables
  const locks = new Map<string, Lock>()
  let lingering: Linger[] = []
  const versions: Partial<Record<TableName, number>> = {}
  let version = 0
  let number = 0
  let lastFence: number | null = null
  const committed: Reader = {
    get: (table, key) => tables[table].get(key),
    all: (table) => tables[table].entries(),
  }
  const begin = (): OpenTx =>
    openTx(tables, locks, (changed, fence) => {
      for (const table of changed) {
        versions[table] = (versions[table] ?? 0) + 1
        if (!unseen.has(table)) version += 1
      }
      lastFence = fence
    })
  const tick = (): void => {
    if (lingering.length === 0) return
    for (const one of lingering) one.steps -= 1
    const over = lingering.filter(({ steps }) => steps <= 0)
    lingering = lingering.filter(({ steps }) => steps > 0)
    for (const { tx, end, ended } of over) {
      if (end === 'commit') tx.commit()
      else tx.rollback()
      ended()
    }
  }
  return {
    committed,
    version: () => version,
    table: (table) => tables[table],
    count: (table) => tables[table].size,
    versionOf: (table) => versions[table] ?? 0,
    begin,
    linger: (tx, end, steps, ended) => void lingering.push({ tx, end, steps, ended }),
    tick,
    lingering: () => lingering.length,
    lastFence: () => lastFence,
    nextNumber: () => (number += 1),
  }
}

type Written = Map<string, unknown>

function openTx(
  tables: Tables,
  locks: Map<string, Lock>,
  ended: (changed: readonly TableName[], fence: number | null) => void,
): OpenTx {
  const own = new Map<TableName, Written>()
  const held: string[] = []
  const tx: OpenTx = {
    fence: null,
    get: <T extends TableName>(table: T, key: string) => {
      const written = own.get(table)
      if (written?.has(key) === true) return written.get(key) as Rows[T] | undefined
      return tables[table].get(key)
    },
    all: <T extends TableName>(table: T) => {
      const written = own.get(table)
      if (written === undefined) return tables[table].entries()
      const rows = new Map<string, Rows[T]>(tables[table])
      for (const [key, row] of written)
        if (row === undefined) rows.delete(key)
        else rows.set(key, row as Rows[T])
      return rows.entries()
    },
    put: (table, key, row) => {
      write(table, key, row)
    },
    remove: (table, key) => {
      write(table, key, undefined)
    },
    tryLock: (table, key, mode) => {
      const name = `${table}/${key}`
      if (!take(locks, name, tx, mode)) return false
      held.push(name)
      return true
    },
    commit: () => {
      for (const [table, rows] of own)
        for (const [key, row] of rows) {
          const target = tables[table] as Map<string, unknown>
          if (row === undefined) target.delete(key)
          else target.set(key, row)
        }
      ended([...own.keys()], tx.fence)
      release()
    },
    rollback: release,
  }
  function write(table: TableName, key: string, row: unknown): void {
    // A writer waits for its row; waiting is written out where it matters, so here it has come too late.
    if (!tx.tryLock(table, key, 'exclusive')) throw new Failure('lock wait')
    const rows = own.get(table) ?? new Map<string, unknown>()
    rows.set(key, row)
    own.set(table, rows)
  }
  function release(): void {
    own.clear()
    for (const name of held.splice(0)) {
      const lock = locks.get(name)
      if (lock === undefined) continue
      if (lock.exclusive === tx) lock.exclusive = null
      lock.shared.delete(tx)
      if (lock.exclusive === null && lock.shared.size === 0) locks.delete(name)
    }
  }
  return tx
}

function take(locks: Map<string, Lock>, name: string, tx: object, mode: LockMode): boolean {
  const lock = locks.get(name)
  if (lock === undefined) {
    locks.set(
      name,
      mode === 'exclusive'
        ? { exclusive: tx, shared: new Set() }
        : { exclusive: null, shared: new Set([tx]) },
    )
    return true
  }
  if (lock.exclusive !== null && lock.exclusive !== tx) return false
  if (mode === 'shared') {
    lock.shared.add(tx)
    return true
  }
  if ([...lock.shared].some((one) => one !== tx)) return false
  lock.exclusive = tx
  return true
}
