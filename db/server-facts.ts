/** What doctor asks the server about itself. */
import type { Instant } from '../base/clock.ts'
import { isSandbox, serverNow } from './server-clock.ts'
import type { Database } from './session.ts'

export interface ServerFacts {
  readonly version: string
  readonly now: Instant
  readonly sandbox: boolean
  readonly readOnly: boolean
  /** The binary log is on and keeps statements only. */
  readonly statementBinlog: boolean
  /** Whole days for which the binary log is kept; 0: for ever; null: it is off. */
  readonly binlogDays: number | null
}

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
      statementBinlog: false,
      binlogDays: null,
    }
  }
  const [row] = await database.rows({
    text: 'SELECT VERSION() AS version, @@global.read_only AS read_only, @@log_bin AS log_bin, @@binlog_format AS format',
    values: [],
  })
  const logs = text(row?.['log_bin']) === '1'
  return {
    version: text(row?.['version']),
    now,
    sandbox,
    readOnly: text(row?.['read_only']) !== '0',
    statementBinlog: logs && text(row?.['format']) === 'STATEMENT',
    binlogDays: logs ? await binlogDays(database) : null,
  }
}

async function binlogDays(database: Database): Promise<number> {
  const rows = await database.rows({ text: "SHOW GLOBAL VARIABLES LIKE '%logs_seconds'", values: [] })
  const seconds = Number(rows[0]?.['Value'] ?? 0)
  return Math.ceil(seconds / 86_400)
}

function text(value: string | null | Uint8Array | undefined): string {
  return typeof value === 'string' ? value : ''
}
