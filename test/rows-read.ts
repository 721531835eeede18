/** What a server read row by row, whole tables included. */
import type { Database } from '../db/session.ts'

/** Rows that the server read while `work` was done. Asking reads rows as well, and those are taken off. */
export async function rowsReadBy<T>(
  database: Database,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly read: number }> {
  const first = await total(database)
  const before = await total(database)
  const result = await work()
  const after = await total(database)
  return { result, read: after - before - (before - first) }
}

async function total(database: Database): Promise<number> {
  const rows = await database.rows({ text: "SHOW GLOBAL STATUS LIKE 'Handler_read%'", values: [] })
  return rows.reduce((sum, row) => sum + Number(row['Value']), 0)
}
