/** Knex as what it is used for here: a pool of raw connections with their dialects' drivers. */
import { createRequire } from 'node:module'
import knexModule from 'knex'
import type { Knex } from 'knex'
import { DatabaseError, databaseError } from './database-error.ts'
import type { Link, Pool } from './link.ts'
import { mysqlLink, prepareMysqlConnection } from './mysql-link.ts'
import type { MysqlConnection } from './mysql-link.ts'
import { prepareSqliteConnection, sqliteLink } from './sqlite-link.ts'
import type { SqliteConnection } from './sqlite-link.ts'

const { knex } = knexModule

/** What knex's own client offers below its query builder. */
interface KnexClient {
  acquireConnection(): Promise<unknown>
  releaseConnection(connection: unknown): Promise<void>
  acquireRawConnection(): Promise<unknown>
  connectionSettings: object
}

interface Driver<Connection> {
  readonly prepare: (connection: Connection) => Promise<void>
  readonly link: (connection: Connection) => Link
  /** What a new connection is made with; left out: what the pool was made with. */
  readonly options?: () => Readonly<Record<string, unknown>>
  /** Ends the connection at once, without a farewell that could block. */
  readonly destroy: (connection: Connection) => void
}

const mysqlDriver: Omit<Driver<MysqlConnection>, 'link'> = {
  prepare: prepareMysqlConnection,
  destroy: (connection) => {
    connection.destroy()
  },
}

const sqliteDriver: Driver<SqliteConnection> = {
  prepare: prepareSqliteConnection,
  link: sqliteLink,
  destroy: (connection) => {
    if (connection.open) connection.close()
  },
}

/** `options`: mysql2's own, asked for each connection. `qualify`: what becomes of every statement on its way. */
export function mysqlPool(
  options: () => Readonly<Record<string, unknown>>,
  size: number,
  qualify: (text: string) => string = (text) => text,
): Pool {
  const link = (raw: MysqlConnection): Link => mysqlLink(raw, qualify)
  return poolOf({ client: 'mysql2', connection: options() }, size, { ...mysqlDriver, link, options })
}

export function sqlitePool(file: string, size: number): Pool {
  const client = libsqlDialect()
  return poolOf({ client, connection: { filename: file }, useNullAsDefault: true }, size, sqliteDriver)
}

function poolOf<Connection>(config: Knex.Config, size: number, driver: Driver<Connection>): Pool {
  const instance = knex({
    ...config,
    log: silence,
    acquireConnectionTimeout: 15_000,
    pool: {
      min: 0,
      max: size,
      afterCreate: (connection: Connection, done: (error: unknown) => void) => {
        prepareOrDestroy(connection, driver).then(() => {
          done(null)
        }, done)
      },
    },
  })
  const client = instance.client as unknown as KnexClient
  if (driver.options !== undefined) askEachTime(client, driver.options)
  const lent = new Map<Link, Connection>()
  const takeBack = (link: Link): Connection | undefined => {
    const connection = lent.get(link)
    lent.delete(link)
    return connection
  }
  return {
    acquire: async () => {
      const connection = (await client.acquireConnection().catch(refused)) as Connection
      const link = driver.link(connection)
      lent.set(link, connection)
      return link
    },
    release: async (link) => {
      const connection = takeBack(link)
      if (connection !== undefined) await client.releaseConnection(connection)
    },
    discard: async (link) => {
      const connection = takeBack(link)
      if (connection === undefined) return
      driver.destroy(connection)
      // The pool finds it dead when it validates it, and forgets it.
      await client.releaseConnection(connection)
    },
    close: () => instance.destroy(),
  }
}

/** A connection that could not be prepared must not stay open behind the pool's back. */
async function prepareOrDestroy<Connection>(
  connection: Connection,
  driver: Driver<Connection>,
): Promise<void> {
  try {
    await driver.prepare(connection)
  } catch (error) {
    driver.destroy(connection)
    throw error
  }
}

/** Knex would ask once for all, and a password that was changed since would never be read. */
function askEachTime(client: KnexClient, options: () => Readonly<Record<string, unknown>>): void {
  const make = client.acquireRawConnection.bind(client)
  client.acquireRawConnection = () => {
    client.connectionSettings = options()
    return make()
  }
}

/** Whatever keeps a connection from being made is the fault of no row, and may be over in a moment. */
function refused(thrown: unknown): never {
  const timedOut = thrown instanceof Error && thrown.name === 'KnexTimeoutError'
  const error = timedOut
    ? new DatabaseError('other', 'connect', 'NO_FREE_CONNECTION')
    : databaseError(thrown, 'connect')
  if (error.kind !== 'other') throw error
  throw new DatabaseError('connection lost', 'connect', error.code, error.errno, error.sqlState)
}

/** Knex writes connection errors, with what they carry, to the console unless told otherwise. */
const silence: Knex.Logger = {
  warn: ignore,
  error: ignore,
  deprecate: ignore,
  debug: ignore,
}

function ignore(): void {
  // nothing leaves through knex's log
}

interface SqliteClientPrototype {
  destroyRawConnection(connection: SqliteConnection): Promise<void>
  validateConnection(connection: SqliteConnection): boolean
  _driver(): unknown
}

/** Knex's dialect for better-sqlite3, with libsql in the driver's place (it installs without compiling). */
function libsqlDialect(): typeof Knex.Client {
  const load = createRequire(import.meta.url)
  const BetterSqlite = load('knex/lib/dialects/better-sqlite3') as new (config: Knex.Config) => Knex.Client
  class Libsql extends BetterSqlite {}
  const dialect: SqliteClientPrototype = {
    _driver: () => load('libsql') as unknown,
    validateConnection: (connection) => connection.open,
    destroyRawConnection: (connection) => {
      if (connection.open) connection.close()
      return Promise.resolve()
    },
  }
  Object.assign(Libsql.prototype, dialect)
  return Libsql as unknown as typeof Knex.Client
}
