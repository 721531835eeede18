/** Columns of one bit: what the data map says of them holds, also where the server finds them by an index. */
import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import type { Policy } from '../../policies/policy.ts'
import { eachDatabase } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { createLab, due, fresh, insert, type Lab } from './lab.ts'

/** Two people of whom the second has the bit everywhere: as a guest, with a disputed order, with a portrait. */
async function site(
  database: Database,
  change: Partial<Policy>,
  disputed: string | null = null,
): Promise<Lab> {
  const lab = await createLab(database, {
    tables: [
      'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, guest BIT(1) NOT NULL, seen_at DATETIME NULL)',
      'CREATE INDEX users_guest ON users (guest, seen_at)',
      'CREATE INDEX users_seen ON users (seen_at)',
      'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, disputed BIT(1) NOT NULL, CONSTRAINT bit_order FOREIGN KEY (user_id) REFERENCES users (id))',
      'CREATE INDEX orders_disputed ON orders (user_id, disputed)',
      'CREATE TABLE files (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, portrait BIT(1) NOT NULL)',
      'CREATE INDEX files_portrait ON files (user_id, portrait)',
    ],
    kinds: [
      kind('account', 'users', {
        subject: true,
        events: { seen: event([at('seen_at')]) },
        states: {
          dispute_open: { 'orders.disputed': ['true'] },
          no_dispute: { 'orders.disputed': ['false'] },
        },
      }),
      kind('order', 'orders', {
        of: 'account',
        restricted: disputed === null ? {} : { disputed: [disputed] },
      }),
      kind('letter', 'files', {
        of: 'account',
        link: { columns: { user_id: 'id' }, where: { portrait: 'false' } },
      }),
    ],
    policies: [policy('account', change)],
  })
  await insert(
    database,
    'users',
    [0n, 1n].map((bit) => ({ id: bit + 1n, guest: bit, seen_at: due })),
  )
  await insert(
    database,
    'orders',
    [0n, 1n].map((bit) => ({ id: bit + 1n, user_id: bit + 1n, disputed: bit })),
  )
  await insert(
    database,
    'files',
    [0n, 1n].map((bit) => ({ id: bit + 1n, user_id: bit + 1n, portrait: bit })),
  )
  return lab
}

const left = async ({ database }: Lab, table: string): Promise<readonly unknown[]> =>
  (await database.rows({ text: `SELECT id FROM ${table} ORDER BY id`, values: [] })).map(({ id }) =>
    Number(id),
  )

const only = (value: string): Partial<Policy> => ({
  only: [{ column: 'guest', test: 'is one of', values: [value] }],
})

eachDatabase('a column of one bit', (open) => {
  it('spares by a state', async () => {
    const set = await site(await open(), { notWhile: ['dispute_open'] })
    expect(await set.run()).to.include({ done: 1, setAside: 0 })
    expect(await left(set, 'users')).to.deep.equal([2])
    const unset = await site(await open(), { notWhile: ['no_dispute'] })
    await unset.run()
    expect(await left(unset, 'users')).to.deep.equal([1])
  })

  it('spares as a restriction of what would leave along', async () => {
    for (const [value, kept] of [
      ['true', 2],
      ['false', 1],
    ] as const) {
      const lab = await site(await open(), {}, value)
      await lab.run()
      expect(await left(lab, 'users'), value).to.deep.equal([kept])
    }
  })

  it('narrows a policy', async () => {
    for (const [value, kept] of [
      ['true', 1],
      ['false', 2],
    ] as const) {
      const lab = await site(await open(), only(value))
      await lab.run()
      expect(await left(lab, 'users'), value).to.deep.equal([kept])
    }
  })

  it('says which rows of a table are meant by a link', async () => {
    const lab = await site(await open(), {})
    expect(await lab.run()).to.include({ done: 2 })
    expect(await left(lab, 'files'), 'the portrait is no letter').to.deep.equal([2])
  })

  it('tells rows apart as a part of their key', async () => {
    const database = await open()
    const lab = await createLab(database, {
      tables: [
        'CREATE TABLE carts (shop INTEGER NOT NULL, gift BIT(1) NOT NULL, made_at DATETIME NULL, PRIMARY KEY (shop, gift))',
        'CREATE INDEX carts_made ON carts (made_at)',
      ],
      kinds: [
        kind('cart', 'carts', {
          ...{ key: ['shop', 'gift'], subject: true, identity: ['shop', 'gift'] },
          events: { seen: event([at('made_at')]) },
        }),
      ],
      policies: [policy('cart')],
    })
    await insert(database, 'carts', [
      { shop: 1, gift: 0n, made_at: due },
      { shop: 1, gift: 1n, made_at: fresh },
      { shop: 2, gift: 0n, made_at: fresh },
      { shop: 2, gift: 1n, made_at: due },
    ])
    expect(await lab.run()).to.include({ done: 2, setAside: 0 })
    const rows = await database.rows({ text: 'SELECT shop, gift FROM carts ORDER BY shop', values: [] })
    expect(rows).to.deep.equal([
      { shop: '1', gift: '1' },
      { shop: '2', gift: '0' },
    ])
  })
})
