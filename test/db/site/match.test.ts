/** Values in conditions: whole numbers as numbers, because an index on bits holds no text. */
import { expect } from 'chai'
import { mysqlDialect } from '../../../db/mysql-dialect.ts'
import { isOneOf, matchConstants, matchOnly } from '../../../db/site/match.ts'

const dialect = mysqlDialect('mysql')
const number = { column: 'bit', family: 'integer' } as const
const text = { column: 'word' } as const

describe('values that rows are asked for', () => {
  it('are numbers where their column holds whole numbers, and texts elsewhere', () => {
    const where = [
      { ...number, value: '1' },
      { ...text, value: '1' },
    ]
    expect(matchConstants(dialect, where, 'r')).to.deep.equal({
      text: 'r.`bit` = ? AND r.`word` = ?',
      values: [1n, '1'],
    })
    const values = ['0', '18446744073709551615']
    const tests = [
      { ...number, values },
      { ...text, values },
    ]
    const bound = [0n, 18446744073709551615n, ...values]
    expect(isOneOf(dialect, tests, 'j0')).to.deep.equal({
      text: '(j0.`bit` IN (?, ?) OR j0.`word` IN (?, ?))',
      values: bound,
    })
    const only = tests.map((one) => ({ ...one, test: 'is one of' }) as const)
    expect(matchOnly(dialect, only)?.values).to.deep.equal(bound)
  })

  it('are none where nothing is asked', () => {
    expect(isOneOf(dialect, [{ ...text, values: [] }])).to.equal(null)
    expect(matchConstants(dialect, [])).to.equal(null)
    expect(matchOnly(dialect, [])).to.equal(null)
  })
})
