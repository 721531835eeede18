/** What doctor asks the server about itself. */
import type { Instant } from '../base/clock.ts'
import { isReadOnly } from './load.ts'
import { isSandbox, serverNow } from './server-clock.ts'
import type { Database } from './session.ts'

export interface ServerFacts {
  readonly version: string
  readonly now: Instant
  readonly sandbox: boolean
  readonly readOnly: boolean
  /** New connections of the site check foreign keys unless they switch it off themselves. */
  readonly checksForeignKeys: boolean
  /** The binary log is on and keeps statements only. */
  readonly statementBinlog: boolean
  /** Whole days for which the binary log is kept; 0: for ever; null: it is off. */
  readonly binlogDays: number | null
  /** What a session like ours writes into the binary log beyond the changed columns and the keys. */
  readonly binlogKeeps: { readonly wholeRows: boolean; readonly statements: boolean }
}

const nothingKept = { wholeRows: false, statements: false }

export async function readServerFacts(database: Database): Promise<ServerFacts> {
  const now = await serverNow(database)
  const sandbox = await isSandbox(database)
  if (database.dialect.name === 'sqlite') {
    const [row] = await database.rows({ text: 'SELECT sqlite_version() AS version', values: [] })
    return {
      version: `SQLite ${text(row?.['version'])}`,
      now,
      sandbox,
      readOnly: false,
      checksForeignKeys: await checksForeignKeys(database),
      statementBinlog: false,
      binlogDays: null,
      binlogKeeps: nothingKept,
    }
  }
  const [row] = await database.rows({
    text: 'SELECT VERSION() AS version, @@log_bin AS log_bin, @@binlog_format AS format',
    values: [],
  })
  const logs = text(row?.['log_bin']) === '1'
  return {
    version: text(row?.['version']),
    now,
    sandbox,
    readOnly: await isReadOnly(database),
    checksForeignKeys: await checksForeignKeys(database),
    statementBinlog: logs && text(row?.['format']) === 'STATEMENT',
    binlogDays: logs ? await binlogDays(database) : null,
    binlogKeeps: logs ? await binlogKeeps(database) : nothingKept,
  }
}

/** True on SQLite, where nobody writes beside a transaction of ours. */
export async function checksForeignKeys(database: Database): Promise<boolean> {
  if (database.dialect.name === 'sqlite') return true
  const [row] = await database.rows({ text: 'SELECT @@global.foreign_key_checks AS checks', values: [] })
  return text(row?.['checks']) !== '0'
}

/** Read in a session that has wished for less: what still stands, its account may not switch. */
async function binlogKeeps(database: Database): Promise<ServerFacts['binlogKeeps']> {
  const names = ['binlog_row_image', 'binlog_annotate_row_events', 'binlog_rows_query_log_events']
  const rows = await database.rows({
    text: 'SHOW SESSION VARIABLES WHERE Variable_name IN (?, ?, ?)',
    values: names,
  })
  const value = (name: string): string => text(rows.find((row) => row['Variable_name'] === name)?.['Value'])
  return {
    wholeRows: value('binlog_row_image') !== 'MINIMAL',
    statements: names.slice(1).some((name) => value(name) === 'ON'),
  }
}

/** Older servers (MariaDB before 10.6) count in days alone; MySQL counts in them where no seconds are set. */
async function binlogDays(database: Database): Promise<number> {
  const names = ['binlog_expire_logs_seconds', 'expire_logs_days', 'binlog_expire_logs_auto_purge']
  const rows = await database.rows({
    text: 'SHOW GLOBAL VARIABLES WHERE Variable_name IN (?, ?, ?)',
    values: names,
  })
  const [seconds = '', days = '', purge] = names.map((name) =>
    text(rows.find((row) => row['Variable_name'] === name)?.['Value']),
  )
  if (purge === 'OFF') return 0
  return Math.ceil(Number(seconds) > 0 ? Number(seconds) / 86_400 : Number(days))
}

function text(value: string | null | Uint8Array | undefined): string {
  return typeof value === 'string' ? value : ''
}
