/** Keys that are longer than our own tables have room for. */
import { expect } from 'chai'
import { keyText } from '../../base/subject-ref.ts'
import { eachDatabase } from '../databases.ts'
import { createLab, due, insert, sql } from '../engine/lab.ts'
import { account } from '../engine/shape.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'

const long = (end: string): string => `https://site.example/${'x'.repeat(600)}${end}`

eachDatabase('keys of 600 characters', (open) => {
  it('are set aside where the database refuses them, and stop neither the others nor the next policy', async () => {
    const database = await open()
    const lab = await createLab(database, {
      tables: [
        'CREATE TABLE users (id VARCHAR(700) NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX users_seen ON users (seen_at)',
        'CREATE TABLE logs (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL)',
        'CREATE INDEX logs_seen ON logs (seen_at)',
      ],
      kinds: [account('users'), kind('log', 'logs', { events: { seen: event([at('seen_at')]) } })],
      policies: [policy('account'), policy('log', { id: 'logs' })],
    })
    const ends = ['1 kept', '2 kept', '3']
    await insert(
      database,
      'users',
      ends.map((end) => ({ id: long(end), seen_at: due })),
    )
    await insert(database, 'logs', [{ id: 1, seen_at: due }])
    await sql(
      database,
      database.dialect.locksRows
        ? "CREATE TRIGGER keeps BEFORE DELETE ON users FOR EACH ROW BEGIN IF OLD.id LIKE '%kept' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF; END"
        : "CREATE TRIGGER keeps BEFORE DELETE ON users FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'no') WHERE OLD.id LIKE '%kept'; END",
    )
    expect(await lab.run()).to.include({ done: 1, setAside: 2, stopped: 'done' })
    expect(await lab.run()).to.include({ done: 0, setAside: 2, stopped: 'done' })
    expect(await lab.run('logs')).to.include({ done: 1, setAside: 0 })
    const aside = await lab.rows('oubli_set_aside')
    expect(aside.map((row) => Number(row['attempts']))).to.deep.equal([2, 2])
    for (const row of aside) expect(String(row['key_text']).length).to.be.at.most(500)
    await sql(database, 'DROP TRIGGER keeps')
    expect(await lab.run()).to.include({ done: 2, setAside: 0 })
    expect(await lab.rows('oubli_set_aside')).to.deep.equal([])
    expect(keyText([long('3')]).length).to.be.greaterThan(500)
  })
})
