/** What the search for signs of life makes of what it read: who is silent, which value is an act, and how it is told. */
import { expect } from 'chai'
import { inspectSchema } from '../../db/inspect.ts'
import { DatabaseError } from '../../db/database-error.ts'
import type { Database, Row, Statement } from '../../db/session.ts'
import { contradictions, type Contradictions } from '../../engine/contradictions.ts'
import type { ClockColumn } from '../../plan/compiled.ts'
import { settleMap } from '../../plan/settled-map.ts'
import { trailsOf, type Trail } from '../../plan/signs-of-life.ts'
import { eachDatabase } from '../databases.ts'
import { at, event, kind } from '../plan/site-builder.ts'
import { asOf, due, fresh, insert, type Lab } from './lab.ts'
import { account, tell } from './shape.ts'

const tables = [
  'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, created_at DATETIME NOT NULL)',
  'CREATE INDEX users_seen ON users (seen_at, created_at)',
  'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, at DATETIME NULL)',
  'CREATE INDEX visits_user ON visits (user_id, at)',
  'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, placed_at DATETIME NULL, paid_at DATETIME NULL)',
  'CREATE INDEX orders_user ON orders (user_id)',
  'CREATE TABLE parcels (id INTEGER NOT NULL PRIMARY KEY, order_id INTEGER NOT NULL, signed_at DATETIME NULL)',
  'CREATE INDEX parcels_order ON parcels (order_id)',
]
const link = (own: string) => ({ columns: { [own]: 'id' }, where: {} })
const kinds = [
  account('users', {
    events: { seen: event([at('seen_at'), at('visits.at')], { else: at('created_at') }) },
  }),
  kind('visit', 'visits', { of: 'account', link: link('user_id') }),
  kind('order', 'orders', { of: 'account', link: link('user_id') }),
  kind('parcel', 'parcels', { of: 'order', link: link('order_id') }),
]

/** Five silent people, and two whom the clock does not call so; the first and the last of each have acts. */
async function site(database: Database): Promise<Lab> {
  return await tell(database, tables, kinds, {
    users: [
      { id: 1, seen_at: due, created_at: due },
      { id: 2, seen_at: null, created_at: due },
      { id: 3, seen_at: null, created_at: due },
      { id: 4, seen_at: due, created_at: due },
      { id: 5, seen_at: due, created_at: due },
      { id: 6, seen_at: due, created_at: due },
      { id: 7, seen_at: fresh, created_at: due },
    ],
    visits: [
      { id: 1, user_id: 2, at: due },
      { id: 2, user_id: 6, at: fresh },
    ],
    orders: [
      { id: 1, user_id: 1, placed_at: '2026-02-01 08:00:00', paid_at: null },
      { id: 2, user_id: 4, placed_at: '2024-02-01 08:00:00', paid_at: '2025-02-01 08:00:00' },
      { id: 3, user_id: 6, placed_at: '2026-02-01 08:00:00', paid_at: null },
      { id: 4, user_id: 5, placed_at: due, paid_at: due },
    ],
    parcels: [{ id: 1, order_id: 1, signed_at: due }],
  })
}

async function trailTo(lab: Lab, table: string): Promise<Trail> {
  const trails = trailsOf(settleMap(lab.dataMap, await inspectSchema(lab.database)).map, lab.policy())
  const found = trails.find((one) => one.table.name === table)
  if (found === undefined) throw new Error(`nothing leads to ${table}`)
  return found
}

async function search(
  lab: Lab,
  trails: readonly Trail[],
  waived: readonly string[] = [],
): Promise<Contradictions> {
  return await contradictions(lab.ports, lab.policy(), {
    trails,
    waived: (column) => waived.includes(column),
    now: asOf,
  })
}

const times: ClockColumn = {
  column: 'placed_at',
  format: 'datetime',
  zone: 'UTC',
  never: [null, '2025-01-01 00:00:00'],
  ordered: true,
  family: 'datetime',
}

