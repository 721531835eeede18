/** Collations, foreign keys and engines as only a server has them. */
import { expect } from 'chai'
import { directSteps } from '../../engine/direct-steps.ts'
import { eachServer } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { createLab, due, fresh, insert } from './lab.ts'
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

  it('children whose text has another collation or character set than their people', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL, seen_at DATETIME NULL, UNIQUE KEY (name), KEY (seen_at))',
        'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL, KEY (name))',
        'CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20) CHARACTER SET latin1 NOT NULL, KEY (name))',
      ],
      [
        account('users'),
        ...['visit', 'note'].map((name) =>
          kind(name, `${name}s`, { of: 'account', link: { columns: { name: 'name' }, where: {} } }),
        ),
      ],
      {
        users: ['anna', 'änne', 'bob'].map((name, id) => ({
          id,
          name,
          seen_at: name === 'bob' ? fresh : due,
        })),
        // The last one is hers to the collation of the visits, and to that of the people nobody's.
        visits: ['ANNA', 'anna', 'Änne', 'BOB', 'ａnna'].map((name, id) => ({ id, name })),
        notes: ['Anna', 'ÄNNE', 'Bob'].map((name, id) => ({ id, name })),
      },
    )
    expect(await lab.run()).to.include({ done: 2, setAside: 0, busy: 0 })
    expect(await left(lab, 'visits', 'name')).to.deep.equal(['BOB', 'ａnna'])
    expect(await left(lab, 'notes', 'name')).to.deep.equal(['Bob'])
  })

  for (const padded of ['people', 'visits', 'notes and marks', 'nobody'])
    it(`numbers that ZEROFILL prints with zeros on one side of a link (${padded})`, async () => {
      const type = (table: string): string =>
        `INT(8) UNSIGNED ${padded.includes(table) ? 'ZEROFILL' : ''} NOT NULL`
      const lab = await tell(
        await open(),
        [
          `CREATE TABLE users (id ${type('people')} PRIMARY KEY, seen_at DATETIME NULL, KEY (seen_at))`,
          `CREATE TABLE visits (id ${type('visits')} PRIMARY KEY, user_id ${type('visits')}, KEY (user_id), CONSTRAINT zf_user FOREIGN KEY (user_id) REFERENCES users (id))`,
          `CREATE TABLE sales (id ${type('visits')} PRIMARY KEY, user_id ${type('visits')}, KEY (user_id), CONSTRAINT zf_buyer FOREIGN KEY (user_id) REFERENCES users (id))`,
          `CREATE TABLE notes (id ${type('notes')} PRIMARY KEY, user_id ${type('notes')}, KEY (user_id))`,
          `CREATE TABLE marks (id ${type('marks')} PRIMARY KEY, visit_id ${type('marks')}, KEY (visit_id))`,
        ],
        [
          account('users'),
          kind('visit', 'visits', { of: 'account' }),
          kind('sale', 'sales', { of: 'account' }),
          kind('note', 'notes', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }),
          kind('mark', 'marks', { of: 'visit', link: { columns: { visit_id: 'id' }, where: {} } }),
        ],
        {
          users: [42, 43].map((id) => ({ id, seen_at: id === 42 ? due : fresh })),
          visits: [42, 43].map((id) => ({ id: id + 100, user_id: id })),
          sales: [42, 43].map((id) => ({ id, user_id: id })),
          notes: [42, 43].map((id) => ({ id, user_id: id })),
          marks: [42, 43].map((id) => ({ id, visit_id: id + 100 })),
        },
      )
      if (lab.database.dialect.deletesReturning)
        expect([...directSteps(lab.database.dialect, lab.policy())]).to.deep.equal(['sale'])
      const each = Object.fromEntries(
        ['marks', 'notes', 'sales', 'users', 'visits'].map((table) => [table, { erased: '1' }]),
      )
      const outcome = await lab.run()
      expect(outcome).to.deep.include({ done: 1, setAside: 0, busy: 0, tables: each })
      const [entry] = await lab.rows('oubli_entry')
      const leaf = JSON.parse(entry?.['leaf'] as string) as { readonly tables: unknown }
      expect(leaf.tables, 'in the evidence of the person').to.deep.equal(each)
      for (const table of ['users', 'visits', 'sales', 'notes', 'marks'])
        expect(await lab.rows(table), table).to.have.length(1)
      const zeros = padded === 'people' ? '00000043' : '43'
      expect(await left(lab, 'users', 'id'), 'as the driver gives it').to.deep.equal([zeros])
    })

  it('a sign of life under a number that ZEROFILL prints with zeros', async () => {
    const lab = await createLab(await open(), {
      tables: [
        'CREATE TABLE users (id INT(8) UNSIGNED NOT NULL PRIMARY KEY, seen_at DATETIME NULL, KEY (seen_at))',
        'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_id INT(8) UNSIGNED ZEROFILL NOT NULL, seen_at DATETIME NULL, KEY (user_id))',
      ],
      kinds: [
        account('users', { events: { seen: event([at('seen_at'), at('visits.seen_at')]) } }),
        kind('visit', 'visits', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }),
      ],
      policies: [policy('account', { but: { visit: { act: 'keep', because: 'They stay.' } } })],
    })
    const { database } = lab
    await insert(
      database,
      'users',
      [42, 43].map((id) => ({ id, seen_at: due })),
    )
    let came = 0
    lab.point = async (point) => {
      if (point !== 're-checked' || came > 0) return
      came = 1
      await insert(database, 'visits', [{ id: 1, user_id: 42, seen_at: fresh }])
    }
    expect(await lab.run()).to.include({ done: 1, setAside: 0 })
    expect(await left(lab, 'users', 'id')).to.deep.equal(['42'])
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
