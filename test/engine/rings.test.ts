/** Foreign keys that lead in a ring, or do something by themselves, executed on real tables. */
import { expect } from 'chai'
import { keyText } from '../../base/subject-ref.ts'
import { addHold } from '../../db/own/holds.ts'
import type { Database, SqlValue } from '../../db/session.ts'
import type { Kind } from '../../policies/data-map.ts'
import { eachDatabase } from '../databases.ts'
import { kind, policy } from '../plan/site-builder.ts'
import { createLab, due, fresh, insert, sql, type Lab } from './lab.ts'
import { account, left } from './shape.ts'

interface Spec {
  columns: string
  /** `(a, b) REFERENCES t (x, y) …` */
  readonly keys?: readonly string[]
  readonly indexes?: readonly string[]
}

type Specs = Readonly<Record<string, Spec>>
type Rows = readonly (readonly [table: string, row: Readonly<Record<string, SqlValue>>])[]

const users = 'id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL'

/** A person points at one of the orders that point at the person. */
const lastOrder: Specs = {
  users: {
    columns: `${users}, last_order INTEGER NULL`,
    keys: ['(last_order) REFERENCES orders (id)'],
    indexes: ['last_order'],
  },
  orders: {
    columns: 'id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL',
    keys: ['(user_id) REFERENCES users (id)'],
    indexes: ['user_id'],
  },
}

/** Tables of a ring: SQLite takes keys to tables that come later, a server takes them afterwards. */
function statements(database: Database, specs: Specs): readonly string[] {
  const server = database.dialect.locksRows
  const named = Object.entries(specs).map(([table, spec]) => ({
    ...{ table, spec },
    keys: (spec.keys ?? []).map((key, i) => `CONSTRAINT ${table}_k${i} FOREIGN KEY ${key}`),
  }))
  return [
    ...named.map(
      ({ table, spec, keys }) =>
        `CREATE TABLE ${table} (${[spec.columns, ...(server ? [] : keys)].join(', ')})`,
    ),
    ...named.flatMap(({ table, spec }) =>
      ['seen_at', ...(spec.indexes ?? [])]
        .filter((index) => index !== 'seen_at' || spec.columns.includes('seen_at'))
        .map((index) => `CREATE INDEX ${table}_${index.replaceAll(/\W+/g, '_')} ON ${table} (${index})`),
    ),
    ...(server
      ? named.flatMap(({ table, keys }) => keys.map((key) => `ALTER TABLE ${table} ADD ${key}`))
      : []),
  ]
}

async function ring(
  database: Database,
  specs: Specs,
  kinds: readonly Kind[],
  rows: Rows,
  more: Parameters<typeof policy>[1] = {},
): Promise<Lab> {
  const policies = [policy('account', more)]
  const lab = await createLab(database, { tables: statements(database, specs), kinds, policies })
  for (const [table, row] of rows) await insert(database, table, [row])
  return lab
}

/** Person 1 is due, person 2 is not. */
const two: Rows = [1, 2].map((id) => ['users', { id, seen_at: id === 1 ? due : fresh }] as const)
const each = <T>(make: (id: number) => T): readonly T[] => [1, 2].map(make)

async function expectOnlySecond(lab: Lab, tables: readonly string[]): Promise<void> {
  for (const table of tables) expect(await left(lab, table, 'id'), table).to.deep.equal(['2'])
}

async function countsIn(lab: Lab): Promise<readonly unknown[]> {
  return (await lab.rows('oubli_entry')).map(
    (row) => (JSON.parse(row['leaf'] as string) as { tables: unknown }).tables,
  )
}

