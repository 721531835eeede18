/** UUIDs as sixteen bytes are keys like others. */
import { expect } from 'chai'
import { eachDatabase } from '../databases.ts'
import { createLab, due, fresh, insert } from '../engine/lab.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'

const bytes = (n: number): Uint8Array => Buffer.from(n.toString(16).padStart(32, '0'), 'hex')

eachDatabase('binary keys', (open) => {
  it('erases whole people', async () => {
    const lab = await createLab(await open(), {
      tables: [
        'CREATE TABLE users (id BINARY(16) NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
        'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, user_id BINARY(16) NOT NULL, CONSTRAINT v_user FOREIGN KEY (user_id) REFERENCES users (id))',
        'CREATE INDEX visits_user ON visits (user_id)',
      ],
      kinds: [
        kind('account', 'users', { subject: true, events: { seen: event([at('seen_at')]) } }),
        kind('visit', 'visits', { of: 'account' }),
      ],
    })
    const people = Array.from({ length: 1200 }, (_, i) => i)
    await insert(
      lab.database,
      'users',
      people.map((i) => ({ id: bytes(i), seen_at: i === 7 ? fresh : due })),
    )
    await insert(
      lab.database,
      'visits',
      people.map((i) => ({ id: i, user_id: bytes(i) })),
    )
    const outcome = await lab.run()
    expect(outcome).to.include({ done: 1199, setAside: 0 })
    expect(await lab.rows('users')).to.have.length(1)
    expect((await lab.rows('visits')).map((row) => row['id'])).to.deep.equal(['7'])
  })

  it('are marked as done, and found done again', async () => {
    const lab = await createLab(await open(), {
      tables: [
        'CREATE TABLE users (id BINARY(16) NOT NULL PRIMARY KEY, seen_at DATETIME NULL, note VARCHAR(9) NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
      ],
      kinds: [
        kind('account', 'users', {
          subject: true,
          events: { seen: event([at('seen_at')]) },
          personal: { note: { strategy: 'null' } },
        }),
      ],
      policies: [policy('account', { then: 'anonymise' })],
    })
    await insert(lab.database, 'users', [{ id: bytes(1), seen_at: due, note: 'x' }])
    expect((await lab.run()).done).to.equal(1)
    expect((await lab.run()).done).to.equal(0)
  })
})
