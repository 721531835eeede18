/** Children deleted by their link alone: what they turn out to carry can still keep their person. */
import { expect } from 'chai'
import { rowBudget } from '../../engine/collect.ts'
import { directSteps } from '../../engine/direct-steps.ts'
import type { Database } from '../../db/session.ts'
import { eachServer } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { createLab, due, fresh, insert, sql, type Lab } from './lab.ts'

async function shop(database: Database): Promise<Lab> {
  const lab = await createLab(database, {
    tables: [
      'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
      'CREATE INDEX users_seen ON users (seen_at)',
      // The index of the foreign key does not hold the clock: to touch it, the site needs no lock on the person.
      'CREATE TABLE sessions (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, used_at DATETIME NULL, CONSTRAINT s_user FOREIGN KEY (user_id) REFERENCES users (id))',
      'CREATE INDEX sessions_user ON sessions (user_id)',
      'CREATE INDEX sessions_used ON sessions (used_at)',
    ],
    kinds: [
      kind('account', 'users', {
        subject: true,
        events: { seen: event([at('seen_at'), at('sessions.used_at')]) },
      }),
      kind('session', 'sessions', { of: 'account' }),
    ],
    policies: [policy('account')],
  })
  expect([...directSteps(database.dialect, lab.policy())]).to.deep.equal(
    database.dialect.deletesReturning ? ['session'] : [],
  )
  for (const id of [1, 2, 3]) {
    await insert(database, 'users', [{ id, seen_at: due }])
    await insert(database, 'sessions', [
      { id: id * 10, user_id: id, used_at: due },
      { id: id * 10 + 1, user_id: id, used_at: null },
    ])
  }
  return lab
}

async function ids(lab: Lab, table: string): Promise<readonly unknown[]> {
  return (await lab.rows(table)).map((row) => row['id'])
}

eachServer('children that go by their link', (open) => {
  for (const value of [fresh, '0000-00-00 00:00:00'])
    it(`keep their person when one was touched after the judgement (${value})`, async () => {
      const lab = await shop(await open())
      let touched = 0
      lab.point = async (point) => {
        if (point === 're-checked' && touched === 0)
          touched = await sql(lab.database, 'UPDATE sessions SET used_at = ? WHERE id = ?', value, 20)
      }
      expect(await lab.run()).to.include({ done: 2, setAside: 0, stopped: 'done' })
      expect(touched).to.equal(lab.database.dialect.deletesReturning ? 1 : 0)
      expect(await ids(lab, 'users')).to.deep.equal(['2'])
      expect(await ids(lab, 'sessions')).to.deep.equal(['20', '21'])
    })

  it('are counted to their person', async () => {
    const lab = await shop(await open())
    await lab.run()
    const leaves = (await lab.rows('oubli_entry')).map(
      (row) => JSON.parse(row['leaf'] as string) as { tables: unknown },
    )
    const each = { sessions: { erased: '2' }, users: { erased: '1' } }
    expect(leaves.map(({ tables }) => tables)).to.deep.equal([each, each, each])
  })

  it('are too many for one transaction: their person stays whole and is set aside, the others go', async () => {
    const lab = await shop(await open())
    await sql(
      lab.database,
      `INSERT INTO sessions (id, user_id, used_at) SELECT 1000 + seq, 2, ? FROM seq_1_to_${rowBudget}`,
      due,
    )
    expect(await lab.run()).to.include({ done: 2, setAside: 1, stopped: 'done' })
    expect(await ids(lab, 'users')).to.deep.equal(['2'])
    expect(await ids(lab, 'sessions')).to.have.length(rowBudget + 2)
    const [apart] = await lab.rows('oubli_set_aside')
    expect(apart).to.include({ key_text: '["2"]', last_code: 'too heavy' })
  })
})
