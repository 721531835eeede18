/** What a server says of its own load, for the throttle. Needs no right but on MySQL for the history list. */
import { DatabaseError } from './database-error.ts'
import { unlessDenied } from './denied.ts'
import type { Database, Row } from './session.ts'

/** Null: the server does not say. Times are milliseconds, counters run since the server started. */
export interface LoadNow {
  readonly threadsRunning: number | null
  readonly historyList: number | null
  readonly rowLockTime: number | null
  readonly rowLockWaits: number | null
  readonly rowLockWaiting: number | null
  readonly readOnly: boolean
}

const names = {
  threadsRunning: 'Threads_running',
  historyList: 'Innodb_history_list_length',
  rowLockTime: 'Innodb_row_lock_time',
  rowLockWaits: 'Innodb_row_lock_waits',
  rowLockWaiting: 'Innodb_row_lock_current_waits',
} as const

/** SQLite has no load to tell of: everything is null, and it can be written. */
export async function readLoad(database: Database): Promise<LoadNow> {
  if (database.dialect.name === 'sqlite') return { ...nothing, readOnly: false }
  const wanted = Object.values(names)
  const found = await database.rows({
    text: `SHOW GLOBAL STATUS WHERE Variable_name IN (${wanted.map(() => '?').join(', ')})`,
    values: wanted,
  })
  const values = new Map(
    found.map((row) => [textOf(row, 'Variable_name').toLowerCase(), textOf(row, 'Value')]),
  )
  const valueOf = (name: string): number | null => numberOf(values.get(name.toLowerCase()))
  return {
    threadsRunning: valueOf(names.threadsRunning),
    historyList: valueOf(names.historyList) ?? (await historyOfMysql(database)),
    rowLockTime: valueOf(names.rowLockTime),
    rowLockWaits: valueOf(names.rowLockWaits),
    rowLockWaiting: valueOf(names.rowLockWaiting),
    readOnly: await isReadOnly(database),
  }
}

const nothing = {
  threadsRunning: null,
  historyList: null,
  rowLockTime: null,
  rowLockWaits: null,
  rowLockWaiting: null,
}

/** Newer MariaDB has words in the place of 0 and 1. */
export async function isReadOnly(database: Database): Promise<boolean> {
  const [row] = await database.rows({ text: 'SELECT @@global.read_only AS found', values: [] })
  return row !== undefined && !['0', 'OFF', ''].includes(textOf(row, 'found').toUpperCase())
}

/** Null without the right PROCESS, which an account of ours need not have, and where no server counts it. */
async function historyOfMysql(database: Database): Promise<number | null> {
  if (database.dialect.name !== 'mysql') return null
  const rows = await unlessDenied(() =>
    database.rows({
      text: "SELECT `COUNT` AS found FROM information_schema.INNODB_METRICS WHERE NAME = 'trx_rseg_history_len'",
      values: [],
    }),
  ).catch((error: unknown) => {
    if (error instanceof DatabaseError && error.kind === 'other') return null
    throw error
  })
  const [row] = rows ?? []
  return row === undefined ? null : numberOf(textOf(row, 'found'))
}

function textOf(row: Row, column: string): string {
  const value = row[column]
  return typeof value === 'string' ? value : ''
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null
}
