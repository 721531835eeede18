import { expect } from 'chai'
import type { Strategy } from '../../policies/data-map.ts'
import { newValue } from '../../plan/strategy.ts'
import { misfit } from '../../plan/strategy-fit.ts'
import { schemaOf, type TableSpec } from './site-builder.ts'

/** Why the strategy cannot be written into `c`, a column of this type. */
function why(strategy: Strategy, type: string, more: Partial<TableSpec> = {}): string | null {
  const table = schemaOf({ t: { columns: { id: 'int', c: type, d: 'int' }, ...more } }).get('t')!
  return misfit(strategy, table.columns[1]!, table)
}

const keep: Strategy = { strategy: 'keep', because: 'x' }
const fixed = (value: string): Strategy => ({ strategy: 'fixed', value })

describe('a strategy', () => {
  it('fits the types that it can be written into, and no other', () => {
    const fits: Readonly<Record<string, readonly [Strategy, ...(readonly string[])]>> = {
      blank: [{ strategy: 'blank' }, 'text', 'varchar(9)', 'int null', 'json null'],
      null: [{ strategy: 'null' }, 'int null', 'text null'],
      unique_address: [{ strategy: 'unique_address' }, 'text', 'varchar(27)'],
      year: [{ strategy: 'year' }, 'date', 'datetime', 'timestamp'],
      month: [{ strategy: 'month' }, 'date', 'datetime', 'timestamp'],
      coarse_user_agent: [{ strategy: 'coarse_user_agent' }, 'text'],
      generalised: [{ strategy: 'generalised', kept: 2 }, 'text', 'varchar(3)'],
      bucketed: [{ strategy: 'bucketed', width: 5 }, 'int', 'decimal(9,2)'],
    }
    for (const [name, [strategy, ...types]] of Object.entries(fits))
      for (const type of types) expect(why(strategy, type), `${name} ${type}`).to.equal(null)
    expect(why({ strategy: 'blank' }, 'int')).to.equal('NULL')
    expect(why({ strategy: 'null' }, 'text')).to.equal('NULL')
    expect(why({ strategy: 'unique_address' }, 'int')).to.equal('TYPE')
    expect(why({ strategy: 'unique_address' }, 'varchar(26)')).to.equal('LENGTH')
    expect(why({ strategy: 'year' }, 'int')).to.equal('TYPE')
    expect(why({ strategy: 'coarse_user_agent' }, 'int')).to.equal('TYPE')
    expect(why({ strategy: 'bucketed', width: 5 }, 'text')).to.equal('NUMBER')
    expect(why({ strategy: 'without', paths: ['$.a'] }, 'int')).to.equal('TYPE')
  })

  it('takes something away', () => {
    expect(why({ strategy: 'generalised', kept: 3 }, 'varchar(3)')).to.equal('WHOLE')
    expect(why({ strategy: 'bucketed', width: 1 }, 'int')).to.equal('WHOLE')
    expect(why({ strategy: 'bucketed', width: 1 }, 'decimal(9,2)'), 'its cents').to.equal(null)
  })

  it('of first characters needs free characters', () => {
    for (const type of ['enum', 'int'])
      expect(why({ strategy: 'generalised', kept: 1 }, type)).to.equal('CHARACTERS')
  })

  it('with a constant needs one of the type, as long as the column at most', () => {
    expect(why(fixed('abc'), 'varchar(3)')).to.equal(null)
    expect(why(fixed('abcd'), 'varchar(3)')).to.equal('LENGTH')
    expect(why(fixed('👤👤👤'), 'varchar(3)'), 'characters, not units').to.equal(null)
    expect(why(fixed('abcd'), 'text')).to.equal(null)
    expect(why(fixed('-7'), 'int')).to.equal(null)
    expect(why(fixed('7.5'), 'int')).to.equal('TYPE')
    expect(why(fixed('x'), 'date')).to.equal('TYPE')
  })

  it('never changes a key or what the server computes, unless it keeps it', () => {
    const key = { primaryKey: ['id', 'c'] }
    expect(why({ strategy: 'blank' }, 'text', key)).to.equal('KEY')
    expect(why(keep, 'text', key)).to.equal(null)
    expect(why({ strategy: 'blank' }, 'text generated')).to.equal('GENERATED')
    expect(why(keep, 'text generated')).to.equal(null)
  })

  it('gives no two rows one value where a unique index stands on that column alone', () => {
    const unique = (...columns: string[]) => ({ unique: columns })
    expect(why({ strategy: 'blank' }, 'text', unique('c'))).to.equal('UNIQUE')
    expect(why(fixed('x'), 'text', unique('d', 'c'))).to.equal('UNIQUE')
    expect(why({ strategy: 'blank' }, 'text', unique('d'))).to.equal(null)
    expect(why({ strategy: 'blank' }, 'text', unique('c,d'))).to.equal(null)
    expect(why({ strategy: 'blank' }, 'text', { indexes: ['c'] })).to.equal(null)
    expect(why({ strategy: 'null' }, 'text null', unique('c'))).to.equal(null)
    expect(why({ strategy: 'unique_address' }, 'text', unique('c'))).to.equal(null)
    expect(why({ strategy: 'blank' }, 'int null', unique('c')), 'becomes NULL').to.equal(null)
  })
})

describe('a new value', () => {
  const change = (
    strategy: Strategy,
    family: 'binary' | 'decimal' | 'integer' | 'text',
    type = family as string,
  ) => ({
    column: 'c',
    family,
    type,
    length: null,
    nullable: false,
    strategy,
  })
  const of = (...[changed, old]: [ReturnType<typeof change>, string | null]) =>
    newValue(changed, old, 'f'.repeat(32))

  it('of NULL stays NULL, whatever is made of others', () => {
    const all: readonly Strategy[] = [
      { strategy: 'year' },
      { strategy: 'month' },
      { strategy: 'truncated_ip' },
      { strategy: 'coarse_user_agent' },
      { strategy: 'bucketed', width: 5 },
    ]
    for (const strategy of all) expect(of(change(strategy, 'text'), null), strategy.strategy).to.equal(null)
  })

  it('in bytes is written in digits, and what is kept stays', () => {
    expect(of(change(fixed('ab'), 'binary'), '00')).to.equal('6162')
    expect(of(change(fixed('ab'), 'text'), '00')).to.equal('ab')
    expect(of(change(keep, 'text'), 'Ada')).to.equal('Ada')
  })

  it('that cannot be cut is 0 in a number that may not be NULL', () => {
    const bucket: Strategy = { strategy: 'bucketed', width: 5 }
    expect(of(change(bucket, 'decimal'), 'x')).to.equal('0')
    expect(of(change(bucket, 'integer'), 'x')).to.equal('0')
    expect(of(change(bucket, 'integer'), '12')).to.equal('10')
  })

  it('of a YEAR is never before 1901; other types may say year in their name', () => {
    const bucket: Strategy = { strategy: 'bucketed', width: 1000 }
    expect(of(change(bucket, 'integer', 'year(4)'), '1999')).to.equal('1901')
    expect(of(change(bucket, 'integer', 'int'), '1999')).to.equal('1000')
    expect(of(change({ strategy: 'bucketed', width: 1 }, 'integer', 'year(4)'), '1901')).to.equal('1901')
  })
})
