/** One that cannot be erased holds nobody else up, and nobody is ever half done. */
import { expect } from 'chai'
import { shortRef } from '../../base/subject-ref.ts'
import { inspectSchema } from '../../db/inspect.ts'
import type { Database } from '../../db/session.ts'
import { steadyPace } from '../../engine/pace.ts'
import { runPolicy } from '../../engine/run-policy.ts'
import { eachDatabase, eachServer } from '../databases.ts'
import { at, compile, event, kind, onlyPolicy, policy } from '../plan/site-builder.ts'
import { asOf, createLab, due, fresh, insert, sql, type Lab } from './lab.ts'
import { account, left, tell } from './shape.ts'

const users = [
  'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NULL, seen_at DATETIME NULL)',
  'CREATE INDEX users_seen ON users (seen_at)',
]
const visits = [
  'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, CONSTRAINT v_user FOREIGN KEY (user_id) REFERENCES users (id))',
  'CREATE INDEX visits_user ON visits (user_id)',
]
const people = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: i + 1, email: `u${i + 1}@mail.example`, seen_at: due }))

/** Deleting a visit of this person fails, as a trigger of the site wants it. */
async function protect(database: Database, person: number): Promise<void> {
  const fails = database.dialect.locksRows
    ? "BEGIN IF OLD.user_id = ? THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'u@mail.example stays'; END IF; END"
    : "BEGIN SELECT RAISE(ABORT, 'u@mail.example stays') WHERE OLD.user_id = ?; END"
  const text = `CREATE TRIGGER keeps BEFORE DELETE ON visits FOR EACH ROW ${fails.replace('?', String(person))}`
  await sql(database, text)
}

async function eachWithAVisit(database: Database, count: number): Promise<Lab> {
  return await tell(
    database,
    [...users, ...visits],
    [account('users'), kind('visit', 'visits', { of: 'account' })],
    { users: people(count), visits: people(count).map(({ id }) => ({ id, user_id: id })) },
  )
}

async function apart(lab: Lab): Promise<readonly unknown[]> {
  return (await lab.rows('oubli_set_aside')).map((row) => [row['kind'], row['key_text'], row['last_code']])
}

/** One batch takes them all. */
async function runAtOnce(lab: Lab, run: string, size = 5000) {
  return await runPolicy(
    lab.ports,
    lab.policy(),
    { run: run.repeat(32), asOf, lease: lab.lease },
    { items: 10_000, pace: steadyPace(size, () => null) },
  )
}

