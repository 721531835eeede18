/**
 * What `oubli plan` reads when a hundred thousand people look the same and the table is ten times as large:
 * some due to be warned, some held, some warned and not due yet.
 */
import { install, type Installation } from '../installation.ts'
import type { Outcome } from '../outcome.ts'
import { timedRounds, type Bench } from '../rounds.ts'
import type { Sql } from '../sql.ts'
import { median } from '../statistics.ts'
import { number } from '../../cli/table.ts'

const sizes = {
  full: { people: [1_000_000, 10_000_000], due: 20_000, held: 5_000, warned: 5_000 },
  // Below a hundred thousand a table is counted, which would make the small one look large.
  quick: { people: [150_000, 1_500_000], due: 2_000, held: 500, warned: 500 },
} as const
/** A table as small as this may be scanned. */
const smallTable = 1000

interface Site {
  readonly people: number
  readonly sql: Sql
  readonly installation: Installation
}

export async function plan(bench: Bench): Promise<Outcome> {
  const size = bench.quick ? sizes.quick : sizes.full
  const sites: Site[] = []
  for (const people of size.people) sites.push(await build(bench, people, size))
  const [small, large] = sites
  if (small === undefined || large === undefined) throw new Error('two sizes are compared')
  const rounds = await timedRounds(bench, async () => ({
    small: await readsOf(bench, small),
    large: await readsOf(bench, large),
  }))
  const scans = await scansOf(bench, large)
  const rows = [small, large].map(({ people }, i) => [
    `oubli plan, ${number(people)} people`,
    number(median(rounds.map((round) => (i === 0 ? round.small : round.large).reads))),
    median(rounds.map((round) => (i === 0 ? round.small : round.large).seconds)).toFixed(2),
  ])
  return {
    tables: [{ title: 'medians', columns: ['contender', 'rows read', 's'], rows }],
    figures: {
      'plan.reads': rounds.map((round) => round.large.reads / round.small.reads),
      'plan.scans': [scans.length],
    },
    notes: scans.map((text) => `a scan: ${text.slice(0, 300)}`),
    rounds,
  }
}

async function build(
  bench: Bench,
  people: number,
  { due, held, warned }: { readonly due: number; readonly held: number; readonly warned: number },
): Promise<Site> {
  const database = `bench_plan_${people}`
  const sql = await bench.server.schema(database)
  bench.say(`building ${people} people`)
  await sql.run(`CREATE TABLE people (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      email VARCHAR(190) NOT NULL, created_at DATETIME NOT NULL, seen_at DATETIME NOT NULL) ENGINE = InnoDB;
    INSERT INTO people SELECT seq, CONCAT('user', seq, '@example.org'), UTC_TIMESTAMP() - INTERVAL 60 MONTH,
      IF(seq * ${due} % ${people} < ${due}, UTC_TIMESTAMP() - INTERVAL 36 MONTH + INTERVAL seq % 7 DAY,
        UTC_TIMESTAMP() - INTERVAL 6 MONTH + INTERVAL seq % 1000 MINUTE) FROM seq_1_to_${people};
    ALTER TABLE people ADD KEY seen (seen_at), ADD UNIQUE KEY emails (email);
    ANALYZE TABLE people`)
  const place = { port: bench.server.port, database }
  const installation = await install(bench.folder, {
    ...place,
    kinds,
    policies: { 'inactive-accounts': policy(warned) },
  })
  bench.say(`holding ${held} of them, warning ${warned}`)
  // As `oubli hold` does, one by one.
  await sql.run(
    `INSERT INTO oubli_hold (id, kind, key_text, matter, because, set_by, set_at, review_by)
     SELECT MD5(id), 'account', CONCAT('["', id, '"]'), 'M', 'a dispute', 'Benchmark', ?, '2036-01-01'
     FROM people FORCE INDEX (seen) WHERE seen_at < UTC_TIMESTAMP() - INTERVAL 30 MONTH ORDER BY id DESC LIMIT ${held}`,
    [new Date(performance.timeOrigin).toISOString()],
  )
  await installation.approve()
  await installation.oubli(['run', '--only', 'warn'])
  const queued = await sql.number('SELECT COUNT(*) FROM oubli_warning')
  if (queued !== warned) throw new Error(`expected ${warned} people with a warning, found ${queued}`)
  await sql.run('ANALYZE TABLE oubli_warning, oubli_hold, oubli_outbox, oubli_entry')
  return { people, sql, installation }
}

async function readsOf(bench: Bench, { installation }: Site) {
  const from = performance.now()
  const before = await bench.server.rowsRead()
  await installation.oubli(['plan'])
  const reads = (await bench.server.rowsRead()) - before
  return { reads, seconds: (performance.now() - from) / 1000 }
}

/** Every statement that a plan sends, explained: those that read a whole table or index that is not small. */
async function scansOf(bench: Bench, { sql, installation }: Site): Promise<readonly string[]> {
  const { admin } = bench.server
  await admin.run("SET GLOBAL log_output = 'TABLE'; TRUNCATE mysql.general_log; SET GLOBAL general_log = 1")
  await installation.oubli(['plan'])
  await admin.run('SET GLOBAL general_log = 0')
  const sent = await admin.rows(
    "SELECT DISTINCT CONVERT(argument USING utf8mb4) AS text FROM mysql.general_log WHERE command_type = 'Query'",
  )
  // A log that stayed empty would pass for a plan without scans.
  if (!sent.some(({ text }) => /\bFROM `?people\b/.test(text ?? '')))
    throw new Error(
      'expected the statements of the plan in the general log, found none on the table of people',
    )
  const found: string[] = []
  for (const { text } of sent) {
    if (text === null || text === undefined || !/^\s*SELECT\b[\s\S]*\bFROM\b/i.test(text)) continue
    if (/information_schema|mysql\./i.test(text)) continue
    const steps = await sql.rows(`EXPLAIN ${text}`)
    const scan = steps.some(
      (step) => ['ALL', 'index'].includes(step['type'] ?? '') && Number(step['rows']) > smallTable,
    )
    if (scan) found.push(text)
  }
  return found
}

const kinds = `  account:
    table: people
    key: id
    identity: [id, created_at]
    subject: true
    contact: { email: email }
    events:
      last_login: { column: seen_at, never: [null], else: created_at, slides: by the person }
    personal: { email: unique_address }
`

const policy = (mails: number): string => `promise: inactivity
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
