/** The response times of a site that is in use, idle and beside the purge in each of its gaits. */
import { setTimeout as sleep } from 'node:timers/promises'
import { flatTable, type FlatTable } from '../flat-table.ts'
import type { Figure } from '../judge.ts'
import type { Outcome } from '../outcome.ts'
import type { Pace } from '../pace.ts'
import { archiverVersion, howToGetArchiver, startArchiver } from '../peers.ts'
import type { LoadReport, LoadTask } from '../programs/site-load.ts'
import { shuffled, timedRounds, type Bench, type Round } from '../rounds.ts'
import { startOwn, type Running } from '../running.ts'
import { ratios } from '../statistics.ts'
import { byContender, fixed } from '../tables.ts'
import { bestArchiver } from './purge.ts'

const sizes = {
  full: { rows: 5_000_000, enough: 0.4, seconds: 8 },
  quick: { rows: 600_000, enough: 0.6, seconds: 4 },
}
/** Between the first write and the load, so that the load meets the purge at its speed. */
const settle = 1000

interface Beside extends LoadReport {
  /** Rows deleted a second during the load. */
  readonly rows: number
  readonly historyMost: number
  /** Seconds from the end until the history list was at rest. */
  readonly rest: number
}

interface Neighbour {
  readonly name: string
  /** Null: nobody. */
  readonly start: (() => Running) | null
}

const nobody = 'nobody'
const archiver = 'pt-archiver'

export async function harm(bench: Bench): Promise<Outcome> {
  const flat = await tableFor(bench, 'bench_harm')
  const best = archiverVersion() === null ? null : await bestArchiver(bench, flat)
  const rounds = await roundsBeside(bench, flat, [
    ...(best === null ? [] : [{ name: archiver, start: () => startArchiver(best, flat.archiver) }]),
    oubli(flat, 'full speed'),
    oubli(flat, 'commits of 200'),
  ])
  return { tables: [tableOf(rounds)], figures: figuresOf(rounds), notes: failures(rounds), rounds }
}

/** The profile as installed, in more rounds: what it costs is less than one idle site differs from the next. */
export async function gentle(bench: Bench): Promise<Outcome> {
  const flat = await tableFor(bench, 'bench_gentle')
  const rounds = await roundsBeside({ ...bench, rounds: 2 * bench.rounds + 1 }, flat, [oubli(flat, 'gentle')])
  return {
    tables: [tableOf(rounds)],
    figures: {
      'gentle.p99': ratios(rounds, oubliAt('gentle'), nobody, (m) => m.p99),
      'gentle.failed': failedBesideUs(rounds),
    },
    notes: failures(rounds),
    rounds,
  }
}

function tableFor(bench: Bench, database: string): Promise<FlatTable> {
  const { rows, enough } = bench.quick ? sizes.quick : sizes.full
  return flatTable(bench, database, rows, enough)
}

async function roundsBeside(
  bench: Bench,
  flat: FlatTable,
  busy: readonly Neighbour[],
): Promise<readonly Round<Beside>[]> {
  const { rows, seconds } = bench.quick ? sizes.quick : sizes.full
  const load: LoadTask = {
    ...{ port: bench.server.port, database: flat.archiver.database, seconds },
    ...{ from: Math.floor(rows * 0.8), to: rows },
  }
  const neighbours = [{ name: nobody, start: null }, ...busy]
  return await timedRounds(bench, async (round) => {
    const found = new Map<string, Beside>()
    for (const neighbour of shuffled(neighbours, bench.random)) {
      await flat.stage.ready({ name: neighbour.name, start: () => neverStarted(), seconds })
      await bench.server.drain()
      const one = await beside(bench, neighbour, load)
      found.set(neighbour.name, one)
      bench.say(
        `round ${round}  beside ${neighbour.name}: p99 ${one.p99.toFixed(1)} ms, ${Math.round(one.rows)} rows/s`,
      )
    }
    return found
  })
}

function neverStarted(): never {
  throw new Error('only its need of rows was asked')
}

function oubli(flat: FlatTable, pace: Pace): Neighbour {
  return { name: oubliAt(pace), start: () => flat.installation.start(['run', '--policy', 'views'], pace) }
}