eachDatabase('one that cannot be erased', (open) => {
  it('is found by halving and set aside by reference, and everybody else is done', async () => {
    const lab = await eachWithAVisit(await open(), 200)
    await protect(lab.database, 137)
    let tries = 0
    lab.point = (point) => {
      if (point === 'locked') tries += 1
      return Promise.resolve()
    }
    const outcome = await runAtOnce(lab, 'a')
    expect(outcome).to.include({ done: 199, setAside: 1, busy: 0, stopped: 'done' })
    expect(tries, 'halved, not tried one by one').to.be.lessThan(40)
    expect(await left(lab, 'users', 'id')).to.deep.equal(['137'])
    expect(await left(lab, 'visits', 'id')).to.deep.equal(['137'])
    const [found] = (await apart(lab)) as [[string, string, string]]
    expect(found.slice(0, 2)).to.deep.equal(['account', '["137"]'])
    const ref = shortRef(lab.ports.secret, 'account', ['137'])
    expect(outcome.apart).to.deep.equal([{ ref, code: found[2] }])
    expect(JSON.stringify(await lab.rows('oubli_set_aside'))).not.to.include('@')
    // Once the site has mended it, nothing is left of it.
    await sql(lab.database, 'DROP TRIGGER keeps')
    expect(await runAtOnce(lab, 'b')).to.include({ done: 1, setAside: 0 })
    expect(await apart(lab)).to.deep.equal([])
  })

  it('is forgotten once it is not due any more, in a whole run and in a slice', async () => {
    const lab = await eachWithAVisit(await open(), 200)
    await protect(lab.database, 137)
    expect(await runAtOnce(lab, 'a', 50)).to.include({ done: 199, setAside: 1 })
    const back = (id: number) => ({ id, email: `u${id}@mail.example`, seen_at: due })
    await insert(lab.database, 'users', [back(1), back(2)])
    const slice = async (run: string) =>
      await runPolicy(
        lab.ports,
        lab.policy(),
        { run: run.repeat(32), asOf, lease: lab.lease },
        { items: 1, pace: steadyPace(50, () => null) },
      )
    expect(await slice('b')).to.include({ done: 1, stopped: 'slice' })
    expect(await apart(lab), 'still due').to.have.length(1)
    await sql(lab.database, 'UPDATE users SET seen_at = ? WHERE id = 137', fresh)
    expect(await slice('c')).to.include({ done: 1 })
    expect(await apart(lab), 'after a slice').to.deep.equal([])

    await sql(lab.database, 'UPDATE users SET seen_at = ? WHERE id = 137', due)
    expect(await runAtOnce(lab, 'd')).to.include({ setAside: 1 })
    await sql(lab.database, 'UPDATE users SET seen_at = ? WHERE id = 137', fresh)
    expect(await runAtOnce(lab, 'e')).to.include({ setAside: 0 })
    expect(await apart(lab), 'after a whole run').to.deep.equal([])
  })

  it('is a person with more rows than one transaction may touch: nothing of it goes', async () => {
    const lab = await eachWithAVisit(await open(), 5)
    const count = 50_001
    await sql(lab.database, 'INSERT INTO visits (id, user_id) VALUES (10, 3)')
    for (let there = 1; there < count; there *= 2)
      await sql(
        lab.database,
        `INSERT INTO visits (id, user_id) SELECT id + ${there}, 3 FROM visits WHERE id >= 10 ORDER BY id LIMIT ${Math.min(there, count - there)}`,
      )
    expect(await runAtOnce(lab, 'a')).to.include({ done: 4, setAside: 1, stopped: 'done' })
    expect(await left(lab, 'users', 'id')).to.deep.equal(['3'])
    const rows = await lab.database.rows({ text: 'SELECT COUNT(*) AS n FROM visits', values: [] })
    expect(rows[0]?.['n']).to.equal(String(count + 1))
    expect(await apart(lab)).to.deep.equal([['account', '["3"]', 'too heavy']])
  })

  it('does not leave with lists of a thousand and one keys, of people, of children, of flat rows', async () => {
    const many = 1001
    const lab = await tell(
      await open(),
      [...users, ...visits],
      [account('users'), kind('visit', 'visits', { of: 'account' })],
      {
        users: [...people(many), { id: 5000, email: null, seen_at: fresh }],
        visits: [
          ...people(many).map(({ id }) => ({ id, user_id: id })),
          ...people(many).map(({ id }) => ({ id: 10_000 + id, user_id: 1 })),
          { id: 30_000, user_id: 5000 },
        ],
      },
    )
    const outcome = await runAtOnce(lab, 'a')
    expect(outcome).to.deep.include({
      done: many,
      tables: { users: { erased: String(many) }, visits: { erased: String(2 * many) } },
    })
    expect(await left(lab, 'users', 'id')).to.deep.equal(['5000'])
    expect(await left(lab, 'visits', 'id')).to.deep.equal(['30000'])

    const flat = await createLab(await open(), {
      tables: [
        'CREATE TABLE logs (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX logs_seen ON logs (seen_at)',
      ],
      kinds: [kind('log', 'logs', { events: { seen: event([at('seen_at')]) } })],
      policies: [policy('log')],
    })
    // Scattered, so that they go by keys and not by windows.
    await insert(
      flat.database,
      'logs',
      Array.from({ length: many + 1 }, (_, i) => ({ id: i * 7919, seen_at: i === many ? fresh : due })),
    )
    expect(await runAtOnce(flat, 'a')).to.include({ done: many, setAside: 0 })
    expect(await left(flat, 'logs', 'id')).to.deep.equal([String(many * 7919)])
  })

  it('has a trigger that takes rows along which were to be counted: its person stays whole', async () => {
    const lab = await tell(
      await open(),
      [
        ...users,
        ...visits,
        'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, CONSTRAINT o_user FOREIGN KEY (user_id) REFERENCES users (id))',
        'CREATE INDEX orders_user ON orders (user_id)',
      ],
      [
        account('users'),
        kind('visit', 'visits', { of: 'account' }),
        kind('order', 'orders', { of: 'account' }),
      ],
      {
        users: people(3),
        visits: people(3).map(({ id }) => ({ id, user_id: id })),
        orders: people(3).map(({ id }) => ({ id, user_id: id })),
      },
    )
    const [first, second] = lab.policy().steps.map(({ table }) => table)
    const body = `BEGIN DELETE FROM ${second ?? ''} WHERE user_id = OLD.user_id AND user_id = 2; END`
    await sql(lab.database, `CREATE TRIGGER more AFTER DELETE ON ${first ?? ''} FOR EACH ROW ${body}`)
    // A plan is made from the schema as it is.
    const planned = onlyPolicy(compile(await inspectSchema(lab.database), lab.dataMap, [policy('account')]))
    Object.assign(lab, { policy: () => planned })
    expect(await runAtOnce(lab, 'a')).to.include({ done: 2, setAside: 1, stopped: 'done' })
    for (const table of ['users', 'visits', 'orders'])
      expect(await left(lab, table, 'id'), table).to.deep.equal(['2'])
    expect(await apart(lab)).to.deep.equal([['account', '["2"]', 'count']])
    expect(await lab.rows('oubli_entry')).to.have.length(2)
  })

  it('has triggers that note what goes in a table of the site: they do as they like, and nothing is miscounted', async () => {
    const lab = await tell(
      await open(),
      [...users, ...visits, 'CREATE TABLE notes_of_site (visit INTEGER NOT NULL, n INTEGER NOT NULL)'],
      [account('users'), kind('visit', 'visits', { of: 'account' })],
      {
        users: [...people(3), { id: 9, email: null, seen_at: fresh }],
        visits: [1, 2, 3, 9].map((id) => ({ id, user_id: id })),
      },
    )
    await sql(
      lab.database,
      lab.database.dialect.locksRows
        ? 'CREATE TRIGGER noted AFTER DELETE ON visits FOR EACH ROW INSERT INTO notes_of_site VALUES (OLD.id, 1), (OLD.id, 2)'
        : 'CREATE TRIGGER noted AFTER DELETE ON visits FOR EACH ROW BEGIN INSERT INTO notes_of_site VALUES (OLD.id, 1), (OLD.id, 2); END',
    )
    expect(await runAtOnce(lab, 'a')).to.deep.include({
      done: 3,
      tables: { users: { erased: '3' }, visits: { erased: '3' } },
    })
    expect(await lab.rows('notes_of_site')).to.have.length(6)
    expect(await left(lab, 'visits', 'id')).to.deep.equal(['9'])
  })

  for (const then of ['erase', 'anonymise'] as const)
    it(`has columns that the database computes: they follow (${then})`, async () => {
      const lab = await tell(
        await open(),
        [
          'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NULL, domain VARCHAR(190) GENERATED ALWAYS AS (substr(email, 1, 2)) STORED, short VARCHAR(10) GENERATED ALWAYS AS (substr(email, 1, 1)) VIRTUAL, hidden_at DATETIME NULL, seen_at DATETIME NULL)',
          'CREATE INDEX users_seen ON users (seen_at)',
        ],
        [
          account('users', {
            personal: { email: { strategy: 'null' } },
            done: { anonymise: 'hidden_at' },
          }),
        ],
        { users: [...people(2), { id: 9, email: 'z@mail.example', seen_at: fresh }] },
        { then },
      )
      expect(await runAtOnce(lab, 'a')).to.include({ done: 2, setAside: 0 })
      const rows = (await lab.rows('users')).map((row) => [
        row['id'],
        row['email'],
        row['domain'],
        row['short'],
      ])
      expect(rows).to.deep.equal(
        then === 'erase'
          ? [['9', 'z@mail.example', 'z@', 'z']]
          : [
              ['1', null, null, null],
              ['2', null, null, null],
              ['9', 'z@mail.example', 'z@', 'z'],
            ],
      )
    })

  for (const action of ['RESTRICT', 'NO ACTION', 'CASCADE'] as const)
    it(`has children by a foreign key ON DELETE ${action}, and children of theirs: each is done and counted`, async () => {
      const key = (name: string, column: string, to: string): string =>
        `CONSTRAINT ${name} FOREIGN KEY (${column}) REFERENCES ${to} (id) ON DELETE ${action}`
      const lab = await tell(
        await open(),
        [
          ...users,
          `CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, ${key('o_u', 'user_id', 'users')})`,
          'CREATE INDEX orders_user ON orders (user_id)',
          `CREATE TABLE order_items (id INTEGER NOT NULL PRIMARY KEY, order_id INTEGER NOT NULL, ${key('i_o', 'order_id', 'orders')})`,
          'CREATE INDEX items_order ON order_items (order_id)',
        ],
        [
          account('users'),
          kind('order', 'orders', { of: 'account' }),
          kind('item', 'order_items', { of: 'order' }),
        ],
        {
          users: [...people(2), { id: 9, email: null, seen_at: fresh }],
          orders: [1, 2, 9].map((id) => ({ id, user_id: id })),
          order_items: [1, 2, 9].flatMap((id) => [0, 1].map((i) => ({ id: id * 10 + i, order_id: id }))),
        },
      )
      expect(await runAtOnce(lab, 'a')).to.deep.include({
        done: 2,
        setAside: 0,
        tables: { users: { erased: '2' }, orders: { erased: '2' }, order_items: { erased: '4' } },
      })
      expect(await left(lab, 'order_items', 'order_id')).to.deep.equal(['9', '9'])
    })
})

