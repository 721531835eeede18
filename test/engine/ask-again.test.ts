import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { entryFrom } from '../../audit/entry-text.ts'
import { DatabaseError } from '../../db/database-error.ts'
import { longestList } from '../../db/site/match.ts'
import { askAgain } from '../../engine/ask-again.ts'
import { steadyPace } from '../../engine/pace.ts'
import { runPolicy } from '../../engine/run-policy.ts'
import { mostFamilies, type Family } from '../../engine/sample.ts'
import { newTally, type Tally } from '../../engine/tally.ts'
import { bounds } from '../../engine/walk.ts'
import { eachDatabase, eachServer } from '../databases.ts'
import { aged, logs, old, protect, range, second, work } from './flat-lab.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { install, type Installation } from './installation.ts'
import { asOf, createLab, due, fresh, insert, sql, type Lab } from './lab.ts'
import { fill, shopOf } from './shop.ts'
import { siteFiles } from './site-files.ts'

/** Does something once, when the first batch is committed. */
function afterTheFirst(lab: Lab, name: string, what: () => Promise<unknown>): void {
  let done = false
  lab.point = async (point) => {
    if (point !== name || done) return
    done = true
    await what()
  }
}

eachDatabase('asked again after the people of a shop were erased, the database', (open) => {
  const erased = async (meanwhile?: (lab: Lab) => Promise<unknown>) => {
    const lab = await createLab(await open(), shopOf('loose'))
    await fill(lab.database, [1, 2, 3])
    if (meanwhile !== undefined) afterTheFirst(lab, 'committed', () => meanwhile(lab))
    const { done, again } = await lab.run()
    expect(done).to.equal(3)
    return again
  }
  const nothing = { users: 0, sessions: 0, logins: 0, orders: 0, order_lines: 0, notes: 0 }

  it('has nothing of them in any table of the policy', async () => {
    expect(await erased()).to.deep.equal({ asked: 3, left: nothing })
  })

  it('tells of rows that came below one of them', async () => {
    const put = (lab: Lab) =>
      insert(
        lab.database,
        'logins',
        [900, 901].map((id) => ({ id, user_id: 2, happened_at: due })),
      )
    expect(await erased(put)).to.deep.equal({ asked: 3, left: { ...nothing, logins: 2 } })
  })

  it('tells of a row that came two links further down, whose parent is gone', async () => {
    const put = (lab: Lab) => insert(lab.database, 'notes', [{ id: 900, order_id: 20 }])
    expect(await erased(put)).to.deep.equal({ asked: 3, left: { ...nothing, notes: 1 } })
  })

  it('tells of a person who is there again, and not of another with the same number', async () => {
    const put = (created: string) => async (lab: Lab) => {
      await insert(lab.database, 'users', [{ id: 2, email: 'x', seen_at: fresh, created_at: created }])
      await insert(lab.database, 'sessions', [{ id: 900, user_id: 2, used_at: fresh }])
    }
    expect(await erased(put(due))).to.deep.equal({ asked: 3, left: { ...nothing, users: 1, sessions: 1 } })
    expect(await erased(put(fresh))).to.deep.equal({ asked: 2, left: nothing })
  })
})

