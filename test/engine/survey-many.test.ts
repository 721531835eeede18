/** A plan counts as many rows as there are: the limit of one transaction is none of a survey. */
import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import { rowBudget } from '../../engine/collect.ts'
import { survey } from '../../engine/survey.ts'
import { eachDatabase } from '../databases.ts'
import { kind } from '../plan/site-builder.ts'
import { asOf, due, insert, type Lab } from './lab.ts'
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
  for (const [i, count] of visits.entries())
    for (let from = 0; from < count; from += 5_000)
      await insert(
        database,
        'visits',
        Array.from({ length: Math.min(5_000, count - from) }, (_, n) => ({
          id: i * 1_000_000 + from + n,
          user_id: i + 1,
        })),
      )
  return lab
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
    expect(tables).to.deep.equal({ users: { erased: 3 }, visits: { erased: 5 } })
  })
})
