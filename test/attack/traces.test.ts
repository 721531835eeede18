/** What stays in our own tables of somebody who is gone. */
import { expect } from 'chai'
import { eachDatabase } from '../databases.ts'
import { createLab, due, insert } from '../engine/lab.ts'
import { at, event, kind } from '../plan/site-builder.ts'

eachDatabase('after an erasure', (open) => {
  it('no cursor holds a key, which may be an address, nor a clock of the person', async () => {
    const lab = await createLab(await open(), {
      tables: [
        'CREATE TABLE users (email VARCHAR(90) NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
      ],
      kinds: [
        kind('account', 'users', { key: ['email'], subject: true, events: { seen: event([at('seen_at')]) } }),
      ],
    })
    await insert(lab.database, 'users', [{ email: 'trace.tok@mail.example', seen_at: due }])
    expect((await lab.run()).done).to.equal(1)
    for (const table of ['oubli_cursor', 'oubli_entry', 'oubli_tombstone', 'oubli_done', 'oubli_set_aside'])
      expect(JSON.stringify(await lab.rows(table)), table).not.to.match(/trace\.tok|2020-01-01/)
    expect(await lab.rows('oubli_cursor')).to.have.length(1)
  })
})
