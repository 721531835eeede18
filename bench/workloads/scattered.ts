/**
 * The same number of due rows in tables of three sizes, lying together or strewn over the whole: the work must
 * follow what is due, not how large the table is.
 */
import { install, type Installation } from '../installation.ts'
import type { Figure } from '../judge.ts'
import type { Measured } from '../observe.ts'
import type { Outcome, Table } from '../outcome.ts'
import { archiverVersion, howToGetArchiver, startArchiver, type ArchiverForm } from '../peers.ts'
import { runOne, shuffled, timedRounds, type Bench, type Stage } from '../rounds.ts'
import type { Running } from '../running.ts'
import type { Sql } from '../sql.ts'
import { ratios } from '../statistics.ts'
import { byContender, fixed } from '../tables.ts'

const sizes = {
  full: { tables: [1_000_000, 5_000_000, 10_000_000], due: 100_000 },
  quick: { tables: [200_000, 1_000_000, 2_000_000], due: 20_000 },
}

const layouts = ['clustered', 'scattered'] as const
type Layout = (typeof layouts)[number]

interface Done extends Measured {
  readonly readsEach: number
}

interface World {
  readonly bench: Bench
  readonly sql: Sql
  readonly installation: Installation
  readonly due: number
  readonly bound: string
}

export async function scattered(bench: Bench): Promise<Outcome> {
  const { tables, due } = bench.quick ? sizes.quick : sizes.full
  const database = 'bench_scattered'
  const sql = await bench.server.schema(database)
  for (const rows of tables) {
    bench.say(`building a table of ${rows} rows`)
    await create(sql, rows, due)
  }
  const [row] = await sql.rows('SELECT UTC_TIMESTAMP() - INTERVAL 12 MONTH AS bound')
  const bound = row?.['bound'] ?? ''
  for (const rows of tables) await lay(sql, rows, 'scattered')
  const installation = await install(bench.folder, {
    port: bench.server.port,
    database,
    kinds: tables.map(kind).join(''),
    policies: Object.fromEntries(tables.map((rows) => [`rows-${rows}`, policy(rows)])),
  })
  bench.say('letting Oubli observe, approving')
  await installation.approve()
  const world = { bench, sql, installation, due, bound }
  const [smallest = 0, largest = 0] = [tables[0], tables.at(-1)]
  const rounds = await timedRounds(bench, () => oneRound(world, tables))
  const far = (layout: Layout, pick: (m: Done) => number): Figure =>
    ratios(rounds, nameOf('Oubli', largest, layout), nameOf('Oubli', smallest, layout), pick)
  const indexed = (pick: (m: Done) => number): Figure =>
    archiverVersion() === null
      ? { missing: howToGetArchiver }
      : ratios(
          rounds,
          nameOf('Oubli', largest, 'scattered'),
          nameOf('pt-archiver by index', largest, 'scattered'),
          pick,
        )
  return {
    tables: [tableOf(rounds)],
    figures: {
      'scattered.scattered': far('scattered', (m) => m.wall),
      'scattered.clustered': far('clustered', (m) => m.wall),
      'scattered.writing': far('scattered', (m) => m.writing),
      'scattered.indexed': indexed((m) => m.units / m.writing),
      'scattered.whole': indexed((m) => m.units / m.wall),
      'scattered.reads': far('scattered', (m) => m.readsEach),
      'scattered.clusteredReads': far('clustered', (m) => m.readsEach),
    },
    notes: [
      'every run does all that is due; time is that of the whole process, planning included, where no line says otherwise',
    ],
    rounds,
  }
}

function nameOf(who: string, rows: number, layout: Layout): string {
  return `${who}, ${layout} in ${rows / 1_000_000} million`
}

/** The peers only where the targets ask for them, and in the smallest table to show their slope. */
async function oneRound(world: World, tables: readonly number[]): Promise<ReadonlyMap<string, Done>> {
  const { bench, installation } = world
  const ends = [tables[0], tables.at(-1)].filter((rows) => rows !== undefined)
  const jobs: { name: string; rows: number; layout: Layout; start: () => Running }[] = []
  for (const rows of tables)
    for (const layout of layouts)
      jobs.push({
        ...{ name: nameOf('Oubli', rows, layout), rows, layout },
        start: () => installation.start(['run', '--policy', `rows-${rows}`]),
      })
  if (archiverVersion() !== null)
    for (const rows of ends)
      for (const form of ['best by key', 'best by index'] as const) jobs.push(archiverJob(world, form, rows))
  const found = new Map<string, Done>()
  for (const { name, rows, layout, start } of shuffled(jobs, bench.random)) {
    await lay(world.sql, rows, layout)
    const before = await bench.server.rowsRead()
    const measured = await runOne(bench, stageOf(world, rows), { name, start, seconds: null })
    const read = (await bench.server.rowsRead()) - before
    // Counting what is left is ours: once before and once after.
    found.set(name, { ...measured, readsEach: (read - measured.units) / measured.units })
    bench.say(`${name}: ${measured.wall.toFixed(1)} s`)
  }
  return found
}

