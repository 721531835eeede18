/** What stays in our own tables of somebody who is gone, also while a receipt can be given. */
import { expect } from 'chai'
import { eachDatabase } from '../databases.ts'
import { createLab, due, insert } from '../engine/lab.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { leakFinder } from '../scenarios/leaks.ts'

const receipts = { years: 0, months: 0, weeks: 0, days: 60, hours: 0 }

const tables = [
  'oubli_cursor',
  'oubli_entry',
  'oubli_opening',
  'oubli_tombstone',
  'oubli_done',
  'oubli_set_aside',
]

eachDatabase('after an erasure', (open) => {
  it('no cursor holds a key, which may be an address, nor a clock of the person', async () => {
    const lab = await createLab(await open(), {
      tables: [
        'CREATE TABLE users (email VARCHAR(90) NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
      ],
      kinds: [
        kind('account', 'users', {
          key: ['email'],
          identity: ['email', 'seen_at'],
          subject: true,
          events: { seen: event([at('seen_at')]) },
        }),
      ],
      policies: [policy('account', { receipts })],
    })
    await insert(lab.database, 'users', [{ email: 'trace.tok@mail.example', seen_at: due }])
    expect((await lab.run()).done).to.equal(1)
    for (const table of tables) {
      const found = leakFinder(JSON.stringify(await lab.rows(table)))
      for (const token of ['trace.tok', '2020-01-01']) expect(found(token), table).to.deep.equal([])
    }
    expect(await lab.rows('oubli_cursor')).to.have.length(1)
    expect(await lab.rows('oubli_opening')).to.have.length(1)
  })
})
