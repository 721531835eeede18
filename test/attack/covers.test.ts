/**
 * A hold or a restriction wins wherever it is set: on the row, above it, or on something that leaves with it. An
 * exception wins on the row and on what leaves with it.
 */
import { expect } from 'chai'
import { addHold } from '../../db/own/holds.ts'
import { eachDatabase } from '../databases.ts'
import { createLab, due, insert, type Lab, type Site } from '../engine/lab.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'

const seen = event([at('seen_at')])
const made = event([at('made_at')])

function site(more: { users?: object; orders?: object; lines?: object; but?: object } = {}): Site {
  return {
    tables: [
      'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, frozen BOOLEAN NULL)',
      'CREATE INDEX users_seen ON users (seen_at)',
      'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NULL, made_at DATETIME NOT NULL, frozen BOOLEAN NOT NULL, CONSTRAINT o_user FOREIGN KEY (user_id) REFERENCES users (id))',
      'CREATE INDEX orders_made ON orders (made_at)',
      'CREATE INDEX orders_user ON orders (user_id)',
      'CREATE TABLE order_lines (id INTEGER NOT NULL PRIMARY KEY, order_id INTEGER NOT NULL, made_at DATETIME NOT NULL, CONSTRAINT l_order FOREIGN KEY (order_id) REFERENCES orders (id))',
      'CREATE INDEX lines_order ON order_lines (order_id)',
      'CREATE INDEX lines_made ON order_lines (made_at)',
    ],
    kinds: [
      kind('account', 'users', { subject: true, events: { seen }, ...more.users }),
      kind('profile', 'users', { events: { seen }, personal: { seen_at: { strategy: 'null' } } }),
      kind('order', 'orders', { of: 'account', events: { made }, ...more.orders }),
      kind('order_line', 'order_lines', { of: 'order', events: { made } }),
    ],
    policies: [
      policy('account', { id: 'accounts', ...(more.but === undefined ? {} : { but: more.but }) } as object),
      policy('order', { id: 'orders', countedFrom: 'made' }),
      policy('order_line', { id: 'lines', countedFrom: 'made' }),
      policy('profile', { id: 'profiles', then: 'truncate fields' }),
    ],
  }
}

/** Two people, each with an order of one line, all of them due. */
async function filled(lab: Lab, frozen: { user?: number; order?: number } = {}): Promise<Lab> {
  const numbers = [1, 2]
  const { database } = lab
  await insert(
    database,
    'users',
    numbers.map((id) => ({ id, seen_at: due, frozen: frozen.user === id ? 1 : null })),
  )
  await insert(
    database,
    'orders',
    numbers.map((id) => ({ id, user_id: id, made_at: due, frozen: frozen.order === id ? 1 : 0 })),
  )
  await insert(
    database,
    'order_lines',
    numbers.map((id) => ({ id, order_id: id, made_at: due })),
  )
  return lab
}

async function hold(lab: Lab, on: string, id: number): Promise<void> {
  const outcome = await lab.database.transaction((tx) =>
    addHold(tx, {
      id: `hold-${on}-${id}`,
      kind: on,
      keyText: `["${id}"]`,
      matter: 'm',
      because: 'b',
      setBy: 's',
      setAt: '2026-05-01T00:00:00.000Z',
      reviewBy: '2027-01-01',
    }),
  )
  expect(outcome.state).to.equal('committed')
}

const ids = async (lab: Lab, table: string) => (await lab.rows(table)).map((row) => row['id'])

eachDatabase('words in another case', (open) => {
  for (const [rule, spared] of [
    ['except', 'exceptions'],
    ['restricted', 'restrictions'],
  ] as const)
    it(`keep by ${spared} below as they do on the row itself`, async () => {
      const database = await open()
      const bytewise = database.dialect.name === 'sqlite' ? '' : ' COLLATE utf8mb4_bin'
      const base = site()
      const lab = await createLab(database, {
        ...base,
        tables: [
          ...base.tables.slice(0, 2),
          `CREATE TABLE tickets (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NULL, made_at DATETIME NOT NULL, status VARCHAR(20)${bytewise} NULL, CONSTRAINT t_user FOREIGN KEY (user_id) REFERENCES users (id))`,
          'CREATE INDEX tickets_user ON tickets (user_id)',
          'CREATE INDEX tickets_made ON tickets (made_at)',
        ],
        kinds: [
          kind('account', 'users', { subject: true, events: { seen } }),
          kind('ticket', 'tickets', { of: 'account', events: { made }, [rule]: { status: ['litigation'] } }),
        ],
        policies: [
          policy('account', { id: 'accounts' }),
          policy('ticket', { id: 'tickets', countedFrom: 'made' }),
        ],
      })
      const words = ['litigation', 'Litigation', 'closed', null]
      await insert(
        database,
        'users',
        words.map((_, id) => ({ id, seen_at: due, frozen: null })),
      )
      await insert(
        database,
        'tickets',
        words.map((status, id) => ({ id, user_id: id, made_at: due, status })),
      )
      expect((await lab.run('accounts')).done).to.equal(2)
      expect(await ids(lab, 'users')).to.deep.equal(['0', '1'])
      expect(await ids(lab, 'tickets')).to.deep.equal(['0', '1'])
    })
})