eachDatabase('rings of foreign keys', (open) => {
  it('through the root: its own reference is emptied, and what it points at goes before it', async () => {
    const database = await open()
    const lab = await ring(
      database,
      lastOrder,
      [account('users'), kind('order', 'orders', { of: 'account' })],
      [...two, ...each((id) => ['orders', { id, user_id: id }] as const)],
    )
    for (const id of [1, 2]) await sql(database, 'UPDATE users SET last_order = ? WHERE id = ?', id, id)
    expect(await lab.run()).to.include({ done: 1, setAside: 0, stopped: 'done' })
    await expectOnlySecond(lab, ['users', 'orders'])
    expect(await left(lab, 'users', 'last_order')).to.deep.equal(['2'])
  })

  it('through the root, to an order of somebody who goes: who stays loses the link alone', async () => {
    const database = await open()
    const lab = await ring(
      database,
      lastOrder,
      [account('users'), kind('order', 'orders', { of: 'account' })],
      [...two, ['orders', { id: 1, user_id: 1 }], ['orders', { id: 2, user_id: 2 }]],
    )
    await sql(database, 'UPDATE users SET last_order = 1 WHERE id = 2')
    expect(await lab.run()).to.include({ done: 1, setAside: 0 })
    expect(await lab.rows('users')).to.deep.equal([{ id: '2', seen_at: fresh, last_order: null }])
    await expectOnlySecond(lab, ['orders'])
  })

  it('of two tables, opened at the link itself when only that may be NULL', async () => {
    const database = await open()
    const lab = await ring(
      database,
      {
        users: { columns: users },
        orders: {
          columns: 'id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, main INTEGER NOT NULL',
          keys: ['(user_id) REFERENCES users (id)', '(main) REFERENCES order_lines (id)'],
          indexes: ['user_id', 'main'],
        },
        order_lines: {
          columns: 'id INTEGER NOT NULL PRIMARY KEY, order_id INTEGER NULL',
          keys: ['(order_id) REFERENCES orders (id)'],
          indexes: ['order_id'],
        },
      },
      [
        account('users'),
        kind('order', 'orders', { of: 'account' }),
        kind('line', 'order_lines', { of: 'order' }),
      ],
      [
        ...two,
        ...each((id) => ['order_lines', { id, order_id: null }] as const),
        ...each((id) => ['orders', { id, user_id: id, main: id }] as const),
      ],
    )
    for (const id of [1, 2]) await sql(database, 'UPDATE order_lines SET order_id = ? WHERE id = ?', id, id)
    expect(await lab.run()).to.include({ done: 1, setAside: 0 })
    await expectOnlySecond(lab, ['users', 'orders', 'order_lines'])
    expect(await countsIn(lab)).to.deep.equal([
      { users: { erased: '1' }, orders: { erased: '1' }, order_lines: { erased: '1' } },
    ])
  })

  it('of two tables without a reference that may be NULL: refused with its path, and nothing goes', async () => {
    const lab = await ring(
      await open(),
      {
        users: { columns: users },
        orders: {
          columns: 'id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, main INTEGER NOT NULL',
          keys: ['(user_id) REFERENCES users (id)', '(main) REFERENCES order_lines (id)'],
          indexes: ['user_id', 'main'],
        },
        order_lines: {
          columns: 'id INTEGER NOT NULL PRIMARY KEY, order_id INTEGER NOT NULL',
          keys: ['(order_id) REFERENCES orders (id)'],
          indexes: ['order_id'],
        },
      },
      [
        account('users'),
        kind('order', 'orders', { of: 'account' }),
        kind('line', 'order_lines', { of: 'order' }),
      ],
      two,
    )
    const told = lab.compiled.problems.filter(({ refuses }) => refuses)
    expect(told.map(({ code, params }) => [code, params['path']])).to.deep.equal([
      ['E_CYCLE', 'order.main → line.order_id → order'],
    ])
    expect(lab.compiled.plan.policies).to.deep.equal([])
  })

  it('of three tables, opened at the one reference that may be NULL', async () => {
    const database = await open()
    const lab = await ring(
      database,
      {
        users: { columns: users },
        carts: {
          columns: 'id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, gift INTEGER NULL',
          keys: ['(user_id) REFERENCES users (id)', '(gift) REFERENCES gifts (id)'],
          indexes: ['user_id', 'gift'],
        },
        items: {
          columns: 'id INTEGER NOT NULL PRIMARY KEY, cart_id INTEGER NOT NULL',
          keys: ['(cart_id) REFERENCES carts (id)'],
          indexes: ['cart_id'],
        },
        gifts: {
          columns: 'id INTEGER NOT NULL PRIMARY KEY, item_id INTEGER NOT NULL',
          keys: ['(item_id) REFERENCES items (id)'],
          indexes: ['item_id'],
        },
      },
      [
        account('users'),
        kind('cart', 'carts', { of: 'account' }),
        kind('item', 'items', { of: 'cart' }),
        kind('gift', 'gifts', { of: 'item' }),
      ],
      [
        ...two,
        ...each((id) => ['carts', { id, user_id: id, gift: null }] as const),
        ...each((id) => ['items', { id, cart_id: id }] as const),
        ...each((id) => ['gifts', { id, item_id: id }] as const),
      ],
    )
    for (const id of [1, 2]) await sql(database, 'UPDATE carts SET gift = ? WHERE id = ?', id, id)
    expect(await lab.run()).to.include({ done: 1, setAside: 0 })
    await expectOnlySecond(lab, ['users', 'carts', 'items', 'gifts'])
    expect(await left(lab, 'carts', 'gift')).to.deep.equal(['2'])
  })

  it('of rows that must refer to each other: their person stays whole and is set aside, the others go', async () => {
    const database = await open()
    const comments = 'id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, answers INTEGER NOT NULL'
    const lab = await ring(
      database,
      {
        users: { columns: users },
        comments: {
          columns: comments,
          keys: ['(user_id) REFERENCES users (id)', '(answers) REFERENCES comments (id)'],
          indexes: ['user_id', 'answers'],
        },
      },
      [account('users'), kind('comment', 'comments', { of: 'account' })],
      [
        ...[1, 2, 3].map((id) => ['users', { id, seen_at: due }] as const),
        ['comments', { id: 1, user_id: 1, answers: 1 }],
        ['comments', { id: 2, user_id: 1, answers: 1 }],
      ],
    )
    await sql(database, 'UPDATE comments SET answers = 2 WHERE id = 1')
    expect(await lab.run()).to.include({ done: 2, setAside: 1, stopped: 'done' })
    expect(await left(lab, 'users', 'id')).to.deep.equal(['1'])
    expect(await left(lab, 'comments', 'id')).to.deep.equal(['1', '2'])
  })

  it('by keys of several columns, between two tables and inside one', async () => {
    const database = await open()
    const lab = await ring(
      database,
      {
        users: { columns: users },
        posts: {
          columns:
            'blog INTEGER NOT NULL, id INTEGER NOT NULL, user_id INTEGER NOT NULL, best_blog INTEGER NULL, best_id INTEGER NULL, after_blog INTEGER NULL, after_id INTEGER NULL, PRIMARY KEY (blog, id)',
          keys: [
            '(user_id) REFERENCES users (id)',
            '(best_blog, best_id) REFERENCES remarks (blog, id)',
            '(after_blog, after_id) REFERENCES posts (blog, id)',
          ],
          indexes: ['user_id', 'best_blog, best_id', 'after_blog, after_id'],
        },
        remarks: {
          columns:
            'blog INTEGER NOT NULL, id INTEGER NOT NULL, post_blog INTEGER NOT NULL, post_id INTEGER NOT NULL, PRIMARY KEY (blog, id)',
          keys: ['(post_blog, post_id) REFERENCES posts (blog, id)'],
          indexes: ['post_blog, post_id'],
        },
      },
      [
        account('users'),
        kind('post', 'posts', { of: 'account', key: ['blog', 'id'] }),
        kind('remark', 'remarks', { of: 'post', key: ['blog', 'id'] }),
      ],
      [
        ...two,
        // The same numbers under another blog belong to the other person.
        ...each((id) => ['posts', { blog: id, id: 5, user_id: id }] as const),
        ...each((id) => ['posts', { blog: 3 - id, id: 6, user_id: id }] as const),
        ...each((id) => ['remarks', { blog: id, id: 7, post_blog: id, post_id: 5 }] as const),
      ],
    )
    await sql(database, 'UPDATE posts SET best_blog = blog, best_id = 7 WHERE blog IN (1, 2) AND id = 5')
    // Each second post of a person follows the first one; one of them follows a post of who goes.
    await sql(database, 'UPDATE posts SET after_blog = user_id, after_id = 5 WHERE blog IN (1, 2) AND id = 6')
    await sql(database, 'UPDATE posts SET after_blog = 2, after_id = 6 WHERE blog = 2 AND id = 5')
    expect(await lab.run()).to.include({ done: 1, setAside: 0 })
    const posts = (await lab.rows('posts')).map((row) => [row['blog'], row['id'], row['after_id']])
    expect(posts.sort()).to.deep.equal([
      ['1', '6', '5'],
      // Its place after the post that is gone is empty now.
      ['2', '5', null],
    ])
    expect(await left(lab, 'remarks', 'blog')).to.deep.equal(['2'])
  })
})

