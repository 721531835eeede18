/** Rows with a date in the future: counted up to a limit, and said to be more beyond it. */
import { expect } from 'chai'
import { eachDatabase } from '../databases.ts'
import { insert, sql } from '../engine/lab.ts'
import { policyIn, reportOf } from './report-read.ts'
import { installFilled, smallMap, smallPolicy } from './small-site.ts'

const files = {
  tables: [
    'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, buyer VARCHAR(80) NULL, placed_at DATETIME NULL)',
    'CREATE INDEX orders_placed ON orders (placed_at)',
  ],
  dataMap: smallMap(`  order:
    category: order
    table: orders
    key: id
    events: { placed: { column: placed_at } }
    personal: { buyer: blank }
`),
  policies: {
    'old-orders': smallPolicy(
      'old-orders',
      'data: order\nkeep_at_most: 3 years\ncounted_from: placed\nthen: erase\nper_run: { rows: 500 }\nstop_above: { percent: 100 }',
    ),
  },
}

const digits = Array.from({ length: 10 }, (_, i) => `SELECT ${i} AS d`).join(' UNION ALL ')

eachDatabase('rows with a date that cannot be true', (open) => {
  it('are a lower bound from the first that is not counted, and one without any date is in no figure', async () => {
    const never = { id: 20_000, buyer: null, placed_at: null }
    const site = await installFilled(open, files, { orders: [never] })
    const doubtful = async () => {
      const report = await reportOf(site, '--exact')
      const matter = report.matters.find(({ code }) => code === 'doubtful')
      return [policyIn(report, 'old-orders').doubtful, matter?.rows, matter?.basis]
    }
    try {
      expect(await doubtful()).to.deep.equal([{ rows: 0, basis: 'exact' }, undefined, undefined])
      await sql(
        site.database,
        'INSERT INTO orders (id, buyer, placed_at)' +
          " SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d, 'x', '2031-01-01 10:00:00'" +
          ` FROM (${digits}) a, (${digits}) b, (${digits}) c, (${digits}) e`,
      )
      expect(await doubtful()).to.deep.equal([{ rows: 10_000, basis: 'exact' }, 10_000, 'exact'])
      await insert(site.database, 'orders', [{ id: 10_000, buyer: null, placed_at: '2031-01-01 10:00:00' }])
      expect(await doubtful()).to.deep.equal([{ rows: 10_000, basis: 'at least' }, 10_000, 'at least'])
    } finally {
      await site.close()
    }
  })
})
