/** Keeps the server at a place until it is let go, and sees who stands there. */
import type { Database } from '../../db/session.ts'

/** Whether a session of this database is so in the list of the server. */
export async function isThere(database: Database, what: string): Promise<boolean> {
  const [row] = await database.rows({
    text: `SELECT COUNT(*) AS n FROM information_schema.processlist WHERE db = DATABASE() AND ${what}`,
    values: [],
  })
  return Number(row?.['n']) > 0
}

/** What keeps the server at a place, until it is let go. */
export async function obstacle(
  database: Database,
  text: string,
): Promise<{ readonly letGo: () => Promise<unknown> }> {
  let end = (): void => undefined
  const over = new Promise<void>((resolve) => (end = resolve))
  let held: Promise<unknown> = Promise.resolve()
  await new Promise<void>((holds, fails) => {
    held = database.transaction(async (tx) => {
      await tx.rows({ text, values: [] })
      holds()
      await over
      await tx.rows({ text: "SELECT RELEASE_LOCK('place')", values: [] })
    })
    // Of no account once it holds.
    void held.then(fails)
  })
  return {
    letGo: () => {
      end()
      return held
    },
  }
}