/** The same database, with somebody else who answers what is read. */
function asking(database: Database, rows: Database['rows']): Database {
  return new Proxy(database, {
    get: (whole, name) => {
      if (name === 'rows') return rows
      const value: unknown = Reflect.get(whole, name)
      return typeof value === 'function' ? (value.bind(whole) as unknown) : value
    },
  })
}

/** Years of the acts of one silent person where the table says this, whatever its true columns are. */
async function yearsOf(lab: Lab, sign: Partial<ClockColumn>, ...raws: (string | null)[]): Promise<unknown> {
  return (await said(lab, await trailTo(lab, 'orders'), sign, raws)).map(({ years }) => years)
}

async function said(
  lab: Lab,
  trail: Trail,
  sign: Partial<ClockColumn>,
  raws: readonly (string | null)[],
): Promise<Contradictions['signs']> {
  const rows = lab.database.rows.bind(lab.database)
  const values = raws.map((raw, i): [string, string | null] => [`oubli_s${i}`, raw])
  const row: Row = { oubli_k0: '1', ...Object.fromEntries(values) }
  let asked = false
  const saying = async (statement: Statement) => {
    if (!statement.text.includes('oubli_s0')) return await rows(statement)
    const answer = asked ? [] : [row]
    asked = true
    return answer
  }
  const database = asking(lab.database, saying)
  const found = await contradictions({ ...lab.ports, database }, lab.policy(), {
    trails: [{ ...trail, signs: raws.map(() => ({ ...times, ...sign })) }],
    waived: () => false,
    now: asOf,
  })
  return found.signs
}

