/**
 * Runs the same tests on every database: SQLite and MariaDB, and a server of one's own when
 * `OUBLI_TEST_MYSQL=mysql://user:password@host:port` names one. `OUBLI_TEST_DATABASES=sqlite,mariadb` limits.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../db/connect.ts'
import type { DatabaseSettings, MysqlSettings } from '../db/connect.ts'
import type { Database } from '../db/session.ts'
import { startMariaDb } from './mariadb-server.ts'
import type { MariaDbServer } from './mariadb-server.ts'

export { startMariaDb } from './mariadb-server.ts'

/** A new, empty database each time; it is closed and removed after the block that opened it. */
export type Open = () => Promise<Database>

export function eachDatabase(title: string, define: (open: Open) => void): void {
  onEach(chosen(), title, define)
}

/** As `eachDatabase`, for what only a server has: rows locked one by one, connections that break. */
export function eachServer(title: string, define: (open: Open) => void): void {
  onEach(
    chosen().filter(([name]) => name !== 'sqlite'),
    title,
    define,
  )
}

function onEach(kinds: readonly Kind[], title: string, define: (open: Open) => void): void {
  for (const [name, create] of kinds) {
    describe(`${title} (${name})`, () => {
      const undo: (() => Promise<void>)[] = []
      after(async () => {
        for (const each of undo.splice(0).reverse()) await each()
      })
      define(async () => {
        const { settings, remove } = await create()
        undo.push(remove)
        const database = await openDatabase(settings)
        settingsOf.set(database, settings)
        undo.push(() => database.close())
        return database
      })
    })
  }
}

/** On a server that a test started for itself; the test closes it. */
export async function openOn(settings: DatabaseSettings): Promise<Database> {
  const database = await openDatabase(settings)
  settingsOf.set(database, settings)
  return database
}

const settingsOf = new WeakMap<Database, DatabaseSettings>()

/** Makes a database known that a test opened by itself. */
export function useDatabase(database: Database, settings: DatabaseSettings): void {
  settingsOf.set(database, settings)
}

/** How another process reaches a database that `open` made: settings, and the same as one URL. */
export function databaseUrlSettings(database: Database): { settings: DatabaseSettings; url: string } {
  const settings = settingsOf.get(database)
  if (settings === undefined) throw new Error('this database was not opened by the harness')
  if (settings.client === 'sqlite') return { settings, url: `sqlite://${settings.file}` }
  const { user, password = '', host = '127.0.0.1', port = 3306 } = settings
  const login = password === '' ? user : `${user}:${encodeURIComponent(password)}`
  return { settings, url: `mysql://${login}@${host}:${port}/${settings.database}` }
}

/** This server shows triggers to whoever may write their table, and not only to whoever may make them. */
export async function showsToWriters(database: Database): Promise<boolean> {
  const rows = await database.rows({
    text: "SELECT is_nullable AS told FROM information_schema.columns WHERE table_schema = 'information_schema' AND table_name = 'TRIGGERS' AND column_name = 'ACTION_STATEMENT'",
    values: [],
  })
  return database.dialect.name === 'mariadb' && rows[0]?.['told'] === 'YES'
}

interface Created {
  readonly settings: DatabaseSettings
  readonly remove: () => Promise<void>
}

const kinds: ReadonlyMap<string, () => Promise<Created>> = new Map([
  ['sqlite', createSqlite],
  ['mariadb', async () => createSchema((await sharedServer()).settings('mysql'))],
  ['mysql', () => createSchema(ownServer())],
])

type Kind = readonly [name: string, create: () => Promise<Created>]

function chosen(): readonly Kind[] {
  const offered = [...kinds].filter(([name]) => name !== 'mysql' || 'OUBLI_TEST_MYSQL' in process.env)
  const wish = process.env['OUBLI_TEST_DATABASES']
  if (wish === undefined) return offered
  const wanted = wish.split(',').map((each) => each.trim())
  const unknown = wanted.filter((each) => !kinds.has(each))
  if (unknown.length > 0) throw new Error(`OUBLI_TEST_DATABASES: unknown ${unknown.join(', ')}`)
  const left = offered.filter(([name]) => !wanted.includes(name)).map(([name]) => name)
  warnOnce(left)
  return offered.filter(([name]) => wanted.includes(name))
}

let warned = false

function warnOnce(left: readonly string[]): void {
  if (warned || left.length === 0) return
  warned = true
  process.stderr.write(`\n*** OUBLI_TEST_DATABASES: NOT TESTED ON ${left.join(', ').toUpperCase()} ***\n\n`)
}

async function createSqlite(): Promise<Created> {
  const folder = await mkdtemp(join(tmpdir(), 'oubli-sqlite-'))
  return {
    settings: { client: 'sqlite', file: join(folder, 'site.db') },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

async function createSchema(server: MysqlSettings): Promise<Created> {
  const name = `oubli_test_${randomBytes(6).toString('hex')}`
  await asAdministrator(server, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`)
  return {
    settings: { ...server, database: name },
    remove: () => asAdministrator(server, `DROP DATABASE IF EXISTS ${name}`),
  }
}

async function asAdministrator(server: MysqlSettings, text: string): Promise<void> {
  const database = await openDatabase({ ...server, poolSize: 1 })
  try {
    await database.run({ text, values: [] })
  } finally {
    await database.close()
  }
}

let shared: Promise<MariaDbServer> | undefined

/** One server per process of tests; it ends with the process. `OUBLI_TEST_BUFFER_POOL=2G` for large tables. */
function sharedServer(): Promise<MariaDbServer> {
  const pool = process.env['OUBLI_TEST_BUFFER_POOL']
  shared ??= startMariaDb(pool === undefined ? {} : { flags: [`--innodb-buffer-pool-size=${pool}`] })
  return shared
}

function ownServer(): MysqlSettings {
  const url = new URL(process.env['OUBLI_TEST_MYSQL'] ?? '')
  return {
    client: 'mysql',
    host: url.hostname,
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.length > 1 ? url.pathname.slice(1) : 'mysql',
    tls: null,
  }
}