eachDatabase('asked again after a long run, the database', (open) => {
  it('is asked after an even sample of people', async () => {
    const lab = await createLab(await open(), {
      tables: [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NOT NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
      ],
      kinds: [kind('account', 'users', { subject: true, events: { seen: event([at('seen_at')]) } })],
    })
    const people = Array.from({ length: mostFamilies + 400 }, (_, id) => ({ id, seen_at: due }))
    await insert(lab.database, 'users', people)
    const { again } = await lab.run()
    expect(again).to.deep.equal({ asked: mostFamilies, left: { users: 0 } })
  })

  it('is asked by the condition after rows that nobody read one by one', async () => {
    const flat = async (items: number, put: string | null) => {
      const lab = await createLab(await open(), {
        tables: [
          'CREATE TABLE logs (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NOT NULL)',
          'CREATE INDEX logs_seen ON logs (seen_at)',
        ],
        kinds: [kind('log', 'logs', { events: { seen: event([at('seen_at')]) } })],
        policies: [policy('log')],
      })
      await insert(
        lab.database,
        'logs',
        Array.from({ length: 60 }, (_, id) => ({
          id,
          seen_at: `2020-01-10 00:00:${String(id).padStart(2, '0')}`,
        })),
      )
      if (put !== null)
        afterTheFirst(lab, 'flat rows committed', () =>
          sql(lab.database, `INSERT INTO logs VALUES (900, '${put}')`),
        )
      const limits = { items, pace: steadyPace(1, () => null) }
      return await runPolicy(lab.ports, lab.policy(), { run: 'f'.repeat(32), asOf, lease: lab.lease }, limits)
    }
    expect((await flat(100, null)).again).to.deep.equal({ asked: 60, left: { logs: 0 } })
    const slice = await flat(45, null)
    expect(slice.again).to.deep.equal({ asked: slice.done, left: { logs: 0 } })
    expect((await flat(45, '2020-01-02 00:00:00')).again?.left).to.deep.equal({ logs: 1 })
    expect((await flat(45, '2020-02-02 00:00:00')).again?.left).to.deep.equal({ logs: 0 })
  })

  it('tells of a row that should stay without its person and is tied to it again', async () => {
    const asked = async (name: string, link: number | null) => {
      const lab = await createLab(await open(), {
        tables: [
          'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NOT NULL)',
          'CREATE INDEX users_seen ON users (seen_at)',
          'CREATE TABLE reviews (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NULL, author VARCHAR(50) NOT NULL)',
          'CREATE INDEX reviews_user ON reviews (user_id)',
        ],
        kinds: [
          kind('account', 'users', { subject: true, events: { seen: event([at('seen_at')]) } }),
          kind('review', 'reviews', {
            of: 'account',
            link: { columns: { user_id: 'id' }, where: {} },
            personal: { author: { strategy: 'fixed', value: 'somebody' } },
          }),
        ],
        policies: [policy('account', { but: { review: { act: 'anonymise', under: null } } })],
      })
      await insert(lab.database, 'users', [{ id: 1, seen_at: due }])
      await insert(lab.database, 'reviews', [{ id: 1, user_id: 1, author: 'Ada' }])
      afterTheFirst(lab, 'committed', () =>
        sql(lab.database, 'UPDATE reviews SET author = ?, user_id = ? WHERE id = 1', name, link),
      )
      return (await lab.run()).again
    }
    expect(await asked('somebody', null)).to.deep.equal({ asked: 1, left: { users: 0, reviews: 0 } })
    expect(await asked('somebody', 1)).to.deep.equal({ asked: 1, left: { users: 0, reviews: 1 } })
  })
})

eachDatabase('asked again after rows kept a part of their values, the database', (open) => {
  const asked = async (column: string, value: string | bigint | Uint8Array) => {
    const lab = await createLab(await open(), {
      tables: [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NOT NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
        'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NULL)',
        'CREATE INDEX orders_user ON orders (user_id)',
        'CREATE TABLE marks (id INTEGER NOT NULL PRIMARY KEY, order_id INTEGER NOT NULL, ip BIGINT NULL, host BINARY(16) NULL, zip VARCHAR(9) NULL, age INTEGER NULL)',
        'CREATE INDEX marks_order ON marks (order_id)',
      ],
      kinds: [
        kind('account', 'users', { subject: true, events: { seen: event([at('seen_at')]) } }),
        kind('order', 'orders', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }),
        // It stays with its order, to which it still leads.
        kind('mark', 'marks', {
          of: 'order',
          link: { columns: { order_id: 'id' }, where: {} },
          personal: {
            ip: { strategy: 'truncated_ip' },
            host: { strategy: 'truncated_ip' },
            zip: { strategy: 'generalised', kept: 2 },
            age: { strategy: 'bucketed', width: 5 },
          },
        }),
      ],
      policies: [
        policy('account', {
          but: { order: { act: 'anonymise', under: null }, mark: { act: 'anonymise', under: null } },
        }),
      ],
    })
    await insert(lab.database, 'users', [{ id: 1, seen_at: due }])
    await insert(lab.database, 'orders', [{ id: 1, user_id: 1 }])
    const host = Buffer.from('20010db885a308d313198a2e03707348', 'hex')
    await insert(lab.database, 'marks', [{ id: 1, order_id: 1, ip: -257n, host, zip: '75011', age: 37 }])
    afterTheFirst(lab, 'committed', () =>
      sql(lab.database, `UPDATE marks SET ${column} = ? WHERE id = 1`, value),
    )
    return (await lab.run()).again?.left['marks']
  }

  it('takes what is cut for done, and tells of what is whole again', async () => {
    expect(await asked('id', 1n)).to.equal(0)
    expect(await asked('ip', 3405803853n)).to.equal(1)
    expect(await asked('host', Buffer.from('20010db885a308d313198a2e03707348', 'hex'))).to.equal(1)
    expect(await asked('zip', '75011')).to.equal(1)
    expect(await asked('age', 37n)).to.equal(1)
  })
})

