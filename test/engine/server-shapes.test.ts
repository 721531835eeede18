/** Collations, foreign keys and engines as only a server has them. */
import { expect } from 'chai'
import { eachServer } from '../databases.ts'
import { kind } from '../plan/site-builder.ts'
import { createLab, due, fresh } from './lab.ts'
import { account, left, tell } from './shape.ts'

eachServer('what only a server has', (open) => {
  it('people whose keys a collation takes for one', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (code VARCHAR(20) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, seen_at DATETIME NULL, KEY (seen_at))',
        'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, code VARCHAR(20) COLLATE utf8mb4_general_ci NOT NULL, KEY (code))',
      ],
      [
        account('users', { key: ['code'] }),
        kind('visit', 'visits', { of: 'account', link: { columns: { code: 'code' }, where: {} } }),
      ],
      {
        users: ['ABC', 'abc', 'àbc'].map((code) => ({ code, seen_at: code === 'abc' ? due : fresh })),
        visits: ['ABC', 'abc', 'àbc'].map((code, id) => ({ id, code })),
      },
    )
    expect(await lab.run()).to.include({ done: 1, setAside: 0, busy: 0 })
    expect(await left(lab, 'users', 'code')).to.deep.equal(['ABC', 'àbc'])
    expect(await left(lab, 'visits', 'code')).to.deep.equal(['ABC', 'àbc'])
  })

  it('a child that spells the key of its parent otherwise', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (code VARCHAR(20) COLLATE utf8mb4_general_ci NOT NULL PRIMARY KEY, seen_at DATETIME NULL, KEY (seen_at))',
        'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, code VARCHAR(20) COLLATE utf8mb4_general_ci NOT NULL, KEY (code), CONSTRAINT z_user FOREIGN KEY (code) REFERENCES users (code) ON DELETE CASCADE)',
      ],
      [account('users', { key: ['code'] }), kind('visit', 'visits', { of: 'account' })],
      { users: [{ code: 'abc', seen_at: due }], visits: [{ id: 1, code: 'ABC' }] },
    )
    const outcome = await lab.run()
    expect(outcome.tables, 'what went is counted').to.deep.equal({
      users: { erased: '1' },
      visits: { erased: '1' },
    })
    expect(await lab.rows('visits')).to.deep.equal([])
  })

  it('keys above 2^63, one apart, linked with a foreign key and without', async () => {
    const ids = [0n, 1n, 2n].map((more) => 2n ** 63n + more)
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, seen_at DATETIME NULL, KEY (seen_at))',
        'CREATE TABLE visits (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, user_id BIGINT UNSIGNED NOT NULL, KEY (user_id), CONSTRAINT u_user FOREIGN KEY (user_id) REFERENCES users (id))',
        'CREATE TABLE notes (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, user_id BIGINT UNSIGNED NOT NULL, KEY (user_id))',
      ],
      [
        account('users'),
        kind('visit', 'visits', { of: 'account' }),
        kind('note', 'notes', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }),
      ],
      {
        users: ids.map((id) => ({ id, seen_at: id === ids[1] ? due : fresh })),
        visits: ids.map((id) => ({ id, user_id: id })),
        notes: ids.map((id) => ({ id, user_id: id })),
      },
    )
    expect(await lab.run()).to.include({ done: 1, setAside: 0 })
    const others = [String(ids[0]), String(ids[2])]
    for (const [table, column] of [
      ['users', 'id'],
      ['visits', 'user_id'],
      ['notes', 'user_id'],
    ] as const)
      expect(await left(lab, table, column), table).to.deep.equal(others)
  })

  it('a row that must refer to itself, which InnoDB does not delete, is set aside with its person', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, KEY (seen_at))',
        'CREATE TABLE comments (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, answers INTEGER NOT NULL, CONSTRAINT h_user FOREIGN KEY (user_id) REFERENCES users (id), CONSTRAINT h_answers FOREIGN KEY (answers) REFERENCES comments (id))',
      ],
      [account('users'), kind('comment', 'comments', { of: 'account' })],
      {
        users: [1, 2].map((id) => ({ id, seen_at: due })),
        comments: [
          { id: 1, user_id: 1, answers: 1 },
          { id: 2, user_id: 1, answers: 1 },
        ],
      },
    )
    expect(await lab.run()).to.include({ done: 1, setAside: 1 })
    expect(await left(lab, 'users', 'id')).to.deep.equal(['1'])
    expect(await left(lab, 'comments', 'id')).to.deep.equal(['1', '2'])
    const [apart] = await lab.rows('oubli_set_aside')
    expect([apart?.['key_text'], apart?.['last_code']]).to.deep.equal(['["1"]', 'ER_ROW_IS_REFERENCED_2'])
  })

  for (const [what, table, code] of [
    [
      'that cannot roll back',
      'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, KEY (user_id)) ENGINE=MyISAM',
      'E_NO_ROLLBACK',
    ],
    [
      'without a primary key',
      'CREATE TABLE visits (id INTEGER NOT NULL, user_id INTEGER NOT NULL, KEY (user_id))',
      'E_NO_PRIMARY_KEY',
    ],
    [
      'that keeps what is deleted from it',
      'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, KEY (user_id)) WITH SYSTEM VERSIONING',
      'E_VERSIONED',
    ],
  ] as const)
    it(`a table ${what} is refused by name`, async function () {
      const database = await open()
      if (code === 'E_VERSIONED' && database.dialect.name !== 'mariadb') this.skip()
      const lab = await createLab(database, {
        tables: [
          'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, KEY (seen_at))',
          table,
        ],
        kinds: [
          account('users'),
          kind('visit', 'visits', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }),
        ],
      })
      expect(lab.compiled.plan.policies).to.deep.equal([])
      const told = lab.compiled.problems.filter((problem) => problem.refuses)
      expect(told.map((problem) => `${problem.code} ${problem.table}`)).to.include(`${code} visits`)
    })
})
