/** The only place that makes connections. What every session may rely on is settled here and nowhere else. */
import { OubliError } from '../base/errors.ts'
import type { Database, Dialect, Statement } from './session.ts'
import { DatabaseError } from './database-error.ts'
import { dialectOfServer } from './dialect.ts'
import { mysqlPool, sqlitePool } from './knex-pool.ts'
import type { Answer, Pool } from './link.ts'
import { qualifier } from './own-names.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { runBlock, runTransaction } from './transaction.ts'

export interface MysqlSettings {
  readonly client: 'mysql'
  readonly host?: string
  readonly port?: number
  /** Wins over host and port. */
  readonly socketPath?: string
  readonly user: string
  /** Read for each connection, as it may have been changed. */
  readonly password?: string
  readonly database: string
  /** Schema of our own tables on the same server; left out: the site's. */
  readonly ownSchema?: string
  /** `ca`: PEM text; without it the system's authorities. null: no encryption, only on this machine. */
  readonly tls: null | { readonly ca?: string; readonly verifyIdentity: true }
  /** Connections at most; default 6. */
  readonly poolSize?: number
}

export type DatabaseSettings = { readonly client: 'sqlite'; readonly file: string } | MysqlSettings

/**
 * Connects once, to know the server. Throws `OubliError`: `E_TLS_REQUIRED` for a remote server without TLS,
 * `E_SERVER_VERSION`, `E_DATABASE_CONNECT` when nobody answers or the login is refused.
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  if (settings.client === 'sqlite') {
    const pool = sqlitePool(settings.file, 8)
    return await opened(pool, settings, () => Promise.resolve(sqliteDialect))
  }
  refusePlainRemote(settings)
  const { ownSchema } = settings
  const qualify = ownSchema === undefined ? undefined : qualifier(ownSchema)
  const pool = mysqlPool(() => mysqlOptions(settings), settings.poolSize ?? 6, qualify)
  return await opened(pool, settings, async () => {
    const { rows } = await onLink(pool, { text: 'SELECT VERSION() AS version', values: [] })
    const version = rows[0]?.['version']
    return dialectOfServer(typeof version === 'string' ? version : '')
  })
}

async function opened(
  pool: Pool,
  settings: DatabaseSettings,
  findDialect: () => Promise<Dialect>,
): Promise<Database> {
  try {
    await onLink(pool, { text: 'SELECT 1', values: [] })
    return databaseOn(pool, await findDialect(), settings.client === 'mysql' ? settings.ownSchema : undefined)
  } catch (error) {
    await pool.close()
    if (!(error instanceof DatabaseError)) throw error
    throw new OubliError(
      'database',
      'E_DATABASE_CONNECT',
      `database: expected an answer from ${placeOf(settings)}, found ${error.code}`,
      'Check that the server runs, and host, port, user, password and database name in the settings.',
    )
  }
}

function databaseOn(pool: Pool, dialect: Dialect, ownSchema?: string): Database {
  return {
    dialect,
    ...(ownSchema === undefined ? {} : { ownSchema }),
    rows: async (statement) => (await onLink(pool, statement)).rows,
    run: async (statement) => (await onLink(pool, statement)).matched,
    transaction: (work, options) => runTransaction(pool, work, options),
    block: (statement) => runBlock(pool, statement),
    close: () => pool.close(),
  }
}

async function onLink(pool: Pool, statement: Statement): Promise<Answer> {
  const link = await pool.acquire()
  try {
    const answer = await link.query(statement)
    await pool.release(link)
    return answer
  } catch (error) {
    await (error instanceof DatabaseError && link.spoiledBy(error) ? pool.discard(link) : pool.release(link))
    throw error
  }
}

function mysqlOptions(settings: MysqlSettings): Readonly<Record<string, unknown>> {
  const { ca } = settings.tls ?? {}
  // verifyIdentity: with an authority alone the driver accepts any host name.
  const ssl = { ...(ca === undefined ? {} : { ca }), rejectUnauthorized: true, verifyIdentity: true }
  const place =
    settings.socketPath === undefined
      ? { host: settings.host ?? '127.0.0.1', port: settings.port ?? 3306 }
      : { socketPath: settings.socketPath }
  return {
    ...place,
    user: settings.user,
    password: settings.password ?? '',
    database: settings.database,
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    multipleStatements: false,
    connectTimeout: 10_000,
    flags: '-LOCAL_FILES', // FOUND_ROWS stays: counts are matched rows
    ...(settings.tls === null ? {} : { ssl: { ...ssl, minVersion: 'TLSv1.2' } }),
  }
}

function refusePlainRemote(settings: MysqlSettings): void {
  if (settings.tls !== null || settings.socketPath !== undefined) return
  const host = settings.host ?? '127.0.0.1'
  if (host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)) return
  throw new OubliError(
    'settings',
    'E_TLS_REQUIRED',
    `database: expected TLS for the server ${host}, which is not this machine, found none`,
    'Write under database: `tls: { ca: path-of-the-authority.pem, verifyIdentity: true }`, or use socketPath.',
  )
}

function placeOf(settings: DatabaseSettings): string {
  if (settings.client === 'sqlite') return `file ${settings.file}`
  return settings.socketPath ?? `${settings.host ?? '127.0.0.1'}:${settings.port ?? 3306}`
}
