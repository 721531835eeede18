/** `npm run bench`: measures each workload that is asked for on a server of its own, and says what was reached. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { judge } from './judge.ts'
import { machine } from './machine.ts'
import { help, readOptions, type Options } from './options.ts'
import type { Outcome } from './outcome.ts'
import { paces } from './pace.ts'
import { judgementLines, outcomeLines, quickAtMost, tooLongLines, type Reported } from './report.ts'
import type { Bench } from './rounds.ts'
import { killAll } from './running.ts'
import { serverFlags, startServer } from './server.ts'
import { targets, type Workload } from './targets.ts'
import { writeReport } from './write-report.ts'
import { anonymise } from './workloads/anonymise.ts'
import { evidence } from './workloads/evidence.ts'
import { gentle, harm } from './workloads/harm.ts'
import { mail } from './workloads/mail.ts'
import { memory } from './workloads/memory.ts'
import { partition } from './workloads/partition.ts'
import { people } from './workloads/people.ts'
import { plan } from './workloads/plan.ts'
import { purge } from './workloads/purge.ts'
import { scattered } from './workloads/scattered.ts'

type Measure = (bench: Bench) => Promise<Outcome>

const measures: Readonly<Record<Workload, Measure>> = {
  purge,
  scattered,
  people,
  anonymise,
  partition,
  harm,
  gentle,
  memory,
  mail,
  plan,
  evidence,
}

/** What a short form does behind its last round, and the end of its server, have this long. Seconds. */
const quickEnd = 25

const say = (line: string): void => void process.stdout.write(`${line}\n`)
/** A step of a workload, with the seconds since the start of the program. */
const step = (line: string): void => {
  say(`${(performance.now() / 1000).toFixed(0).padStart(5)} s  ${line}`)
}

async function measureOne(workload: Workload, options: Options, folder: string): Promise<Reported> {
  const from = performance.now()
  say(`${workload}: starting a server`)
  const { quick, rounds, window } = options
  // The end of the last round is kept in mind.
  const deadline = quick ? from + (quickAtMost - quickEnd) * 1000 : Infinity
  const server = await startServer(deadline)
  let outcome: Outcome
  try {
    outcome = await measures[workload]({
      ...{ server, quick, rounds, window, deadline, folder },
      say: step,
      random: Math.random,
    })
  } finally {
    await server.stop()
  }
  const seconds = (performance.now() - from) / 1000
  return { workload, seconds, outcome, judgements: judge(workload, outcome.figures) }
}

async function bench(options: Options, folder: string): Promise<void> {
  const about = await machine()
  for (const [name, value] of Object.entries(about)) say(`${name}: ${value}`)
  say(
    `window: ${options.window} s of writing, ${options.rounds} rounds in random order, history list drained\n`,
  )
  const reports: Reported[] = []
  for (const workload of options.workloads) {
    const report = await measureOne(workload, options, folder).catch((error: unknown) =>
      failed(workload, error),
    )
    for (const line of outcomeLines(report)) say(line)
    reports.push(report)
  }
  if (reports.length > 1)
    for (const line of judgementLines(reports.flatMap((one) => one.judgements))) say(line)
  if (options.quick) say('A short form is for a look: small tables, few rounds. Claims need the full form.')
  if (options.json !== null) {
    await writeReport(options.json, { machine: about, options, server: serverFlags, paces, reports })
    say(`written: ${options.json}`)
  }
  const tooLong = options.quick ? tooLongLines(reports) : []
  for (const line of tooLong) say(line)
  if (tooLong.length > 0) process.exitCode = 1
  say(`${Math.round(performance.now() / 1000)} s in all`)
}

/** One workload that breaks must not cost the figures of the others; it is not measured, and the exit code says so. */
function failed(workload: Workload, error: unknown): Reported {
  killAll()
  process.exitCode = 1
  const missing = error instanceof Error ? error.message : String(error)
  const figures = Object.fromEntries(
    targets.filter((one) => one.workload === workload).map((one) => [one.figure, { missing }]),
  )
  const outcome: Outcome = { tables: [], figures, notes: [], rounds: [] }
  return { workload, seconds: 0, outcome, judgements: judge(workload, figures) }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'oubli-bench-'))
  process.on('exit', () => {
    killAll()
    rmSync(folder, { recursive: true, force: true })
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))
  try {
    const asked = readOptions(process.argv.slice(2))
    if (asked.do === 'help') say(help)
    else await bench(asked.options, folder)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}

await main()
process.exit()
