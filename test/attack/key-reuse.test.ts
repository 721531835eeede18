/** A key that a new row was given says nothing about the new row. */
import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import { eachDatabase } from '../databases.ts'
import { createLab, due, insert, type Lab } from '../engine/lab.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'

async function textKeys(database: Database, type: string): Promise<Lab> {
  return await createLab(database, {
    tables: [
      `CREATE TABLE users (id ${type} NOT NULL PRIMARY KEY, seen_at DATETIME NULL, note VARCHAR(9) NULL)`,
      'CREATE INDEX users_seen ON users (seen_at)',
    ],
    kinds: [
      kind('account', 'users', {
        subject: true,
        events: { seen: event([at('seen_at')]) },
        personal: { note: { strategy: 'null' } },
      }),
    ],
    policies: [policy('account', { id: 'fields', then: 'anonymise' }), policy('account', { id: 'gone' })],
  })
}

eachDatabase('a key used again', (open) => {
  it('is not taken for done because somebody else with it was', async () => {
    const lab = await textKeys(await open(), 'INTEGER')
    await insert(lab.database, 'users', [{ id: 7, seen_at: due, note: 'a' }])
    expect((await lab.run('fields')).done).to.equal(1)
    expect((await lab.run('gone')).done).to.equal(1)
    expect(await lab.rows('oubli_done')).to.have.length(0)
    await insert(lab.database, 'users', [{ id: 7, seen_at: due, note: 'b' }])
    expect((await lab.run('fields')).done).to.equal(1)
  })

  it('with quotes in it is found done again', async () => {
    const lab = await textKeys(await open(), 'VARCHAR(40)')
    await insert(lab.database, 'users', [{ id: 'a"b\\c é', seen_at: due, note: 'a' }])
    expect((await lab.run('fields')).done).to.equal(1)
    expect(await lab.run('fields')).to.include({ done: 0, setAside: 0 })
  })

  it('with the end of a line or a control character in it is found done again, and its mark goes with the row', async () => {
    const lab = await textKeys(await open(), 'VARCHAR(40)')
    const ids = ['ABC\r', 'ABC', 'A\nB', 'A\tB', '\b\f', 'a\u0001b']
    await insert(
      lab.database,
      'users',
      ids.map((id) => ({ id, seen_at: due, note: 'a' })),
    )
    expect(await lab.run('fields')).to.include({ done: 6, setAside: 0 })
    expect(await lab.run('fields')).to.include({ done: 0, setAside: 0 })
    const marks = (await lab.rows('oubli_done')).map((row) => row['key_text'])
    expect(marks).to.include.members(ids.slice(0, 5).map((id) => JSON.stringify([id])))
    await lab.database.run({ text: 'DELETE FROM users WHERE id = ?', values: [ids[5] ?? ''] })
    expect(await lab.run('gone')).to.include({ done: 5, setAside: 0 })
    expect(await lab.rows('oubli_done')).to.have.length(1)
  })

  it('that is a number with a fraction is found done again', async () => {
    const database = await open()
    const lab = await textKeys(database, database.dialect.name === 'sqlite' ? 'REAL' : 'DOUBLE')
    await insert(
      lab.database,
      'users',
      [1, 0.1, 2.5].map((id) => ({ id, seen_at: due, note: 'a' })),
    )
    expect(await lab.run('fields')).to.include({ done: 3, setAside: 0 })
    expect(await lab.run('fields')).to.include({ done: 0, setAside: 0 })
  })
})
