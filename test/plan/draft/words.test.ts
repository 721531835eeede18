/** Names: of tables, of kinds, of links. */
import { expect } from 'chai'
import { clocksOf } from '../../../plan/draft/clocks.ts'
import { linksOf } from '../../../plan/draft/links.ts'
import { meaningOf } from '../../../plan/draft/meanings.ts'
import { kindName, prefixOf, tableWords, typeWords } from '../../../plan/draft/names.ts'
import type { Column, ColumnFamily, SiteSchema, Table } from '../../../plan/site-schema.ts'

function column(name: string, family: ColumnFamily = 'text', more: Partial<Column> = {}): Column {
  return { name, family, type: family, nullable: true, length: null, generated: false, ...more }
}

function table(name: string, key: readonly string[], columns: readonly Column[]): Table {
  return {
    name,
    columns,
    primaryKey: key,
    indexes: [{ name: 'PRIMARY', columns: key, unique: true }],
    foreignKeys: [],
    transactional: true,
    partitioned: false,
    triggers: [],
    roughRows: 10,
  }
}

function schemaOf(...tables: readonly Table[]): SiteSchema {
  return new Map(tables.map((one) => [one.name, one]))
}

const plain = (name: string): Table => table(name, ['id'], [column('id', 'integer')])

describe('names of tables', () => {
  it('lose a prefix that most of them share', () => {
    expect(prefixOf(schemaOf(...['ps_customer', 'ps_orders', 'ps_guest', 'log'].map(plain)))).to.equal('ps_')
    expect(prefixOf(schemaOf(...['user_meta', 'user_card', 'orders', 'items', 'pages'].map(plain)))).to.equal(
      '',
    )
    expect(tableWords('ps_order_histories', 'ps_')).to.deep.equal(['order', 'history'])
    expect(tableWords('wp_news', 'wp_')).to.deep.equal(['news'])
    expect(tableWords('cookies', '')).to.deep.equal(['cookie'])
    expect(tableWords('addresses', '')).to.deep.equal(['address'])
  })

  it('become kinds of which no two have one name', () => {
    expect(kindName(['user'], new Set())).to.equal('user')
    expect(kindName(['user'], new Set(['user', 'user_2']))).to.equal('user_3')
    expect(kindName(['2fa', 'code'], new Set())).to.equal('fa_code')
    expect(kindName(['constructor'], new Set())).to.equal('constructor_row')
    for (const word of ['true', 'false', 'null', 'yes', 'no', 'on', 'off'])
      expect(kindName([word], new Set())).to.equal(`${word}_row`)
  })

  it('are written in many ways where a row says whose it is', () => {
    expect(typeWords('wp_blog_posts', 'wp_')).to.include.members([
      'blog_post',
      'BlogPost',
      'App\\Models\\BlogPost',
    ])
  })
})

describe('links by name', () => {
  const users = table('users', ['id'], [column('id', 'integer'), column('email')])
  const orders = table('orders', ['id'], [column('id', 'integer'), column('user_id', 'integer')])
  const found = (...own: readonly Column[]): readonly (readonly [string, string, boolean])[] =>
    linksOf(
      schemaOf(users, orders, table('things', ['id'], [column('id', 'integer'), ...own])),
      '',
      new Map(),
    )
      .filter((link) => link.table === 'things')
      .map((link) => [Object.keys(link.columns).join(), link.to, link.clerk] as const)

  it('are seen in each of their usual forms', () => {
    const names = ['user_id', 'id_user', 'userId', 'userid', 'billing_user_id', 'author', 'customer_id']
    for (const name of names)
      expect(found(column(name, 'integer')), name).to.deep.equal([[name, 'users', false]])
    expect(found(column('id_order', 'integer'))).to.deep.equal([['id_order', 'orders', false]])
  })

  it('say apart who only worked on the row', () => {
    expect(found(column('updated_by', 'integer'))).to.deep.equal([['updated_by', 'users', true]])
  })

  it('are none between columns that do not compare, or by a name of something else', () => {
    expect(found(column('user_id', 'text'))).to.deep.equal([])
    for (const name of ['paid', 'grid', 'valid', 'country_id', 'user_agent'])
      expect(found(column(name, 'integer')), name).to.deep.equal([])
  })
})

