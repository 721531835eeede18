/** What an act leaves behind, and how its rows are counted: archives, marks, columns that are changed together. */
import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import type { Policy } from '../../policies/policy.ts'
import { eachDatabase } from '../databases.ts'
import { steadyPace } from '../../engine/pace.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { asOf, createLab, due, fresh, insert, type Lab } from './lab.ts'
import { account, tell } from './shape.ts'

const people = (more: string) => [
  `CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, ${more})`,
  'CREATE INDEX users_seen ON users (seen_at)',
]
const orders = [
  'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NULL, ship VARCHAR(20) NULL, gone_at DATETIME NULL, CONSTRAINT ac_user FOREIGN KEY (user_id) REFERENCES users (id))',
  'CREATE INDEX orders_user ON orders (user_id)',
]
const two = [1, 2].map((id) => ({ id, seen_at: id === 1 ? due : fresh, email: `u${id}`, news: 1 }))
const theirs = [1, 2].map((id) => ({ id: id * 10, user_id: id, ship: `street ${id}` }))
const now = new Date(asOf).toISOString().slice(0, 19).replace('T', ' ')

async function entries(lab: Lab) {
  return (await lab.rows('oubli_entry')).map((row) => {
    const { kind, tables } = JSON.parse(row['leaf'] as string) as { kind: string; tables: unknown }
    return [kind, tables]
  })
}

const acts = async (lab: Lab) => (await lab.rows('oubli_tombstone')).map((row) => row['act'])

