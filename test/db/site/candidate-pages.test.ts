/** The pages of a scan: everybody once, oldest first, and at the price of what they hold. */
import { expect } from 'chai'
import fc from 'fast-check'
import { keyText } from '../../../base/subject-ref.ts'
import { candidatePages } from '../../../db/site/candidate-pages.ts'
import type { Candidate } from '../../../db/site/candidates.ts'
import type { Database } from '../../../db/session.ts'
import { eachDatabase, eachServer } from '../../databases.ts'
import { rowsReadBy } from '../../rows-read.ts'
import { fresh, insert, type Lab } from '../../engine/lab.ts'
import { account, tell } from '../../engine/shape.ts'
import { at, event } from '../../plan/site-builder.ts'

const bound = '2023-06-01 00:00:00'
const nth = (minute: number): string => new Date(Date.UTC(2020, 0, 1, 0, minute)).toISOString().slice(0, 19)
const clockOf = (minute: number): string => nth(minute).replace('T', ' ')

/** `key`: columns of the primary key. The index on the clock goes on with a column that is no key. */
async function site(database: Database, key: readonly string[], clock = 'DATETIME'): Promise<Lab> {
  const columns = ['id', 'nr'].map((name) => `${name} INTEGER NOT NULL`).join(', ')
  return await tell(
    database,
    [
      `CREATE TABLE users (${columns}, seen_at ${clock} NULL, made_at DATETIME NULL, PRIMARY KEY (${key.join(', ')}))`,
      'CREATE INDEX users_seen ON users (seen_at, made_at)',
    ],
    [
      account('users', {
        key,
        ...(clock === 'DATETIME'
          ? {}
          : { events: { seen: event([at('seen_at', { format: '14 digits' })]) } }),
      }),
    ],
    {},
  )
}

async function pages(lab: Lab, limit: number): Promise<readonly (readonly Candidate[])[]> {
  const { database } = lab
  const found: (readonly Candidate[])[] = []
  const scan = { pass: 'dated', bound, limit } as const
  for await (const page of candidatePages(database, database.dialect, lab.policy(), scan)) found.push(page)
  return found
}

const texts = (found: readonly Candidate[]): readonly string[] => found.map(({ key }) => keyText(key))

eachDatabase('the pages of a scan', (open) => {
  for (const key of [['id'], ['nr', 'id']])
    it(`hold everybody once, oldest first, however many share a clock: key (${key.join(', ')})`, async function () {
      this.timeout(240_000)
      const lab = await site(await open(), key)
      const few = { numRuns: 25, seed: 7 }
      const clocks = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 })
      const test = async (minutes: readonly number[], limit: number): Promise<void> => {
        await lab.database.run({ text: 'DELETE FROM users WHERE id > 0 AND nr >= 0', values: [] })
        const people = minutes.map((minute, i) => ({
          ...{ id: i + 1, nr: (i * 7) % 5, seen_at: clockOf(minute) },
          made_at: clockOf((i * 11) % 13),
        }))
        await insert(lab.database, 'users', [...people, { id: 99, nr: 0, seen_at: fresh, made_at: fresh }])
        const found = (await pages(lab, limit)).flat()
        const told = found.map(({ clock }) => clock ?? '')
        expect(told).to.deep.equal([...told].sort())
        const wanted = people.map(({ id, nr }) => keyText(key.map((name) => String(name === 'id' ? id : nr))))
        expect([...texts(found)].sort()).to.deep.equal([...wanted].sort())
      }
      await fc.assert(fc.asyncProperty(clocks, fc.integer({ min: 1, max: 8 }), test), few)
    })
})

eachServer('the pages of a scan', (open) => {
  it('hold everybody once where the server holds two texts to be one', async () => {
    const lab = await site(await open(), ['id'], 'VARCHAR(30)')
    const spaced = (id: number): string => clockOf(1) + (id % 2 === 0 ? ' ' : '')
    const people = Array.from({ length: 20 }, (_, i) => ({ id: i + 1, nr: 0, seen_at: spaced(i) }))
    await insert(lab.database, 'users', [
      ...people,
      { id: 30, nr: 0, seen_at: clockOf(0) },
      { id: 31, nr: 0, seen_at: clockOf(2) },
    ])
    for (const limit of [1, 2, 3, 7, 22, 50]) {
      const found = texts((await pages(lab, limit)).flat())
      expect(new Set(found).size, `pages of ${limit}`).to.equal(22)
      expect(found.length, `pages of ${limit}`).to.equal(22)
    }
  })

  it('cost what they hold, also by an index that goes on with another column', async () => {
    const lab = await site(await open(), ['id'])
    const people = 4000
    await lab.database.run({
      text: `INSERT INTO users (id, nr, seen_at, made_at)
        SELECT seq, 0, DATE_ADD('2020-01-01', INTERVAL seq MINUTE), DATE_SUB('2019-01-01', INTERVAL seq MINUTE) FROM seq_1_to_${people}`,
      values: [],
    })
    await lab.database.rows({ text: 'ANALYZE TABLE users', values: [] })
    const { result, read } = await rowsReadBy(lab.database, () => pages(lab, 100))
    const found = result.flat()
    expect(found).to.have.lengthOf(people)
    // Sorting what is left for each of forty pages would read 82,000.
    expect(read).to.be.lessThan(people * 1.5)
  })
})