eachDatabase('foreign keys that act by themselves', (open) => {
  const specs = (rule: string): Specs => ({
    users: { columns: users },
    visits: {
      columns: 'id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NULL DEFAULT 2',
      keys: [`(user_id) REFERENCES users (id) ${rule}`],
      indexes: ['user_id'],
    },
  })
  const visits: Rows = [...two, ...each((id) => ['visits', { id, user_id: id }] as const)]

  for (const rule of ['ON UPDATE CASCADE', 'ON UPDATE CASCADE ON DELETE CASCADE', 'ON UPDATE SET NULL'])
    it(`${rule}: the rows are erased by us, and counted`, async () => {
      const lab = await ring(
        await open(),
        specs(rule),
        [account('users'), kind('visit', 'visits', { of: 'account' })],
        visits,
      )
      expect(await lab.run()).to.include({ done: 1, setAside: 0 })
      await expectOnlySecond(lab, ['users', 'visits'])
      expect(await countsIn(lab)).to.deep.equal([{ users: { erased: '1' }, visits: { erased: '1' } }])
    })

  it('ON DELETE SET DEFAULT hands nothing to somebody else: erased, or emptied, before it could', async function () {
    const database = await open()
    // InnoDB refuses the rule where the table is made.
    if (database.dialect.locksRows) this.skip()
    const kinds = [account('users'), kind('visit', 'visits', { of: 'account' })]
    const erased = await ring(database, specs('ON DELETE SET DEFAULT'), kinds, visits)
    expect(await erased.run()).to.include({ done: 1, setAside: 0 })
    await expectOnlySecond(erased, ['users', 'visits'])
    const but = { visit: { act: 'detach' } } as const
    const detached = await ring(await open(), specs('ON DELETE SET DEFAULT'), kinds, visits, { but })
    expect(await detached.run()).to.include({ done: 1, setAside: 0 })
    expect(await detached.rows('visits')).to.deep.equal([
      { id: '1', user_id: null },
      { id: '2', user_id: '2' },
    ])
  })
})

