import { expect } from 'chai'
import { createIndex, inSqlite } from '../../plan/index-need.ts'
import { indexScript, missingIndexes, type MissingIndex } from '../../plan/index-script.ts'
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
  const several = (): readonly MissingIndex[] =>
    missingIndexes(
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
    expect(several().map(({ sql, refuses }) => [sql.split(' ALGORITHM')[0], refuses])).to.deep.equal([
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
    const missing = several()
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
    expect(indexScript([], false)).to.deep.equal(['-- No index is missing.'])
    const [unknown] = missingIndexes([problem('nowhere', ['a'])], schema)
    expect(unknown).to.include({ rows: null, seconds: null, megabytes: null })
  })

  it('reads as a whole, with a comment before each statement and the sums in front', () => {
    const two = missingIndexes([problem('big', ['a']), problem('small', ['b'], 'W_INDEX_MISSING')], schema)
    const lines = indexScript(two, false)
    expect(lines[0]).to.match(/^-- 2 index\(es\), the most needed first\./)
    expect(lines[1]).to.match(/^-- about 21 s and 132 MB in all /)
    expect(lines.slice(2, 6)).to.deep.equal([
      '-- The site reads and writes on meanwhile (LOCK=NONE). Each statement waits at its begin and at its end for',
      '-- open transactions on the table, and whoever comes then waits behind it: choose a quiet hour, and',
      '-- SET lock_wait_timeout = 5 first, so that it gives up rather than hold the site. Replicas run it afterwards',
      '-- and fall behind by its time. The disk needs the space twice until it is done.',
    ])
    expect(lines.slice(6)).to.deep.equal([
      '',
      '-- big: about 3000000 rows, 20 s, 131 MB (estimate); a run is refused without it',
      'CREATE INDEX `oubli_big_a` ON `big` (`a`) ALGORITHM=INPLACE LOCK=NONE;',
      '',
      '-- small: about 200 rows, 1 s, 1 MB (estimate); the table is small, it can wait',
      'CREATE INDEX `oubli_small_b` ON `small` (`b`) ALGORITHM=INPLACE LOCK=NONE;',
    ])
    const plain = [problem('big', ['a']), problem('small', ['b'], 'W_INDEX_MISSING')].map(inSqlite)
    const sqlite = indexScript(missingIndexes(plain, schema), true)
    expect(sqlite.join('\n')).not.to.match(/ALGORITHM/)
    expect(sqlite[2]).to.match(/^-- SQLite writes/)
    expect(sqlite.at(-1)).to.equal('CREATE INDEX `oubli_small_b` ON `small` (`b`);')
    const unknown = indexScript(missingIndexes([problem('nowhere', ['a'])], schema), false)
    expect(unknown[1]).to.match(/^-- about 0 s and 0 MB/)
    expect(unknown).to.include('-- nowhere: nobody knows how many rows; a run is refused without it')
  })

  it('keeps the columns of two tables, and those of one that begin otherwise, apart', () => {
    const apart = [
      ...[problem('big', ['c', 'e', 'f']), problem('big', ['c', 'd']), problem('big', ['b', 'a'])],
      ...[problem('big', ['a']), problem('huge', ['a', 'b'])],
    ]
    const on = (told: readonly PlanProblem[]) =>
      missingIndexes(told, schema).map(({ sql }) => sql.split(' ON ')[1]?.split(' ALG')[0])
    const sorted = ['`huge` (`a`, `b`)', '`big` (`a`)', '`big` (`b`, `a`)', '`big` (`c`, `d`)']
    expect(on(apart)).to.deep.equal([...sorted, '`big` (`c`, `e`, `f`)'])
    expect(on([...apart].reverse())).to.deep.equal([...sorted, '`big` (`c`, `e`, `f`)'])
  })

  it('leaves out what names no table or no statement', () => {
    const bare = problem('big', ['a'])
    expect(
      missingIndexes(
        [
          { ...bare, table: null },
          { ...bare, params: {} },
        ],
        schema,
      ),
    ).to.deep.equal([])
  })

  it('refuses for the one that refuses, in whichever order they are told', () => {
    const warned = problem('big', ['a'], 'W_INDEX_MISSING')
    const order = (...told: PlanProblem[]) => missingIndexes(told, schema).map(({ refuses }) => refuses)
    expect(order(warned, problem('big', ['a']))).to.deep.equal([true])
    expect(order(problem('big', ['a']), warned)).to.deep.equal([true])
    expect(order(warned)).to.deep.equal([false])
  })
})
