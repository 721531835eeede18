/** When tables were made: a dump that is restored makes them anew, and no run of ours does. */
import type { Database } from '../session.ts'
import { textOrNull } from './candidates.ts'

/** `table time` for each of them that is there, sorted; the times are those of the server. */
export async function madeAt(database: Database, tables: readonly string[]): Promise<readonly string[]> {
  const made: string[] = []
  for (const table of [...tables].sort()) {
    const [name = '', schema] = table.split('.').reverse()
    const [row] = await database.rows({
      text: `SELECT CAST(create_time AS CHAR) AS made FROM information_schema.tables WHERE table_schema = ${
        schema === undefined ? 'DATABASE()' : '?'
      } AND table_name = ?`,
      values: schema === undefined ? [name] : [schema, name],
    })
    if (row !== undefined) made.push(`${table} ${textOrNull(row['made'] ?? null) ?? ''}`)
  }
  return made
}
