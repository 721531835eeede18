/** What a survey says of a site, number by number: who would go now, why the others stay, and what comes next. */
import { expect } from 'chai'
import { addHold } from '../../db/own/holds.ts'
import { longestList } from '../../db/site/match.ts'
import { DatabaseError } from '../../db/database-error.ts'
import type { Database, Statement } from '../../db/session.ts'
import { survey } from '../../engine/survey.ts'
import type { WarningFact } from '../../plan/facts.ts'
import type { Kind } from '../../policies/data-map.ts'
import type { Policy } from '../../policies/policy.ts'
import { eachDatabase } from '../databases.ts'
import { warn } from '../plan/judged-policy.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { asOf, createLab, due, fresh, insert, sql, type Lab } from './lab.ts'
import { account, tell } from './shape.ts'

const day = 86_400_000
/** Midnight in Paris, in summer and in winter. */
const summer = (date: string): number => Date.parse(`${date}T00:00:00+02:00`)
const winter = (date: string): number => Date.parse(`${date}T00:00:00+01:00`)

const tables = [
  'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, role VARCHAR(20) NULL, seen_at DATETIME NULL, created_at DATETIME NOT NULL, referred_by INTEGER NULL, CONSTRAINT u_by FOREIGN KEY (referred_by) REFERENCES users (id))',
  'CREATE INDEX users_seen ON users (seen_at)',
  'CREATE INDEX users_created ON users (seen_at, created_at)',
  'CREATE INDEX users_referred ON users (referred_by)',
  'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, at DATETIME NULL, CONSTRAINT v_user FOREIGN KEY (user_id) REFERENCES users (id))',
  'CREATE INDEX visits_user ON visits (user_id, at)',
  'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, status VARCHAR(10) NOT NULL, CONSTRAINT o_user FOREIGN KEY (user_id) REFERENCES users (id))',
  'CREATE INDEX orders_user ON orders (user_id, status)',
]

/** People whose clock has three sources, on whom rows hang, and who can be kept for every reason. */
async function people(database: Database): Promise<Lab> {
  const lab = await createLab(database, {
    tables,
    kinds: [
      account('users', {
        events: { seen: event([at('seen_at'), at('visits.at')], { else: at('created_at') }) },
        states: { order_open: { 'orders.status': ['paid'] } },
      }),
      kind('visit', 'visits', { of: 'account' }),
      kind('order', 'orders', { of: 'account' }),
    ],
    policies: [
      policy('account', { notWhile: ['order_open'], but: { 'account.referred_by': { act: 'detach' } } }),
    ],
    map: { canaries: { account: { role: ['canary'] } } },
  })
  const created = '2016-01-01 08:00:00'
  await insert(database, 'users', [
    { id: 1, seen_at: '2019-03-01 08:00:00', created_at: created },
    { id: 2, seen_at: '2018-03-01 08:00:00', created_at: created },
    { id: 3, seen_at: null, created_at: '2021-03-01 08:00:00' },
    { id: 4, seen_at: '2017-03-01 08:00:00', created_at: created },
    { id: 5, seen_at: '2016-03-01 08:00:00', created_at: created },
    { id: 6, seen_at: '2015-03-01 08:00:00', created_at: created, role: 'canary' },
    { id: 7, seen_at: '2005-03-01 08:00:00', created_at: created },
    { id: 8, seen_at: due, created_at: created },
    { id: 9, seen_at: due, created_at: created },
    { id: 10, seen_at: '2029-01-01 08:00:00', created_at: created },
    { id: 11, seen_at: fresh, created_at: created, referred_by: 1 },
  ])
  await database.run({ text: 'UPDATE users SET referred_by = 1 WHERE id IN (2, 8)', values: [] })
  await insert(database, 'visits', [
    { id: 1, user_id: 1, at: due },
    { id: 2, user_id: 1, at: null },
    { id: 3, user_id: 8, at: '2025-05-01 08:00:00' },
    { id: 4, user_id: 9, at: '2025-02-01 08:00:00' },
  ])
  await insert(database, 'orders', [
    { id: 1, user_id: 4, status: 'paid' },
    { id: 2, user_id: 2, status: 'closed' },
  ])
  await holdOn(database, 'account', 5)
  return lab
}