eachDatabase('what an act leaves', (open) => {
  it('of people who are archived with their orders: a copy each, and nothing else', async () => {
    const lab = await tell(
      await open(),
      [
        ...people('email VARCHAR(20) NOT NULL, news INTEGER NOT NULL'),
        ...orders,
        'CREATE TABLE old_users (number INTEGER NOT NULL PRIMARY KEY, seen DATETIME NULL)',
        'CREATE TABLE old_orders (number INTEGER NOT NULL PRIMARY KEY)',
      ],
      [
        account('users', { archive: { into: 'old_user', columns: { number: 'id', seen: 'seen_at' } } }),
        kind('order', 'orders', {
          of: 'account',
          archive: { into: 'old_order', columns: { number: 'id' } },
        }),
        kind('old_user', 'old_users', { key: ['number'] }),
        kind('old_order', 'old_orders', { key: ['number'] }),
      ],
      { users: two, orders: theirs },
      { then: 'archive', but: { order: { act: 'archive', under: null } } },
    )
    const outcome = await lab.run()
    expect(outcome).to.include({ done: 1, setAside: 0 })
    const counts = { users: { archived: '1' }, orders: { archived: '1' } }
    expect(outcome.tables).to.deep.equal(counts)
    expect(await entries(lab)).to.deep.equal([['subject.erased', counts]])
    expect(await acts(lab)).to.deep.equal(['erased'])
    expect((await lab.rows('users')).map((row) => row['id'])).to.deep.equal(['2'])
    expect((await lab.rows('orders')).map((row) => row['id'])).to.deep.equal(['20'])
    expect(await lab.rows('old_users')).to.deep.equal([{ number: '1', seen: due }])
    expect(await lab.rows('old_orders')).to.deep.equal([{ number: '10' }])
  })

  it('of rows that an archive would round: nothing, refused with both types', async () => {
    const lab = await tell(
      await open(),
      [
        ...people('email VARCHAR(20) NOT NULL, spent DECIMAL(12,4) NOT NULL, left_at DATETIME(6) NOT NULL'),
        'CREATE TABLE old_users (number INTEGER NOT NULL PRIMARY KEY, spent DECIMAL(12,2) NOT NULL, left_at DATETIME NOT NULL)',
      ],
      [
        account('users', {
          archive: { into: 'old_user', columns: { number: 'id', spent: 'spent', left_at: 'left_at' } },
        }),
        kind('old_user', 'old_users', { key: ['number'] }),
      ],
      {},
      { then: 'archive' },
    )
    expect(lab.compiled.plan.policies).to.deep.equal([])
    const told = lab.compiled.problems.filter(({ refuses }) => refuses)
    expect(told.map(({ code, table, column }) => [code, table, column])).to.deep.equal([
      ['E_ARCHIVE_TYPE', 'old_users', 'spent'],
      ['E_ARCHIVE_TYPE', 'old_users', 'left_at'],
    ])
  })

  for (const [stub, rule] of [
    ['detach', 'CASCADE'],
    ['erase', 'CASCADE'],
    ['archive', 'CASCADE'],
    ['detach', 'RESTRICT'],
    ['archive', 'RESTRICT'],
  ] as const)
    it(`of an archive that copies a second key (${rule}), ${stub}: whole, or refused`, async () => {
      const archive = { into: 'old_order', columns: { number: 'id', address: 'address_id' } }
      const lab = await tell(
        await open(),
        [
          ...people('email VARCHAR(20) NOT NULL, news INTEGER NOT NULL'),
          'CREATE TABLE addresses (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, CONSTRAINT ac_home FOREIGN KEY (user_id) REFERENCES users (id))',
          'CREATE INDEX addresses_user ON addresses (user_id)',
          `CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, address_id INTEGER NULL, CONSTRAINT ac_user FOREIGN KEY (user_id) REFERENCES users (id), CONSTRAINT ac_to FOREIGN KEY (address_id) REFERENCES addresses (id) ON DELETE ${rule})`,
          'CREATE INDEX orders_user ON orders (user_id)',
          'CREATE INDEX orders_address ON orders (address_id)',
          'CREATE TABLE old_orders (number INTEGER NOT NULL PRIMARY KEY, address INTEGER NULL)',
        ],
        [
          account('users'),
          kind('address', 'addresses', { of: 'account' }),
          kind('order', 'orders', { of: 'account', archive }),
          ...(stub === 'detach'
            ? []
            : [
                kind('address_orders', 'orders', {
                  ...{ of: 'address', archive, link: { columns: { address_id: 'id' }, where: {} } },
                }),
              ]),
          kind('old_order', 'old_orders', { key: ['number'] }),
        ],
        {
          users: two,
          addresses: [1, 2].map((id) => ({ id, user_id: id })),
          // The last is of 2, at the address of 1.
          orders: [10, 20, 21].map((id) => ({
            id,
            user_id: Math.floor(id / 10),
            address_id: id === 20 ? 2 : 1,
          })),
        },
        {
          but: {
            order: { act: 'archive', under: null },
            ...(stub === 'detach' ? { 'order.address_id': { act: 'detach' } } : {}),
            ...(stub === 'archive' ? { address_orders: { act: 'archive', under: null } } : {}),
          },
        },
      )
      if (stub === 'archive') {
        expect(await lab.run()).to.include({ done: 1, setAside: 0 })
        expect(await lab.rows('old_orders')).to.deep.equal([
          { number: '10', address: '1' },
          { number: '21', address: '1' },
        ])
        expect((await lab.rows('orders')).map((row) => row['id'])).to.deep.equal(['20'])
      } else {
        const told = lab.compiled.problems.filter(({ refuses }) => refuses)
        const code = stub === 'detach' ? 'E_DETACH_ARCHIVED' : 'E_TWO_ACTS'
        expect(told.map((one) => one.code)).to.deep.equal([code])
        if (stub === 'detach') expect(told[0]?.params['stub']).to.include('  address_orders:')
        expect(lab.compiled.plan.policies).to.deep.equal([])
      }
    })

  it('of orders that stay without their person: the mark of the site', async () => {
    const lab = await tell(
      await open(),
      [...people('email VARCHAR(20) NOT NULL, news INTEGER NOT NULL'), ...orders],
      [
        account('users'),
        kind('order', 'orders', {
          of: 'account',
          personal: { ship: { strategy: 'null' } },
          done: { anonymise: 'gone_at' },
        }),
      ],
      { users: two, orders: theirs },
      { but: { order: { act: 'anonymise', under: null } } },
    )
    const outcome = await lab.run()
    expect(outcome.tables).to.deep.equal({ users: { erased: '1' }, orders: { anonymised: '1' } })
    expect(await lab.rows('orders')).to.deep.equal([
      { id: '10', user_id: null, ship: null, gone_at: now },
      { id: '20', user_id: '2', ship: 'street 2', gone_at: null },
    ])
  })

  it('of rows that are not people: one entry for all of them, with what hung on them', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE carts (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX carts_seen ON carts (seen_at)',
        'CREATE TABLE items (id INTEGER NOT NULL PRIMARY KEY, cart_id INTEGER NOT NULL, CONSTRAINT ac_cart FOREIGN KEY (cart_id) REFERENCES carts (id))',
        'CREATE INDEX items_cart ON items (cart_id)',
      ],
      [account('carts', { subject: false }), kind('item', 'items', { of: 'account' })],
      {
        carts: [1, 2, 3].map((id) => ({ id, seen_at: id === 3 ? fresh : due })),
        items: [1, 1, 2, 3].map((cart_id, id) => ({ id, cart_id })),
      },
    )
    expect(await lab.run()).to.include({ done: 2, setAside: 0 })
    expect(await entries(lab)).to.deep.equal([
      ['rows.erased', { carts: { erased: '2' }, items: { erased: '3' } }],
    ])
    expect(await lab.rows('oubli_tombstone')).to.deep.equal([])
  })

  for (const done of ['done_at', null])
    it(`of a consent that is withdrawn: ${done === null ? 'our own mark' : 'the mark of the site'}, and once is enough`, async () => {
      const lab = await tell(
        await open(),
        people('email VARCHAR(20) NOT NULL, news INTEGER NOT NULL, done_at DATETIME NULL'),
        [
          account('users', {
            withdrawn: { news: '0' },
            done: done === null ? {} : { 'withdraw consent': done },
          }),
        ],
        { users: two },
        { then: 'withdraw consent' },
      )
      const outcome = await lab.run()
      expect(outcome.tables).to.deep.equal({ users: { withdrawn: '1' } })
      expect(await entries(lab)).to.deep.equal([['subject.anonymised', { users: { withdrawn: '1' } }]])
      expect(await acts(lab)).to.deep.equal(['anonymised'])
      expect((await lab.rows('users')).map((row) => [row['news'], row['done_at']])).to.deep.equal([
        ['0', done === null ? null : now],
        ['1', null],
      ])
      expect(await lab.rows('oubli_done')).to.have.length(done === null ? 1 : 0)
      expect(await lab.run()).to.include({ done: 0 })
    })

  it('of columns of which some depend on the row: constants and the mark in the same rows', async () => {
    const lab = await tell(
      await open(),
      people('email VARCHAR(60) NOT NULL UNIQUE, city VARCHAR(20) NULL, done_at DATETIME NULL'),
      [
        account('users', {
          personal: {
            email: { strategy: 'unique_address' },
            city: { strategy: 'fixed', value: 'somewhere' },
          },
          done: { anonymise: 'done_at' },
        }),
      ],
      {
        users: [1, 2, 3].map((id) => ({
          id,
          seen_at: id === 3 ? fresh : due,
          email: `u${id}`,
          city: 'Lyon',
        })),
      },
      { then: 'anonymise' },
    )
    expect(await lab.run()).to.include({ done: 2, setAside: 0 })
    const rows = await lab.rows('users')
    expect(rows.map((row) => [row['city'], row['done_at']])).to.deep.equal([
      ['somewhere', now],
      ['somewhere', now],
      ['Lyon', null],
    ])
    expect(rows.map((row) => /^[0-9a-f]{24}@/.test(String(row['email'])))).to.deep.equal([true, true, false])
  })
})

