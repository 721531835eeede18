/** The last look before COMMIT asks something of a row that the site writes without rest, and on which many hang. */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { openDatabase } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import { mostWaiting } from '../../engine/attempt.ts'
import { databaseUrlSettings, eachServer } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { createLab, due, insert, sql, type Lab } from './lab.ts'

const orders = 60

async function site(database: Database): Promise<Lab> {
  const lab = await createLab(database, {
    tables: [
      `CREATE TABLE shops (id INTEGER NOT NULL PRIMARY KEY, visits INTEGER NOT NULL, frozen VARCHAR(9) NOT NULL DEFAULT 'no', name VARCHAR(9) NULL, left_at DATETIME NULL, cut_at DATETIME NULL)`,
      'CREATE INDEX shops_left ON shops (left_at, cut_at)',
      'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, shop_id INTEGER NOT NULL, closed_at DATETIME NULL, status VARCHAR(9) NULL, looks INTEGER NOT NULL DEFAULT 0)',
      'CREATE INDEX orders_shop ON orders (shop_id)',
      'CREATE INDEX orders_closed ON orders (closed_at)',
    ],
    kinds: [
      kind('shop', 'shops', {
        subject: true,
        restricted: { frozen: ['yes'] },
        events: { left: event([at('left_at')]) },
        states: { order_open: { 'orders.status': ['paid'] } },
        personal: { name: { strategy: 'null' } },
        done: { anonymise: 'cut_at' },
      }),
      kind('order', 'orders', {
        of: 'shop',
        link: { columns: { shop_id: 'id' }, where: {} },
        events: { closed: event([at('closed_at')]) },
      }),
    ],
    policies: [
      policy('order', { countedFrom: 'closed' }),
      policy('shop', { id: 'shops', countedFrom: 'left', then: 'anonymise', notWhile: ['order_open'] }),
    ],
  })
  await insert(
    database,
    'shops',
    [1, 2].map((id) => ({ id, visits: 0, name: 'x', left_at: due })),
  )
  await insert(
    database,
    'orders',
    Array.from({ length: orders }, (_, i) => ({ id: i + 1, shop_id: i === 30 ? 2 : 1, closed_at: due })),
  )
  return lab
}

const visit = 'UPDATE shops SET visits = visits + 1 WHERE id = 1'

eachServer('orders of a shop that is written without rest', (open) => {
  let lab: Lab
  let beside: Database
  let waited: number
  let ends: string[]
  beforeEach(async () => {
    lab = await site(await open())
    beside = await openDatabase(databaseUrlSettings(lab.database).settings)
    waited = 0
    ends = []
    Object.assign(lab.ports, {
      sleep: (milliseconds: number) => {
        waited += milliseconds
        return Promise.resolve()
      },
      // The longest that the jitter gives.
      random: (bytes: number) => (bytes === 2 ? Buffer.alloc(2, 255) : randomBytes(bytes)),
    })
    lab.pace = { ...lab.pace, took: ({ end }) => void ends.push(end) }
  })
  afterEach(() => beside.close())

  it('are tried twice, left as busy, and cost the run no more than a bounded wait', async () => {
    const begun = performance.now()
    const outcome = await beside.transaction(async (tx) => {
      await tx.run({ text: visit, values: [] })
      return await lab.run()
    })
    if (outcome.state !== 'committed') throw outcome.error
    expect(outcome.value, 'the order of another shop goes').to.deep.include({
      ...{ done: 1, busy: orders - 1, setAside: 0, stopped: 'done', oftenBusy: [] },
    })
    const longest = 50 * 2 ** 5
    expect(waited, 'in both passes').to.be.at.most(2 * (mostWaiting + longest))
    // The tries themselves count as well.
    expect(waited + performance.now() - begun).to.be.at.least(2 * mostWaiting)
    expect(await lab.run()).to.deep.include({ done: orders - 1, busy: 0 })
    expect(await lab.rows('oubli_set_aside')).to.deep.equal([])
  })

  it('and the shop itself are done at the first try between two writes, also where snapshots are isolated', async () => {
    const { database } = lab
    const isMariaDb = database.dialect.name === 'mariadb'
    if (isMariaDb) await sql(database, 'SET GLOBAL innodb_snapshot_isolation = ON')
    const isolated = await openDatabase(databaseUrlSettings(database).settings)
    try {
      Object.assign(lab.ports, { database: isolated })
      lab.point = async (point) => {
        if (point !== 're-checked') return
        await sql(beside, 'UPDATE orders SET looks = looks + 1 WHERE id = 1')
      }
      expect(await lab.run('shops')).to.deep.include({ done: 2, busy: 0, setAside: 0, stopped: 'done' })
      lab.point = async (point) => {
        if (point === 're-checked') await sql(beside, visit)
      }
      expect(await lab.run()).to.deep.include({ done: orders, busy: 0, setAside: 0, stopped: 'done' })
      expect(new Set(ends)).to.deep.equal(new Set(['committed']))
    } finally {
      if (isMariaDb) await sql(database, 'SET GLOBAL innodb_snapshot_isolation = OFF')
      await isolated.close()
    }
  })
})
