/** The world of one scenario: a site's database, files beside the settings, a relay, and the command line. */
import { randomBytes } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../base/clock.ts'
import { main } from '../../cli/main.ts'
import type { Io } from '../../cli/io.ts'
import { createSandbox } from '../../db/server-clock.ts'
import type { Database, SqlValue } from '../../db/session.ts'
import { databaseUrlSettings } from '../databases.ts'
import { quickPace } from '../quick-pace.ts'
import { startRelay, type Relay } from './relay.ts'
import { scenarioRoot, type Rows, type Scenario } from './scenario.ts'

export interface Said {
  readonly exit: number
  readonly text: string
  /** Standard output alone. */
  readonly out: string
}

export interface World {
  readonly database: Database
  readonly folder: string
  readonly relay: Relay
  /** Called at the named places of a run. */
  point: NonNullable<Io['point']>
  oubli(argv: readonly string[]): Promise<Said>
  /** What stands in the program's own tables now. */
  kept(): Promise<ReadonlyMap<string, string>>
  /** All that the program wrote, by where it stands: streams, files, own tables. */
  written(): Promise<ReadonlyMap<string, string>>
  close(): Promise<void>
}

export async function createWorld(scenario: Scenario, database: Database): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'oubli-scenario-'))
  const relay = await startRelay()
  await createSandbox(database)
  await buildSite(scenario, database)
  await writeFiles(scenario, folder, relay, database)
  const said: string[] = []
  const world: World = {
    database,
    folder,
    relay,
    point: () => Promise.resolve(),
    oubli: async (argv) => {
      const found = await runMain(world, argv)
      said.push(found.text)
      return found
    },
    kept: async () => new Map(await ownTables(database)),
    written: async () =>
      new Map([
        ['streams', said.join('\n')],
        ...(await filesOf(folder, ['policies', 'keys', 'bounces'])),
        ...(await ownTables(database)),
      ]),
    close: async () => {
      await relay.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return world
}

async function runMain(world: World, argv: readonly string[]): Promise<Said> {
  const all: string[] = []
  const out: string[] = []
  const io: Io = {
    out: (line) => {
      all.push(line)
      out.push(line)
    },
    err: (line) => void all.push(line),
    input: () => Promise.resolve(''),
    env: { LANG: 'en' },
    cwd: world.folder,
    clock: systemClock,
    random: (bytes) => randomBytes(bytes),
    stop: () => null,
    point: (point) => world.point(point),
  }
  const exit = await main(argv, io)
  return { exit, text: all.join('\n'), out: out.join('\n') }
}

async function buildSite(scenario: Scenario, database: Database): Promise<void> {
  const shared = await readFile(join(scenarioRoot, 'site/schema.sql'), 'utf8')
  for (const text of statementsOf(`${shared}\n${scenario.schema}`)) await database.run({ text, values: [] })
  const inserted = await database.transaction(async (tx) => {
    for (const { text, values } of inserts(scenario.before)) await tx.run({ text, values })
  })
  if (inserted.state !== 'committed') throw inserted.error
}

export function statementsOf(script: string): readonly string[] {
  return script
    .replace(/^\s*--.*$/gm, '')
    .split(/;\s*$/m)
    .map((text) => text.trim())
    .filter((text) => text !== '')
}

function inserts(rows: Rows): readonly { readonly text: string; readonly values: readonly SqlValue[] }[] {
  return Object.entries(rows).flatMap(([table, list]) =>
    list.map((row) => ({
      text: `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${Object.keys(row)
        .map(() => '?')
        .join(', ')})`,
      values: Object.values(row) as SqlValue[],
    })),
  )
}

async function writeFiles(
  scenario: Scenario,
  folder: string,
  relay: Relay,
  database: Database,
): Promise<void> {
  await cp(join(scenarioRoot, 'site/policies'), join(folder, 'policies'), { recursive: true })
  const own = join(scenario.folder, 'policies')
  if (existsSync(own)) await cp(own, join(folder, 'policies'), { recursive: true })
  await mkdir(join(folder, 'config'))
  const settings = {
    database: databaseSection(database),
    policies: '../policies',
    evidence: {
      folder: '../evidence',
      origin: 'site.example/oubli',
      signing_key_file: '../keys/signing-key',
      secret_file: '../keys/secret',
    },
    mail: {
      transport: 'smtp',
      host: '127.0.0.1',
      port: relay.port,
      tls: 'none-on-loopback',
      from: { name: 'Petit Site', address: 'notices@site.example' },
      reply_to: 'privacy@site.example',
      per_minute: 10_000,
      language: 'fr',
      bounces: { none_because: 'A scenario has no way back.' },
    },
    schedule: { zone: 'Europe/Paris' },
    pace: quickPace,
    log: { level: 'debug', file: '../oubli.log' },
  }
  await writeFile(join(folder, 'config/oubli.yml'), JSON.stringify(settings, null, 2))
}

function databaseSection(opened: Database): unknown {
  const { settings } = databaseUrlSettings(opened)
  if (settings.client === 'sqlite') return { sqlite: settings.file }
  const { host, port, user, database } = settings
  return { mysql: { host, port, user, database } }
}

async function filesOf(
  folder: string,
  except: readonly string[],
): Promise<readonly (readonly [string, string])[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !except.some((each) => path.startsWith(`${each}/`)))
  return await Promise.all(
    files.map(async (path) => [path, await readFile(join(folder, path), 'latin1')] as const),
  )
}

/** The outbox holds addresses and messages as long as they wait; that is what it is for. */
async function ownTables(database: Database): Promise<readonly (readonly [string, string])[]> {
  const found = await database.rows({
    text:
      database.dialect.name === 'sqlite'
        ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'oubli~_%' ESCAPE '~'"
        : "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_name LIKE 'oubli~_%' ESCAPE '~'",
    values: [],
  })
  const names = found.map((row) => String(row['name']))
  if (!names.includes('oubli_outbox')) throw new Error('the tables of Oubli were not found')
  return await Promise.all(names.map(async (name) => [name, await tableText(database, name)] as const))
}

async function tableText(database: Database, name: string): Promise<string> {
  const rows = await database.rows({ text: `SELECT * FROM ${database.dialect.quote(name)}`, values: [] })
  return rows
    .map((row) => (name === 'oubli_outbox' ? { ...row, address: null, message: null } : row))
    .map((row) =>
      Object.values(row)
        .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value))
        .join('\t'),
    )
    .join('\n')
}