eachDatabase('exceptions', (open) => {
  const excepted = { except: { frozen: ['true'] } }

  for (const act of ['erase', 'anonymise'] as const)
    it(`keep the whole person whose order is excepted, where orders are to be ${act}d`, async () => {
      const orders = { ...excepted, personal: { frozen: { strategy: 'fixed', value: '0' } } }
      const but = act === 'erase' ? {} : { but: { order: { act, under: null } } }
      const lab = await filled(await createLab(await open(), site({ orders, ...but })), { order: 2 })
      const { done } = await lab.run('accounts')
      expect(done).to.equal(1)
      expect(await ids(lab, 'users')).to.deep.equal(['2'])
      const frozen = (await lab.rows('orders')).filter((row) => row['frozen'] === '1')
      expect(frozen.map((row) => [row['id'], row['user_id']])).to.deep.equal([['2', '2']])
    })

  it('let the person go when the excepted row only loses its link', async () => {
    const more = { orders: excepted, but: { order: { act: 'detach' } } }
    const lab = await filled(await createLab(await open(), site(more)), { order: 2 })
    await lab.run('accounts')
    expect(await ids(lab, 'users')).to.deep.equal([])
    expect(await ids(lab, 'orders')).to.deep.equal(['1', '2'])
  })

  it('keep their own row under each of its names, and not what hangs on it', async () => {
    const lab = await filled(await createLab(await open(), site({ users: excepted })), { user: 1 })
    await lab.run('profiles')
    const left = (await lab.rows('users')).filter((row) => row['seen_at'] !== null)
    expect(left.map((row) => row['id'])).to.deep.equal(['1'])
    await lab.run('orders')
    expect(await ids(lab, 'orders')).to.deep.equal([])
  })
})

eachDatabase('an exception and a restriction under one name of a row', (open) => {
  it('keep it both under its other name', async () => {
    const users = { except: { frozen: ['true'] }, restricted: { id: ['2'] } }
    const lab = await filled(await createLab(await open(), site({ users })), { user: 1 })
    await lab.run('profiles')
    const left = (await lab.rows('users')).filter((row) => row['seen_at'] !== null)
    expect(left.map((row) => row['id'])).to.deep.equal(['1', '2'])
  })
})

eachDatabase('holds and restrictions', (open) => {
  it('keeps a row that is no person when the hold is on the row itself', async () => {
    const lab = await filled(await createLab(await open(), site()))
    await hold(lab, 'order_line', 2)
    await lab.run('lines')
    expect(await ids(lab, 'order_lines')).to.deep.equal(['2'])
  })

  it('keeps what hangs on a row under a hold, though that row is no person', async () => {
    const lab = await filled(await createLab(await open(), site()))
    await hold(lab, 'order', 1)
    await lab.run('lines')
    expect(await ids(lab, 'order_lines')).to.deep.equal(['1'])
  })

  it('keeps the whole person when a row that would leave with them is under a hold', async () => {
    const lab = await filled(await createLab(await open(), site()))
    await hold(lab, 'order_line', 2)
    await lab.run('accounts')
    for (const table of ['users', 'orders', 'order_lines'])
      expect(await ids(lab, table), table).to.deep.equal(['2'])
  })

  it('does not keep a person for a hold on a row that only loses its link', async () => {
    const lab = await filled(await createLab(await open(), site({ but: { order: { act: 'detach' } } })))
    await hold(lab, 'order', 2)
    await lab.run('accounts')
    expect(await ids(lab, 'users')).to.deep.equal([])
    expect(await ids(lab, 'orders')).to.deep.equal(['1', '2'])
  })

  it('keeps a row by a hold that was set under another name of the same rows', async () => {
    const lab = await filled(await createLab(await open(), site()))
    await hold(lab, 'account', 2)
    await lab.run('profiles')
    const left = (await lab.rows('users')).filter((row) => row['seen_at'] !== null)
    expect(left.map((row) => row['id'])).to.deep.equal(['2'])
  })

  it('keeps what hangs on a restricted person, under every policy', async () => {
    const users = { restricted: { frozen: ['5', '1'] } }
    const lab = await filled(await createLab(await open(), site({ users })), { user: 1 })
    await lab.run('orders')
    await lab.run('lines')
    await lab.run('profiles')
    expect(await ids(lab, 'orders')).to.deep.equal(['1'])
    expect(await ids(lab, 'order_lines')).to.deep.equal(['1'])
    const left = (await lab.rows('users')).filter((row) => row['seen_at'] !== null)
    expect(left.map((row) => row['id'])).to.deep.equal(['1'])
  })

  it('keeps the whole person when something that would leave with them is restricted', async () => {
    const orders = { restricted: { frozen: ['true'] } }
    const lab = await filled(await createLab(await open(), site({ orders })), { order: 2 })
    await lab.run('accounts')
    for (const table of ['users', 'orders', 'order_lines'])
      expect(await ids(lab, table), table).to.deep.equal(['2'])
  })

  it('lets rows go whose owner is nobody', async () => {
    const users = { restricted: { frozen: ['1'] } }
    const lab = await filled(await createLab(await open(), site({ users })), { user: 1 })
    await lab.database.run({ text: 'UPDATE orders SET user_id = NULL WHERE id > 0', values: [] })
    await hold(lab, 'account', 2)
    await lab.run('orders')
    expect(await ids(lab, 'orders')).to.deep.equal([])
  })
})
