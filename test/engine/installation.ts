/** Oubli set up beside a small site, as a person would have it: files in a folder, and the command line. */
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../base/clock.ts'
import { main } from '../../cli/main.ts'
import type { Io } from '../../cli/io.ts'
import { createSandbox, setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import { databaseUrlSettings } from '../databases.ts'
import { quickPace } from '../quick-pace.ts'
import { approveAll } from '../approve.ts'

/** What a test puts in the place of the real clock, or does at a named place of a run. */
export type Instead = Partial<Pick<Io, 'clock' | 'point' | 'env' | 'stop'>>

export interface Said {
  readonly exit: number
  readonly text: string
  readonly out: string
}

export interface Installation {
  readonly database: Database
  readonly folder: string
  /** Everything that the program said so far. */
  readonly said: string[]
  oubli(argv: readonly string[], instead?: Instead): Promise<Said>
  /** Observes, approves and lets act. */
  approve(): Promise<void>
  /** All files that the program wrote, keys apart: path → text. */
  files(): Promise<ReadonlyMap<string, string>>
  close(): Promise<void>
}

export interface SiteFiles {
  readonly tables: readonly string[]
  readonly dataMap: string
  /** File name without `.yml` → text. */
  readonly policies: Readonly<Record<string, string>>
  /** Section `mail` of the settings. */
  readonly mail?: Readonly<Record<string, unknown>>
  /** Section `pace`; by default without rests. Null: no such section, as in a fresh installation. */
  readonly pace?: unknown
}

export async function install(database: Database, site: SiteFiles, now: number): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'oubli-installed-'))
  await createSandbox(database)
  await setSandboxNow(database, now)
  for (const text of site.tables) await database.run({ text, values: [] })
  await writeFiles(folder, database, site)
  const said: string[] = []
  const one: Installation = {
    database,
    folder,
    said,
    oubli: async (argv, more = {}) => {
      const found = await runMain(folder, argv, more)
      said.push(found.text)
      return found
    },
    approve: async () => {
      const done = await approveAll(one)
      if (done.exit !== 0) throw new Error(done.text)
    },
    files: () => filesOf(folder),
    close: () => rm(folder, { recursive: true, force: true }),
  }
  const migrated = await one.oubli(['migrate'])
  if (migrated.exit !== 0) throw new Error(migrated.text)
  return one
}

async function runMain(folder: string, argv: readonly string[], more: Instead): Promise<Said> {
  const all: string[] = []
  const out: string[] = []
  const exit = await main(argv, {
    out: (line) => {
      all.push(line)
      out.push(line)
    },
    err: (line) => void all.push(line),
    input: () => Promise.resolve(''),
    env: { LANG: 'en' },
    cwd: folder,
    clock: systemClock,
    random: (bytes) => randomBytes(bytes),
    stop: () => null,
    ...more,
  })
  return { exit, text: all.join('\n'), out: out.join('\n') }
}

async function writeFiles(folder: string, database: Database, site: SiteFiles): Promise<void> {
  await mkdir(join(folder, 'config'))
  await mkdir(join(folder, 'policies'))
  await writeFile(join(folder, 'policies/data-map.yml'), site.dataMap)
  for (const [name, text] of Object.entries(site.policies))
    await writeFile(join(folder, `policies/${name}.yml`), text)
  const { settings } = databaseUrlSettings(database)
  const section =
    settings.client === 'sqlite'
      ? { sqlite: settings.file }
      : {
          ...(settings.ownSchema === undefined ? {} : { own_schema: settings.ownSchema }),
          mysql: {
            host: settings.host,
            port: settings.port,
            user: settings.user,
            database: settings.database,
          },
        }
  const config = {
    database: section,
    policies: '../policies',
    evidence: {
      folder: '../evidence',
      origin: 'site.example/oubli',
      signing_key_file: '../keys/signing-key',
      secret_file: '../keys/secret',
    },
    mail: { bounces: { none_because: 'A test has no way back.' }, ...(site.mail ?? filesOnly) },
    schedule: { zone: 'Europe/Paris' },
    ...(site.pace === null ? {} : { pace: site.pace ?? quickPace }),
    log: { level: 'debug', file: '../oubli.log' },
  }
  await writeFile(join(folder, 'config/oubli.yml'), JSON.stringify(config, null, 2))
}

const filesOnly = {
  transport: 'files',
  folder: '../mails',
  from: { name: 'Site', address: 'notices@site.example' },
  reply_to: 'privacy@site.example',
}

async function filesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !/^(keys|policies|mails)\//.test(path))
  const texts = await Promise.all(
    paths.map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const),
  )
  return new Map(texts)
}
