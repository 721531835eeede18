/** Text keys under a collation that folds case: one person is never taken for another, and nobody is forgotten. */
import { expect } from 'chai'
import { keyText } from '../../base/subject-ref.ts'
import { addHold } from '../../db/own/holds.ts'
import type { Dialect } from '../../db/session.ts'
import { canGoFlat } from '../../engine/flat-policy.ts'
import { survey } from '../../engine/survey.ts'
import { eachDatabase } from '../databases.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'
import { asOf, createLab, due, fresh, insert } from './lab.ts'
import { account, left, tell } from './shape.ts'

const folded = (dialect: Dialect): string =>
  dialect.locksRows ? 'COLLATE utf8mb4_general_ci' : 'COLLATE NOCASE'
const exact = (dialect: Dialect): string => (dialect.locksRows ? 'COLLATE utf8mb4_bin' : 'COLLATE BINARY')

eachDatabase('keys under a collation that folds case', (open) => {
  it('people whose keys the link of a child takes for one', async () => {
    const database = await open()
    const { dialect } = database
    const codes = ['ABC', 'abc', 'Abc']
    const lab = await tell(
      database,
      [
        `CREATE TABLE users (code VARCHAR(20) ${exact(dialect)} NOT NULL PRIMARY KEY, seen_at DATETIME NULL)`,
        'CREATE INDEX users_seen ON users (seen_at)',
        `CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, code VARCHAR(20) ${folded(dialect)} NOT NULL)`,
        'CREATE INDEX visits_code ON visits (code)',
      ],
      [
        account('users', { key: ['code'] }),
        kind('visit', 'visits', { of: 'account', link: { columns: { code: 'code' }, where: {} } }),
      ],
      {
        users: codes.map((code) => ({ code, seen_at: code === 'abc' ? due : fresh })),
        // The last one is nobody's: their keys tell letters of both sizes apart.
        visits: [...codes, 'aBC'].map((code, id) => ({ id, code })),
      },
    )
    expect(await lab.run()).to.include({ done: 1, setAside: 0, busy: 0 })
    expect(await left(lab, 'users', 'code')).to.deep.equal(['ABC', 'Abc'])
    expect(await left(lab, 'visits', 'code')).to.deep.equal(['ABC', 'Abc', 'aBC'])
  })

  it('a child that spells the key of its parent otherwise, without a foreign key', async () => {
    const database = await open()
    const collation = folded(database.dialect)
    // A comparison that takes no heed of spaces at the end is a server's.
    const padded = database.dialect.locksRows ? ['Abc '] : []
    const lab = await tell(
      database,
      [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, code VARCHAR(20) ' +
          `${collation} NOT NULL, seen_at DATETIME NULL)`,
        'CREATE INDEX users_seen ON users (seen_at)',
        'CREATE UNIQUE INDEX users_code ON users (code)',
        `CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, code VARCHAR(20) ${collation} NOT NULL)`,
        'CREATE INDEX visits_code ON visits (code)',
        `CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, visit_code VARCHAR(20) ${collation} NOT NULL, country VARCHAR(2) NOT NULL)`,
        'CREATE INDEX notes_visit ON notes (visit_code, country)',
      ],
      [
        account('users'),
        kind('visit', 'visits', { of: 'account', link: { columns: { code: 'code' }, where: {} } }),
        kind('note', 'notes', {
          of: 'account',
          link: { columns: { visit_code: 'code' }, where: { country: 'FR' } },
        }),
      ],
      {
        users: ['abc', 'Bcd', 'cde'].map((code, id) => ({ id, code, seen_at: code === 'Bcd' ? fresh : due })),
        visits: ['ABC', 'abc', 'aBc', 'CDE', 'bCD', 'xyz', ...padded].map((code, id) => ({ id, code })),
        notes: ['ABC', 'bCD'].map((visit_code, id) => ({ id, visit_code, country: 'FR' })),
      },
    )
    let written = 0
    lab.point = async (point) => {
      if (point === 'committed' && written === 0) {
        written = 1
        await insert(database, 'visits', [{ id: 100, code: 'ABC' }])
      }
    }
    const { tables, setAside, busy, again } = await lab.run()
    expect([tables, setAside, busy]).to.deep.equal([
      {
        users: { erased: '2' },
        visits: { erased: String(4 + padded.length) },
        notes: { erased: '1' },
      },
      0,
      0,
    ])
    expect(await left(lab, 'visits', 'code')).to.deep.equal(['ABC', 'bCD', 'xyz'])
    expect(again?.left, 'whoever writes below them afterwards is told').to.deep.equal({
      users: 0,
      visits: 1,
      notes: 0,
    })
  })

  for (const rule of ['ON DELETE CASCADE', ''])
    it(`a child that spells the key of its parent otherwise (${rule || 'no rule'})`, async () => {
      const database = await open()
      const collation = folded(database.dialect)
      const lab = await tell(
        database,
        [
          `CREATE TABLE users (code VARCHAR(20) ${collation} NOT NULL PRIMARY KEY, seen_at DATETIME NULL)`,
          'CREATE INDEX users_seen ON users (seen_at)',
          `CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, code VARCHAR(20) ${collation} NOT NULL, CONSTRAINT z_user FOREIGN KEY (code) REFERENCES users (code) ${rule})`,
          'CREATE INDEX visits_code ON visits (code)',
        ],
        [account('users', { key: ['code'] }), kind('visit', 'visits', { of: 'account' })],
        {
          users: ['abc', 'Bcd'].map((code) => ({ code, seen_at: code === 'abc' ? due : fresh })),
          visits: ['ABC', 'abc', 'bCD'].map((code, id) => ({ id, code })),
        },
      )
      const { tables, setAside } = await lab.run()
      expect([tables, setAside]).to.deep.equal([{ users: { erased: '1' }, visits: { erased: '2' } }, 0])
      expect(await left(lab, 'visits', 'code')).to.deep.equal(['bCD'])
    })

  it('an answer that spells the comment above it otherwise', async () => {
    const database = await open()
    const collation = folded(database.dialect)
    const lab = await tell(
      database,
      [
        'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
        `CREATE TABLE comments (code VARCHAR(20) ${collation} NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, above VARCHAR(20) ${collation} NOT NULL, CONSTRAINT f_user FOREIGN KEY (user_id) REFERENCES users (id), CONSTRAINT f_above FOREIGN KEY (above) REFERENCES comments (code))`,
        'CREATE INDEX comments_user ON comments (user_id)',
        'CREATE INDEX comments_above ON comments (above)',
      ],
      [account('users'), kind('comment', 'comments', { of: 'account', key: ['code'] })],
      {
        users: [1, 2].map((id) => ({ id, seen_at: id === 1 ? due : fresh })),
        // The server deletes in the order of the key: a comment before its answers.
        comments: [
          { code: 'a', user_id: 2, above: 'a' },
          { code: 'b', user_id: 1, above: 'A' },
          { code: 'c', user_id: 1, above: 'B' },
          { code: 'd', user_id: 1, above: 'C' },
        ],
      },
    )
    const { tables, setAside } = await lab.run()
    expect([tables, setAside]).to.deep.equal([{ users: { erased: '1' }, comments: { erased: '3' } }, 0])
    expect(await left(lab, 'comments', 'code')).to.deep.equal(['a'])
  })

  it('so many people of one moment that they are read in several pages', async () => {
    const database = await open()
    const codes = Array.from({ length: 1300 }, (_, i) => {
      const code = `u${(i * 7919).toString(36)}x`
      return i % 2 === 0 ? code : code.toUpperCase()
    })
    const lab = await tell(
      database,
      [
        `CREATE TABLE users (code VARCHAR(20) ${folded(database.dialect)} NOT NULL PRIMARY KEY, seen_at DATETIME NULL)`,
        'CREATE INDEX users_seen ON users (seen_at)',
      ],
      [account('users', { key: ['code'] })],
      { users: codes.map((code, i) => ({ code, seen_at: i % 100 === 0 ? fresh : due })) },
    )
    // A row that one page leaves out would be found by the sweep of a run; the plan reads each page once.
    expect(await survey(lab.ports, lab.policy(), asOf, false)).to.include({ due: 1287 })
    expect(await lab.run()).to.include({ done: 1287, setAside: 0, busy: 0, stopped: 'done' })
    expect(await left(lab, 'users', 'code')).to.deep.equal(codes.filter((_, i) => i % 100 === 0).sort())
  })

  it('a flat table goes by such keys, and keeps the one under a hold', async () => {
    const database = await open()
    const lab = await createLab(database, {
      tables: [
        `CREATE TABLE logs (code VARCHAR(20) ${folded(database.dialect)} NOT NULL PRIMARY KEY, seen_at DATETIME NULL)`,
        'CREATE INDEX logs_seen ON logs (seen_at)',
      ],
      kinds: [kind('log', 'logs', { key: ['code'], events: { seen: event([at('seen_at')]) } })],
      policies: [policy('log')],
    })
    const codes = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? `k${i}` : `K${i}`))
    await insert(
      database,
      'logs',
      codes.map((code) => ({ code, seen_at: code === 'K7' ? fresh : due })),
    )
    await addHold(database, {
      ...{ id: 'h', kind: 'log', keyText: keyText(['K9']), matter: 'm', because: 'b', setBy: 'DPO' },
      ...{ setAt: '2026-06-01T10:00:00.000Z', reviewBy: '2027-01-01' },
    })
    expect(canGoFlat(lab.ports, lab.policy())).to.equal(true)
    expect(await lab.run()).to.include({ done: 58, setAside: 0, busy: 0, stopped: 'done' })
    expect(await left(lab, 'logs', 'code')).to.deep.equal(['K7', 'K9'])
  })
})