eachServer('one that a server makes hard to name', (open) => {
  it('has a key of two texts that a collation does not tell apart from others of its case', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE members (club VARCHAR(10) COLLATE utf8mb4_general_ci NOT NULL, code VARCHAR(10) COLLATE utf8mb4_bin NOT NULL, seen_at DATETIME NULL, PRIMARY KEY (club, code), KEY (seen_at))',
        'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, club VARCHAR(10) COLLATE utf8mb4_general_ci NOT NULL, code VARCHAR(10) COLLATE utf8mb4_bin NOT NULL, KEY (club, code), CONSTRAINT v_m FOREIGN KEY (club, code) REFERENCES members (club, code))',
      ],
      [account('members', { key: ['club', 'code'] }), kind('visit', 'visits', { of: 'account' })],
      {
        members: [
          { club: 'Nord', code: 'abc', seen_at: due },
          { club: 'Nord', code: 'ABC', seen_at: fresh },
          { club: 'sud', code: 'abc', seen_at: fresh },
        ],
        visits: [
          { id: 1, club: 'NORD', code: 'abc' },
          { id: 2, club: 'nord', code: 'ABC' },
          { id: 3, club: 'SUD', code: 'abc' },
        ],
      },
    )
    expect(await runAtOnce(lab, 'a')).to.include({ done: 1, setAside: 0, busy: 0 })
    expect(await left(lab, 'members', 'code')).to.deep.equal(['ABC', 'abc'])
    expect(await left(lab, 'visits', 'id')).to.deep.equal(['2', '3'])
  })

  it('has a date of zeros, which is not a date before all others: it stays', async () => {
    const lab = await tell(await open(), users, [account('users')], { users: people(2) })
    await lab.database.transaction(async (tx) => {
      await tx.run({ text: "SET SESSION sql_mode = ''", values: [] })
      await tx.run({
        text: "INSERT INTO users (id, seen_at) VALUES (8, '0000-00-00 00:00:00'), (9, '2020-00-00 00:00:00')",
        values: [],
      })
      await tx.run({
        text: "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO'",
        values: [],
      })
    })
    expect(await runAtOnce(lab, 'a')).to.include({ done: 2, setAside: 0 })
    expect(await left(lab, 'users', 'id')).to.deep.equal(['8', '9'])
  })

  it('waits for a server that is gone no longer than five tries, whatever the size of the batch', async () => {
    const lab = await tell(await open(), users, [account('users')], { users: people(40) })
    let sleeps = 0
    const transaction = lab.database.transaction.bind(lab.database)
    Object.assign(lab.ports, { sleep: () => Promise.resolve(void (sleeps += 1)) })
    Object.assign(lab.database, {
      transaction: async (...args: Parameters<typeof transaction>) => {
        const outcome = await transaction(async (tx) => {
          const [row] = await tx.rows({ text: 'SELECT CONNECTION_ID() AS id', values: [] })
          await sql(lab.database, `KILL CONNECTION ${String(row?.['id'])}`)
          return await args[0](tx)
        }, args[1])
        return outcome as never
      },
    })
    const outcome = await runAtOnce(lab, 'a')
    expect(outcome).to.include({ done: 0, stopped: 'connection lost' })
    expect(sleeps).to.be.at.most(5)
    expect(await left(lab, 'users', 'id')).to.have.length(40)
  })
})