/** Three bills, each due by itself, of which the second hangs on the first; the third is of another sort. */
async function bills(
  database: Database,
  more: Partial<Policy>,
  { sort = {}, copied = { id: 'id', body: 'body' }, key = '' } = {},
) {
  const archive = { into: 'old_bill', columns: copied }
  const lab = await createLab(database, {
    tables: [
      `CREATE TABLE bills (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, parent_id INTEGER NULL, sort VARCHAR(9) NOT NULL, body VARCHAR(20) NULL${key})`,
      'CREATE INDEX bills_seen ON bills (seen_at)',
      'CREATE INDEX bills_parent ON bills (parent_id)',
      'CREATE TABLE old_bills (id INTEGER NOT NULL PRIMARY KEY, parent_id INTEGER NULL, body VARCHAR(20) NULL)',
    ],
    kinds: [
      kind('bill', 'bills', { events: { seen: event([at('seen_at')]) }, archive }),
      kind('credit', 'bills', {
        ...{ of: 'bill', archive, personal: { body: { strategy: 'null' } } },
        link: { columns: { parent_id: 'id' }, where: sort },
      }),
      kind('old_bill', 'old_bills'),
    ],
    policies: [policy('bill', more)],
  })
  await insert(database, 'bills', [
    { id: 1, seen_at: '2019-01-01 08:00:00', parent_id: null, sort: 'bill', body: 'one' },
    { id: 2, seen_at: '2020-01-01 08:00:00', parent_id: 1, sort: 'credit', body: 'two' },
    { id: 3, seen_at: '2021-01-01 08:00:00', parent_id: null, sort: 'bill', body: 'three' },
  ])
  return lab
}

