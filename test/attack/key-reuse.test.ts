/** A key that a new row was given says nothing about the new row. */
import { expect } from 'chai'
import { eachDatabase } from '../databases.ts'
import { createLab, due, insert } from '../engine/lab.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'

eachDatabase('a key used again', (open) => {
  it('is not taken for done because somebody else with it was', async () => {
    const lab = await createLab(await open(), {
      tables: [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, note VARCHAR(9) NULL)',
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
    await insert(lab.database, 'users', [{ id: 7, seen_at: due, note: 'a' }])
    expect((await lab.run('fields')).done).to.equal(1)
    expect((await lab.run('gone')).done).to.equal(1)
    expect(await lab.rows('oubli_done')).to.have.length(0)
    await insert(lab.database, 'users', [{ id: 7, seen_at: due, note: 'b' }])
    expect((await lab.run('fields')).done).to.equal(1)
  })

  it('with quotes in it is found done again', async () => {
    const lab = await createLab(await open(), {
      tables: [
        'CREATE TABLE users (id VARCHAR(40) NOT NULL PRIMARY KEY, seen_at DATETIME NULL, note VARCHAR(9) NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
      ],
      kinds: [
        kind('account', 'users', {
          subject: true,
          events: { seen: event([at('seen_at')]) },
          personal: { note: { strategy: 'null' } },
        }),
      ],
      policies: [policy('account', { id: 'fields', then: 'anonymise' })],
    })
    await insert(lab.database, 'users', [{ id: 'a"b\\c é', seen_at: due, note: 'a' }])
    expect((await lab.run('fields')).done).to.equal(1)
    expect(await lab.run('fields')).to.include({ done: 0, setAside: 0 })
  })
})