eachDatabase(
  'asked again after rows were changed and stay with what they belong to, the database',
  (open) => {
    const asked = async (column: string, value: string | bigint) => {
      const database = await open()
      const lab = await createLab(database, {
        tables: [
          'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NOT NULL)',
          'CREATE INDEX users_seen ON users (seen_at)',
          'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NULL)',
          'CREATE INDEX orders_user ON orders (user_id)',
          'CREATE TABLE files (id INTEGER NOT NULL PRIMARY KEY, order_id INTEGER NOT NULL)',
          'CREATE INDEX files_order ON files (order_id)',
          'CREATE TABLE marks (id INTEGER NOT NULL PRIMARY KEY, order_id INTEGER NOT NULL, nr INTEGER NULL, label VARCHAR(20) NOT NULL, note VARCHAR(20) NOT NULL, points INTEGER NOT NULL, since DATE NULL, agent VARCHAR(200) NOT NULL, kept VARCHAR(20) NOT NULL)',
          'CREATE INDEX marks_order ON marks (order_id)',
        ],
        kinds: [
          kind('account', 'users', { subject: true, events: { seen: event([at('seen_at')]) } }),
          kind('order', 'orders', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }),
          kind('file', 'files', { of: 'order', link: { columns: { order_id: 'id' }, where: {} } }),
          kind('mark', 'marks', {
            of: 'order',
            link: { columns: { order_id: 'id' }, where: {} },
            personal: {
              nr: { strategy: 'null' },
              label: { strategy: 'fixed', value: 'gone' },
              note: { strategy: 'blank' },
              points: { strategy: 'fixed', value: '7' },
              since: { strategy: 'year' },
              agent: { strategy: 'coarse_user_agent' },
              kept: { strategy: 'keep', because: 'x' },
            },
          }),
        ],
        policies: [
          policy('account', {
            but: {
              order: { act: 'anonymise', under: null },
              file: { act: 'erase' },
              mark: { act: 'anonymise', under: null },
            },
          }),
        ],
      })
      await insert(database, 'users', [{ id: 1, seen_at: due }])
      await insert(database, 'orders', [{ id: 1, user_id: 1 }])
      await insert(database, 'files', [{ id: 1, order_id: 1 }])
      await insert(database, 'marks', [
        {
          ...{ id: 1, order_id: 1, nr: 4, label: 'x', note: 'y', points: 3, since: '2019-03-04' },
          ...{ agent: 'Mozilla/5.0 (X11; Linux) Firefox/115.0', kept: 'k' },
        },
      ])
      afterTheFirst(lab, 'committed', () =>
        column === 'file'
          ? insert(database, 'files', [{ id: value, order_id: 1 }])
          : sql(database, `UPDATE marks SET ${column} = ? WHERE id = 1`, value),
      )
      return (await lab.run()).again
    }
    const nothing = { asked: 1, left: { users: 0, orders: 0, files: 0, marks: 0 } }

    it('tells of a row below one that stays', async () => {
      expect(await asked('file', 2n)).to.deep.equal({ asked: 1, left: { ...nothing.left, files: 1 } })
    })

    for (const [column, value] of [
      ['nr', 4n],
      ['label', 'x'],
      ['note', 'y'],
    ] as const)
      it(`tells of a value that is no more as it was written (${column})`, async () => {
        expect(await asked(column, value)).to.deep.equal({ asked: 1, left: { ...nothing.left, marks: 1 } })
      })

    for (const [column, value] of [
      ['points', 3n],
      ['since', '2019-03-04'],
      ['agent', 'Mozilla/5.0 (X11; Linux) Firefox/115.0'],
      ['kept', 'other'],
    ] as const)
      it(`cannot tell of a value that may read back otherwise, or that nobody was to change (${column})`, async () => {
        expect(await asked(column, value)).to.deep.equal(nothing)
      })
  },
)

