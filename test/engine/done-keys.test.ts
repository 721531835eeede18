/** With whom of some rows a policy is done: by our mark or that of the site, unless they came back since. */
import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import { keysDone } from '../../engine/done-keys.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import { eachDatabase } from '../databases.ts'
import { due, fresh, sql, type Lab } from './lab.ts'
import { account, tell } from './shape.ts'

const email = { strategy: 'unique_address' } as const
const keys = (...ids: readonly number[]) => ids.map((id) => [String(id)])
const texts = (...ids: readonly number[]) => ids.map((id) => `["${id}"]`)

/** Four people who are due, and one who is not. `mark`: a column of the site, with its type. */
async function site(database: Database, mark: string | null, then: 'anonymise' | 'erase'): Promise<Lab> {
  return await tell(
    database,
    [
      `CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(80) NULL, seen_at DATETIME NULL${mark === null ? '' : `, gone ${mark} NULL`})`,
      'CREATE INDEX users_seen ON users (seen_at)',
    ],
    [account('users', { personal: { email }, ...(mark === null ? {} : { done: { anonymise: 'gone' } }) })],
    { users: [1, 2, 3, 4, 5].map((id) => ({ id, email: `u${id}`, seen_at: id === 5 ? fresh : due })) },
    { then },
  )
}

async function done(lab: Lab, ids: readonly number[], more: Partial<CompiledPolicy> = {}) {
  const found = await keysDone(lab.ports, lab.database, { ...lab.policy(), ...more }, keys(...ids))
  return [...found].sort()
}

const narrowed = { only: [{ column: 'email', values: ['nobody'] }] } as unknown as Partial<CompiledPolicy>

eachDatabase('people with whom a policy is done', (open) => {
  it('are those of our own mark who did not come back since, whatever the policy is narrowed to', async () => {
    const lab = await site(await open(), null, 'anonymise')
    expect(await done(lab, [1, 2, 5])).to.deep.equal([])
    await lab.run()
    await sql(lab.database, 'UPDATE users SET seen_at = ? WHERE id = 2', fresh)
    expect(await done(lab, [1, 2, 3, 5, 9])).to.deep.equal(texts(1, 3))
    expect(await done(lab, [1, 2], narrowed)).to.deep.equal(texts(1))
    expect(await done(lab, [])).to.deep.equal([])
  })

  it('are those whom a column of the site marks, as the clock stands to that time', async () => {
    const lab = await site(await open(), 'DATETIME', 'anonymise')
    await lab.run()
    await sql(lab.database, 'UPDATE users SET gone = NULL WHERE id = 1')
    await sql(lab.database, 'UPDATE users SET seen_at = ? WHERE id = 2', fresh)
    expect(await done(lab, [1, 2, 3, 4, 5, 9])).to.deep.equal(texts(3, 4))
    expect(await done(lab, [3, 4], narrowed)).to.deep.equal(texts(3, 4))
    // Thirty days before the mark somebody is taken to have been there already.
    for (const [seen, found] of [
      ['2026-05-02 09:59:59', texts(3)],
      ['2026-05-02 10:00:00', []],
    ] as const) {
      await sql(lab.database, "UPDATE users SET seen_at = ?, gone = '2026-06-01 10:00:00' WHERE id = 3", seen)
      expect(await done(lab, [3]), seen).to.deep.equal(found)
    }
  })

  it('are marked by a day as well, from its beginning, and not by what is no time', async () => {
    const lab = await site(await open(), 'VARCHAR(30)', 'anonymise')
    const seen = async (gone: string, at: string) => {
      await sql(lab.database, 'UPDATE users SET seen_at = ?, gone = ? WHERE id = 1', at, gone)
      return await done(lab, [1])
    }
    expect(await seen('2026-06-01', '2026-05-01 23:59:59')).to.deep.equal(texts(1))
    expect(await seen('2026-06-01', '2026-05-02 00:00:00')).to.deep.equal([])
    expect(await seen('yes', due)).to.deep.equal([])
    expect(await seen('', due)).to.deep.equal([])
  })

  it('are none of a policy that leaves no row', async () => {
    const lab = await site(await open(), null, 'erase')
    expect(await done(lab, [1])).to.deep.equal([])
  })
})
