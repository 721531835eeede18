/** How rows of one kind hang on those of another: what fits, what does not, and what a row that stays loses. */
import { expect } from 'chai'
import type { Kind } from '../../policies/data-map.ts'
import { run, steps, words, type But } from './departures.ts'
import {
  account,
  codes,
  compile,
  kind,
  mapOf,
  onlyPolicy,
  schemaOf,
  users,
  type TableSpec,
} from './site-builder.ts'

const shops: TableSpec = {
  columns: { country: 'int', nr: 'int', code: 'varchar(9) null', name: 'varchar(9)', user_id: 'int' },
  primaryKey: ['country', 'nr'],
  keys: ['user_id -> users.id'],
  indexes: ['name'],
  unique: ['code'],
}
const shop = kind('shop', 'shops', { of: 'account', key: ['country', 'nr'] })

/** Visits of a shop, linked as told. */
function visits(
  columns: Readonly<Record<string, string>>,
  table: Partial<TableSpec> = {},
  more: Partial<Kind> = {},
) {
  const visit: TableSpec = {
    columns: { id: 'int', c: 'int null', n: 'int null', code: 'varchar(9)', kind: 'varchar(9)' },
    indexes: ['c,n', 'code'],
    ...table,
  }
  const link = { columns, where: {} }
  return compile(
    schemaOf({ users, shops, visits: visit }),
    mapOf([account, shop, kind('visit', 'visits', { of: 'shop', link, ...more })]),
  )
}

describe('a declared link', () => {
  it('fits in any order of its columns, and knows the foreign key that enforces all of it', () => {
    const enforced = (keys: readonly string[], columns: Readonly<Record<string, string>>) =>
      onlyPolicy(visits(columns, { keys })).steps[0]?.join.enforced
    expect(enforced(['c+n -> shops.country+nr'], { c: 'country', n: 'nr' })).to.equal(true)
    expect(enforced(['c+n -> shops.country+nr'], { n: 'nr', c: 'country' })).to.equal(true)
    expect(enforced(['n+c -> shops.country+nr'], { c: 'country', n: 'nr' }), 'crossed').to.equal(false)
    expect(enforced(['c -> shops.country'], { c: 'country', n: 'nr' }), 'half of it').to.equal(false)
  })

  it('needs columns, that exist on both sides, of one family', () => {
    const told = (columns: Readonly<Record<string, string>>, more: Partial<Kind> = {}) =>
      visits(columns, {}, more)
        .problems.filter(({ policy }) => policy === null)
        .map(({ code, table, column }) => [code, table, column])
    const broken = ['E_BROKEN_KIND', 'visits', null]
    expect(told({})[0]).to.deep.equal(['E_LINK_EMPTY', 'visits', null])
    expect(told({ x: 'country' })[0]).to.deep.equal(['E_UNKNOWN_COLUMN', 'visits', 'x'])
    expect(told({ c: 'contry' })[0]).to.deep.equal(['E_UNKNOWN_COLUMN', 'shops', 'contry'])
    expect(told({ code: 'nr' })).to.deep.equal([['E_LINK_TYPES', 'visits', 'code']])
    const where = { link: { columns: { c: 'country', n: 'nr' }, where: { knd: 'a' } } }
    expect(told({}, where)[0]).to.deep.equal(['E_UNKNOWN_COLUMN', 'visits', 'knd'])
    expect(codes(visits({ x: 'country' }))).to.include(broken[0])
    expect(visits({ c: 'contry' }).problems[0]?.params.near).to.equal('country')
  })

  it('leads to one row, by a key that holds no NULL', () => {
    const told = (columns: Readonly<Record<string, string>>) => visits(columns).problems[0]
    expect(told({ c: 'country', n: 'nr' })).to.equal(undefined)
    expect(told({ c: 'country' })?.params).to.include({ columns: 'country', toTable: 'shops' })
    for (const columns of [{ c: 'country' }, { code: 'code' }, { code: 'name' }])
      expect(told(columns)?.code, Object.values(columns)[0]).to.equal('E_LINK_NOT_UNIQUE')
    expect(told({ c: 'country', code: 'name' })?.params.columns).to.equal('country, name')
  })
})

