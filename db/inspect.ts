/** Reads the live schema: the only source of identifiers for everything that builds statements. */
import type { SiteSchema } from '../plan/site-schema.ts'
import { inspectMysql } from './inspect-mysql.ts'
import { inspectSqlite } from './inspect-sqlite.ts'
import type { Database } from './session.ts'

/**
 * Tables of the current schema by name, views and our own tables left out. `schemas`: further schemas of the
 * same server, whose tables are named `schema.table`; SQLite has none. Of other schemas, tables whose foreign keys
 * lead to one of these.
 */
export async function inspectSchema(
  database: Database,
  schemas: readonly string[] = [],
): Promise<SiteSchema> {
  return database.dialect.name === 'sqlite'
    ? await inspectSqlite(database)
    : await inspectMysql(database, schemas)
}