eachDatabase('rows of somebody else below a row that goes', (open) => {
  /** Two people, and a comment of each below the post of the first. */
  const forum = (rule: string, type = 'INTEGER NOT NULL'): Specs => ({
    users: { columns: users },
    posts: {
      columns: 'id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL',
      keys: ['(user_id) REFERENCES users (id)'],
      indexes: ['user_id'],
    },
    comments: {
      columns: `id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, post_id ${type}`,
      keys: ['(user_id) REFERENCES users (id)', `(post_id) REFERENCES posts (id) ${rule}`],
      indexes: ['user_id', 'post_id'],
    },
  })
  const comments: Rows = [
    ...two,
    ['posts', { id: 7, user_id: 1 }],
    ...each((id) => ['comments', { id, user_id: id, post_id: 7 }] as const),
  ]
  const kinds = [
    account('users'),
    kind('post', 'posts', { of: 'account' }),
    kind('comment', 'comments', { of: 'account' }),
  ]
  const below = kind('post_comments', 'comments', {
    of: 'post',
    link: { columns: { post_id: 'id' }, where: {} },
  })

  it('are not deleted along: refused before anything goes', async () => {
    const lab = await ring(await open(), forum('ON DELETE CASCADE'), kinds, comments)
    const told = lab.compiled.problems.filter(({ refuses }) => refuses)
    expect(told.map(({ code, table, column }) => [code, table, column])).to.deep.equal([
      ['E_CASCADE_BESIDE', 'comments', 'post_id'],
    ])
    expect(lab.compiled.plan.policies).to.deep.equal([])
    expect(await left(lab, 'comments', 'id')).to.deep.equal(['1', '2'])
  })

  it('stay and lose the link where the policy says so', async () => {
    const but = { 'comment.post_id': { act: 'detach' } } as const
    const specs = forum('ON DELETE CASCADE', 'INTEGER NULL')
    const lab = await ring(await open(), specs, kinds, comments, { but })
    expect(await lab.run()).to.include({ done: 1, setAside: 0 })
    expect(await lab.rows('comments')).to.deep.equal([{ id: '2', user_id: '2', post_id: null }])
    expect(await countsIn(lab)).to.deep.equal([
      { users: { erased: '1' }, posts: { erased: '1' }, comments: { detached: '2', erased: '1' } },
    ])
  })

  it('stay and lose the link where the server empties it, and look no more active than before', async () => {
    const database = await open()
    const specs = forum('ON DELETE SET NULL', 'INTEGER NULL')
    if (database.dialect.locksRows)
      specs['comments']!.columns +=
        ', changed_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP'
    const lab = await ring(database, specs, kinds, comments)
    if (database.dialect.locksRows)
      await sql(database, "UPDATE comments SET changed_at = '2020-01-02 03:04:05' WHERE id > 0")
    expect(await lab.run()).to.include({ done: 1, setAside: 0 })
    const rows = await lab.rows('comments')
    expect(rows.map(({ id, user_id, post_id }) => [id, user_id, post_id])).to.deep.equal([['2', '2', null]])
    if (database.dialect.locksRows) expect(String(rows[0]?.['changed_at'])).to.contain('2020-01-02')
    expect(await countsIn(lab)).to.deep.equal([
      { users: { erased: '1' }, posts: { erased: '1' }, comments: { erased: '1' } },
    ])
  })

  it('go where they are a kind of their own: each once, and counted', async () => {
    const lab = await ring(await open(), forum('ON DELETE CASCADE'), [...kinds, below], comments)
    expect(await lab.run()).to.include({ done: 1, setAside: 0 })
    await expectOnlySecond(lab, ['users'])
    expect(await left(lab, 'comments', 'id')).to.deep.equal([])
    expect(await countsIn(lab)).to.deep.equal([
      { users: { erased: '1' }, posts: { erased: '1' }, comments: { erased: '2' } },
    ])
  })

  it('keep who goes where a hold is on one of them', async () => {
    const database = await open()
    const lab = await ring(database, forum('ON DELETE CASCADE'), [...kinds, below], comments)
    await addHold(database, {
      ...{ id: 'h', kind: 'comment', keyText: keyText(['2']), matter: 'm', because: 'b', setBy: 'DPO' },
      ...{ setAt: '2026-06-01T10:00:00.000Z', reviewBy: '2027-01-01' },
    })
    expect(await lab.run()).to.include({ done: 0, setAside: 0 })
    expect(await left(lab, 'users', 'id')).to.deep.equal(['1', '2'])
    expect(await left(lab, 'comments', 'id')).to.deep.equal(['1', '2'])
  })
})