const archived = { act: 'archive', under: null } as const
const emptied = { act: 'anonymise', under: null } as const
const selfKey = ', CONSTRAINT ac_bill FOREIGN KEY (parent_id) REFERENCES bills (id)'
const all = { id: 'id', body: 'body', parent_id: 'parent_id' }

eachDatabase('a row that is due by itself and hangs on another one', (open) => {
  for (const [then, credit, code] of [
    ['archive', { act: 'erase' }, 'E_TWO_ACTS'],
    ['archive', emptied, 'E_ARCHIVED_EMPTIED'],
    ['archive', { act: 'detach' }, 'E_ARCHIVED_EMPTIED'],
    ['erase', archived, 'E_TWO_ACTS'],
  ] as const)
    it(`is not to ${then} and to ${credit.act} at once: ${code}`, async () => {
      const lab = await bills(await open(), { then, but: { credit } }, { copied: all })
      const told = lab.compiled.problems.filter(({ refuses }) => refuses)
      expect(told.map((one) => one.code)).to.deep.equal([code])
      expect(lab.compiled.plan.policies).to.deep.equal([])
    })

  for (const size of [25, 1]) {
    for (const credit of [{ act: 'erase' }, { act: 'detach' }, emptied] as const)
      it(`is erased in the end, ${credit.act}, ${size} in a batch`, async () => {
        const lab = await bills(await open(), { but: { credit } }, { key: selfKey })
        lab.pace = steadyPace(size, () => null)
        expect(await lab.run()).to.include({ setAside: 0 })
        expect(await lab.rows('bills')).to.deep.equal([])
      })

    for (const key of ['', selfKey])
      it(`is archived whole${key === '' ? ' with its link' : ''}, ${size} in a batch`, async () => {
        const copied = key === '' ? all : { id: 'id', body: 'body' }
        const lab = await bills(await open(), { then: 'archive', but: { credit: archived } }, { copied, key })
        lab.pace = steadyPace(size, () => null)
        expect(await lab.run()).to.include({ setAside: 0 })
        expect(await lab.rows('bills')).to.deep.equal([])
        expect(await lab.rows('old_bills')).to.deep.equal([
          { id: '1', parent_id: null, body: 'one' },
          { id: '2', parent_id: key === '' ? '1' : null, body: 'two' },
          { id: '3', parent_id: null, body: 'three' },
        ])
      })

    it(`is erased with the other one where it is no row of the policy, ${size} in a batch`, async () => {
      const only = [{ column: 'sort', test: 'is one of', values: ['bill'] }] as const
      const lab = await bills(await open(), { then: 'archive', only }, { sort: { sort: 'credit' } })
      lab.pace = steadyPace(size, () => null)
      expect((await lab.run()).tables).to.deep.equal({ bills: { archived: '2', erased: '1' } })
      expect((await lab.rows('old_bills')).map(({ body }) => body)).to.deep.equal(['one', 'three'])
    })
  }
})