eachDatabase('asked again after people were anonymised, the database', (open) => {
  it('tells of one who is not done any more, and not of another with the same number', async () => {
    const asked = async (set: string) => {
      const database = await open()
      const lab = await createLab(database, {
        tables: [
          'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(50) NULL, seen_at DATETIME NOT NULL, joined DATETIME NOT NULL, gone_at DATETIME NULL)',
          'CREATE INDEX users_seen ON users (seen_at)',
        ],
        kinds: [
          kind('account', 'users', {
            ...{ subject: true, identity: ['id', 'joined'], events: { seen: event([at('seen_at')]) } },
            personal: { name: { strategy: 'null' } },
            done: { anonymise: 'gone_at' },
          }),
        ],
        policies: [policy('account', { then: 'anonymise' })],
      })
      await insert(
        database,
        'users',
        [1, 2].map((id) => ({ id, name: 'Ada', seen_at: due, joined: due })),
      )
      expect((await lab.run()).again).to.deep.equal({ asked: 2, left: { users: 0 } })
      await sql(database, `UPDATE users SET ${set} WHERE id = 2`)
      const total = newTally()
      for (const id of ['1', '2'])
        total.sample.families.push({ key: [id], identity: [id, due], parents: new Map() })
      const place = { run: 'f'.repeat(32), asOf, lease: lab.lease, ...bounds(lab.policy(), asOf, 0) }
      return await askAgain(lab.ports, lab.policy(), place, total, null)
    }
    expect(await asked("name = 'Ada'")).to.deep.equal({ asked: 2, left: { users: 0 } })
    expect(await asked('gone_at = NULL')).to.deep.equal({ asked: 2, left: { users: 1 } })
    expect(await asked(`gone_at = NULL, joined = '${fresh}', seen_at = '${fresh}'`)).to.deep.equal({
      asked: 1,
      left: { users: 0 },
    })
  })
})

eachDatabase('asked again after people were to be gone, the database', (open) => {
  for (const then of ['erase', 'archive'] as const)
    it(`tells of one who is there again, also as something else by now (${then})`, async () => {
      const database = await open()
      const lab = await createLab(database, {
        tables: [
          'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, role VARCHAR(9) NOT NULL, seen_at DATETIME NOT NULL)',
          'CREATE INDEX users_seen ON users (seen_at)',
          'CREATE TABLE old_users (number INTEGER NOT NULL PRIMARY KEY, seen DATETIME NOT NULL)',
          'CREATE INDEX old_seen ON old_users (seen)',
        ],
        kinds: [
          kind('account', 'users', {
            ...{
              subject: true,
              events: { seen: event([at('seen_at')]) },
              states: { guest: { role: ['guest'] } },
            },
            archive: { into: 'old_user', columns: { number: 'id', seen: 'seen_at' } },
          }),
          kind('old_user', 'old_users', { key: ['number'], events: { seen: event([at('seen')]) } }),
        ],
        policies: [
          policy('account', { then, only: [{ column: 'role', test: 'is one of', values: ['guest'] }] }),
        ],
      })
      await insert(
        database,
        'users',
        [1, 2].map((id) => ({ id, role: 'guest', seen_at: due })),
      )
      afterTheFirst(lab, 'committed', () =>
        insert(database, 'users', [{ id: 2, role: 'member', seen_at: fresh }]),
      )
      expect((await lab.run()).again).to.deep.equal({ asked: 2, left: { users: 1 } })
    })
})