function oubliAt(pace: Pace): string {
  return `Oubli, ${pace}`
}

function isOurs(name: string): boolean {
  return name.startsWith('Oubli')
}

async function beside(bench: Bench, { start }: Neighbour, load: LoadTask): Promise<Beside> {
  const { server } = bench
  const before = await server.read()
  const running = start?.() ?? null
  const ended = { yet: false }
  const done = running?.done.finally(() => (ended.yet = true)) ?? Promise.resolve()
  done.catch(() => undefined)
  if (running !== null) {
    while (!ended.yet && (await server.read()).written - before.written < 100) await sleep(50)
    await sleep(settle)
  }
  const [from, at] = [await server.read(), performance.now()]
  const visitors = startOwn('site-load', load)
  let historyMost = 0
  const watched = visitors.done.then(() => true)
  watched.catch(() => undefined)
  while (!(await Promise.race([watched, sleep(200, false)])))
    historyMost = Math.max(historyMost, (await server.read()).history)
  await watched
  const [to, until] = [await server.read(), performance.now()]
  if (running !== null && ended.yet) {
    // One that was refused or failed says why.
    await done
    throw new Error('the purge ended before the load: too few rows were due')
  }
  running?.stop()
  await done
  const rest = (await server.drain()) ?? Infinity
  const report = JSON.parse(visitors.out()) as LoadReport
  // A fifth of the requests updates a row.
  const own = report.perSecond * 0.2 * load.seconds
  const rows = running === null ? 0 : (to.written - from.written - own) / ((until - at) / 1000)
  return { ...report, rows, historyMost, rest }
}

function figuresOf(rounds: readonly Round<Beside>[]): Outcome['figures'] {
  const p99 = (pace: Pace, peer: string): Figure => {
    if (peer === archiver && archiverVersion() === null) return { missing: howToGetArchiver }
    return ratios(rounds, oubliAt(pace), peer, (m) => m.p99)
  }
  const most = (pick: (m: Beside) => number): readonly number[] =>
    rounds.map((round) => Math.max(...[...round].filter(([name]) => isOurs(name)).map(([, m]) => pick(m))))
  const rows = ratios(rounds, oubliAt('full speed'), archiver, (m) => m.rows)
  return {
    'harm.idle': p99('full speed', nobody),
    'harm.archiver': p99('full speed', archiver),
    'harm.rows': archiverVersion() === null ? { missing: howToGetArchiver } : rows,
    'harm.small': p99('commits of 200', nobody),
    'harm.history': most((m) => m.historyMost),
    'harm.rest': most((m) => m.rest),
    'harm.failed': failedBesideUs(rounds),
  }
}

/** Of all rounds together: one request that the purge cost the site is one too many, in whichever round. */
function failedBesideUs(rounds: readonly Round<Beside>[]): Figure {
  return [sum(byContender(rounds).flatMap(([name, all]) => (isOurs(name) ? all : [])))]
}

function sum(all: readonly Beside[]): number {
  return all.reduce((total, one) => total + one.failed, 0)
}

function failures(rounds: readonly Round<Beside>[]): readonly string[] {
  return byContender(rounds).flatMap(([name, all]) => {
    const failure = all.find((one) => one.failure !== null)?.failure ?? null
    return failure === null ? [] : [`a request beside ${name} failed: ${failure}`]
  })
}

function tableOf(rounds: readonly Round<Beside>[]): Outcome['tables'][number] {
  return {
    title: 'medians, failed requests of all rounds; response times of the site in milliseconds',
    columns: [
      'beside',
      'rows/s',
      'p50',
      'p95',
      'p99',
      'most',
      'requests/s',
      'failed',
      'history most',
      'rest s',
    ],
    rows: byContender(rounds).map(([name, all]) => [
      name,
      fixed(all, (m) => m.rows, 0),
      fixed(all, (m) => m.p50, 2),
      fixed(all, (m) => m.p95, 2),
      fixed(all, (m) => m.p99, 2),
      fixed(all, (m) => m.most, 1),
      fixed(all, (m) => m.perSecond, 0),
      String(sum(all)),
      fixed(all, (m) => m.historyMost, 0),
      fixed(all, (m) => m.rest, 1),
    ]),
  }
}
