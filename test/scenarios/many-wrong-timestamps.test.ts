/** One hundred thousand dates that an import got wrong: the alarm must come in good time, and change nothing. */
import { expect } from 'chai'
import { join } from 'node:path'
import type { Database } from '../../db/session.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { scenarioRoot } from './scenario.ts'
import { createWorld } from './world.ts'
import { approved } from '../approve.ts'

const people = 100_000

eachDatabase('a hundred thousand wrong timestamps', (open) => {
  it('raise the alarm, and nothing is sent or erased', async function () {
    this.timeout(600_000)
    const database = await open()
    // The small folder scenario tells the same on every database; here only the size counts.
    if (database.dialect.name !== 'sqlite') this.skip()
    const world = await createWorld(
      {
        name: 'site',
        folder: join(scenarioRoot, 'site'),
        databases: null,
        schema: '',
        before: {},
        steps: [],
        after: {},
      },
      database,
    )
    try {
      await insertPeople(database)
      await setSandboxNow(database, Date.parse('2026-01-01T09:00:00Z'))
      expect((await world.oubli(['migrate'])).exit).to.equal(0)
      expect((await world.oubli(['run'])).exit).to.equal(0)
      await approved(world)
      expect((await world.oubli(['run'])).exit).to.equal(0)
      await database.run({
        text: "UPDATE users SET last_login_at = '2015-06-01 00:00:00' WHERE id > 0",
        values: [],
      })
      await setSandboxNow(database, Date.parse('2026-01-02T09:00:00Z'))
      const said = await world.oubli(['run'])
      expect(said.exit, said.text).to.equal(4)
      expect(said.text).to.include('ALARM')
      expect(await count(database, "users WHERE last_login_at = '2015-06-01 00:00:00'")).to.equal(people)
      expect(await count(database, 'oubli_outbox')).to.equal(0)
      expect(world.relay.taken).to.have.length(0)
    } finally {
      await world.close()
    }
  })
})

async function insertPeople(database: Database): Promise<void> {
  const digits =
    '(SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)'
  const places = ['a', 'b', 'c', 'e', 'f']
  const number = places.map((place, i) => `${place}.d * ${10 ** i}`).join(' + ')
  await database.run({
    text:
      'INSERT INTO users (id, email, first_name, last_name, created_at, last_login_at) ' +
      `SELECT n + 1, ${database.dialect.concat("'import'", 'n', "'@mail.example'")}, 'Import', 'Person', ` +
      `'2015-05-01 08:00:00', '2025-11-01 09:00:00' FROM (SELECT ${number} AS n FROM ` +
      `${places.map((place) => `${digits} ${place}`).join(' CROSS JOIN ')}) numbers`,
    values: [],
  })
  expect(await count(database, 'users')).to.equal(people)
}

async function count(database: Database, from: string): Promise<number> {
  const [row] = await database.rows({ text: `SELECT COUNT(*) AS n FROM ${from}`, values: [] })
  return Number(row?.['n'])
}