// Only a server compares the values of a foreign key without regard to case.
eachServer('asked again for rows that spell the key of their parent otherwise, the database', (open) => {
  it('tells of them', async () => {
    const database = await open()
    const code = 'VARCHAR(20) COLLATE utf8mb4_general_ci NOT NULL'
    const lab = await createLab(database, {
      tables: [
        `CREATE TABLE users (code ${code} PRIMARY KEY, seen_at DATETIME NOT NULL)`,
        'CREATE INDEX users_seen ON users (seen_at)',
        `CREATE TABLE orders (nr ${code} PRIMARY KEY, user_code ${code.replace('NOT NULL', 'NULL')}, CONSTRAINT o_user FOREIGN KEY (user_code) REFERENCES users (code))`,
        `CREATE TABLE order_lines (id INTEGER NOT NULL PRIMARY KEY, order_nr ${code}, CONSTRAINT l_order FOREIGN KEY (order_nr) REFERENCES orders (nr))`,
      ],
      kinds: [
        kind('account', 'users', {
          ...{ key: ['code'], subject: true, events: { seen: event([at('seen_at')]) } },
        }),
        kind('order', 'orders', {
          ...{ key: ['nr'], of: 'account', personal: { user_code: { strategy: 'null' } } },
        }),
        kind('line', 'order_lines', { of: 'order' }),
      ],
      policies: [
        policy('account', {
          but: { order: { act: 'anonymise', under: null }, line: { act: 'erase' } },
        }),
      ],
    })
    await insert(database, 'users', [
      { code: 'ada', seen_at: due },
      { code: 'bob', seen_at: fresh },
    ])
    await insert(database, 'orders', [
      { nr: 'a1', user_code: 'ada' },
      { nr: 'b1', user_code: 'bob' },
    ])
    afterTheFirst(lab, 'committed', () =>
      insert(database, 'order_lines', [
        { id: 1, order_nr: 'A1' },
        { id: 2, order_nr: 'A1' },
        { id: 3, order_nr: 'B1' },
      ]),
    )
    const { again } = await lab.run()
    expect(again).to.deep.equal({ asked: 1, left: { users: 0, orders: 0, order_lines: 2 } })
  })
})

