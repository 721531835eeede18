/** The words behind `npm run bench --`, read into what is to be done. */
import { parseArgs } from 'node:util'
import { workloads, type Workload } from './targets.ts'

export interface Options {
  readonly workloads: readonly Workload[]
  readonly quick: boolean
  /** Paired rounds of each comparison. */
  readonly rounds: number
  /** Seconds after the first write until a contender is asked to end. */
  readonly window: number
  /** Null: no file. */
  readonly json: string | null
}

export type Asked = { readonly do: 'bench'; readonly options: Options } | { readonly do: 'help' }

/** Six rounds are the fewest whose lowest and highest value cover the median in 95 of 100 cases. */
const full = { rounds: 7, window: 5 }
const quick = { rounds: 3, window: 2.5 }

export const help = `npm run bench -- [workload ...] [--quick] [--rounds N] [--json FILE]

Measures \`oubli run\` beside what a database administrator would use, on a MariaDB of its own with durable
settings, and holds the ratios against bench/targets.ts.

workloads (all, unless some are named):
  purge      a flat table, half of it due, against pt-archiver, a stored procedure and one DELETE
  scattered  few due rows, scattered or clustered, in tables of three sizes
  people     whole persons with what belongs to them, against scripts
  anonymise  five columns rewritten, against a stored procedure and JavaScript
  partition  partitions that are wholly due
  harm       the response times of a site beside the purge at full speed
  gentle     the same beside the default profile, in twice as many rounds and one more
  memory     resident memory and processor time, from few to many due rows
  mail       \`oubli mail deliver\` against a nodemailer pool; a rate limit over two processes
  plan       rows read by \`oubli plan\` in a large and a small table
  evidence   sealing, verifying and receipts of a short and a long log; sealing's share of a purge

options:
  --quick      small tables, at most three rounds, within two minutes a workload; for a look, not for a claim
  --rounds N   paired rounds (default ${full.rounds}; with --quick ${quick.rounds})
  --json FILE  writes every figure, the machine, versions and settings
  --help       this text

examples:
  npm run bench -- purge --quick
  npm run bench -- purge harm --rounds 9 --json bench.json
  npm run bench

pt-archiver is part of percona-toolkit: apt-get install percona-toolkit`

/** Throws an error with one sentence for the person who typed it. */
export function readOptions(argv: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      rounds: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return { do: 'help' }
  const unknown = positionals.filter((name) => !isWorkload(name))
  if (unknown.length > 0)
    throw new Error(`expected a workload (${workloads.join(', ')}), found ${unknown.join(', ')}`)
  const form = values.quick ? quick : full
  return {
    do: 'bench',
    options: {
      workloads: positionals.length === 0 ? workloads : workloads.filter((one) => positionals.includes(one)),
      quick: values.quick,
      rounds: values.rounds === undefined ? form.rounds : wholeNumber(values.rounds),
      window: form.window,
      json: values.json ?? null,
    },
  }
}

function isWorkload(name: string): name is Workload {
  return workloads.some((one) => one === name)
}

function wholeNumber(text: string): number {
  const found = Number(text)
  if (Number.isInteger(found) && found >= 1 && found <= 100) return found
  throw new Error(`--rounds: expected a whole number from 1 to 100, found ${text}`)
}