describe('columns by name and type', () => {
  const cases: readonly (readonly [Column, string | null, boolean])[] = [
    [column('courriel'), 'email', true],
    // Its name asks `doctor` for a rule as well.
    [column('email_verified'), 'thing or person', false],
    [column('email_sent_at', 'datetime'), null, false],
    [column('last_ip', 'integer', { type: 'int unsigned' }), 'ip', true],
    [column('ip', 'binary'), 'ip', true],
    [column('zip'), 'postcode', true],
    [column('code_postal', 'integer', { type: 'mediumint(8) unsigned' }), 'postcode', true],
    [column('billing_postcode'), 'postcode', true],
    [column('postal_address'), 'address', true],
    [column('zip', 'integer', { type: 'tinyint(1)' }), 'thing or person', false],
    [column('age', 'integer', { type: 'tinyint(3) unsigned' }), 'age', true],
    [column('customer_age', 'integer', { type: 'int' }), 'age', true],
    [column('max_age', 'integer', { type: 'int' }), null, false],
    [column('page', 'integer', { type: 'int' }), null, false],
    [column('birth_year', 'integer', { type: 'int' }), 'birth year', true],
    [column('annee_naissance', 'integer', { type: 'smallint' }), 'birth year', true],
    [column('naissance', 'integer', { type: 'year(4)' }), 'birth year', true],
    [column('birth', 'integer', { type: 'int' }), 'birth', true],
    [column('description'), 'prose', false],
    [column('name'), 'thing or person', false],
    [column('birth', 'date'), 'birth', true],
    [column('created', 'date'), null, false],
    [column('mail', 'integer', { type: 'tinyint(1)' }), 'thing or person', false],
    [column('email', 'text', { generated: true }), null, false],
  ]
  for (const [one, meaning, sure] of cases)
    it(`${one.name} (${one.type}) is ${meaning ?? 'nothing'}`, () => {
      const found = meaningOf(one, undefined)
      expect([found?.meaning ?? null, found?.sure ?? false]).to.deep.equal([meaning, sure])
    })
})

describe('a year of birth', () => {
  it('is none where the number is a whole day, of which a bucket would leave nearly all', () => {
    const days = { values: 20, nulls: 0, distinct: 20, shapes: { '8 digits': 20 }, nevers: [], words: [] }
    const one = column('birth_year', 'integer', { type: 'int' })
    expect(meaningOf(one, days)?.meaning).to.equal('birth')
    expect(meaningOf(one, { ...days, shapes: {} })?.meaning).to.equal('birth year')
  })
})

describe('clocks', () => {
  const shape = (shapes: object, nevers: readonly string[] = []) => ({
    values: 20,
    nulls: 0,
    distinct: 20,
    shapes,
    nevers,
    words: [],
  })

  it('have the format that their values show, and what stands for never', () => {
    const one = table('t', ['id'], [column('last_login', 'integer'), column('created', 'text')])
    const shapes = new Map([
      ['last_login', shape({ 'epoch seconds': 15, never: 5 }, ['0'])],
      ['created', shape({ 'iso in UTC': 12, 'iso with offset': 8 })],
    ])
    expect(clocksOf(one, shapes)).to.deep.equal([
      {
        column: 'last_login',
        role: 'sign of life',
        format: 'epoch seconds',
        nevers: ['0'],
        nullable: true,
        ordered: true,
        looks: null,
      },
      {
        column: 'created',
        role: 'start',
        format: 'iso text',
        nevers: [],
        nullable: true,
        ordered: false,
        looks: null,
      },
    ])
  })

  it('are said to be unreadable rather than guessed', () => {
    const one = table('t', ['id'], [column('created_on', 'integer'), column('last_visit', 'text')])
    const shapes = new Map([
      ['created_on', shape({ '8 digits': 20 })],
      ['last_visit', shape({ 'written date': 20 })],
    ])
    expect(
      clocksOf(one, shapes).map(({ column: name, format, looks }) => [name, format, looks]),
    ).to.deep.equal([
      ['last_visit', null, 'a written date'],
      ['created_on', null, 'a day as a number'],
    ])
  })
})
