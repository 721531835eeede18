/** A technical table in monthly partitions of which the oldest are wholly due: one goes as a whole. */
import { install } from '../installation.ts'
import type { Outcome } from '../outcome.ts'
import { partitioned } from '../pace.ts'
import { timedRounds, type Bench } from '../rounds.ts'
import type { Sql } from '../sql.ts'
import { median } from '../statistics.ts'

const sizes = { full: 500_000, quick: 50_000 }
/** Recent partitions beside the one that goes, of the same size. */
const recent = 3

interface Took {
  /** Seconds of a run that drops the partition, and of one that finds nothing. */
  readonly dropping: number
  readonly nothing: number
  /** Seconds of the statement that drops it, in the server. */
  readonly statement: number
}

export async function partition(bench: Bench): Promise<Outcome> {
  if (partitioned === null) {
    const missing = 'this version has no word for partitions in the data map'
    return { tables: [], figures: { 'partition.seconds': { missing } }, notes: [], rounds: [] }
  }
  const rows = bench.quick ? sizes.quick : sizes.full
  const place = { port: bench.server.port, database: 'bench_partition' }
  const sql = await bench.server.schema(place.database)
  bench.say(`building ${recent + 1} partitions of ${rows} rows`)
  await create(sql, rows)
  const installation = await install(bench.folder, { ...place, kinds, policies: { lines: policy } })
  await installation.approve()
  const run = async (): Promise<number> => {
    await bench.server.drain()
    const from = performance.now()
    await installation.oubli(['run', '--policy', 'lines'])
    return (performance.now() - from) / 1000
  }
  const rounds = await timedRounds(bench, async (round): Promise<Took> => {
    if (round > 1) {
      await putBack(sql, rows)
      await installation.approveAgain()
    }
    await watch(bench)
    const dropping = await run()
    const statement = await statementTime(bench)
    const left = await sql.number('SELECT COUNT(*) FROM line_views WHERE at < UTC_DATE() - INTERVAL 12 MONTH')
    if (left > 0) throw new Error(`the partition was not dropped: ${left} rows are left`)
    const nothing = await run()
    bench.say(`round ${round}: ${(dropping - nothing).toFixed(2)} s more than a run that finds nothing`)
    return { dropping, nothing, statement }
  })
  const middle = (pick: (one: Took) => number): string => median(rounds.map(pick)).toFixed(3)
  return {
    tables: [
      {
        title: `medians in seconds, ${rows} rows`,
        columns: ['run that drops', 'run that finds nothing', 'the statement'],
        rows: [[middle((one) => one.dropping), middle((one) => one.nothing), middle((one) => one.statement)]],
      },
    ],
    figures: { 'partition.seconds': rounds.map((one) => one.dropping - one.nothing) },
    notes: [
      'what a run takes more than one that finds nothing: checks, counting, evidence and the statement',
    ],
    rounds,
  }
}

async function create(sql: Sql, rows: number): Promise<void> {
  const days = [400, 100, 70, 40]
  const bounds = await Promise.all(
    days.map(async (ago) => {
      const [row] = await sql.rows(`SELECT DATE(UTC_DATE() - INTERVAL ${ago} DAY) AS day`)
      return row?.['day'] ?? ''
    }),
  )
  const parts = bounds.map((day, i) => `PARTITION p${i} VALUES LESS THAN ('${day}')`)
  await sql.run(`CREATE TABLE line_views (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, ip VARCHAR(45) NOT NULL,
      url VARCHAR(255) NOT NULL, at DATETIME NOT NULL, PRIMARY KEY (id, at), KEY ats (at)) ENGINE = InnoDB
    PARTITION BY RANGE COLUMNS (at) (${parts.join(', ')}, PARTITION rest VALUES LESS THAN (MAXVALUE))`)
  for (const ago of days) await insertBefore(sql, rows, ago)
  await sql.run('ANALYZE TABLE line_views')
}

/** Rows of the twenty days before. */
async function insertBefore(sql: Sql, rows: number, daysAgo: number): Promise<void> {
  await sql.run(`INSERT INTO line_views (ip, url, at)
    SELECT INET_NTOA((seq * 2654435761) % 4294967296), CONCAT('/catalogue/item/', (seq * 7919) % 999983),
      UTC_DATE() - INTERVAL ${daysAgo + 20} DAY + INTERVAL seq * ${Math.floor((18 * 86_400) / rows)} SECOND
    FROM seq_1_to_${rows}`)
}

/** The dropped partition comes back: the first one that is left is split at its old bound. */
async function putBack(sql: Sql, rows: number): Promise<void> {
  const [first] = await sql.rows(
    "SELECT partition_name AS name, partition_description AS bound FROM information_schema.partitions WHERE table_schema = DATABASE() AND table_name = 'line_views' ORDER BY partition_ordinal_position LIMIT 1",
  )
  const [row] = await sql.rows('SELECT DATE(UTC_DATE() - INTERVAL 400 DAY) AS day')
  await sql.run(`ALTER TABLE line_views REORGANIZE PARTITION ${first?.['name'] ?? ''} INTO
    (PARTITION p0 VALUES LESS THAN ('${row?.['day'] ?? ''}'), PARTITION ${first?.['name'] ?? ''} VALUES LESS THAN (${first?.['bound'] ?? ''}))`)
  await insertBefore(sql, rows, 400)
}

async function watch({ server: { admin } }: Bench): Promise<void> {
  await admin.run(`SET GLOBAL log_output = 'TABLE', long_query_time = 0; TRUNCATE mysql.slow_log;
    SET GLOBAL slow_query_log = 1`)
}

async function statementTime({ server: { admin } }: Bench): Promise<number> {
  await admin.run('SET GLOBAL slow_query_log = 0')
  return await admin.number(
    "SELECT MAX(TIME_TO_SEC(query_time)) FROM mysql.slow_log WHERE sql_text LIKE '%DROP PARTITION%'",
  )
}

const kinds = `  line:
    category: app_log
    table: line_views
    key: [id, at]
    events:
      written: { column: at }
    personal: { ip: truncated_ip }
${partitioned ?? ''}`

const policy = `promise: technical-data
data: line
keep_at_most: 12 months
counted_from: written
then: erase
per_run: { rows: 1000000 }
`
