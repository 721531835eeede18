/**
 * What `oubli plan` reads when the tables are ten times as large and what is due is the same: people to be warned,
 * held, or warned and not due yet; people who go at once, with rows below them; and rows of a flat table.
 */
import { install, type Installation } from '../installation.ts'
import type { Outcome } from '../outcome.ts'
import { timedRounds, type Bench } from '../rounds.ts'
import type { Sql } from '../sql.ts'
import { median } from '../statistics.ts'
import { number } from '../../cli/table.ts'

const sizes = {
  full: {
    rows: [1_000_000, 10_000_000],
    silent: 20_000,
    held: 5_000,
    warned: 5_000,
    left: 5_000,
    views: 20_000,
  },
  // Below a hundred thousand a table is counted, which would make the small one look large.
  quick: { rows: [120_000, 1_200_000], silent: 2_000, held: 500, warned: 500, left: 500, views: 2_000 },
}

/** Each divides the rows of a table without rest. */
interface Due {
  /** Silent for the whole term: to be warned, but for those who are held or were warned. */
  readonly silent: number
  readonly held: number
  readonly warned: number
  /** Gone by a policy that warns nobody, each with a note. None of them is silent. */
  readonly left: number
  /** Rows of the flat table. */
  readonly views: number
}

/** A table as small as this may be scanned. */
const smallTable = 1000

interface Site {
  /** Of each table. */
  readonly rows: number
  readonly sql: Sql
  readonly installation: Installation
}

export async function plan(bench: Bench): Promise<Outcome> {
  const size = bench.quick ? sizes.quick : sizes.full
  const sites: Site[] = []
  for (const rows of size.rows) sites.push(await build(bench, rows, size))
  const [small, large] = sites
  if (small === undefined || large === undefined) throw new Error('two sizes are compared')
  const rounds = await timedRounds(bench, async () => ({
    small: await readsOf(bench, small),
    large: await readsOf(bench, large),
  }))
  const { explained, scans } = await scansOf(bench, large)
  const rows = [small, large].map((site, i) => [
    `oubli plan, ${number(site.rows)} people, notes and views`,
    number(median(rounds.map((round) => (i === 0 ? round.small : round.large).reads))),
    median(rounds.map((round) => (i === 0 ? round.small : round.large).seconds)).toFixed(2),
  ])
  return {
    tables: [{ title: 'medians', columns: ['contender', 'rows read', 's'], rows }],
    figures: {
      'plan.reads': rounds.map((round) => round.large.reads / round.small.reads),
      'plan.scans': [scans.length],
    },
    notes: [
      `${explained} different statements explained`,
      ...scans.map((text) => `a scan: ${text.slice(0, 300)}`),
    ],
    rounds,
  }
}

async function build(bench: Bench, rows: number, due: Due): Promise<Site> {
  const database = `bench_plan_${rows}`
  const sql = await bench.server.schema(database)
  bench.say(`building ${rows} people, notes and views`)
  await createTables(sql, rows, due)
  const place = { port: bench.server.port, database }
  const installation = await install(bench.folder, {
    ...place,
    kinds,
    policies: {
      'inactive-accounts': silentPolicy(due.warned),
      'left-accounts': leftPolicy,
      views: viewsPolicy,
    },
  })
  bench.say(`holding ${due.held} of them, warning ${due.warned}`)
  // As `oubli hold` does, one by one.
  await sql.run(
    `INSERT INTO oubli_hold (id, kind, key_text, matter, because, set_by, set_at, review_by)
     SELECT MD5(id), 'account', CONCAT('["', id, '"]'), 'M', 'a dispute', 'Benchmark', ?, '2036-01-01'
     FROM people FORCE INDEX (seen) WHERE seen_at < UTC_TIMESTAMP() - INTERVAL 30 MONTH ORDER BY id DESC LIMIT ${due.held}`,
    [new Date(performance.timeOrigin).toISOString()],
  )
  await installation.approve()
  await installation.oubli(['run', '--only', 'warn'])
  const queued = await sql.number('SELECT COUNT(*) FROM oubli_warning')
  if (queued !== due.warned) throw new Error(`expected ${due.warned} people with a warning, found ${queued}`)
  await sql.run('ANALYZE TABLE oubli_warning, oubli_hold, oubli_outbox, oubli_entry')
  return { rows, sql, installation }
}