async function holdOn(database: Database, held: string, id: number): Promise<void> {
  await addHold(database, {
    id: `h${id}`,
    kind: held,
    keyText: `["${id}"]`,
    matter: 'm',
    because: 'b',
    setBy: 's',
    setAt: '2026-01-01',
    reviewBy: '2027-01-01',
  })
}

async function views(database: Database): Promise<{ readonly lab: Lab; readonly database: Database }> {
  const lab = await createLab(database, {
    tables: [
      'CREATE TABLE views (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
      'CREATE INDEX views_seen ON views (seen_at)',
    ],
    kinds: [kind('view', 'views', { events: { seen: event([at('seen_at')]) } })],
    policies: [policy('view')],
  })
  return { lab, database }
}

eachDatabase('the numbers of a survey', (open) => {
  it('of people: who would go, what leaves with them, and why each of the others stays', async () => {
    const database = await open()
    const lab = await people(database)
    const edge = winter('2019-01-01')
    expect(await survey(lab.ports, lab.policy(), asOf, true, edge)).to.deep.equal({
      policy: 'p',
      due: 3,
      toWarn: 0,
      toTell: 0,
      entering: 3,
      byElse: 1,
      canaries: 1,
      spared: { active: 2, 'not while': 1, held: 1, exception: 1, 'clock cannot be true': 2 },
      moreInFuture: false,
      past: {
        due: { rows: 3, since: winter('2021-03-02') },
        'not while': { rows: 1, since: winter('2020-03-02') },
        held: { rows: 1, since: winter('2019-03-02') },
        exception: { rows: 1, since: winter('2018-03-02') },
      },
      oldestDue: winter('2021-03-02'),
      nextDue: winter('2028-02-02'),
      tables: { users: { erased: 3, detached: 2 }, visits: { erased: 2 }, orders: { erased: 1 } },
      backlog: { overdue: 1, entering: 1, byElse: 0 },
    })
    await database.run({ text: 'DELETE FROM orders WHERE id = 2', values: [] })
    expect((await survey(lab.ports, lab.policy(), asOf, true)).tables, 'only what has rows').to.deep.equal({
      users: { erased: 3, detached: 2 },
      visits: { erased: 2 },
    })
    const early = await survey(lab.ports, lab.policy(), winter('2019-02-01'), true)
    expect(early).to.deep.include({ due: 0, canaries: 1, tables: {} })
    const ended = await survey(lab.ports, lab.policy(), winter('2020-03-02'), false)
    expect(ended.past['not while'], 'from the very end of its term').to.deep.equal({
      rows: 1,
      since: winter('2020-03-02'),
    })
    const all = await survey(lab.ports, lab.policy(), asOf, false, summer('2026-06-01'))
    expect(all.tables).to.deep.equal({})
    expect(all.backlog).to.deep.equal({ overdue: 3, entering: 3, byElse: 1 })
    expect((await survey(lab.ports, lab.policy(), asOf, false)).backlog).to.equal(null)
  })

  it('of people who are told before: who gets a mail, whose notice runs, who goes', async () => {
    const contact = { email: 'email', name: null, locale: null }
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NULL, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
      ],
      [account('users', { contact })],
      {
        users: [
          { id: 1, email: 'a', seen_at: '2023-06-20 08:00:00' },
          { id: 2, email: 'b', seen_at: '2023-06-25 08:00:00' },
          { id: 3, email: 'c', seen_at: '2020-02-01 08:00:00' },
          { id: 4, email: 'd', seen_at: '2020-01-01 08:00:00' },
          { id: 5, email: 'e', seen_at: '2023-03-01 08:00:00' },
          { id: 6, email: 'f', seen_at: '2023-02-01 08:00:00' },
          { id: 7, email: null, seen_at: '2020-03-01 08:00:00' },
          { id: 8, email: 'h', seen_at: '2023-05-31 08:00:00' },
        ],
      },
      { warn },
    )
    const told = (id: number, start: string, announced: number, step: number): [string, WarningFact[]] => [
      `["${id}"]`,
      [
        {
          policy: 'p',
          cycle: Date.parse(`${start}T08:00:00Z`),
          round: 0,
          step,
          addressHash: 'abcdefgh'[id - 1] ?? '',
          termsHash: lab.policy().termsHash,
          announced,
          queuedAt: announced - 40 * day,
          acceptedAt: announced - 40 * day,
          state: 'accepted',
          failedAt: null,
        },
      ],
    ]
    const warnings = new Map([
      told(4, '2020-01-01', summer('2026-06-01'), 2),
      told(5, '2023-03-01', summer('2026-06-20'), 2),
      told(6, '2023-02-01', summer('2026-06-25'), 0),
    ])
    const ports = {
      ...lab.ports,
      warningsOf: () => Promise.resolve(warnings),
      readAddress: (raw: string | null) => ({
        state: raw === null ? ('none' as const) : ('valid' as const),
        hash: raw,
      }),
    }
    const found = await survey(ports, lab.policy(), asOf, false, summer('2023-06-21'))
    expect(found).to.deep.equal({
      policy: 'p',
      due: 1,
      toWarn: 5,
      toTell: 4,
      entering: 4,
      byElse: 0,
      canaries: 0,
      spared: { 'warned, not yet due': 1, 'no address': 1 },
      moreInFuture: false,
      past: {
        due: { rows: 1, since: winter('2023-01-02') },
        'to warn': { rows: 3, since: winter('2023-02-02') },
        'warned, not yet due': { rows: 1, since: winter('2026-03-02') },
        'no address': { rows: 1, since: winter('2023-03-02') },
      },
      oldestDue: winter('2023-01-02'),
      nextDue: summer('2026-06-20'),
      tables: {},
      backlog: { overdue: 5, entering: 3, byElse: 0 },
    })
    expect((await survey(ports, lab.policy(), summer('2026-06-01'), false)).past['to warn']?.rows).to.equal(3)
    expect(
      (await survey(ports, lab.policy(), summer('2026-06-01') - 1, false)).past['to warn']?.rows,
    ).to.equal(2)
  })

  it('of a table that one condition decides, with what is frozen, what is held, and nothing that is due', async () => {
    const { lab, database } = await views(await open())
    const none = await survey(lab.ports, lab.policy(), asOf, true, asOf)
    const nothing = { overdue: 0, entering: 0, byElse: 0 }
    expect(none).to.deep.include({ due: 0, tables: {}, past: {}, oldestDue: null, backlog: nothing })
    await insert(
      database,
      'views',
      ['2018-03-01', '2019-03-01', '2020-03-01', '2023-05-31', '2023-06-01', '2026-05-30'].map(
        (date, id) => ({
          id,
          seen_at: `${date} 08:00:00`,
        }),
      ),
    )
    const seen = async (edge: number | null) => await survey(lab.ports, lab.policy(), asOf, true, edge)
    expect(await seen(winter('2019-01-01'))).to.deep.include({
      due: 4,
      entering: 4,
      past: { due: { rows: 4, since: winter('2021-03-02') } },
      oldestDue: winter('2021-03-02'),
      tables: { views: { erased: 4 } },
      backlog: { overdue: 1, entering: 1, byElse: 0 },
    })
    expect((await seen(Date.parse('2019-03-01T08:00:00Z'))).backlog?.overdue, 'up to its edge').to.equal(1)
    expect((await seen(asOf)).backlog, 'nothing that is not due').to.deep.equal({
      overdue: 4,
      entering: 4,
      byElse: 0,
    })
    for (let id = 1; id <= longestList + 1; id += 1) await holdOn(database, 'view', id)
    const held = await seen(asOf)
    expect(held).to.deep.include({ due: 1, spared: { held: 3 }, tables: { views: { erased: 1 } } })
    expect(held.backlog).to.deep.equal({ overdue: 1, entering: 1, byElse: 0 })
  })

  it('of dates in the future: ten thousand are counted, and of more that there are more', async () => {
    const { lab, database } = await views(await open())
    await insert(
      database,
      'views',
      Array.from({ length: 10 }, (_, id) => ({ id, seen_at: '2029-01-01 08:00:00' })),
    )
    for (let rows = 10; rows < 10_000; rows *= 2)
      await sql(database, `INSERT INTO views (id, seen_at) SELECT id + ${rows}, seen_at FROM views`)
    for (const [last, more] of [
      [10_001, true],
      [10_000, false],
    ] as const) {
      await sql(database, 'DELETE FROM views WHERE id >= ?', last)
      const { spared, moreInFuture } = await survey(lab.ports, lab.policy(), asOf, false)
      expect([spared, moreInFuture]).to.deep.equal([{ 'clock cannot be true': 10_000 }, more])
    }
  })

  it('of rows of two people: what goes with one of them is counted once, a link that is lost each time', async () => {
    const users = [
      'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
      'CREATE INDEX users_seen ON users (seen_at)',
    ]
    const messages = [
      'CREATE TABLE messages (id INTEGER NOT NULL PRIMARY KEY, sender INTEGER NULL, recipient INTEGER NULL, CONSTRAINT m_from FOREIGN KEY (sender) REFERENCES users (id), CONSTRAINT m_to FOREIGN KEY (recipient) REFERENCES users (id))',
      'CREATE INDEX messages_from ON messages (sender)',
      'CREATE INDEX messages_to ON messages (recipient)',
      'CREATE TABLE kept_messages (id INTEGER NOT NULL PRIMARY KEY)',
    ]
    const by = (name: string, own: string) =>
      kind(name, 'messages', { of: 'account', link: { columns: { [own]: 'id' }, where: {} } })
    const rows = {
      users: [1, 2, 3].map((id) => ({ id, seen_at: id === 3 ? fresh : due })),
      messages: [
        { id: 1, sender: 1, recipient: 2 },
        { id: 2, sender: 1, recipient: 3 },
        { id: 3, sender: 3, recipient: 2 },
      ],
    }
    const counted = async (kinds: readonly Kind[], but: Policy['but']) => {
      const lab = await tell(await open(), [...users, ...messages], [account('users'), ...kinds], rows, {
        but,
      })
      return (await survey(lab.ports, lab.policy(), asOf, true)).tables['messages']
    }
    const both = [by('sent', 'sender'), by('got', 'recipient')]
    expect(await counted(both, {})).to.deep.equal({ erased: 3 })
    const archived = both.map((one) => ({
      ...one,
      archive: { into: 'kept', columns: { id: 'id' } },
    }))
    const archive = { act: 'archive', under: null } as const
    expect(
      await counted([...archived, kind('kept', 'kept_messages')], { sent: archive, got: archive }),
    ).to.deep.equal({ archived: 3 })
    const detach = { act: 'detach' } as const
    const links = { 'messages.sender': detach, 'messages.recipient': detach }
    expect(await counted([], links)).to.deep.equal({ detached: 4 })
  })

  it('are none where the database refuses to tell what would leave', async () => {
    const lab = await people(await open())
    const rows = lab.database.rows.bind(lab.database)
    const refused = new DatabaseError('other', 'statement', 'ER_X', 1064)
    const refusing = (statement: Statement) =>
      / AS oubli_p0.* FROM .visits/.test(statement.text) ? Promise.reject(refused) : rows(statement)
    Object.assign(lab.database, { rows: refusing })
    const failed = await survey(lab.ports, lab.policy(), asOf, true).catch((error: unknown) => error)
    expect(failed).to.equal(refused)
  })
})