describe('a link that nobody declared', () => {
  const asked = (keys: readonly string[]) => visits({}, { keys }, { link: null }).problems[0]

  it('is asked for with what it may look like', () => {
    expect(asked([])?.params.stub).to.equal('  visit:\n    of: shop\n    link: { shops_country: country }')
    const several = asked(['c+n -> shops.country+nr', 'code -> shops.code'])
    expect(several?.params).to.include({
      keys: 'visits_c+n (c, n); visits_code (code)',
      stub: '  visit:\n    of: shop\n    link: { c: country, n: nr }',
    })
  })
})

describe('two kinds on one table', () => {
  const profile = (columns: Readonly<Record<string, string>>, more: Partial<Kind> = {}) =>
    kind('profile', 'users', { of: 'account', link: { columns, where: {} }, ...more })

  it('describe one row when the link is the key, and it leaves once', () => {
    expect(words({}, [profile({ id: 'id' })])).to.deep.equal([])
  })

  it('are two rows when the link is another column', () => {
    const own = { users: { ...users, indexes: ['seen_at', 'referred_by'] } }
    expect(words(own, [profile({ referred_by: 'id' })])).to.deep.equal(['erase profile'])
  })
})

describe('a row that stays while its parent goes', () => {
  const two: TableSpec = {
    columns: { id: 'int', c: 'int null', n: 'int null', note: 'text' },
    keys: ['c+n -> shops.country+nr'],
  }
  const visit = kind('visit', 'visits', {
    of: 'shop',
    personal: { note: { strategy: 'blank' }, c: { strategy: 'keep', because: 'x' } },
  })
  const of = (table: TableSpec, but: But) => run({ shops, visits: table }, [shop, visit], but)
  const fixed = (column: string): TableSpec => ({
    ...two,
    columns: { ...two.columns, [column]: two.columns[column]!.replace(' null', '') },
  })
  const generated: TableSpec = { ...two, columns: { ...two.columns, n: 'int null generated' } }
  const detach = { visit: { act: 'detach' } } as const
  const anonymise = { visit: { act: 'anonymise', under: null } } as const
  const keep = { visit: { act: 'keep', because: 'x' } } as const

  it('loses the whole link when it is detached or kept', () => {
    for (const but of [detach, keep]) {
      expect(codes(of(two, but))).to.deep.equal([])
      const code = but === detach ? 'E_DETACH_NOT_NULL' : 'E_KEEP_NOT_NULL'
      for (const table of [fixed('c'), fixed('n'), generated])
        expect(of(table, but).problems.map((one) => [one.code, one.column])).to.deep.equal([[code, 'c, n']])
    }
  })

  it('loses as much of the link as can be NULL when it becomes anonymous', () => {
    const changed = (table: TableSpec) => {
      const [step] = onlyPolicy(of(table, anonymise)).steps
      return step?.then.act === 'anonymise' ? step.then.changes.map(({ column }) => column) : []
    }
    expect(changed(two)).to.have.members(['note', 'c', 'n'])
    expect(changed(fixed('n'))).to.have.members(['note', 'c'])
    const neither = { ...two, columns: { ...two.columns, c: 'int', n: 'int' } }
    expect(of(neither, anonymise).problems.map((one) => [one.code, one.column])).to.deep.equal([
      ['E_ANONYMISE_NOT_NULL', 'c, n'],
    ])
  })

  it('keeps its mark of having been made anonymous', () => {
    const marked = { ...visit, done: { anonymise: 'gone_at' } }
    const table = { ...two, columns: { ...two.columns, gone_at: 'datetime null' } }
    const all = steps({ shops, visits: table }, [shop, marked], anonymise)
    expect(all[0]?.then).to.include({ act: 'anonymise', done: 'gone_at' })
    expect(steps({ shops, visits: two }, [shop, visit], anonymise)[0]?.then).to.include({ done: null })
  })
})

describe('people who hang on people', () => {
  it('never leave with them by a rule', () => {
    const child = kind('child', 'children', { of: 'account', subject: true })
    const children = { columns: { id: 'int', user_id: 'int' }, keys: ['user_id -> users.id'] }
    for (const act of ['erase', 'archive'] as const) {
      const but: But = { child: act === 'erase' ? { act } : { act, under: null } }
      expect(codes(run({ children }, [child], but)), act).to.include('E_PERSON_WITH_PERSON')
    }
  })
})