function archiverJob(world: World, form: ArchiverForm, rows: number) {
  const job = {
    ...{ port: world.bench.server.port, database: 'bench_scattered' },
    ...{ table: tableName(rows), where: `visited_at < '${world.bound}'`, index: 'visited' },
  }
  const name = nameOf(
    form === 'best by key' ? 'pt-archiver by key' : 'pt-archiver by index',
    rows,
    'scattered',
  )
  return { name, rows, layout: 'scattered' as const, start: () => startArchiver(form, job) }
}

function stageOf({ sql, bound }: World, rows: number): Stage {
  return {
    ready: () => Promise.resolve(),
    left: () =>
      sql.number(`SELECT COUNT(*) FROM ${tableName(rows)} FORCE INDEX (visited) WHERE visited_at < ?`, [
        bound,
      ]),
  }
}

function tableName(rows: number): string {
  return `views_${rows}`
}

/** What is not due has even keys behind the clustered ones; the scattered ones lie between them. */
async function create(sql: Sql, rows: number, due: number): Promise<void> {
  const table = tableName(rows)
  const columns = (key: string, at: string): string => `SELECT ${key}, (seq * 2654435761) % 1000003,
      INET_NTOA((seq * 2654435761) % 4294967296), CONCAT('/catalogue/item/', (seq * 7919) % 999983, '?ref=home'), ${at}`
  const old = 'UTC_TIMESTAMP() - INTERVAL 18 MONTH + INTERVAL seq SECOND'
  const definition = `(id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, session_id BIGINT UNSIGNED NOT NULL,
      ip VARCHAR(45) NOT NULL, url VARCHAR(255) NOT NULL, visited_at DATETIME NOT NULL)`
  await sql.run(`CREATE TABLE ${table} ${definition}; CREATE TABLE ${table}_clustered ${definition};
    CREATE TABLE ${table}_scattered ${definition};
    INSERT INTO ${table} ${columns(`${due} + 2 * seq`, `UTC_TIMESTAMP() - INTERVAL seq SECOND`)} FROM seq_1_to_${rows - due};
    ALTER TABLE ${table} ADD KEY visited (visited_at), ADD KEY sessions (session_id);
    INSERT INTO ${table}_clustered ${columns('seq', old)} FROM seq_1_to_${due};
    INSERT INTO ${table}_scattered ${columns(`${due} + 1 + 2 * (seq - 1) * ${Math.floor(rows / due - 1)}`, old)} FROM seq_1_to_${due};
    ANALYZE TABLE ${table}`)
}

/** Exactly these rows are due afterwards. */
async function lay(sql: Sql, rows: number, layout: Layout): Promise<void> {
  const table = tableName(rows)
  await sql.run(`DELETE FROM ${table} WHERE visited_at < UTC_TIMESTAMP() - INTERVAL 12 MONTH;
    INSERT INTO ${table} SELECT * FROM ${table}_${layout}`)
}

function tableOf(rounds: readonly ReadonlyMap<string, Done>[]): Table {
  return {
    title: 'medians',
    columns: [
      'contender',
      's',
      's before writing',
      's writing',
      'rows read each',
      'server µs each',
      'own µs each',
    ],
    rows: byContender(rounds).map(([name, all]) => [
      name,
      fixed(all, (m) => m.wall, 2),
      fixed(all, (m) => m.lead, 2),
      fixed(all, (m) => m.writing, 2),
      fixed(all, (m) => m.readsEach, 2),
      fixed(all, (m) => m.serverCpu, 1),
      fixed(all, (m) => m.ownCpu, 1),
    ]),
  }
}

const kind = (rows: number): string => `  view_${rows}:
    category: app_log
    table: ${tableName(rows)}
    key: id
    events:
      visited: { column: visited_at }
    personal: { ip: truncated_ip }
`

const policy = (rows: number): string => `promise: technical-data
data: view_${rows}
keep_at_most: 12 months
counted_from: visited
then: erase
per_run: { rows: 1000000 }
`
