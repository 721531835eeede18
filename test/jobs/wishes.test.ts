/** What a run makes of the table of wishes when it cannot read it: it does not go on by an old answer. */
import { expect } from 'chai'
import { DatabaseError, type FailureKind } from '../../db/database-error.ts'
import { ask } from '../../db/own/control.ts'
import type { Session } from '../../db/session.ts'
import { operatorWishes } from '../../jobs/wishes.ts'
import { eachDatabase } from '../databases.ts'
import { createLab, sql } from '../engine/lab.ts'

const unread = { kind: 'paused', why: 'paused: what was asked cannot be read', hard: false }

eachDatabase('wishes that cannot be read', (open) => {
  it('hold the run until they can be', async () => {
    const { database } = await createLab(await open(), { tables: [], kinds: [], policies: [] })
    const wishes = operatorWishes(null)
    await wishes.hear(database)
    expect(wishes.pause()).to.equal(null)
    await sql(database, 'ALTER TABLE oubli_control RENAME TO away')
    await wishes.hear(database)
    expect(wishes.pause()).to.deep.equal(unread)
    await sql(database, 'ALTER TABLE away RENAME TO oubli_control')
    await wishes.hear(database)
    expect(wishes.pause()).to.equal(null)
    await ask(database, 'pause', 'on', Date.now(), null)
    await wishes.hear(database)
    expect(wishes.pause()?.why).to.equal('paused by oubli pause')
  })
})

describe('an answer that the database does not give', () => {
  const failing = (kind: FailureKind) =>
    ({ rows: () => Promise.reject(new DatabaseError(kind, 'statement', 'X')) }) as unknown as Session

  it('is no matter where the line is lost: who cannot ask cannot write', async () => {
    const wishes = operatorWishes(null)
    await wishes.hear(failing('connection lost'))
    expect(wishes.pause()).to.equal(null)
  })

  it('that is unread stays so while the line is lost as well', async () => {
    const wishes = operatorWishes(null)
    for (const kind of ['lock wait', 'connection lost'] as const) {
      await wishes.hear(failing(kind))
      expect(wishes.pause()).to.deep.equal(unread)
    }
  })

  for (const kind of ['not permitted', 'damaged', 'not writable', 'killed'] as const)
    it(`ends the run where it would end a transaction, too (${kind})`, async () => {
      const error: unknown = await operatorWishes(null)
        .hear(failing(kind))
        .catch((thrown: unknown) => thrown)
      expect((error as DatabaseError).kind).to.equal(kind)
    })
})
