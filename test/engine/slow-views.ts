/** Makes rows of the small site take 20 milliseconds and more to delete. */
import type { Database } from '../../db/session.ts'
import { insert, sql } from './lab.ts'

/** SQLite knows no sleep; to count so far takes about as long. */
const million = '(SELECT COUNT(*) FROM ballast a, ballast b, ballast c)'

/** Page views whose id is a multiple of `every`. */
export async function slowViews(database: Database, every = 1): Promise<void> {
  await slowRows(database, 'page_views', every)
}

export async function slowRows(
  database: Database,
  table: 'page_views' | 'prospects',
  every = 1,
): Promise<void> {
  const slow = `OLD.id % ${every} = 0`
  if (database.dialect.locksRows) {
    await sql(
      database,
      `CREATE TRIGGER slow AFTER DELETE ON ${table} FOR EACH ROW SET @slow = IF(${slow}, SLEEP(0.02), 0)`,
    )
    return
  }
  await sql(database, 'CREATE TABLE ballast (id INTEGER NOT NULL PRIMARY KEY)')
  const ids = Array.from({ length: 100 }, (_, id) => ({ id }))
  await insert(database, 'ballast', ids)
  await sql(
    database,
    `CREATE TRIGGER slow AFTER DELETE ON ${table} WHEN ${slow} BEGIN SELECT ${million}; END`,
  )
}
