/** How a policy is cut into batches, what is judged again in each, and what a batch takes along of our own. */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import type { Point } from '../../base/point.ts'
import { DatabaseError } from '../../db/database-error.ts'
import { steadyPace, type Sample } from '../../engine/pace.ts'
import { runPolicy, type RunLimits } from '../../engine/run-policy.ts'
import type { WarningFact } from '../../plan/facts.ts'
import type { Warn } from '../../policies/policy.ts'
import { eachDatabase, eachServer } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { asOf, createLab, due, fresh, insert, sql, type Lab } from './lab.ts'
import { fillYears, viewsLab } from './partitioned.ts'
import { account, left, tell } from './shape.ts'

const users = [
  'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NULL, seen_at DATETIME NULL)',
  'CREATE INDEX users_seen ON users (seen_at)',
]
const logs = [
  'CREATE TABLE logs (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
  'CREATE INDEX logs_seen ON logs (seen_at)',
]
const log = kind('log', 'logs', { events: { seen: event([at('seen_at')]) } })
const seen = (many: number) => Array.from({ length: many }, (_, i) => ({ id: i + 1, seen_at: due }))

interface Told {
  readonly outcome: Awaited<ReturnType<typeof runPolicy>>
  readonly samples: readonly Sample[]
  readonly points: readonly Point[]
}

async function run(lab: Lab, size: number, more: Partial<RunLimits> = {}, id = 'p'): Promise<Told> {
  const [samples, points]: [Sample[], Point[]] = [[], []]
  const { point } = lab
  lab.point = async (reached) => {
    points.push(reached)
    await point(reached)
  }
  const pace = {
    ...steadyPace(size, () => null),
    ...more.pace,
    took: (one: Sample) => void samples.push(one),
  }
  const place = { run: randomBytes(16).toString('hex'), asOf, lease: lab.lease }
  const outcome = await runPolicy(lab.ports, lab.policy(id), place, { items: 1000, ...more, pace })
  lab.point = point
  return { outcome, samples, points }
}

const asked = ({ samples }: Told) => samples.map((one) => one.asked)

/** Before the first batch, when its people were read and judged already. */
function beforeFirst(size: number, happen: () => Promise<unknown>): Pick<RunLimits, 'pace'> {
  let first = true
  const turn = async (): Promise<null> => {
    if (first) await happen()
    first = false
    return null
  }
  return { pace: { ...steadyPace(size, () => null), turn } }
}

