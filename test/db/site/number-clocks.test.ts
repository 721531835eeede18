/** Clocks that are numbers with a fraction: no page loses anybody, and the bound parts young from old as the reading does. */
import { expect } from 'chai'
import fc from 'fast-check'
import { candidatePages } from '../../../db/site/candidate-pages.ts'
import { countAfter, stillDue, type Candidate } from '../../../db/site/candidates.ts'
import type { Database } from '../../../db/session.ts'
import { decodeTime, encodeCutoff } from '../../../plan/clock-value.ts'
import type { TimeFormat } from '../../../policies/data-map.ts'
import { eachDatabase } from '../../databases.ts'
import type { Lab } from '../../engine/lab.ts'
import { account, tell } from '../../engine/shape.ts'
import { at, event } from '../../plan/site-builder.ts'

const cutoff = Date.parse('2023-06-01T00:00:00.250Z')

async function site(database: Database, type: string, format: TimeFormat): Promise<Lab> {
  return await tell(
    database,
    [
      `CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, seen_at ${type} NULL, made_at DATETIME NULL)`,
      'CREATE INDEX users_seen ON users (seen_at)',
    ],
    [account('users', { key: ['id'], events: { seen: event([at('seen_at', { format })]) } })],
    {},
  )
}

/** Texts of numbers near each other and near the bound, with as many digits after the point as the type takes. */
function clocks(whole: number, digits: number): fc.Arbitrary<readonly string[]> {
  const one = fc
    .tuple(
      fc.integer({ min: -1, max: 1 }),
      fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 10 ** digits - 1 })),
      fc.boolean(),
    )
    .map(([step, last, isLow]) => {
      const tail = String(last).padStart(digits, isLow ? '0' : '2')
      return `${String(whole + step)}${digits === 0 ? '' : `.${tail}`}`
    })
  return fc.array(one, { maxLength: 24 })
}

interface Case {
  readonly type: string
  readonly format: TimeFormat
  readonly digits: number
}

const cases = (isSqlite: boolean): readonly Case[] => [
  { type: 'DECIMAL(12,2)', format: 'epoch seconds', digits: 2 },
  { type: 'DECIMAL(16,6)', format: 'epoch seconds', digits: 6 },
  { type: 'DECIMAL(24,9)', format: 'epoch seconds', digits: 9 },
  { type: 'DECIMAL(20,4)', format: 'epoch milliseconds', digits: 4 },
  { type: 'DECIMAL(30,9)', format: 'epoch milliseconds', digits: 9 },
  { type: isSqlite ? 'REAL' : 'DOUBLE', format: 'epoch seconds', digits: 7 },
  { type: isSqlite ? 'REAL' : 'DOUBLE', format: 'epoch milliseconds', digits: 4 },
]

eachDatabase('a clock that is a number with a fraction', (open) => {
  it('is paged with everybody once, oldest first, and judged as it is read', async function () {
    this.timeout(240_000)
    const { dialect } = await open()
    for (const { type, format, digits } of cases(dialect.name === 'sqlite')) {
      const lab = await site(await open(), type, format)
      const column = { format, zone: 'UTC' } as const
      const bound = encodeCutoff(cutoff, column)
      const whole = Math.floor(format === 'epoch seconds' ? cutoff / 1000 : cutoff)
      const test = async (texts: readonly string[], limit: number): Promise<void> => {
        await lab.database.run({ text: 'DELETE FROM users WHERE id > 0', values: [] })
        for (const [i, text] of texts.entries())
          await lab.database.run({
            text: `INSERT INTO users (id, seen_at) VALUES (${i + 1}, ${text})`,
            values: [],
          })
        const held = await lab.database.rows({ text: 'SELECT id, seen_at FROM users', values: [] })
        const read = held.map((row) => ({
          id: String(row['id']),
          at: decodeTime(String(row['seen_at']), column),
        }))
        const old = read.filter(({ at: said }) => said !== null && said < cutoff).map(({ id }) => id)
        const found: Candidate[] = []
        const scan = { pass: 'dated', bound, limit } as const
        const told = `${type} ${format}, pages of ${limit}: ${texts.join(' ')}`
        let pages = 0
        for await (const page of candidatePages(lab.database, dialect, lab.policy(), scan)) {
          found.push(...page)
          // A clock that is rounded on its way would be met again for ever.
          expect((pages += 1), told).to.be.lessThan(200)
        }
        expect(found.map(({ key }) => key[0]).sort(), told).to.deep.equal(old.sort())
        const at = found.map(({ clock }) => decodeTime(clock ?? '', column) ?? NaN)
        expect(at, told).to.deep.equal([...at].sort((a, b) => a - b))
        const due = stillDue(dialect, lab.policy(), bound, null)
        const repeated = await lab.database.rows({
          text: `SELECT id FROM users WHERE ${due.text}`,
          values: due.values,
        })
        expect(repeated.map(({ id }) => String(id)).sort(), told).to.deep.equal(old)
        const after = await countAfter(lab.database, dialect, lab.policy(), bound, 100)
        expect(after, told).to.be.at.most(texts.length - old.length)
      }
      await fc.assert(fc.asyncProperty(clocks(whole, digits), fc.integer({ min: 1, max: 6 }), test), {
        numRuns: 25,
        seed: 5,
      })
    }
  })
})