eachDatabase('asked again, the database', (open) => {
  const run = 'f'.repeat(32)
  const none: readonly number[] = []
  const one = (key: string): Family => ({ key: [key], identity: [], parents: new Map() })
  /** Of a flat table with these rows that are due, after a run that knows this much. */
  const ask = async (
    rows: readonly number[],
    tally: Partial<Tally>,
    flat: { readonly rows: number; readonly upTo?: string | null } | null,
    named: readonly string[] = [],
    session: (lab: Lab) => Database = (lab) => lab.database,
    dropped = 0,
  ) => {
    const lab = await logs(await open(), aged(rows))
    await insert(lab.database, 'logs', [{ id: 5000, part: 1, seen_at: fresh }])
    const place = { run, asOf, lease: lab.lease, ...bounds(lab.policy(), asOf, 0) }
    const total = { ...newTally(), ...tally }
    total.sample.families.push(...named.map(one))
    const ports = { ...lab.ports, database: session(lab) }
    const done = flat === null ? null : { upTo: null, ...flat }
    return await askAgain(ports, lab.policy(), place, total, done, dropped)
  }
  const left = (logs: number) => ({ logs })
  const aside = (count: number) => range(0, count).map((id) => ({ key: [String(id)], code: 'X' }))

  it('has nothing to say where nothing went', async () => {
    expect(await ask(none, {}, null)).to.equal(null)
    expect(await ask([1, 2], {}, { rows: 0 })).to.equal(null)
    expect(await ask([1, 2], {}, { rows: 0 }, ['3'])).to.deep.equal({ asked: 1, left: left(0) })
  })

  it('tells of what is due still, but for the rows that the run tells of itself', async () => {
    expect(await ask([1, 2, 3, 4, 5], {}, { rows: 7 })).to.deep.equal({ asked: 7, left: left(5) })
    const spared = { busy: 1, setAside: aside(2) }
    expect(await ask([1, 2, 3, 4, 5], spared, { rows: 7 })).to.deep.equal({ asked: 7, left: left(2) })
    // One of them went in the end.
    expect(await ask([1, 2], spared, { rows: 7 })).to.deep.equal({ asked: 7, left: left(0) })
  })

  it('is asked for more rows than were set aside', async () => {
    const rows = range(1, 1101)
    expect(await ask(rows, { setAside: aside(600) }, { rows: 7 })).to.deep.equal({
      asked: 7,
      left: left(500),
    })
    expect(await ask(rows, {}, { rows: 7 })).to.deep.equal({ asked: 7, left: left(1000) })
  })

  it('is asked of a run that was stopped only for what it had finished', async () => {
    const stopped = { stopped: 'paused' }
    expect(await ask([1, 2, 3], stopped, { rows: 7, upTo: null })).to.equal(null)
    // The clock of the third: it may have rows that were not reached.
    const upTo = { rows: 7, upTo: second(2) }
    expect(await ask([1, 2, 3], stopped, upTo)).to.deep.equal({ asked: 7, left: left(2) })
    expect(await ask([1, 2, 3], {}, upTo)).to.deep.equal({ asked: 7, left: left(3) })
    // Of somebody busy whose key is not known nobody can say whether a later pass had them.
    const busy = { ...stopped, busy: 1 }
    expect(await ask([1, 2, 3], busy, upTo)).to.equal(null)
    const known = { ...busy, busyKeys: [['1']] }
    expect(await ask([1, 2, 3], known, upTo)).to.deep.equal({ asked: 7, left: left(1) })
    expect(await ask([1, 2, 3], stopped, { rows: 7 }, ['9'])).to.deep.equal({ asked: 1, left: left(0) })
  })

  it('is asked after partitions that went whole by the condition, and not where the run was stopped', async () => {
    const asked = (due: readonly number[], tally: Partial<Tally>, rows: number) =>
      ask(due, tally, { rows }, [], undefined, 8)
    expect(await asked([], {}, 0)).to.deep.equal({ asked: 8, left: left(0) })
    expect(await asked([1, 2], {}, 0)).to.deep.equal({ asked: 8, left: left(2) })
    expect(await asked([1, 2], {}, 3)).to.deep.equal({ asked: 11, left: left(2) })
    expect(await asked([1, 2], { stopped: 'slice' }, 0)).to.equal(null)
    // Those of a partition may lie behind the clock at which it was stopped.
    const upTo = { rows: 3, upTo: second(2) }
    expect(await ask([], { stopped: 'slice' }, upTo, [], undefined, 8)).to.deep.equal({
      asked: 3,
      left: left(0),
    })
  })

  it('counts a row that is due and was named once', async () => {
    expect(await ask([1, 2, 3], {}, { rows: 4 }, ['1', '9'])).to.deep.equal({ asked: 6, left: left(3) })
    expect(await ask([1, 2, 3], { busy: 3 }, { rows: 4 }, ['1'])).to.deep.equal({ asked: 5, left: left(1) })
  })

  it('counts a row to which two links lead once', async () => {
    const lab = await createLab(await open(), shopOf('loose'))
    await fill(lab.database, [1])
    const policy = lab.policy()
    const twice = {
      ...policy,
      steps: policy.steps.flatMap((step) => [step, { ...step, name: `${step.name}2` }]),
    }
    const total = newTally()
    const row = { key: ['1'], root: '["1"]', columns: { id: '1' } }
    total.sample.families.push({ key: ['1'], identity: ['1', due], parents: new Map([['', [row]]]) })
    const place = { run, asOf, lease: lab.lease, ...bounds(policy, asOf, 0) }
    const once = await askAgain(lab.ports, policy, place, total, null)
    expect(once?.left['sessions']).to.be.greaterThan(0)
    expect(await askAgain(lab.ports, twice, place, total, null)).to.deep.equal(once)
  })

  it('may not answer: nothing is said then, and a defect of ours is heard', async () => {
    const failing = (error: Error) => (lab: Lab) => ({ ...lab.database, rows: () => Promise.reject(error) })
    const lost = new DatabaseError('connection lost', 'statement', 'X')
    expect(await ask([1], {}, { rows: 7 }, ['1'], failing(lost))).to.equal(null)
    const defect = new Error('defect')
    const thrown: unknown = await ask([1], {}, { rows: 7 }, ['1'], failing(defect)).catch(
      (error: unknown) => error,
    )
    expect(thrown).to.equal(defect)
  })

  it('cannot be asked by the condition under more holds than a statement lists', async () => {
    const lab = await logs(await open(), old([1, 2]))
    await insert(
      lab.database,
      'oubli_hold',
      range(0, longestList + 1).map((id) => ({
        ...{ id: `h${id}`, kind: 'log', key_text: `["${id + 100}"]`, matter: 'm', because: 'b', set_by: 's' },
        ...{ set_at: '2026-06-01', review_by: '2027-01-01' },
      })),
    )
    const place = { run, asOf, lease: lab.lease, ...bounds(lab.policy(), asOf, 0) }
    const flat = { rows: 3, upTo: null }
    expect(await askAgain(lab.ports, lab.policy(), place, newTally(), flat)).to.equal(null)
  })

  it('is asked once for each row, whether it went by windows or by its name', async () => {
    const lab = await logs(await open(), aged(range(1, 31)))
    await protect(lab, '12, 13')
    const { done, again } = await work(lab, 10)
    expect(again).to.deep.equal({ asked: done, left: left(0) })
  })
})