eachDatabase('the batches of a policy', (open) => {
  it('have the size that the pace says, and no more than are left or than the slice holds', async () => {
    const lab = await tell(await open(), users, [account('users')], { users: seen(17) })
    const slice = await run(lab, 4, { items: 6 })
    expect(asked(slice)).to.deep.equal([4, 2])
    expect(slice.outcome).to.include({ done: 6, stopped: 'slice' })
    const whole = await run(lab, 4, { items: 11 })
    expect(asked(whole)).to.deep.equal([4, 4, 3])
    expect(whole.outcome).to.include({ done: 11, stopped: 'done' })
    expect((await run(lab, 4)).outcome).to.deep.include({ done: 0, stopped: 'done', again: null })
  })

  it('end with the word of the pace', async () => {
    const lab = await tell(await open(), users, [account('users')], { users: seen(9) })
    let turns = 0
    const turn = () => Promise.resolve((turns += 1) < 3 ? null : 'time is up')
    const { outcome } = await run(lab, 4, { pace: { ...steadyPace(4, () => null), turn } })
    expect(outcome).to.include({ done: 8, stopped: 'time is up' })
    expect(turns, 'not asked again').to.equal(3)
  })

  it('pass their named places in this order', async () => {
    const lab = await tell(await open(), users, [account('users')], { users: seen(1) })
    const places = ['before lock', 'locked', 'children locked', 're-checked']
    const written = ['root written', 'evidence written', 'before commit', 'committed']
    expect((await run(lab, 4)).points).to.deep.equal([...places, ...written])
    // A COMMIT that was not done is not told as one.
    await insert(lab.database, 'users', seen(1))
    await sql(
      lab.database,
      lab.database.dialect.locksRows
        ? "CREATE TRIGGER keeps BEFORE DELETE ON users FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'"
        : "CREATE TRIGGER keeps BEFORE DELETE ON users FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    const failed = await run(lab, 4)
    expect(failed.outcome).to.include({ done: 0, setAside: 1 })
    expect(failed.points).to.deep.equal(places)
  })

  it('leave who is gone or has come back since, and take others for them', async () => {
    const lab = await tell(await open(), users, [account('users')], { users: seen(8) })
    const told = await run(lab, 3, {
      items: 4,
      ...beforeFirst(3, async () => {
        await sql(lab.database, 'DELETE FROM users WHERE id = 1')
        await sql(lab.database, 'UPDATE users SET seen_at = ? WHERE id = 3', fresh)
      }),
    })
    expect(asked(told)).to.deep.equal([3, 3])
    expect(told.outcome).to.deep.include({
      ...{ done: 4, busy: 0, setAside: 0, stopped: 'slice' },
      tables: { users: { erased: '4' } },
    })
    expect(told.samples.map((one) => [one.rows, one.done])).to.deep.equal([
      [1, 1],
      [3, 3],
    ])
    expect(await left(lab, 'users', 'id')).to.deep.equal(['3', '7', '8'])
    expect(await lab.rows('oubli_entry')).to.have.length(4)
  })

  it('write nothing when nobody of them is due any more', async () => {
    for (const change of [
      'DELETE FROM users WHERE id > 0',
      `UPDATE users SET seen_at = '${fresh}' WHERE id > 0`,
    ]) {
      const lab = await tell(await open(), users, [account('users')], { users: seen(2) })
      const told = await run(
        lab,
        3,
        beforeFirst(3, () => sql(lab.database, change)),
      )
      expect(told.outcome).to.deep.include({ done: 0, busy: 0, setAside: 0, tables: {}, stopped: 'done' })
      expect(told.samples.map((one) => [one.end, one.rows, one.done])).to.deep.equal([['committed', 0, 0]])
      expect(told.points).not.to.include('root written')
      for (const table of ['oubli_entry', 'oubli_tombstone'])
        expect(await lab.rows(table), table).to.deep.equal([])
    }
    // Rows that are not people have one entry for the whole batch.
    const lab = await createLab(await open(), { tables: logs, kinds: [log], policies: [policy('log')] })
    await insert(lab.database, 'logs', seen(2))
    const gone = beforeFirst(3, () => sql(lab.database, 'DELETE FROM logs WHERE id > 0'))
    expect((await run(lab, 3, { byName: true, ...gone })).outcome).to.include({ done: 0, stopped: 'done' })
    expect(await lab.rows('oubli_entry')).to.deep.equal([])
  })

  it('go by name where that is asked for, else by windows', async () => {
    const lab = await createLab(await open(), { tables: logs, kinds: [log], policies: [policy('log')] })
    await insert(lab.database, 'logs', seen(5))
    const named = await run(lab, 2, { byName: true, items: 4 })
    expect(named.points).to.include('re-checked').and.not.include('before flat rows')
    expect(named.outcome).to.deep.include({
      ...{ done: 4, stopped: 'slice', tables: { logs: { erased: '4' } } },
      again: { asked: 4, left: { logs: 0 } },
    })
    await insert(
      lab.database,
      'logs',
      seen(9).filter(({ id }) => id > 5),
    )
    const flat = await run(lab, 2)
    expect(flat.points).to.include('before flat rows').and.not.include('re-checked')
    expect(flat.outcome).to.include({ done: 5, stopped: 'done' })
  })

  it('count apart whom no mail has told before', async () => {
    const warn: Warn = {
      ...{ when: 'at the term', daysBefore: [30], minimumNoticeDays: 30, template: 'x' },
      ...{ ifUnreachable: 'a person decides', noAddress: 'erase' },
    }
    const contact = { email: 'email', name: null, locale: null }
    const lab = await tell(await open(), users, [account('users', { contact })], {}, { warn })
    const address = (id: number) => (id === 1 ? 'u1@mail.example' : null)
    await insert(
      lab.database,
      'users',
      seen(3).map((row) => ({ ...row, email: address(row.id) })),
    )
    const day = (text: string) => Date.parse(`${text}T08:00:00Z`)
    const told: WarningFact = {
      ...{ policy: 'p', cycle: day('2020-01-01'), round: 0, step: 0, state: 'accepted', failedAt: null },
      ...{ addressHash: 'hers', termsHash: lab.policy().termsHash },
      ...{ queuedAt: day('2026-04-20'), acceptedAt: day('2026-04-20'), announced: day('2026-05-25') },
    }
    Object.assign(lab.ports, {
      readAddress: (raw: string | null) =>
        raw === null ? { state: 'none', hash: null } : { state: 'valid', hash: 'hers' },
      warningsOf: () => Promise.resolve(new Map([['["1"]', [told]]])),
    })
    expect((await run(lab, 2)).outcome).to.include({ done: 3, entered: 2 })
  })

  it('forget what we keep about people who are erased, and about nobody else', async () => {
    const acts = [
      ['account', { then: 'erase' }, ['account', '["1"]', '["2"]']],
      ['account', { then: 'anonymise' }, []],
      ['log', { then: 'erase' }, []],
    ] as const
    for (const [data, then, forgotten] of acts) {
      const lab = await createLab(await open(), {
        tables: [...users, ...logs],
        kinds: [account('users', { personal: { email: { strategy: 'null' } } }), log],
        policies: [policy(data, then)],
      })
      await insert(lab.database, 'users', seen(2))
      await insert(lab.database, 'logs', seen(2))
      const told: string[] = []
      const [forget, mails] = [lab.ports.forget, [] as string[]]
      Object.assign(lab.ports, {
        forget: async (...args: Parameters<typeof forget>) => {
          told.push(args[1], ...args[2])
          await forget(...args)
        },
        lastMails: ({ kind: of }: { kind: string }, leaving: readonly unknown[]) =>
          Promise.resolve((mails.push(`${of} ${leaving.length}`), [])),
      })
      const { outcome } = await run(lab, 5, { byName: true })
      expect(outcome).to.include({ done: 2, busy: 0 })
      expect(told, `${data} ${then.then}`).to.deep.equal(forgotten)
      expect(mails).to.deep.equal(forgotten.length > 0 ? ['account 2'] : [])
    }
  })

  it('take the words from requests to stay of people who are anonymised, and leave all others', async () => {
    for (const [data, then, worded] of [
      ['account', 'anonymise', ['k9', 'other']],
      ['account', 'truncate fields', ['k1', 'k9', 'other']],
      ['log', 'anonymise', ['k1', 'k9', 'other']],
    ] as const) {
      const lab = await createLab(await open(), {
        tables: [
          ...users,
          ...logs.map((text) => text.replace('seen_at DATETIME', 'email VARCHAR(90) NULL, seen_at DATETIME')),
        ],
        kinds: [
          account('users', { personal: { email: { strategy: 'null' } } }),
          { ...log, personal: { email: { strategy: 'null' } } },
        ],
        policies: [policy(data, { then, ...(then === 'truncate fields' ? { fields: ['email'] } : {}) })],
      })
      await insert(lab.database, 'users', [...seen(1), { id: 9, seen_at: fresh }])
      await insert(lab.database, 'logs', seen(1))
      for (const [id, of, key] of [
        ['k1', data, 1],
        ['k9', data, 9],
        ['other', 'prospect', 1],
      ] as const)
        await insert(lab.database, 'oubli_kept', [
          {
            ...{ id, kind: of, key_text: `["${key}"]`, because: 'she wrote', asked_by: 'Support' },
            // Long before its term: it keeps nobody.
            kept_at: '2019-01-01T00:00:00.000Z',
          },
        ])
      expect((await run(lab, 5, { byName: true })).outcome, `${data} ${then}`).to.include({
        done: 1,
        busy: 0,
      })
      const kept = await lab.rows('oubli_kept')
      expect(kept).to.have.length(3)
      const left = kept.filter((row) => row['because'] !== '').map((row) => row['id'])
      expect(left, `${data} ${then}`).to.have.members(worded)
    }
  })

  it('take the marks of rows along that leave, of children too, and of no others', async () => {
    const child = (name: string) => [
      `CREATE TABLE ${name} (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NULL, note VARCHAR(9) NULL, seen_at DATETIME NULL, CONSTRAINT ${name}_u FOREIGN KEY (user_id) REFERENCES users (id))`,
      `CREATE INDEX ${name}_user ON ${name} (user_id)`,
      `CREATE INDEX ${name}_seen ON ${name} (seen_at)`,
    ]
    const of = {
      ...{ of: 'account', events: { seen: event([at('seen_at')]) } },
      personal: { note: { strategy: 'null' } },
    } as const
    const lab = await createLab(await open(), {
      tables: [
        ...[...users, ...child('visits'), ...child('receipts')],
        'CREATE TABLE old_receipts (id INTEGER NOT NULL PRIMARY KEY, note VARCHAR(9) NULL)',
      ],
      kinds: [
        account('users', { personal: { email: { strategy: 'null' } } }),
        kind('visit', 'visits', of),
        kind('receipt', 'receipts', {
          ...of,
          archive: { into: 'old_receipt', columns: { id: 'id', note: 'note' } },
        }),
        kind('old_receipt', 'old_receipts', { personal: { note: { strategy: 'null' } } }),
      ],
      policies: [
        policy('account', { id: 'gone', but: { receipt: { act: 'archive', under: null } } }),
        policy('account', { id: 'names', then: 'anonymise' }),
        policy('visit', { id: 'notes', then: 'anonymise' }),
        policy('receipt', { id: 'papers', then: 'anonymise' }),
      ],
    })
    expect(lab.policy('gone').marks.map(({ table, policies }) => [table, policies])).to.have.deep.members([
      ['users', ['names']],
      ['visits', ['notes']],
      ['receipts', ['papers']],
    ])
    await insert(lab.database, 'users', [...seen(2), { id: 9, seen_at: fresh }])
    // The numbers cross: what belongs to user 1 is visit 2, and visit 1 belongs to somebody who stays.
    const rows = [
      { id: 2, user_id: 1 },
      { id: 1, user_id: 9 },
      { id: 9, user_id: 2 },
    ]
    await insert(lab.database, 'visits', rows)
    await insert(lab.database, 'receipts', rows)
    await insert(
      lab.database,
      'oubli_done',
      ['names', 'notes', 'papers', 'else'].flatMap((name) =>
        [1, 2, 9].map((id) => ({
          ...{ policy: name, key_text: `["${id}"]`, done_at: '2026-01-01T00:00:00.000Z' },
        })),
      ),
    )
    expect((await run(lab, 5, {}, 'gone')).outcome).to.include({ done: 2, setAside: 0 })
    expect(await left(lab, 'old_receipts', 'id')).to.deep.equal(['2', '9'])
    const kept = (await lab.rows('oubli_done')).map(
      (row) => `${String(row['policy'])} ${String(row['key_text'])}`,
    )
    expect(kept).to.have.members([
      ...['names ["9"]', 'notes ["1"]', 'papers ["1"]'],
      ...[1, 2, 9].map((id) => `else ["${id}"]`),
    ])
  })

  it('try nobody again in the sweep who was set aside before, in batches or by windows', async () => {
    const lab = await createLab(await open(), {
      tables: [...users, ...logs],
      kinds: [account('users'), log],
      policies: [policy('account', { id: 'people' }), policy('log', { id: 'logs' })],
    })
    for (const [id, table] of [
      ['people', 'users'],
      ['logs', 'logs'],
    ] as const) {
      await insert(lab.database, table, seen(4))
      await sql(
        lab.database,
        lab.database.dialect.locksRows
          ? `CREATE TRIGGER keeps_${table} BEFORE DELETE ON ${table} FOR EACH ROW BEGIN IF OLD.id = 3 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF; END`
          : `CREATE TRIGGER keeps_${table} BEFORE DELETE ON ${table} FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'no') WHERE OLD.id = 3; END`,
      )
      const { outcome } = await run(lab, 4, {}, id)
      expect(outcome, id).to.include({ done: 3, setAside: 1, stopped: 'done' })
      expect(outcome.apart, id).to.have.length(1)
    }
    expect((await lab.rows('oubli_set_aside')).map((row) => Number(row['attempts']))).to.deep.equal([1, 1])
  })

  for (const done of [true, false])
    it(`whose answer to COMMIT is lost count once, and ${done ? 'were' : 'were not'} done`, async () => {
      const lab = await tell(await open(), users, [account('users')], { users: seen(5) })
      const transaction = lab.database.transaction.bind(lab.database)
      const error = new DatabaseError('connection lost', 'commit', 'PROTOCOL_CONNECTION_LOST')
      let lost = false
      Object.assign(lab.database, {
        transaction: async (...[work, options]: Parameters<typeof transaction>) => {
          if (lost || options === undefined) return (await transaction(work, options)) as never
          lost = true
          await transaction(async (tx) => {
            await work(tx)
            if (!done) throw error
          }, options).catch(() => undefined)
          return { state: 'unknown', error } as never
        },
      })
      const token = lab.lease.token
      const told = await run(lab, 3)
      expect(told.outcome).to.deep.include({
        ...{ done: 5, busy: 0, setAside: 0, stopped: 'done', again: { asked: 5, left: { users: 0 } } },
        tables: { users: { erased: '5' } },
      })
      expect(told.samples.map(({ end, asked: size, rows }) => [end, size, rows])).to.deep.equal([
        ...(done ? [] : [['busy', 3, 0]]),
        ...[
          ['committed', 3, 3],
          ['committed', 2, 2],
        ],
      ])
      expect(lab.lease.token).to.equal(token + 1n)
      expect(await lab.rows('oubli_entry')).to.have.length(5)
    })

  it('of two writers have cursors of their own, and never hold more than the slice', async function () {
    const lab = await tell(await open(), users, [account('users')], { users: seen(16) })
    // On a server two writers meet in so small a table, and try again: see `writers.test.ts`.
    if (lab.database.dialect.locksRows) this.skip()
    const pace = { ...steadyPace(4, () => null), writers: () => 2 }
    const told = await run(lab, 4, { items: 6, pace })
    expect(told.outcome).to.include({ done: 6, stopped: 'slice' })
    expect(asked(told)).to.have.members([4, 2])
    expect((await lab.rows('oubli_cursor')).map((row) => row['policy'])).to.have.members(['p', 'p#2'])
    // One of a batch that is under way has come back: the last place of the slice is for another.
    const next = await run(lab, 4, {
      items: 8,
      pace: {
        ...pace,
        turn: async () => {
          await sql(lab.database, 'UPDATE users SET seen_at = ? WHERE id = 8', fresh)
          return null
        },
      },
    })
    expect(next.outcome).to.include({ done: 8, stopped: 'slice' })
    expect(asked(next)).to.deep.equal([4, 4, 1])
    expect(await left(lab, 'users', 'id')).to.deep.equal(['16', '8'])
  })

  it('leave whom a trigger of the site brings back while they are written', async () => {
    const lab = await tell(
      await open(),
      [
        ...users,
        'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, CONSTRAINT v_user FOREIGN KEY (user_id) REFERENCES users (id))',
        'CREATE INDEX visits_user ON visits (user_id)',
      ],
      [account('users'), kind('visit', 'visits', { of: 'account' })],
      { users: seen(2), visits: [1, 2].map((id) => ({ id, user_id: id })) },
    )
    const back = `UPDATE users SET seen_at = '${fresh}' WHERE id = OLD.user_id AND id = 2`
    const body = lab.database.dialect.locksRows ? back : `BEGIN ${back}; END`
    await sql(lab.database, `CREATE TRIGGER back AFTER DELETE ON visits FOR EACH ROW ${body}`)
    const { outcome } = await run(lab, 5)
    expect(outcome).to.include({ done: 1, setAside: 1 })
    expect(outcome.apart.map(({ code }) => code)).to.deep.equal(['count'])
    for (const table of ['users', 'visits']) expect(await left(lab, table, 'id'), table).to.deep.equal(['2'])
  })

  it('end once too many were set aside', async () => {
    const lab = await tell(await open(), users, [account('users')], { users: seen(60) })
    await sql(
      lab.database,
      lab.database.dialect.locksRows
        ? "CREATE TRIGGER keeps BEFORE DELETE ON users FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'"
        : "CREATE TRIGGER keeps BEFORE DELETE ON users FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    const { outcome } = await run(lab, 8)
    expect(outcome).to.include({ done: 0, setAside: 24, stopped: 'too many rows set aside' })
  })
})

eachServer('a policy that drops partitions', (open) => {
  it('counts them as erased, goes on row by row, and drops none where rows go by name', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database)
    const named = await run(lab, 5, { byName: true, items: 1 })
    expect(named.outcome).to.include({ done: 1, stopped: 'slice' })
    expect(named.points).not.to.include('partition dropped')
    const { outcome, points } = await run(lab, 5)
    expect(points.filter((one) => one === 'partition dropped')).to.have.length(4)
    expect(outcome).to.deep.include({ done: 8, tables: { views: { erased: '8' } }, stopped: 'done' })
    expect(await left(lab, 'views', 'id')).to.deep.equal(['20231', '20240', '20241'])
  })

  it('asks the pace before each, and does nothing more once it has a word', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database)
    let turns = 0
    const turn = () => Promise.resolve((turns += 1) < 3 ? null : 'time is up')
    const { outcome, points } = await run(lab, 5, { pace: { ...steadyPace(5, () => null), turn } })
    expect(outcome).to.deep.include({
      ...{ done: 4, tables: { views: { erased: '4' } }, stopped: 'time is up', again: null },
    })
    expect(points).not.to.include('before flat rows')
    expect(turns).to.equal(3)
  })
})

