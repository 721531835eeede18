/** Fills the empty tables of the sample shop. */
import { OubliError } from '../../base/errors.ts'
import type { Database, Session, SqlValue } from '../session.ts'
import type { ShopRow } from './customer.ts'
import { sampleShopTableNames } from './schema.ts'
import { sampleShopRows, type SampleShopOptions } from './shop-rows.ts'

/** Rows per INSERT: SQLite takes no more than about 500 terms in one statement. */
const chunk = 400

/**
 * Writes the whole shop in one transaction, the same rows for the same options on every server. The tables
 * of `sampleShopTables` must be there and empty.
 *
 * @throws OubliError E_SHOP_NOT_SEEDED, when a row could not be written; nothing is left behind then.
 */
export async function seedSampleShop(session: Database, options: SampleShopOptions): Promise<void> {
  const rows = sampleShopRows(options)
  const outcome = await session.transaction(async (tx) => {
    for (const table of sampleShopTableNames) await insertAll(tx, table, rows[table])
  })
  if (outcome.state === 'committed') return
  throw new OubliError(
    'database',
    'E_SHOP_NOT_SEEDED',
    `The sample shop was not written: the transaction ended as "${outcome.state}".`,
    'Create the tables of the sample shop in an empty database, then seed it once.',
  )
}

async function insertAll(tx: Session, table: string, rows: readonly ShopRow[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {})
  const one = `(${columns.map(() => '?').join(', ')})`
  for (let from = 0; from < rows.length; from += chunk) {
    const part = rows.slice(from, from + chunk)
    const values: SqlValue[] = part.flatMap((row) => columns.map((column) => row[column] ?? null))
    const places = part.map(() => one).join(', ')
    await tx.run({ text: `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${places}`, values })
  }
}