eachDatabase('asked again after a run that was stopped while the site holds a row, the database', (open) => {
  /** Ten rows, the fifth of them always locked; no turn after so many. */
  const stoppedAfter = async (turns: number) => {
    const lab = await logs(await open(), aged(range(1, 11)))
    await protect(lab, '5')
    const { database } = lab
    const transaction: Database['transaction'] = async (work, options) => {
      const outcome = await database.transaction(work, options)
      if (outcome.state !== 'rolled back') return outcome
      return { ...outcome, error: new DatabaseError('lock wait', 'statement', 'X') }
    }
    Object.assign(lab.ports, { database: { ...database, transaction }, sleep: () => Promise.resolve() })
    let asked = 0
    const turn = () => Promise.resolve((asked += 1) > turns ? 'paused' : null)
    return await work(lab, 4, {}, { turn })
  }

  it('has nothing but that row, whenever that was', async () => {
    const found = new Set<string>()
    let busy = false
    for (let turns = 0; ; turns += 1) {
      const outcome = await stoppedAfter(turns)
      found.add(JSON.stringify(outcome.again?.left ?? {}))
      expect(outcome.again?.left['logs'] ?? 0, `stopped after ${turns}`).to.equal(0)
      if (busy) expect(outcome.busy, `met before ${turns}`).to.equal(1)
      busy = outcome.busy === 1
      if (outcome.stopped === 'done') break
    }
    expect([...found]).to.have.members(['{}', '{"logs":0}'])
  })
})

eachDatabase('a run that finds something still there', (open) => {
  let site: Installation
  afterEach(() => site.close())

  it('says so, ends with 3, and puts the answer in the evidence', async () => {
    const now = Date.parse('2026-06-01T10:00:00Z')
    site = await install(await open(), loose(), now)
    await prospects(site.database, [1, 2])
    await site.oubli(['run'])
    await site.approve()
    expect((await site.oubli(['run'])).exit).to.equal(0)
    await setSandboxNow(site.database, now + 86_400_000)
    await prospects(site.database, [3, 4])
    const said = await site.oubli(['run'], {
      point: async (point) => {
        if (point === 'committed') await sql(site.database, "INSERT INTO clicks VALUES (900, 3, '10.0.0.1')")
      },
    })
    expect([said.exit, said.text]).to.satisfy(
      ([exit, text]: [number, string]) =>
        exit === 3 && text.endsWith('why stopped: 1 row(s) of what was done are still there'),
      said.text,
    )
    const rows = await site.database.rows({ text: 'SELECT leaf FROM oubli_entry', values: [] })
    const checks = rows
      .map((row) => entryFrom(String(row['leaf'])))
      .flatMap((entry) => (entry?.kind === 'purge.checked' ? [entry] : []))
      .map(({ done, asked, left }) => [done, asked, left['prospects'], left['clicks']].join(' '))
    expect(checks.sort()).to.deep.equal(['2 2 0 0', '2 2 0 1'])
  })
})

/** The small site, with clicks that no foreign key ties. */
function loose(): typeof siteFiles {
  return {
    ...siteFiles,
    tables: siteFiles.tables.map((text) => text.replace(/, CONSTRAINT c_prospect [^)]*\) [^)]*\)/, '')),
    dataMap: siteFiles.dataMap.replace(
      '    table: clicks\n    key: id\n    of: prospect\n',
      '    table: clicks\n    key: id\n    of: prospect\n    link: { prospect_id: id }\n',
    ),
  }
}

async function prospects(database: Database, ids: readonly number[]): Promise<void> {
  await insert(
    database,
    'prospects',
    ids.map((id) => ({ id, email: `p${id}@mail.example`, collected_at: due })),
  )
}