eachServer('a table without a foreign key that tells of life', (open) => {
  it('keeps who signs in after the judgement', async () => {
    const lab = await tell(
      await open(),
      [
        ...users,
        'CREATE TABLE logins (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, happened_at DATETIME NOT NULL)',
        'CREATE INDEX logins_user ON logins (user_id, happened_at)',
      ],
      [
        account('users', {
          events: { seen: event([at('seen_at'), at('logins.happened_at')]) },
          personal: { email: { strategy: 'null' } },
        }),
        kind('login', 'logins', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }),
      ],
      {
        users: [1, 2, 3].map((id) => ({ id, email: `u${id}@mail.example`, seen_at: due })),
        logins: [{ id: 1, user_id: 1, happened_at: due }],
      },
      { then: 'anonymise' },
    )
    let first = true
    lab.point = async (point) => {
      if (point !== 're-checked' || !first) return
      first = false
      await sql(lab.database, 'INSERT INTO logins (id, user_id, happened_at) VALUES (9, 2, ?)', fresh)
    }
    const { outcome, samples } = await run(lab, 5)
    expect(outcome).to.include({ done: 2, busy: 0, setAside: 0, stopped: 'done' })
    expect(samples.map(({ end }) => end)).to.deep.equal(['busy', 'committed'])
    const kept = (await lab.rows('users')).filter((row) => row['email'] !== null)
    expect(kept.map((row) => row['id'])).to.deep.equal(['2'])
  })
})