eachDatabase('signs of life, counted', (open) => {
  it('are those of silent people, by column and year; of the others nothing is asked', async () => {
    const lab = await site(await open())
    const trails = [await trailTo(lab, 'orders'), await trailTo(lab, 'parcels')]
    const shared = { table: 'orders', by: 'user_id', link: 'data map', basis: 'all' }
    expect(await search(lab, trails, ['orders.paid_at'])).to.deep.equal({
      silent: 5,
      withoutValue: 1,
      withoutIn: [2, 4],
      people: 2,
      signs: [
        { ...shared, column: 'placed_at', people: 2, years: { '2024': 1, '2026': 1 } },
        { ...shared, column: 'paid_at', people: 1, years: { '2025': 1 } },
      ],
    })
    await insert(lab.database, 'parcels', [
      { id: 2, order_id: 1, signed_at: '2025-05-01 08:00:00' },
      { id: 3, order_id: 2, signed_at: '2025-06-01 08:00:00' },
    ])
    const far = { table: 'parcels', by: '', link: 'data map', column: 'signed_at', people: 2 }
    for (const served of [true, false]) {
      const basis = served ? 'all' : 'newest rows'
      const trail = { ...(await trailTo(lab, 'parcels')), served }
      expect((await search(lab, [trail])).signs).to.deep.equal([{ ...far, basis, years: { '2025': 2 } }])
    }
  })

  it('are named by the columns that lead to the person, where one step does', async () => {
    const lab = await site(await open())
    const trail = await trailTo(lab, 'orders')
    const by = async (joins: Trail['joins']) =>
      (await said(lab, { ...trail, joins }, {}, ['2025-03-01 08:00:00'])).map((sign) => sign.by)
    const [join] = trail.joins
    if (join === undefined) throw new Error('an order hangs on a person')
    const columns = ['shop_id', 'user_id'].map((own) => ({ own, parent: 'id' }))
    expect(await by([{ ...join, columns }])).to.deep.equal(['shop_id, user_id'])
    expect(await by([join, join]), 'further away').to.deep.equal([''])
    expect(await by([]), 'the row of the person').to.deep.equal([''])
  })

  it('count nobody as without a value where all have one', async () => {
    const lab = await site(await open())
    await lab.database.run({
      text: "UPDATE users SET seen_at = '2020-01-01 08:00:00' WHERE id < 6",
      values: [],
    })
    await insert(
      lab.database,
      'visits',
      [3, 4, 5, 6, 7].map((id) => ({ id, user_id: id - 2, at: due })),
    )
    const found = await search(lab, [])
    expect([found.withoutValue, found.withoutIn, found.people]).to.deep.equal([0, [0, 0], 0])
  })

  it('contradict unless every column that shows them is waived', async () => {
    const lab = await site(await open())
    const trail = await trailTo(lab, 'orders')
    expect((await search(lab, [trail], ['orders.placed_at'])).people).to.equal(1)
    expect((await search(lab, [trail], ['orders.placed_at', 'orders.paid_at'])).people).to.equal(0)
  })

  it('are acts from a tenth of the term, or thirty days, after its end, and not of the future', async () => {
    const lab = await site(await open())
    expect(await yearsOf(lab, {}, '2023-06-30 22:00:00')).to.deep.equal([{ '2023': 1 }])
    expect(await yearsOf(lab, {}, '2023-06-30 21:59:59')).to.deep.equal([])
    expect(await yearsOf(lab, {}, '2026-06-01 10:04:59')).to.deep.equal([{ '2026': 1 }])
    expect(await yearsOf(lab, {}, '2026-06-01 10:05:00')).to.deep.equal([])
    expect(await yearsOf(lab, {}, '2024-12-31 23:30:00'), 'in the zone of the site').to.deep.equal([
      { '2025': 1 },
    ])
  })

  it('are read as their column writes them, and what means never, or nothing, is none', async () => {
    const lab = await site(await open())
    const one = [{ '2025': 1 }]
    expect(await yearsOf(lab, {}, '2025-01-01 00:00:00'), 'never').to.deep.equal([])
    expect(await yearsOf(lab, {}, null)).to.deep.equal([])
    expect(await yearsOf(lab, {}, '2025-04-01T08:00:00'), 'no DATETIME').to.deep.equal([])
    expect(await yearsOf(lab, { format: '14 digits' }, '20250401080000')).to.deep.equal(one)
    expect(await yearsOf(lab, { format: '14 digits' }, '20250401080000.0000')).to.deep.equal(one)
    expect(await yearsOf(lab, { format: '14 digits' }, '20250401080000.05')).to.deep.equal([])
    expect(await yearsOf(lab, { format: 'iso text' }, '2025-04-01T08:00:00Z')).to.deep.equal(one)
    expect(await yearsOf(lab, { format: 'iso text' }, '2025-04-01T08:00:00')).to.deep.equal(one)
    expect(await yearsOf(lab, { format: 'iso text' }, '2025-04-31T08:00:00')).to.deep.equal([])
  })

  it('count a person once for a column that is read in two ways, by the newer act', async () => {
    const lab = await site(await open())
    const [older, newer] = ['2024-03-01 08:00:00', '2025-03-01 08:00:00']
    expect(await yearsOf(lab, {}, older, newer)).to.deep.equal([{ '2025': 1 }])
    expect(await yearsOf(lab, {}, newer, older)).to.deep.equal([{ '2025': 1 }])
  })

  it('of keys that the server does not compare are told as unread, and any other error is one', async () => {
    const lab = await site(await open())
    const trail = await trailTo(lab, 'orders')
    const rows = lab.database.rows.bind(lab.database)
    const refuse = (errno: number): void => {
      const error = new DatabaseError('other', 'statement', 'ER_X', errno)
      const answer = (statement: Statement) =>
        statement.text.includes('orders') ? Promise.reject(error) : rows(statement)
      Object.assign(lab.database, { rows: answer })
    }
    refuse(1267)
    const { signs, people } = await search(lab, [trail])
    expect(people).to.equal(0)
    expect(signs.map((sign) => [sign.column, sign.basis, sign.people, sign.years])).to.deep.equal([
      ['placed_at', 'collations', 0, {}],
      ['paid_at', 'collations', 0, {}],
    ])
    refuse(1064)
    const failed = await search(lab, [trail]).catch((error: unknown) => error)
    expect(failed).to.be.instanceOf(DatabaseError)
  })
})
