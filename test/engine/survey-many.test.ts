/** A plan counts as many rows as there are: the limit of one transaction is none of a survey. */
import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import { rowBudget } from '../../engine/collect.ts'
import { survey } from '../../engine/survey.ts'
import { eachDatabase } from '../databases.ts'
import { kind } from '../plan/site-builder.ts'
import { asOf, due, insert, sql, type Lab } from './lab.ts'
import { account, tell } from './shape.ts'

const some = 20_000

async function site(database: Database, visits: readonly number[]): Promise<Lab> {
  const lab = await tell(
    database,
    [
      'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
      'CREATE INDEX users_seen ON users (seen_at)',
      'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, CONSTRAINT v_user FOREIGN KEY (user_id) REFERENCES users (id))',
      'CREATE INDEX visits_user ON visits (user_id)',
    ],
    [account('users'), kind('visit', 'visits', { of: 'account' })],
    { users: visits.map((_, i) => ({ id: i + 1, seen_at: due })) },
  )
  for (const [i, count] of visits.entries()) await visit(database, i + 1, count)
  return lab
}

async function visit(database: Database, user: number, count: number): Promise<void> {
  for (let from = 0; from < count; from += 5_000)
    await insert(
      database,
      'visits',
      Array.from({ length: Math.min(5_000, count - from) }, (_, n) => ({
        id: user * 1_000_000 + from + n,
        user_id: user,
      })),
    )
}

eachDatabase('a survey of people with many rows', (open) => {
  it('counts them all where together they have more than one transaction may touch', async () => {
    const lab = await site(await open(), [some, some, some])
    const { tables } = await survey(lab.ports, lab.policy(), asOf, true)
    expect(tables).to.deep.equal({ users: { erased: 3 }, visits: { erased: 3 * some } })
  })

  it('leaves out those of somebody who alone has more, whom a run sets aside', async () => {
    const lab = await site(await open(), [2, rowBudget + 1, 3])
    const { due: people, tables } = await survey(lab.ports, lab.policy(), asOf, true)
    expect(people).to.equal(3)
    expect(tables).to.deep.equal({ users: { erased: 2 }, visits: { erased: 5 } })
    for (const [id, rest] of [
      [1, { users: { erased: 1 }, visits: { erased: 3 } }],
      [3, {}],
    ] as const) {
      await sql(lab.database, 'DELETE FROM visits WHERE user_id = ?', id)
      await sql(lab.database, 'DELETE FROM users WHERE id = ?', id)
      expect((await survey(lab.ports, lab.policy(), asOf, true)).tables).to.deep.equal(rest)
    }
  })

  it('counts a row that two of them share once, also where they are looked at apart', async () => {
    const lab = await tell(
      await open(),
      [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
        'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, CONSTRAINT v_user FOREIGN KEY (user_id) REFERENCES users (id))',
        'CREATE INDEX visits_user ON visits (user_id)',
        'CREATE TABLE messages (id INTEGER NOT NULL PRIMARY KEY, sender INTEGER NOT NULL, recipient INTEGER NOT NULL, CONSTRAINT m_from FOREIGN KEY (sender) REFERENCES users (id), CONSTRAINT m_to FOREIGN KEY (recipient) REFERENCES users (id))',
        'CREATE INDEX messages_from ON messages (sender)',
        'CREATE INDEX messages_to ON messages (recipient)',
      ],
      [
        account('users'),
        kind('visit', 'visits', { of: 'account' }),
        kind('sent', 'messages', { of: 'account', link: { columns: { sender: 'id' }, where: {} } }),
        kind('got', 'messages', { of: 'account', link: { columns: { recipient: 'id' }, where: {} } }),
      ],
      {
        users: [1, 2].map((id) => ({ id, seen_at: due })),
        messages: [
          { id: 1, sender: 1, recipient: 2 },
          { id: 2, sender: 2, recipient: 1 },
          { id: 3, sender: 1, recipient: 1 },
        ],
      },
    )
    await visit(lab.database, 1, rowBudget - 10)
    await visit(lab.database, 2, rowBudget - 10)
    const { tables } = await survey(lab.ports, lab.policy(), asOf, true)
    const visits = 2 * (rowBudget - 10)
    expect(tables).to.deep.equal({
      users: { erased: 2 },
      visits: { erased: visits },
      messages: { erased: 3 },
    })
  })
})
