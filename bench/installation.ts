/** Oubli set up on a schema of the benchmark as a person would: files in a folder, migrated, observed, approved. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { paces, type Pace } from './pace.ts'
import { startProgram, type Running } from './running.ts'
import type { Place } from './sql.ts'

export interface Site extends Place {
  /** Below `kinds:` of the data map. */
  readonly kinds: string
  /** Policy id → its own lines; what all policies have in common is added. */
  readonly policies: Readonly<Record<string, string>>
  /** Section `mail` of the settings. */
  readonly mail?: Readonly<Record<string, unknown>>
  /** Laid over it in the gentle gait. */
  readonly mailWhenGentle?: Readonly<Record<string, unknown>>
  /** What its runs say on standard error; by default errors only. */
  readonly logs?: 'info'
}

export interface Installation {
  readonly folder: string
  /** A child process of `oubli`, as a shell would start it. */
  start(argv: readonly string[], pace?: Pace): Running
  /** The same until its end; what it printed. */
  oubli(argv: readonly string[]): Promise<string>
  /** Lets a run observe what is due now, and approves it. */
  approve(): Promise<void>
  /**
   * Approves what is due now once more: rows that were put back between two rounds are a jump that a run of a
   * policy that has acted rightly refuses.
   */
  approveAgain(): Promise<void>
}

interface Observed {
  readonly fingerprint: string
  readonly policies: readonly { readonly policy: string }[]
}

const mainFile = new URL('../cli/main.js', import.meta.url).pathname

/** Done, partly done because it was asked to end, and nothing else. */
const fine = [0, 3]

export async function install(folder: string, site: Site): Promise<Installation> {
  const home = join(folder, site.database)
  await mkdir(join(home, 'policies'), { recursive: true })
  await writeFile(join(home, 'policies/data-map.yml'), `${head}kinds:\n${site.kinds}`)
  for (const [id, lines] of Object.entries(site.policies))
    await writeFile(join(home, `policies/${id}.yml`), `policy: ${id}\n${lines}${foot}`)
  for (const [pace, part] of Object.entries(paces))
    await writeFile(join(home, fileOf(pace)), JSON.stringify({ ...settings(site, pace), ...part }, null, 2))
  let approved = false
  let acted = false
  const start: Installation['start'] = (argv, pace = 'full speed') => {
    acted ||= approved && argv[0] === 'run'
    return startProgram(process.execPath, [mainFile, ...argv, '--config', join(home, fileOf(pace))], {
      cwd: home,
      fine,
    })
  }
  const oubli: Installation['oubli'] = async (argv) => {
    const running = start(argv)
    await running.done
    return running.out()
  }
  await oubli(['migrate'])
  return {
    folder: home,
    start,
    oubli,
    approve: async () => {
      const said = JSON.parse(await oubli(['run', '--json'])) as Observed
      const names = said.policies.map(({ policy }) => policy)
      await oubli([
        ...['approve', said.fingerprint, '--by', 'Benchmark', '--no-backup', 'the rows are made up'],
        ...['--policy', ...names],
      ])
      approved = true
    },
    approveAgain: async () => {
      // The first approval stands until the policy has acted.
      if (!acted) return
      const { fingerprint } = JSON.parse(await oubli(['plan', '--json'])) as Pick<Observed, 'fingerprint'>
      await oubli(['approve', fingerprint, '--by', 'Benchmark'])
    },
  }
}

function fileOf(pace: string): string {
  return `oubli ${pace}.yml`.replaceAll(' ', '-')
}

function settings(site: Site, pace: string): Readonly<Record<string, unknown>> {
  const { port, database, mail = filesOnly } = site
  return {
    database: { mysql: { host: '127.0.0.1', port, user: 'root', database } },
    policies: 'policies',
    evidence: {
      folder: 'evidence',
      origin: 'benchmark.example/oubli',
      signing_key_file: 'keys/signing-key',
      secret_file: 'keys/secret',
    },
    mail: {
      bounces: { none_because: 'A benchmark has no way back.' },
      ...mail,
      ...(pace === 'gentle' ? site.mailWhenGentle : {}),
    },
    log: { level: site.logs ?? 'error' },
  }
}

const filesOnly = {
  transport: 'files',
  folder: 'mails',
  from: { name: 'Site', address: 'notices@site.example' },
}

const head = `controller: { name: Benchmark, contact: privacy@site.example, dpo: dpo@site.example }
site: { name: Benchmark, url: https://site.example }
zone: UTC
stored_in: UTC
launched_on: 2001-01-01
fiscal_year_ends: 12-31
`

const foot = `status: enforce
stop_above: { percent: 100 }
purpose: measuring
legal_basis: legitimate interests
because: These rows were made by the benchmark and are nobody's.
approved_by: Benchmark
approved_on: 2025-12-01
review_by: 2036-12-01
`
