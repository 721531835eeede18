/** A connection of libsql: pragmas at birth, answers as text, and waiting for locks without blocking. */
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import type { Row, Statement } from './session.ts'
import { databaseError } from './database-error.ts'
import type { FailurePhase } from './database-error.ts'
import { checkValues } from './link.ts'
import type { Answer, Link } from './link.ts'

interface PreparedStatement {
  readonly reader: boolean
  all(values: readonly unknown[]): readonly Readonly<Record<string, unknown>>[]
  run(values: readonly unknown[]): { readonly changes: number }
}

/** The part of libsql's connection that is used here. */
export interface SqliteConnection {
  readonly open: boolean
  readonly inTransaction: boolean
  prepare(text: string): PreparedStatement
  defaultSafeIntegers(on: boolean): unknown
  close(): void
}

/**
 * The driver is synchronous: a wait inside SQLite would stop the whole process, also the transaction that
 * is being waited for when it is ours. So SQLite waits for milliseconds and the real wait is here.
 */
const busyTimeoutMs = 5
const retryEveryMs = 10
const lockWaitTries = 300

const pragmas = [
  `PRAGMA busy_timeout = ${busyTimeoutMs}`,
  'PRAGMA foreign_keys = ON',
  'PRAGMA journal_mode = WAL',
  'PRAGMA secure_delete = ON',
]

export async function prepareSqliteConnection(connection: SqliteConnection): Promise<void> {
  connection.defaultSafeIntegers(true)
  for (const text of pragmas) await send(connection, { text, values: [] }, 'connect')
}

export function sqliteLink(connection: SqliteConnection): Link {
  const plain = async (text: string, phase: FailurePhase): Promise<void> => {
    await send(connection, { text, values: [] }, phase)
  }
  return {
    query: (statement, phase = 'statement') => send(connection, statement, phase),
    begin: () => plain('BEGIN IMMEDIATE', 'begin'),
    commit: () => plain('COMMIT', 'commit'),
    rollback: async () => {
      // Some errors end the transaction by themselves.
      if (connection.inTransaction) await plain('ROLLBACK', 'rollback')
    },
    surelyNotCommitted: (error) => !error.code.startsWith('SQLITE_IOERR'),
    spoiledBy: (error) => error.kind === 'lock wait',
  }
}

async function send(
  connection: SqliteConnection,
  statement: Statement,
  phase: FailurePhase,
): Promise<Answer> {
  checkValues(statement)
  // Between transactions the event loop has its turn; otherwise a run of synchronous statements would hear
  // no signal and renew no lease before its end.
  if (!connection.inTransaction) await turn()
  const values = statement.values.map((value) => (Number.isInteger(value) ? BigInt(value as number) : value))
  // Tried again with the same prepared statement: the driver does not reset one that failed, and a new one
  // beside it would find the connection stuck in the snapshot that the old one still holds.
  let prepared: PreparedStatement | undefined
  for (let tries = 1; ; tries += 1) {
    try {
      prepared ??= connection.prepare(statement.text)
      if (!prepared.reader) return { rows: [], matched: prepared.run(values).changes }
      return { rows: prepared.all(values).map(asRow), matched: 0 }
    } catch (thrown) {
      const error = databaseError(thrown, phase)
      if (error.kind !== 'lock wait' || tries === lockWaitTries) throw error
    }
    await sleep(retryEveryMs)
  }
}

function asRow(raw: Readonly<Record<string, unknown>>): Row {
  const row: Record<string, string | null | Uint8Array> = {}
  for (const [name, value] of Object.entries(raw)) row[name] = asValue(value)
  return row
}

function asValue(value: unknown): string | null | Uint8Array {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value).toString() : String(value)
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (value instanceof Uint8Array) return new Uint8Array(value)
  throw new TypeError('the driver returned a value of an unknown type')
}
