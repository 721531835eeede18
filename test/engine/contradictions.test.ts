/** The search for signs of life: what it costs, and what it finds where no index leads. */
import { expect } from 'chai'
import { inspectSchema } from '../../db/inspect.ts'
import { newestStatement } from '../../db/site/signs.ts'
import { contradictions } from '../../engine/contradictions.ts'
import { encodeCutoff } from '../../plan/clock-value.ts'
import { settleMap } from '../../plan/settled-map.ts'
import { trailsOf, type Trail } from '../../plan/signs-of-life.ts'
import { kind } from '../plan/site-builder.ts'
import { eachDatabase, eachServer } from '../databases.ts'
import { rowsReadBy } from '../rows-read.ts'
import { asOf, due, fresh, insert, type Lab } from './lab.ts'
import { account, tell } from './shape.ts'
import { DatabaseError } from '../../db/database-error.ts'
import type { Database, Statement } from '../../db/session.ts'

const tables = [
  'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NULL, seen_at DATETIME NULL)',
  'CREATE INDEX users_seen ON users (seen_at)',
  'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, placed_at DATETIME NOT NULL)',
  'CREATE TABLE parcels (id INTEGER NOT NULL PRIMARY KEY, order_id INTEGER NOT NULL, signed_at DATETIME NULL)',
]
const indexes = [
  'CREATE INDEX orders_user ON orders (user_id)',
  'CREATE INDEX parcels_order ON parcels (order_id)',
]
const kinds = [
  account('users'),
  kind('order', 'orders', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }),
  kind('parcel', 'parcels', { of: 'order', link: { columns: { order_id: 'id' }, where: {} } }),
]

/** `silent` people at the end of `people`; each has an order of 2025 and a parcel signed for in 2026. */
async function site(database: Database, people: number, silent: number): Promise<Lab> {
  const lab = await tell(database, [...tables, ...indexes], kinds, {})
  const isSilent = (id: number): boolean => id > people - silent
  const ids = Array.from({ length: people }, (_, i) => i + 1)
  await insert(
    database,
    'users',
    ids.map((id) => ({ id, email: `u${id}@mail.example`, seen_at: isSilent(id) ? due : fresh })),
  )
  await insert(
    database,
    'orders',
    ids.map((id) => ({ id, user_id: id, placed_at: '2025-04-01 08:00:00' })),
  )
  await insert(
    database,
    'parcels',
    ids.map((id) => ({ id, order_id: id, signed_at: '2026-01-05 08:00:00' })),
  )
  return lab
}

async function trails(lab: Lab): Promise<readonly Trail[]> {
  return trailsOf(settleMap(lab.dataMap, await inspectSchema(lab.database)).map, lab.policy())
}

const nobody = (): boolean => false

eachDatabase('signs of life of the silent', (open) => {
  it('are the same by the index and from the newest rows, and the second says what it is', async () => {
    const lab = await site(await open(), 50, 4)
    const served = await trails(lab)
    expect(served.map(({ table }) => table.name)).to.deep.equal(['orders', 'parcels'])
    const wanted = { silent: 4, withoutValue: 0, people: 4 }
    for (const basis of ['all', 'newest rows'] as const) {
      const asked = served.map((trail) => ({ ...trail, served: basis === 'all' }))
      const found = await contradictions(lab.ports, lab.policy(), {
        trails: asked,
        waived: nobody,
        now: asOf,
      })
      expect(found).to.include(wanted)
      expect(found.signs.map((sign) => [sign.column, sign.basis, sign.years])).to.deep.equal([
        ['placed_at', basis, { '2025': 4 }],
        ['signed_at', basis, { '2026': 4 }],
      ])
    }
  })

  it('do not count against the clock where the column is waived, and are still shown', async () => {
    const lab = await site(await open(), 10, 2)
    const found = await contradictions(lab.ports, lab.policy(), {
      trails: await trails(lab),
      waived: (column) => column === 'orders.placed_at' || column === 'parcels.signed_at',
      now: asOf,
    })
    expect(found.people).to.equal(0)
    expect(found.signs.map(({ people }) => people)).to.deep.equal([2, 2])
  })

  it('are told as unread where the account has no right, and the others are read', async () => {
    const lab = await site(await open(), 10, 2)
    const rows = lab.database.rows.bind(lab.database)
    Object.assign(lab.database, {
      rows: (statement: Statement) =>
        statement.text.includes('parcels')
          ? Promise.reject(
              new DatabaseError('not permitted', 'statement', 'ER_COLUMNACCESS_DENIED_ERROR', 1143),
            )
          : rows(statement),
    })
    const found = await contradictions(lab.ports, lab.policy(), {
      trails: (await trails(lab)).filter(({ table }) => table.name !== 'users'),
      waived: nobody,
      now: asOf,
    })
    expect(found.signs.map(({ column, basis, people }) => [column, basis, people])).to.deep.equal([
      ['placed_at', 'all', 2],
      ['signed_at', 'no right', 0],
    ])
  })

  it('are read by the index of each link', async () => {
    const lab = await site(await open(), 400, 1)
    const { database } = lab
    for (const trail of await trails(lab)) {
      const stretches = trail.signs.map((sign) => ({
        from: encodeCutoff(asOf - 86_400_000, sign),
        to: encodeCutoff(asOf, sign),
      }))
      const statement = newestStatement(database.dialect, lab.policy(), { trail, stretches }, [['400']])
      if (database.dialect.name === 'sqlite') {
        const plan = await database.rows({ ...statement, text: `EXPLAIN QUERY PLAN ${statement.text}` })
        const steps = plan.map((row) => String(row['detail']))
        expect(steps.filter((step) => step.startsWith('SCAN'))).to.deep.equal([])
      } else {
        const plan = await database.rows({ ...statement, text: `EXPLAIN ${statement.text}` })
        expect(plan.map((row) => row['type'])).not.to.include.members(['ALL'])
        expect(plan.map((row) => row['type'])).not.to.include.members(['index'])
      }
    }
  })
})

eachServer('the search for signs of life', (open) => {
  it('reads a few rows for a few silent people, however many others there are', async () => {
    const lab = await site(await open(), 3000, 3)
    const asked = await trails(lab)
    const { result: found, read } = await rowsReadBy(lab.database, () =>
      contradictions(lab.ports, lab.policy(), { trails: asked, waived: nobody, now: asOf }),
    )
    expect(found).to.include({ silent: 3, people: 3 })
    expect(read).to.be.lessThan(300)
  })
})
