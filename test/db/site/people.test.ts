/** Everybody is read once, page by page, and the index gives each page its beginning. */
import { expect } from 'chai'
import { peopleStatement, readPeople, type PeopleTable } from '../../../db/site/people.ts'
import type { Database } from '../../../db/session.ts'
import type { Key } from '../../../base/subject-ref.ts'
import { eachDatabase } from '../../databases.ts'
import { insert } from '../../engine/lab.ts'

const members: PeopleTable = {
  table: 'members',
  key: [
    { name: 'shop', family: 'integer' },
    { name: 'number', family: 'integer' },
  ],
  identity: ['shop', 'joined_at'],
}

eachDatabase('people with a key of two columns', (open) => {
  let database: Database
  before(async () => {
    database = await open()
    await database.run({
      text: 'CREATE TABLE members (shop INTEGER NOT NULL, number INTEGER NOT NULL, joined_at DATETIME NOT NULL, PRIMARY KEY (shop, number))',
      values: [],
    })
    await insert(
      database,
      'members',
      Array.from({ length: 1000 }, (_, i) => ({
        ...{ shop: i % 20, number: i, joined_at: '2026-01-01 10:00:00' },
      })),
    )
  })

  it('are each read once', async () => {
    const seen: string[] = []
    let after: Key | null = null
    for (;;) {
      const page = await readPeople(database, database.dialect, members, after, 7)
      seen.push(...page.map(({ key }) => key.join(' ')))
      after = page.at(-1)?.key ?? null
      if (page.length < 7) break
    }
    expect(new Set(seen).size).to.equal(1000)
    expect(seen).to.have.length(1000)
  })

  it('are found from where the last page ended, not from the first row', async () => {
    const { text, values } = peopleStatement(database.dialect, members, ['18', '978'], 7)
    if (database.dialect.name === 'sqlite') {
      const [plan] = await database.rows({ text: `EXPLAIN QUERY PLAN ${text}`, values })
      expect(String(plan?.['detail'])).to.match(/SEARCH members .*\(?shop>/i)
      return
    }
    const [plan] = await database.rows({ text: `EXPLAIN ${text}`, values })
    expect([plan?.['type'], plan?.['key']]).to.deep.equal(['range', 'PRIMARY'])
  })
})
