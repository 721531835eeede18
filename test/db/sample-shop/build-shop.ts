/** Builds the sample shop in an empty database, for tests of any folder. */
import { sampleShopTables } from '../../../db/sample-shop/schema.ts'
import { seedSampleShop } from '../../../db/sample-shop/seed.ts'
import type { SampleShopOptions } from '../../../db/sample-shop/shop-rows.ts'
import type { Database } from '../../../db/session.ts'

export async function buildSampleShop(database: Database, options: SampleShopOptions): Promise<void> {
  for (const text of sampleShopTables(database.dialect)) await database.run({ text, values: [] })
  await seedSampleShop(database, options)
}
