/** The sample shop on one database, a settings file beside it, and the command line: in this process or as a child. */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../base/clock.ts'
import { main } from '../../cli/main.ts'
import type { Io } from '../../cli/io.ts'
import { packageRoot } from '../../config/files.ts'
import { sampleShopTables } from '../../db/sample-shop/schema.ts'
import { seedSampleShop } from '../../db/sample-shop/seed.ts'
import { createSandbox, setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import { databaseUrlSettings } from '../databases.ts'
import { quickPace } from '../quick-pace.ts'

/** A Monday, 11:00 in Paris: all four jobs had a slot this morning. */
export const monday = Date.parse('2026-11-23T10:00:00Z')

export interface Said {
  readonly exit: number
  readonly out: string
  readonly err: string
}

export interface Child {
  readonly process: ChildProcess
  /** Both streams so far. */
  readonly out: () => string
  readonly err: () => string
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>
}

export interface Lab {
  readonly database: Database
  readonly folder: string
  /** Path of the settings file. */
  readonly config: string
  oubli(argv: readonly string[], io?: Partial<Io>): Promise<Said>
  spawn(argv: readonly string[], env?: Readonly<Record<string, string>>): Child
  close(): Promise<void>
}

export const mainFile = fileURLToPath(new URL('../../cli/main.js', import.meta.url))

export async function createLab(database: Database, people = 60): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), 'oubli-lab-'))
  await createSandbox(database)
  await setSandboxNow(database, monday)
  for (const text of sampleShopTables(database.dialect)) await database.run({ text, values: [] })
  await seedSampleShop(database, { now: monday, people })
  await cp(join(packageRoot(), 'policies/sample-shop'), join(folder, 'policies'), { recursive: true })
  const config = join(folder, 'oubli.yml')
  await writeFile(config, JSON.stringify(settingsOf(database), null, 2))
  const children: ChildProcess[] = []
  return {
    database,
    folder,
    config,
    oubli: (argv, io = {}) => inProcess(folder, [...argv, '--config', config], io),
    spawn: (argv, env = {}) => {
      const child = start([...argv, '--config', config], folder, env)
      children.push(child.process)
      return child
    },
    close: async () => {
      for (const child of children) child.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export async function inProcess(cwd: string, argv: readonly string[], io: Partial<Io> = {}): Promise<Said> {
  const out: string[] = []
  const err: string[] = []
  const exit = await main(argv, {
    ...quietIo(cwd),
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    ...io,
  })
  return { exit, out: out.join('\n'), err: err.join('\n') }
}

export function quietIo(cwd: string): Io {
  return {
    out: () => undefined,
    err: () => undefined,
    input: () => Promise.resolve(''),
    env: { LANG: 'en' },
    cwd,
    clock: systemClock,
    random: (bytes) => randomBytes(bytes),
    stop: () => null,
  }
}

export function start(
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Child {
  const child = spawn(process.execPath, [mainFile, ...argv], {
    cwd,
    env: { ...process.env, LANG: 'en', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const out: string[] = []
  const err: string[] = []
  child.stdout.on('data', (chunk: Buffer) => void out.push(chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => void err.push(chunk.toString()))
  return {
    process: child,
    out: () => out.join(''),
    err: () => err.join(''),
    ended: new Promise((resolve) => {
      child.on('close', (code, signal) => {
        resolve({ code, signal })
      })
    }),
  }
}

/** Looks until it is so; throws with the words after three minutes. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 180_000
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited three minutes in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function settingsOf(database: Database): unknown {
  const { settings } = databaseUrlSettings(database)
  return {
    database:
      settings.client === 'sqlite'
        ? { sqlite: settings.file }
        : {
            mysql: {
              host: settings.host,
              port: settings.port,
              user: settings.user,
              database: settings.database,
            },
          },
    policies: 'policies',
    evidence: { folder: 'evidence', origin: 'boutique.example/oubli', signing_key_file: 'keys/signing-key' },
    mail: {
      transport: 'files',
      from: { name: 'Boutique', address: 'privacy@boutique.example' },
      reply_to: 'privacy@boutique.example',
      bounces: { none_because: 'A test has no way back.' },
    },
    schedule: { zone: 'Europe/Paris' },
    pace: quickPace,
    log: { format: 'json', level: 'debug', file: 'oubli.log' },
  }
}
