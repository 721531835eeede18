/**
 * The sample shop of the demo, and what happens to it from outside: time passes, people come back, somebody
 * tampers. Every function refuses a database that `createSandbox` did not make.
 */
import type { Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { openDatabase } from '../db/connect.ts'
import { cast, type CastName } from '../db/sample-shop/cast.ts'
import { seedSampleShop } from '../db/sample-shop/seed.ts'
import { sampleShopTableNames, sampleShopTables } from '../db/sample-shop/schema.ts'
import { createSandbox, isSandbox, serverNow, setSandboxNow } from '../db/server-clock.ts'
import type { Database } from '../db/session.ts'

/** Builds the shop in a new SQLite file, as it stands at `now`. */
export async function buildShop(file: string, now: Instant, people: number): Promise<void> {
  await inShop(file, async (database) => {
    await createSandbox(database)
    await setSandboxNow(database, now)
    for (const text of sampleShopTables(database.dialect)) await database.run({ text, values: [] })
    await seedSampleShop(database, { now, people })
  })
}

export async function countShop(file: string): Promise<ReadonlyMap<string, number>> {
  return await inShop(file, async (database) => {
    const counts = new Map<string, number>()
    for (const name of sampleShopTableNames) {
      const [row] = await database.rows({
        text: `SELECT COUNT(*) AS n FROM ${database.dialect.quote(name)}`,
        values: [],
      })
      counts.set(name, Number(row?.['n'] ?? 0))
    }
    return counts
  })
}

export async function passDays(file: string, days: number): Promise<Instant> {
  return await inShop(file, async (database) => {
    const now = (await serverNow(database)) + days * 86_400_000
    await setSandboxNow(database, now)
    return now
  })
}

/** The person signs in: what the site itself would write. */
export async function signIn(file: string, who: CastName): Promise<void> {
  await inShop(file, async (database) => {
    const now = new Date(await serverNow(database)).toISOString().slice(0, 19).replace('T', ' ')
    await database.run({
      text: 'UPDATE users SET last_login_at = ? WHERE id = ?',
      values: [now, BigInt(cast[who].id)],
    })
  })
}

/** Which of these people still have an account. */
export async function stillThere(file: string, who: readonly CastName[]): Promise<ReadonlySet<CastName>> {
  return await inShop(file, async (database) => {
    const there = new Set<CastName>()
    for (const name of who) {
      const rows = await database.rows({
        text: 'SELECT id FROM users WHERE id = ?',
        values: [BigInt(cast[name].id)],
      })
      if (rows.length > 0) there.add(name)
    }
    return there
  })
}

/** Edits one sealed entry the way somebody with a database password could. Returns how to undo it. */
export async function tamperEntry(file: string): Promise<() => Promise<void>> {
  return await inShop(file, async (database) => {
    const [row] = await database.rows({
      text: "SELECT id, leaf FROM oubli_entry WHERE leaf LIKE '%subject.erased%' ORDER BY id LIMIT 1",
      values: [],
    })
    const id = row?.['id']
    const leaf = row?.['leaf']
    if (typeof id !== 'string' || typeof leaf !== 'string') throw new Error('no erasure to tamper with')
    const write = async (text: string): Promise<void> => {
      await inShop(file, (shop) =>
        shop.run({ text: 'UPDATE oubli_entry SET leaf = ? WHERE id = ?', values: [text, id] }),
      )
    }
    await write(leaf.replace('"erased":"1"', '"erased":"0"'))
    return () => write(leaf)
  })
}

async function inShop<T>(file: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase({ client: 'sqlite', file })
  try {
    const [table] = await database.rows({
      text: "SELECT name FROM sqlite_master WHERE type = 'table' LIMIT 1",
      values: [],
    })
    if (table !== undefined && !(await isSandbox(database)))
      throw new OubliError(
        'refused',
        'E_SANDBOX',
        'this database was not made by the demo',
        'Name another folder; the demo never touches a database that it did not make.',
      )
    return await work(database)
  } finally {
    await database.close()
  }
}

/** Number, name and story of the people whom the demo follows. */
export const people = cast
export type Person = CastName
