/** Resident memory and processor time of `oubli run`, from few to many due rows. */
import { install } from '../installation.ts'
import type { Outcome } from '../outcome.ts'
import { archiverVersion, startArchiver } from '../peers.ts'
import { runOne, shuffled, timedRounds, type Bench, type Round, type Stage } from '../rounds.ts'
import type { Measured } from '../observe.ts'
import type { Sql } from '../sql.ts'
import { ratios } from '../statistics.ts'
import { byContender, fixed, whole } from '../tables.ts'

const sizes = { full: [100_000, 1_000_000, 10_000_000], quick: [20_000, 100_000, 400_000] }
const mostInOneRun = 10_000_000

export async function memory(bench: Bench): Promise<Outcome> {
  const tables = bench.quick ? sizes.quick : sizes.full
  const [few = 0, some = 0] = tables
  const database = 'bench_memory'
  const sql = await bench.server.schema(database)
  for (const rows of tables) {
    bench.say(`building a table of ${rows} due rows`)
    await create(sql, rows)
  }
  const installation = await install(bench.folder, {
    port: bench.server.port,
    database,
    kinds: tables.map(kind).join(''),
    policies: Object.fromEntries(tables.map((rows) => [`rows-${rows}`, policy(rows)])),
  })
  bench.say('letting Oubli observe, approving')
  await installation.approve()
  const archiver = archiverVersion() !== null
  const found = await timedRounds(bench, async () => {
    const round = new Map<string, Measured>()
    for (const rows of shuffled(tables, bench.random)) {
      await refill(sql, rows)
      const start = () => installation.start(['run', '--policy', `rows-${rows}`])
      const contender = { name: nameOf('Oubli', rows), start, seconds: null }
      round.set(contender.name, await runOne(bench, stageOf(sql, rows), contender))
      bench.say(`${contender.name}: done`)
    }
    if (archiver) {
      await refill(sql, some)
      const where = 'at < UTC_TIMESTAMP() - INTERVAL 12 MONTH'
      const job = { port: bench.server.port, database, table: tableName(some), where, index: 'ats' }
      const contender = {
        ...{ name: nameOf('pt-archiver', some), seconds: null },
        start: () => startArchiver('best by key', job),
      }
      round.set(contender.name, await runOne(bench, stageOf(sql, some), contender))
    }
    return round
  })
  return outcomeOf(found, few, some, tables.at(-1) ?? 0)
}

function outcomeOf(found: readonly Round[], few: number, some: number, many: number): Outcome {
  const [small, large] = [nameOf('Oubli', few), nameOf('Oubli', some)]
  const perRow = found.flatMap((round) => {
    const [a, b] = [round.get(small), round.get(large)]
    return a === undefined || b === undefined ? [] : [((b.ownTotal - a.ownTotal) * 1e6) / (b.units - a.units)]
  })
  return {
    tables: [
      {
        title: 'medians of whole runs',
        columns: [
          'contender',
          'rows done',
          'resident MB at most',
          'own s',
          'own µs each',
          's before writing',
        ],
        rows: byContender(found).map(([name, all]) => [
          name,
          whole(all, (m) => m.units),
          fixed(all, (m) => m.peakMegabytes, 0),
          fixed(all, (m) => m.ownTotal, 2),
          fixed(all, (m) => (m.ownTotal * 1e6) / m.units, 1),
          fixed(all, (m) => m.lead, 2),
        ]),
      },
    ],
    figures: {
      'memory.peak': found.map((round) =>
        Math.max(...[...round].filter(([name]) => name.startsWith('Oubli')).map(([, m]) => m.peakMegabytes)),
      ),
      'memory.growth': ratios(found, nameOf('Oubli', many), small, (m) => m.peakMegabytes),
      'memory.processor': perRow,
    },
    notes: [
      `processor time per row: what a run of ${some} rows takes more than one of ${few}, planning included`,
    ],
    rounds: found,
  }
}

function nameOf(who: string, rows: number): string {
  return `${who}, ${rows} due`
}

function tableName(rows: number): string {
  return `lines_${rows}`
}

async function create(sql: Sql, rows: number): Promise<void> {
  await sql.run(`CREATE TABLE ${tableName(rows)} (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      ip VARCHAR(45) NOT NULL, at DATETIME NOT NULL, KEY ats (at)) ENGINE = InnoDB`)
  await refill(sql, rows)
  await sql.run(`ANALYZE TABLE ${tableName(rows)}`)
}

/** Only what one run can have taken, the oldest, is missing. One row stays: it is not due. */
async function refill(sql: Sql, rows: number): Promise<void> {
  const table = tableName(rows)
  const first = await sql.number(`SELECT COALESCE(MIN(id), ${rows + 1}) FROM ${table}`)
  if (first === 1) return
  const filled = `SELECT seq, INET_NTOA((seq * 2654435761) % 4294967296),
      UTC_TIMESTAMP() - INTERVAL 40 MONTH + INTERVAL seq * 2 SECOND`
  await sql.run(`INSERT IGNORE INTO ${table} ${filled} FROM seq_1_to_${Math.min(rows, first - 1)};
    INSERT IGNORE INTO ${table} VALUES (${rows + 1}, '127.0.0.1', UTC_TIMESTAMP())`)
}

function stageOf(sql: Sql, rows: number): Stage {
  return {
    ready: () => Promise.resolve(),
    left: () => sql.number(`SELECT COUNT(*) FROM ${tableName(rows)}`),
  }
}

const kind = (rows: number): string => `  line_${rows}:
    category: app_log
    table: ${tableName(rows)}
    key: id
    events:
      written: { column: at }
    personal: { ip: truncated_ip }
`

const policy = (rows: number): string => `promise: technical-data
data: line_${rows}
keep_at_most: 12 months
counted_from: written
then: erase
per_run: { rows: ${mostInOneRun} }
`
