/**
 * The log of the evidence, short and long: sealing, verifying and a receipt, their time for an entry and their
 * memory; and how much of a purge of people is sealing.
 */
import { createHash } from 'node:crypto'
import { number } from '../../cli/table.ts'
import { install, type Installation } from '../installation.ts'
import type { Outcome } from '../outcome.ts'
import { createPeople, peopleKinds, peoplePolicy, restorePeople } from '../people-tables.ts'
import { peakMegabytes } from '../process-use.ts'
import { timedRounds, type Bench } from '../rounds.ts'
import type { Running } from '../running.ts'
import type { Sql } from '../sql.ts'
import { median } from '../statistics.ts'

const sizes = {
  full: { entries: [100_000, 1_000_000], people: 100_000 },
  quick: { entries: [5_000, 50_000], people: 5_000 },
} as const

const steps = ['seal', 'verify', 'receipt'] as const
type Step = (typeof steps)[number]

interface Use {
  readonly seconds: number
  readonly megabytes: number
}

interface Log {
  readonly entries: number
  readonly use: Readonly<Record<Step, Use>>
}

interface Round {
  readonly few: Log
  readonly many: Log
  /** Sealing, in percent of the run. */
  readonly share: number
}

export async function evidence(bench: Bench): Promise<Outcome> {
  const { entries, people } = bench.quick ? sizes.quick : sizes.full
  const purge = await peopleSite(bench, people)
  const rounds = await timedRounds(bench, async (nr) => ({
    few: await logOf(bench, entries[0], nr),
    many: await logOf(bench, entries[1], nr),
    share: await purge(),
  }))
  return outcomeOf(rounds)
}

function outcomeOf(rounds: readonly Round[]): Outcome {
  const perEntry = ({ entries, use }: Log, step: Step): number => use[step].seconds / entries
  const rows = steps.flatMap((step) =>
    (['few', 'many'] as const).map((which) => {
      const logs = rounds.map((round) => round[which])
      return [
        `${step}, ${number(logs[0]?.entries ?? 0)} entries`,
        median(logs.map((log) => log.use[step].seconds)).toFixed(2),
        (median(logs.map((log) => perEntry(log, step))) * 1e6).toFixed(1),
        median(logs.map((log) => log.use[step].megabytes)).toFixed(0),
      ]
    }),
  )
  return {
    tables: [{ title: 'medians', columns: ['step', 's', 'µs an entry', 'MB at most'], rows }],
    figures: {
      'evidence.sealing': rounds.map(({ few, many }) => perEntry(many, 'seal') / perEntry(few, 'seal')),
      'evidence.verifying': rounds.map(({ few, many }) => perEntry(many, 'verify') / perEntry(few, 'verify')),
      'evidence.receipt': rounds.map(({ few, many }) => many.use.receipt.seconds / few.use.receipt.seconds),
      'evidence.memory': rounds.map(({ many }) => many.use.seal.megabytes),
      'evidence.growth': rounds.map(({ few, many }) => many.use.seal.megabytes / few.use.seal.megabytes),
      'evidence.checking': rounds.map(({ many }) => many.use.verify.megabytes),
      'evidence.checkingGrowth': rounds.map(
        ({ few, many }) => many.use.verify.megabytes / few.use.verify.megabytes,
      ),
      'evidence.share': rounds.map((round) => round.share),
    },
    notes: ['the times of whole processes, with their start; sealing is a run that has nothing else to do'],
    rounds,
  }
}

