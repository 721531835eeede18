/** Tables as sites really have them: each keeps exactly the rows that it should keep. */
import { expect } from 'chai'
import type { Row } from '../../db/session.ts'
import { eachDatabase } from '../databases.ts'
import { at, event, kind } from '../plan/site-builder.ts'
import { due, fresh } from './lab.ts'
import { account, left, tell } from './shape.ts'

eachDatabase('tables of all shapes', (open) => {
  it('composite keys, and children that refer to them', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE members (club INTEGER NOT NULL, number INTEGER NOT NULL, seen_at DATETIME NULL, PRIMARY KEY (club, number))',
        'CREATE INDEX members_seen ON members (seen_at)',
        'CREATE TABLE visits (club INTEGER NOT NULL, number INTEGER NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (club, number, day), CONSTRAINT v_member FOREIGN KEY (club, number) REFERENCES members (club, number))',
      ],
      [
        account('members', { key: ['club', 'number'] }),
        kind('visit', 'visits', { key: ['club', 'number', 'day'], of: 'account' }),
      ],
      {
        members: [
          { club: 1, number: 2, seen_at: due },
          { club: 2, number: 1, seen_at: fresh },
          { club: 1, number: 1, seen_at: fresh },
          { club: 2, number: 2, seen_at: due },
        ],
        visits: [1, 2].flatMap((club) => [1, 2].map((number) => ({ club, number, day: 1 }))),
      },
    )
    expect(await lab.run()).to.include({ done: 2, setAside: 0, busy: 0 })
    const pairs = (rows: readonly Row[]) =>
      rows.map((row) => `${String(row['club'])}-${String(row['number'])}`).sort()
    expect(pairs(await lab.rows('members'))).to.deep.equal(['1-1', '2-1'])
    expect(pairs(await lab.rows('visits'))).to.deep.equal(['1-1', '2-1'])
  })

  it('keys beyond 2^53, one apart', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
        'CREATE TABLE visits (id BIGINT NOT NULL PRIMARY KEY, user_id BIGINT NOT NULL, CONSTRAINT v_user FOREIGN KEY (user_id) REFERENCES users (id))',
        'CREATE INDEX visits_user ON visits (user_id)',
      ],
      [account('users'), kind('visit', 'visits', { of: 'account' })],
      {
        users: [9007199254740992n, 9007199254740993n, 9007199254740994n].map((id) => ({
          id,
          seen_at: id === 9007199254740993n ? due : fresh,
        })),
        visits: [9007199254740992n, 9007199254740993n, 9007199254740994n].map((id) => ({ id, user_id: id })),
      },
    )
    expect(await lab.run()).to.include({ done: 1, setAside: 0 })
    expect(await left(lab, 'users', 'id')).to.deep.equal(['9007199254740992', '9007199254740994'])
    expect(await left(lab, 'visits', 'user_id')).to.deep.equal(['9007199254740992', '9007199254740994'])
  })

  for (const nullable of [true, false])
    it(`comments that answer comments, by a link that may ${nullable ? '' : 'not '}be NULL`, async () => {
      const lab = await tell(
        await open(),
        [
          'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
          'CREATE INDEX users_seen ON users (seen_at)',
          `CREATE TABLE comments (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, answers INTEGER ${nullable ? 'NULL' : 'NOT NULL'}, CONSTRAINT k_user FOREIGN KEY (user_id) REFERENCES users (id), CONSTRAINT k_answers FOREIGN KEY (answers) REFERENCES comments (id))`,
          'CREATE INDEX comments_user ON comments (user_id)',
          'CREATE INDEX comments_answers ON comments (answers)',
        ],
        [account('users'), kind('comment', 'comments', { of: 'account' })],
        {
          users: [1, 2].map((id) => ({ id, seen_at: id === 1 ? due : fresh })),
          comments: [
            { id: 4, user_id: 2, answers: nullable ? null : 4 },
            { id: 1, user_id: 1, answers: nullable ? null : 4 },
            { id: 2, user_id: 1, answers: 1 },
            { id: 3, user_id: 1, answers: 2 },
          ],
        },
        // Somebody else's answer would stay; where the link may be NULL it is emptied.
        nullable ? { but: { 'comment.answers': { act: 'detach' } } } : {},
      )
      expect(await lab.run()).to.include({ done: 1, setAside: 0 })
      expect(await left(lab, 'comments', 'id')).to.deep.equal(['4'])
    })

  it('two tables that refer to each other, by one link that may be NULL', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
        'CREATE TABLE carts (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, best_item INTEGER NULL, CONSTRAINT c_user FOREIGN KEY (user_id) REFERENCES users (id))',
        'CREATE INDEX carts_user ON carts (user_id)',
        'CREATE INDEX carts_best ON carts (best_item)',
        'CREATE TABLE items (id INTEGER NOT NULL PRIMARY KEY, cart_id INTEGER NOT NULL, CONSTRAINT i_cart FOREIGN KEY (cart_id) REFERENCES carts (id))',
        'CREATE INDEX items_cart ON items (cart_id)',
      ],
      [account('users'), kind('cart', 'carts', { of: 'account' }), kind('item', 'items', { of: 'cart' })],
      {
        users: [1, 2].map((id) => ({ id, seen_at: id === 1 ? due : fresh })),
        carts: [1, 2].map((id) => ({ id, user_id: id, best_item: id })),
        items: [1, 2].map((id) => ({ id, cart_id: id })),
      },
    )
    expect(await lab.run()).to.include({ done: 1, setAside: 0 })
    expect(await left(lab, 'carts', 'best_item')).to.deep.equal(['2'])
    expect(await left(lab, 'items', 'id')).to.deep.equal(['2'])
  })

  it('cascading and emptying foreign keys are done by hand and counted', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
        'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, CONSTRAINT w_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE)',
        'CREATE INDEX visits_user ON visits (user_id)',
        'CREATE TABLE polls (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NULL, CONSTRAINT p_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE SET NULL)',
        'CREATE INDEX polls_user ON polls (user_id)',
      ],
      [
        account('users'),
        kind('visit', 'visits', { of: 'account' }),
        kind('poll', 'polls', { of: 'account' }),
      ],
      {
        users: [1, 2].map((id) => ({ id, seen_at: id === 1 ? due : fresh })),
        visits: [1, 2].map((id) => ({ id, user_id: id })),
        polls: [1, 2].map((id) => ({ id, user_id: id })),
      },
      { but: { poll: { act: 'detach' } } },
    )
    const outcome = await lab.run()
    expect(outcome.tables).to.deep.equal({
      users: { erased: '1' },
      visits: { erased: '1' },
      polls: { detached: '1' },
    })
    expect(await left(lab, 'visits', 'id')).to.deep.equal(['2'])
    expect(await left(lab, 'polls', 'user_id')).to.have.members([null, '2'])
  })

  it('links that are emptied are counted, but for those that the server empties behind other constants', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
        'CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, sort VARCHAR(10) NOT NULL, user_id INTEGER NULL, CONSTRAINT n_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE SET NULL)',
        'CREATE INDEX notes_user ON notes (user_id, sort)',
        'CREATE TABLE polls (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NULL, CONSTRAINT p_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE SET NULL)',
        'CREATE INDEX polls_user ON polls (user_id)',
        'CREATE TABLE badges (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NULL, CONSTRAINT b_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE SET NULL)',
        'CREATE INDEX badges_user ON badges (user_id)',
      ],
      [
        account('users'),
        kind('note', 'notes', {
          of: 'account',
          link: { columns: { user_id: 'id' }, where: { sort: 'own' } },
        }),
        kind('poll', 'polls', { of: 'account' }),
      ],
      {
        users: [1, 2].map((id) => ({ id, seen_at: id === 1 ? due : fresh })),
        notes: [1, 2, 3, 4].map((id) => ({
          id,
          sort: id === 1 ? 'own' : 'other',
          user_id: id === 4 ? 2 : 1,
        })),
        polls: [1, 2].map((id) => ({ id, user_id: id })),
        badges: [1, 2, 3].map((id) => ({ id, user_id: id === 3 ? 2 : 1 })),
      },
      {
        but: {
          poll: { act: 'keep', because: 'Answers are counted without names.' },
          'badges.user_id': { act: 'detach' },
        },
      },
    )
    const outcome = await lab.run()
    expect(outcome.tables).to.deep.equal({
      users: { erased: '1' },
      // Its three rows with other constants hang on nobody now: no kind says that they are of people.
      notes: { erased: '1' },
      polls: { detached: '1' },
      badges: { detached: '2' },
    })
    expect(await left(lab, 'notes', 'user_id')).to.have.members([null, null, '2'])
    expect(await left(lab, 'polls', 'user_id')).to.have.members([null, '2'])
    expect(await left(lab, 'badges', 'user_id')).to.have.members([null, null, '2'])
  })

  it('rows that belong to people or to something else by a word beside the number', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
        'CREATE TABLE remarks (id INTEGER NOT NULL PRIMARY KEY, about_type VARCHAR(10) NOT NULL, about_id INTEGER NOT NULL)',
        'CREATE INDEX remarks_about ON remarks (about_type, about_id)',
      ],
      [
        account('users'),
        kind('remark', 'remarks', {
          of: 'account',
          link: { columns: { about_id: 'id' }, where: { about_type: 'User' } },
        }),
      ],
      {
        users: [1, 2].map((id) => ({ id, seen_at: id === 1 ? due : fresh })),
        remarks: [
          { id: 1, about_type: 'User', about_id: 1 },
          { id: 2, about_type: 'Order', about_id: 1 },
          { id: 3, about_type: 'User', about_id: 2 },
        ],
      },
    )
    expect(await lab.run()).to.include({ done: 1, setAside: 0 })
    expect(await left(lab, 'remarks', 'id')).to.deep.equal(['2', '3'])
  })

  it('a clock two tables away', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
        'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, CONSTRAINT q_user FOREIGN KEY (user_id) REFERENCES users (id))',
        'CREATE INDEX orders_user ON orders (user_id)',
        'CREATE TABLE payments (id INTEGER NOT NULL PRIMARY KEY, order_id INTEGER NOT NULL, paid_at DATETIME NULL, CONSTRAINT y_order FOREIGN KEY (order_id) REFERENCES orders (id))',
        'CREATE INDEX payments_order ON payments (order_id, paid_at)',
      ],
      [
        account('users', { events: { seen: event([at('seen_at'), at('payments.paid_at')]) } }),
        kind('order', 'orders', { of: 'account' }),
        kind('payment', 'payments', { of: 'order' }),
      ],
      {
        users: [1, 2].map((id) => ({ id, seen_at: due })),
        orders: [1, 2].map((id) => ({ id, user_id: id })),
        payments: [1, 2].map((id) => ({ id, order_id: id, paid_at: id === 1 ? due : fresh })),
      },
    )
    expect(await lab.run()).to.include({ done: 1, setAside: 0, stopped: 'done' })
    expect(await left(lab, 'users', 'id')).to.deep.equal(['2'])
    expect(await left(lab, 'payments', 'id')).to.deep.equal(['2'])
  })
})