async function createTables(sql: Sql, rows: number, due: Due): Promise<void> {
  await sql.run(`CREATE TABLE people (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      email VARCHAR(190) NOT NULL, created_at DATETIME NOT NULL, seen_at DATETIME NOT NULL,
      left_at DATETIME NULL) ENGINE = InnoDB;
    CREATE TABLE notes (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      person_id BIGINT UNSIGNED NOT NULL, body VARCHAR(60) NOT NULL) ENGINE = InnoDB;
    CREATE TABLE views (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      ip VARCHAR(45) NOT NULL, visited_at DATETIME NOT NULL) ENGINE = InnoDB;
    INSERT INTO people SELECT seq, CONCAT('user', seq, '@example.org'), UTC_TIMESTAMP() - INTERVAL 60 MONTH,
      IF(seq % ${rows / due.silent} = 0, UTC_TIMESTAMP() - INTERVAL 36 MONTH + INTERVAL seq % 7 DAY,
        UTC_TIMESTAMP() - INTERVAL 6 MONTH + INTERVAL seq % 1000 MINUTE),
      IF(seq % ${rows / due.left} = 1, UTC_TIMESTAMP() - INTERVAL 18 MONTH + INTERVAL seq % 1000 MINUTE, NULL)
      FROM seq_1_to_${rows};
    INSERT INTO notes SELECT seq, seq, CONCAT('asked about order ', seq) FROM seq_1_to_${rows};
    INSERT INTO views SELECT seq, INET_NTOA((seq * 2654435761) % 4294967296),
      IF(seq <= ${due.views}, UTC_TIMESTAMP() - INTERVAL 18 MONTH, UTC_TIMESTAMP() - INTERVAL 6 MONTH)
        + INTERVAL seq SECOND FROM seq_1_to_${rows};
    ALTER TABLE people ADD KEY seen (seen_at), ADD KEY leavers (left_at), ADD UNIQUE KEY emails (email);
    ALTER TABLE notes ADD KEY of_person (person_id),
      ADD CONSTRAINT note_of FOREIGN KEY (person_id) REFERENCES people (id);
    ALTER TABLE views ADD KEY visited (visited_at);
    ANALYZE TABLE people, notes, views`)
}

async function readsOf(bench: Bench, { installation }: Site) {
  const from = performance.now()
  const before = await bench.server.rowsRead()
  await installation.oubli(['plan'])
  const reads = (await bench.server.rowsRead()) - before
  return { reads, seconds: (performance.now() - from) / 1000 }
}

/** Every statement that a plan sends, explained: those that read a whole table or index that is not small. */
async function scansOf(bench: Bench, { sql, installation }: Site) {
  const { admin } = bench.server
  await admin.run("SET GLOBAL log_output = 'TABLE'; TRUNCATE mysql.general_log; SET GLOBAL general_log = 1")
  await installation.oubli(['plan'])
  await admin.run('SET GLOBAL general_log = 0')
  const sent = await admin.rows(
    `SELECT DISTINCT CONVERT(argument USING utf8mb4) AS text FROM mysql.general_log
     WHERE command_type IN ('Query', 'Execute')`,
  )
  const reads = sent
    .map(({ text }) => text ?? '')
    .filter((text) => /^[\s(]*(SELECT|WITH|SET STATEMENT)\b[\s\S]*\bFROM\b/i.test(text))
    .filter((text) => !/information_schema|mysql\./i.test(text))
  // A log that stayed empty, or a policy that was not looked at, would pass for a plan without scans.
  for (const table of ['people', 'notes', 'views'])
    if (!reads.some((text) => new RegExp(`\\bFROM \`?${table}\\b`).test(text)))
      throw new Error(`expected statements on ${table} in the general log of a plan, found none`)
  const scans: string[] = []
  for (const text of reads) {
    const steps = await sql.rows(`EXPLAIN ${text}`)
    const scan = steps.some(
      (step) => ['ALL', 'index'].includes(step['type'] ?? '') && Number(step['rows']) > smallTable,
    )
    if (scan) scans.push(text)
  }
  return { explained: reads.length, scans }
}

const kinds = `  account:
    table: people
    key: id
    identity: [id, created_at]
    subject: true
    contact: { email: email }
    events:
      last_login: { column: seen_at, never: [null], else: created_at, slides: by the person }
      left: { column: left_at, never: [null], slides: never }
    personal: { email: unique_address }
  note:
    table: notes
    key: id
    of: account
    personal: { body: blank }
  view:
    category: app_log
    table: views
    key: id
    events:
      visited: { column: visited_at }
    personal: { ip: truncated_ip }
`

const leftPolicy = `promise: termination
data: account
keep_at_most: 1 year
counted_from: left
then: erase
per_run: { people: 1000000 }
`

const viewsPolicy = `promise: technical-data
data: view
keep_at_most: 12 months
counted_from: visited
then: erase
per_run: { rows: 10000000 }
`

const silentPolicy = (mails: number): string => `promise: inactivity
data: account
keep_at_most: 3 years
counted_from: last_login
then: erase
warn:
  when: before the term
  days_before_erasure: [60, 30, 7]
  minimum_notice: 30 days
  template: inactivity-warning
  if_unreachable: { refusals: 2 on different days, wait: 90 days, finally: erase }
  no_address: a person decides
per_run: { people: 1000000, mails: ${mails} }
`
