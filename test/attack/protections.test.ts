/** What spares a person must spare it however the site and the data map write the value. */
import { expect } from 'chai'
import { inspectSchema } from '../../db/inspect.ts'
import type { Database } from '../../db/session.ts'
import { eachDatabase } from '../databases.ts'
import { createLab, due, insert } from '../engine/lab.ts'
import { at, codes, compile, event, kind, mapOf, policy } from '../plan/site-builder.ts'

const tables = [
  'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NULL, frozen BOOLEAN NOT NULL, role VARCHAR(20) NOT NULL, rate DECIMAL(5,2) NOT NULL)',
  'CREATE INDEX users_seen ON users (seen_at)',
]
const seen = event([at('seen_at')])
const users = (more = {}) => kind('account', 'users', { subject: true, events: { seen }, ...more })

async function fill(database: Database): Promise<void> {
  await insert(database, 'users', [
    { id: 1, seen_at: due, frozen: 0, role: 'buyer', rate: '0' },
    { id: 2, seen_at: due, frozen: 1, role: 'buyer', rate: '0' },
    { id: 3, seen_at: due, frozen: 0, role: 'Admin ', rate: '0' },
    { id: 4, seen_at: due, frozen: 0, role: 'buyer', rate: '1' },
  ])
}

eachDatabase('protections of the data map', (open) => {
  const left = async (more: object, root = {}): Promise<readonly unknown[]> => {
    const database = await open()
    const lab = await createLab(database, {
      tables,
      kinds: [users(more)],
      policies: [policy('account', root)],
    })
    await fill(database)
    await lab.run()
    return (await lab.rows('users')).map((row) => row['id'])
  }

  it('spares a restricted person when the map says true and the column holds 1', async () => {
    expect(await left({ restricted: { frozen: ['true'] } })).to.deep.equal(['2'])
  })

  it('spares whom the map excepts in other letters, as the collation of the site does', async () => {
    expect(await left({ except: { role: ['admin'] } })).to.deep.equal(['3'])
  })

  it('spares by a number however many digits the server shows', async () => {
    expect(await left({ except: { rate: ['1'] } })).to.deep.equal(['4'])
  })

  it('spares in a state that the map writes as true', async () => {
    const states = { states: { frozen: { frozen: ['true'] } } }
    expect(await left(states, { notWhile: ['frozen'] })).to.deep.equal(['2'])
  })

  it('narrows to the rows that the policy names by true', async () => {
    const only = [{ column: 'frozen', test: 'is one of' as const, values: ['true'] }]
    expect(await left({}, { only })).to.deep.equal(['1', '3', '4'])
  })

  it('refuses a word that a column of numbers would read as 0', async () => {
    const database = await open()
    for (const text of tables) await database.run({ text, values: [] })
    const schema = await inspectSchema(database)
    const told = (more: object, root = {}) =>
      codes(compile(schema, mapOf([users(more)]), [policy('account', root)]))
    expect(told({ except: { frozen: ['yes'] } })).to.include('E_VALUE_TYPE')
    expect(told({}, { only: [{ column: 'rate', test: 'is one of', values: ['low'] }] })).to.include(
      'E_VALUE_TYPE',
    )
    expect(told({ except: { frozen: ['true'] } })).not.to.include('E_VALUE_TYPE')
  })
})