/** A fresh log that is sealed in one go. */
async function logOf(bench: Bench, entries: number, round: number): Promise<Log> {
  const database = `bench_evidence_${entries}_${round}`
  const sql = await bench.server.schema(database)
  // One row that is not due: an installation needs a kind.
  await sql.run(`CREATE TABLE rows_of_nobody (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, ip VARCHAR(45) NOT NULL,
      at DATETIME NOT NULL, KEY ats (at));
    INSERT INTO rows_of_nobody VALUES (1, '127.0.0.1', UTC_TIMESTAMP())`)
  const site = { port: bench.server.port, database, kinds, policies: { rows: policy } }
  const installation = await install(bench.folder, site)
  await fill(sql, entries)
  bench.say(`${number(entries)} entries wait`)
  const key = `${installation.folder}/keys/signing-key.verifier`
  const id = createHash('md5').update('1').digest('hex')
  const use = {
    seal: await watched(installation.start(['run', '--only', 'warn'])),
    verify: await watched(installation.start(['audit', 'verify', '--key', key])),
    receipt: await watched(installation.start(['audit', 'receipt', id])),
  }
  for (const step of steps) bench.say(`${step} of ${number(entries)}: ${use[step].seconds.toFixed(1)} s`)
  await sql.run(`DROP DATABASE ${database}`)
  return { entries, use }
}

/** Entries as a run writes them for people, without the people. */
async function fill(sql: Sql, entries: number): Promise<void> {
  const [row] = await sql.rows("SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%dT%H:%i:00.000Z') AS at")
  const at = row?.['at'] ?? ''
  const hash = 'a'.repeat(64)
  const run = '0'.repeat(32)
  const head = `{"as_of":"${at}","cutoff":"${at}","id":"`
  const middle = `","kind":"subject.erased","policy":{"id":"people","terms":"${hash}"},"run":"${run}","subject":"`
  const tail = `","t":"${at}","tables":{"people":{"erased":"1"},"sessions":{"erased":"5"}},"tool":"0.1.0","v":"1"}`
  await sql.run(
    `INSERT INTO oubli_entry (id, run_id, created_at, leaf)
     SELECT MD5(seq), '${run}', ?, CONCAT(?, MD5(seq), ?, SHA2(seq, 256), ?) FROM seq_1_to_${entries}`,
    [at, head, middle, tail],
  )
  await sql.run(
    `INSERT INTO oubli_waiting (entry_id, created_at, entry_ids)
     SELECT REVERSE(MD5(MIN(seq))), ?, GROUP_CONCAT(MD5(seq) SEPARATOR '') FROM seq_1_to_${entries} GROUP BY (seq - 1) DIV 16`,
    [at],
  )
}

/** From start to end, and the most that it held in memory. */
async function watched(running: Running): Promise<Use> {
  const from = performance.now()
  let megabytes = 0
  const timer = setInterval(() => {
    const pid = running.pid()
    megabytes = Math.max(megabytes, (pid === null ? null : peakMegabytes(pid)) ?? 0)
  }, 20)
  try {
    await running.done
  } finally {
    clearInterval(timer)
  }
  return { seconds: (performance.now() - from) / 1000, megabytes }
}

/** A run that erases people at full speed, again and again; it says how much of it was sealing. */
async function peopleSite(bench: Bench, people: number): Promise<() => Promise<number>> {
  const database = 'bench_evidence_people'
  const sql = await bench.server.schema(database)
  bench.say(`building ${number(people)} people`)
  await createPeople(sql, people)
  const site = { port: bench.server.port, database, kinds: peopleKinds, policies: { people: peoplePolicy } }
  const installation = await install(bench.folder, { ...site, logs: 'info' })
  await installation.approve()
  return async () => {
    await restorePeople(sql)
    await installation.approveAgain()
    return await shareOf(installation)
  }
}

async function shareOf(installation: Installation): Promise<number> {
  const running = installation.start(['run', '--policy', 'people'])
  const { seconds } = await watched(running)
  const sealed = [...running.err().matchAll(/sealed at \d+ entries, in (\d+) ms/g)]
  const milliseconds = sealed.reduce((sum, [, each]) => sum + Number(each), 0)
  return (milliseconds / 1000 / seconds) * 100
}

const kinds = `  row:
    table: rows_of_nobody
    key: id
    category: app_log
    events: { written: { column: at } }
    personal: { ip: truncated_ip }
`

const policy = `promise: technical-data
data: row
keep_at_most: 12 months
counted_from: written
then: erase
per_run: { rows: 1000 }
`
