/** Looks for a table of ours without asking the table itself, which would be an error. */
import type { Database } from './session.ts'

/** `name`: exactly as it was created. */
export async function tableExists(database: Database, name: string): Promise<boolean> {
  const { ownSchema } = database
  const place = ownSchema === undefined ? 'DATABASE()' : '?'
  const text =
    database.dialect.name === 'sqlite'
      ? 'SELECT 1 AS found FROM sqlite_master WHERE name = ?'
      : `SELECT 1 AS found FROM information_schema.tables WHERE table_schema = ${place} AND table_name = ?`
  const values = ownSchema === undefined ? [name] : [ownSchema, name]
  return (await database.rows({ text, values })).length > 0
}
