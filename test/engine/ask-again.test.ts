import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { entryFrom } from '../../audit/entry-text.ts'
import { steadyPace } from '../../engine/pace.ts'
import { runPolicy } from '../../engine/run-policy.ts'
import { mostFamilies } from '../../engine/sample.ts'
import { eachDatabase } from '../databases.ts'
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

  it('tells of a row that came below one of them', async () => {
    const put = (lab: Lab) => insert(lab.database, 'logins', [{ id: 900, user_id: 2, happened_at: due }])
    expect(await erased(put)).to.deep.equal({ asked: 3, left: { ...nothing, logins: 1 } })
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
