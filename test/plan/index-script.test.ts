import { expect } from 'chai'
import { createIndex } from '../../plan/index-need.ts'
import { indexScript, missingIndexes } from '../../plan/index-script.ts'
import type { PlanProblem } from '../../plan/plan-problem.ts'
import type { SiteSchema } from '../../plan/site-schema.ts'

const problem = (table: string, columns: readonly string[], code = 'E_INDEX_MISSING'): PlanProblem => ({
  ...{ code, policy: 'p', table, column: columns.join(', ') },
  params: { sql: createIndex(table, columns) },
  refuses: code.startsWith('E_'),
})
const schema = new Map([
  ['big', { roughRows: 3_000_000 }],
  ['huge', { roughRows: 30_000_000 }],
  ['small', { roughRows: 200 }],
]) as unknown as SiteSchema

describe('the script of missing indexes', () => {
  const missing = missingIndexes(
    [
      problem('small', ['at'], 'W_INDEX_MISSING'),
      problem('big', ['user_id']),
      problem('big', ['user_id', 'used_at'], 'W_INDEX_MISSING'),
      problem('huge', ['seen_at']),
      problem('huge', ['seen_at']),
      { ...problem('other', ['x']), code: 'E_SOMETHING' },
    ],
    schema,
  )

  it('has each index once, none that a longer one makes needless, what stops a run first', () => {
    expect(missing.map(({ sql, refuses }) => [sql.split(' ALGORITHM')[0], refuses])).to.deep.equal([
      ['CREATE INDEX `oubli_huge_seen_at` ON `huge` (`seen_at`)', true],
      ['CREATE INDEX `oubli_big_user_id_used_at` ON `big` (`user_id`, `used_at`)', true],
      ['CREATE INDEX `oubli_small_at` ON `small` (`at`)', false],
    ])
  })

  it('gives two indexes of one table with a long name two names of at most 64 signs', () => {
    const nameIn = (column: string): string =>
      /^CREATE INDEX `([^`]*)`/.exec(createIndex('t'.repeat(60), [column, 'id']))?.[1] ?? ''
    expect(nameIn('seen_at')).not.to.equal(nameIn('paid_at'))
    expect([nameIn('seen_at').length, nameIn('paid_at').length]).to.deep.equal([64, 64])
  })

  it('says what each costs, as an estimate, and ends each statement', () => {
    expect(missing.map(({ rows, seconds, megabytes }) => [rows, seconds, megabytes])).to.deep.equal([
      [30_000_000, 200, 1308],
      [3_000_000, 20, 172],
      [200, 1, 1],
    ])
    const text = indexScript(missing, false).join('\n')
    expect(text)
      .to.match(/estimate/)
      .and.match(/LOCK=NONE;$/m)
    expect(text.split('\n').filter((line) => !/^(--|CREATE INDEX .*;$|$)/.test(line))).to.deep.equal([])
    expect(indexScript(missing, true).join('\n')).not.to.match(/ALGORITHM/)
    expect(indexScript([], false)).to.deep.equal(['-- No index is missing.'])
    const [unknown] = missingIndexes([problem('nowhere', ['a'])], schema)
    expect(unknown).to.include({ rows: null, seconds: null, megabytes: null })
  })
})
