/** The sample shop as somebody finds it who looks after eight years: most people silent, some of them overdue since long. */
import { sampleShopTableNames, sampleShopTables } from '../../db/sample-shop/schema.ts'
import { seedSampleShop } from '../../db/sample-shop/seed.ts'
import { createSandbox, setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'

/** People who are made one by one; more are copies of them under other numbers. */
const madeOneByOne = 4000
/** Tables that do not grow with the people. */
const alike: readonly string[] = ['products', 'cookies']
/** Distance of the numbers of two copies. */
const apart = 10_000_000

/** `now`: the day of the walk. The shop was in use until five years before, and a third of its people still are. */
export async function buildOldShop(database: Database, now: number, people: number): Promise<void> {
  await createSandbox(database)
  await setSandboxNow(database, now)
  for (const text of sampleShopTables(database.dialect)) await database.run({ text, values: [] })
  const left = new Date(now)
  left.setUTCFullYear(left.getUTCFullYear() - 5)
  await seedSampleShop(database, { now: left.getTime(), people: Math.min(people, madeOneByOne) })
  const copies = Math.ceil(people / madeOneByOne) - 1
  for (const table of sampleShopTableNames)
    if (!alike.includes(table) && copies > 0) await copy(database, table, copies)
  await keepInUse(database, now)
}

async function copy(database: Database, table: string, copies: number): Promise<void> {
  const columns = await database.rows({
    text: 'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position',
    values: [table],
  })
  const names = columns.map((row) => String(row['name']))
  const shifted = names.map((name) => {
    if (/^id$|_id$|^referred_by$/.test(name)) return `${name} + seq * ${apart}`
    return name === 'email' || name === 'number' ? `CONCAT(seq, '-', ${name})` : name
  })
  for (let from = 1; from <= copies; from += 10) {
    const to = Math.min(copies, from + 9)
    await database.run({
      text: `INSERT INTO ${table} (${names.join(', ')}) SELECT ${shifted.join(', ')} FROM ${table} JOIN seq_${from}_to_${to} WHERE ${names[0]} < ${apart}`,
      values: [],
    })
  }
}

/** Every third person, whoever works here, and the canary. */
async function keepInUse(database: Database, now: number): Promise<void> {
  const today = new Date(now).toISOString().slice(0, 10)
  await database.run({
    text: `UPDATE users SET last_login_at = DATE_SUB(?, INTERVAL 1 + id % 300 DAY) WHERE id > 0 AND (id % 3 = 0 OR role <> 'customer')`,
    values: [`${today} 08:00:00`],
  })
}
