/** The MariaDB of the benchmark: its own, durable as a production server, and what is read from it while it works. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startMariaDb } from '../test/mariadb-server.ts'
import { cpuSeconds } from './process-use.ts'
import { openSql, type Sql } from './sql.ts'

export const serverFlags: readonly string[] = [
  '--innodb-flush-log-at-trx-commit=1',
  '--sync-binlog=1',
  '--innodb-flush-method=O_DIRECT',
  '--innodb-buffer-pool-size=4G',
  '--innodb-log-file-size=1G',
  '--innodb-io-capacity=2000',
  '--innodb-flush-neighbors=0',
  '--log-bin=binlog',
  '--server-id=1',
  '--binlog-format=ROW',
  '--max-binlog-size=1G',
  '--character-set-server=utf8mb4',
  '--collation-server=utf8mb4_general_ci',
  // Restoring a table reads one and writes the other in one statement.
  '--innodb-autoinc-lock-mode=2',
]

/** What the server has done since it started. */
export interface Reading {
  /** Rows deleted and rows updated. */
  readonly written: number
  /** Transactions that InnoDB's own purge has still to follow. */
  readonly history: number
  /** Processor time of the server in seconds. */
  readonly cpu: number
}

export interface BenchServer {
  readonly port: number
  readonly admin: Sql
  read(): Promise<Reading>
  /** Rows that the server has read since it started, but for those of these readings themselves. */
  rowsRead(): Promise<number>
  /** Waits for InnoDB's own purge. Seconds; null: not within two minutes, or not by the deadline. */
  drain(): Promise<number | null>
  /** A new, empty schema and a connection to it that stays out of the binary log. */
  schema(name: string): Promise<Sql>
  stop(): Promise<void>
}

/**
 * At rest: nothing to follow, or little and no work on it for a while. One huge transaction counts as one, and
 * the purge takes a second to wake up.
 */
const rest = { history: 4, milliseconds: 1500, share: 0.2 }
const look = 100
const drainAtMost = 120_000
/** Behind the deadline. */
const lateDrainAtMost = 5_000

/** `deadline` by `performance.now()`: from then on no drain is waited for long. */
export async function startServer(deadline: number): Promise<BenchServer> {
  const server = await startMariaDb({ flags: serverFlags })
  const { port } = server
  const admin = await openSql({ port, database: 'mysql' })
  await requireDurable(admin)
  const pid = await serverPid(admin)
  const connections: Sql[] = []
  const read = async (): Promise<Reading> => {
    const found = await statusOf(admin, 'GLOBAL', [
      'Handler_delete',
      'Handler_update',
      'Innodb_history_list_length',
    ])
    return {
      written: (found.get('handler_delete') ?? 0) + (found.get('handler_update') ?? 0),
      history: found.get('innodb_history_list_length') ?? 0,
      cpu: cpuSeconds(pid) ?? NaN,
    }
  }
  return {
    port,
    admin,
    read,
    rowsRead: () => rowsRead(admin),
    drain: async () => {
      const from = performance.now()
      const until = Math.min(from + drainAtMost, Math.max(deadline, from + lateDrainAtMost))
      let calmSince: number | null = from
      let last = { at: from, cpu: (await read()).cpu }
      for (;;) {
        const { history, cpu } = await read()
        const at = performance.now()
        if (history === 0) return (at - from) / 1000
        const calm = history <= rest.history && cpu - last.cpu < (rest.share * (at - last.at)) / 1000
        if (!calm) calmSince = null
        else calmSince ??= last.at
        if (calmSince !== null && at - calmSince > rest.milliseconds) return (calmSince - from) / 1000
        if (at > until) return null
        last = { at, cpu }
        await sleep(look)
      }
    },
    schema: async (name) => {
      await admin.run(`DROP DATABASE IF EXISTS ${name}; CREATE DATABASE ${name} CHARACTER SET utf8mb4`)
      const sql = await openSql({ port, database: name })
      connections.push(sql)
      await sql.run('SET SESSION sql_log_bin = 0, unique_checks = 0, foreign_key_checks = 0')
      return sql
    },
    stop: async () => {
      await Promise.allSettled([...connections, admin].map((one) => one.close()))
      await server.stop()
    },
  }
}

/** Commits that cost less than in production would flatter whoever commits often. */
async function requireDurable(admin: Sql): Promise<void> {
  const [row] = await admin.rows(
    'SELECT @@innodb_flush_log_at_trx_commit AS log, @@sync_binlog AS binlog, @@log_bin AS bin, @@binlog_format AS format',
  )
  const found = ['log', 'binlog', 'bin', 'format'].map((name) => row?.[name] ?? '').join(' ')
  if (found !== '1 1 1 ROW') throw new Error(`expected a durable server (1 1 1 ROW), found ${found}`)
}

async function serverPid(admin: Sql): Promise<number> {
  const [row] = await admin.rows('SELECT @@pid_file AS file, @@datadir AS folder')
  const file = row?.['file'] ?? ''
  const path = file.startsWith('/') ? file : `${row?.['folder'] ?? ''}${file}`
  return Number(readFileSync(path, 'utf8'))
}

const reads = ['first', 'key', 'last', 'next', 'prev', 'rnd', 'rnd_next'].map((one) => `Handler_read_${one}`)

async function rowsRead(admin: Sql): Promise<number> {
  const everybody = await statusOf(admin, 'GLOBAL', reads)
  const own = await statusOf(admin, 'SESSION', reads)
  const sum = (found: ReadonlyMap<string, number>): number =>
    [...found.values()].reduce((total, one) => total + one, 0)
  return sum(everybody) - sum(own)
}

async function statusOf(
  admin: Sql,
  scope: 'GLOBAL' | 'SESSION',
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = await admin.rows(
    `SHOW ${scope} STATUS WHERE Variable_name IN (${names.map((name) => `'${name}'`).join(', ')})`,
  )
  return new Map(found.map((row) => [(row['Variable_name'] ?? '').toLowerCase(), Number(row['Value'])]))
}
