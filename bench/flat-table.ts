/** A technical table of some 200 bytes a row with three secondary indexes, half of it due and dense, oldest first. */
import { install, type Installation } from './installation.ts'
import type { ArchiverJob } from './peers.ts'
import type { Bench, Contender, Stage } from './rounds.ts'
import type { Sql } from './sql.ts'

export interface FlatTable {
  readonly sql: Sql
  readonly installation: Installation
  readonly stage: Stage
  readonly archiver: ArchiverJob
  /** Text of a moment that lies after all that is due and before all that is not. */
  readonly bound: string
  readonly rows: number
  readonly due: number
}

const table = 'page_views'
const index = 'visited'

/** `enough`: the table is refilled before a contender when less than this share of what was due is left. */
export async function flatTable(
  bench: Bench,
  database: string,
  rows: number,
  enough: number,
): Promise<FlatTable> {
  const due = rows / 2
  const sql = await bench.server.schema(database)
  const place = { port: bench.server.port, database }
  bench.say(`building a table of ${rows} rows`)
  await fill(sql, rows, due)
  const [row] = await sql.rows('SELECT UTC_TIMESTAMP() - INTERVAL 12 MONTH AS bound')
  const bound = row?.['bound'] ?? ''
  const left = (): Promise<number> =>
    sql.number(`SELECT COUNT(*) FROM ${table} FORCE INDEX (${index}) WHERE visited_at < ?`, [bound])
  const installation = await install(bench.folder, { ...place, kinds, policies: { views: policy } })
  bench.say(`letting Oubli observe ${due} due rows, approving`)
  await installation.approve()
  const ready = async (contender: Contender): Promise<void> => {
    const now = await left()
    if (now >= (contender.seconds === null ? 1 : enough) * due) return
    bench.say(`putting ${due - now} rows back`)
    await refill(sql, due, now)
    await installation.approveAgain()
  }
  return {
    sql,
    installation,
    stage: { ready, left },
    archiver: { ...place, table, where: `visited_at < '${bound}'`, index },
    bound,
    rows,
    due,
  }
}

/** A row every two seconds: what is due is 18 to 20 months old, the rest two to four (for five million rows). */
async function fill(sql: Sql, rows: number, due: number): Promise<void> {
  await sql.run(`CREATE TABLE ${table} (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, session_id BIGINT UNSIGNED NOT NULL,
      ip VARCHAR(45) NOT NULL, user_agent VARCHAR(255) NOT NULL, isp VARCHAR(64) NOT NULL,
      url VARCHAR(255) NOT NULL, visited_at DATETIME NOT NULL) ENGINE = InnoDB;
    INSERT INTO ${table} SELECT seq, (seq * 2654435761) % 1000003, INET_NTOA((seq * 2654435761) % 4294967296),
      ELT(1 + seq % 2,
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0 Safari/537.36',
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_4) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari'),
      ELT(1 + seq % 5, 'Orange SA', 'Free SAS', 'SFR', 'Bouygues Telecom', 'OVH SAS'),
      CONCAT('/catalogue/item/', (seq * 7919) % 999983, '?ref=home'),
      IF(seq <= ${due}, UTC_TIMESTAMP() - INTERVAL 20 MONTH + INTERVAL seq * 2 SECOND,
        UTC_TIMESTAMP() - INTERVAL 2 MONTH - INTERVAL (${rows} - seq) * 2 SECOND)
      FROM seq_1_to_${rows};
    ALTER TABLE ${table} ADD KEY ${index} (visited_at), ADD KEY sessions (session_id), ADD KEY ips (ip);
    CREATE TABLE kept LIKE ${table};
    ALTER TABLE kept DROP KEY ${index}, DROP KEY sessions, DROP KEY ips;
    INSERT INTO kept SELECT * FROM ${table} WHERE id <= ${due};
    ANALYZE TABLE ${table}`)
}

/** Contenders take the oldest first, so most of what is gone lies before what is left; then the gaps. */
async function refill(sql: Sql, due: number, left: number): Promise<void> {
  const first = await sql.number(`SELECT COALESCE(MIN(id), ${due + 1}) FROM ${table}`)
  const back = await sql.run(`INSERT INTO ${table} SELECT * FROM kept WHERE id < ?`, [first])
  if (left + back < due)
    await sql.run(
      `INSERT INTO ${table} SELECT kept.* FROM kept LEFT JOIN ${table} t ON t.id = kept.id WHERE t.id IS NULL`,
    )
}

const kinds = `  page_view:
    category: app_log
    table: ${table}
    key: id
    events:
      visited: { column: visited_at }
    personal: { ip: truncated_ip, user_agent: coarse_user_agent }
`

const policy = `promise: technical-data
data: page_view
keep_at_most: 12 months
counted_from: visited
then: erase
per_run: { rows: 10000000 }
`
