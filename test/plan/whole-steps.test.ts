/** Every field of the steps that empty a reference, and which references can be. */
import { expect } from 'chai'
import {
  line,
  lines,
  nullableToUser,
  order,
  run,
  steps,
  toUser,
  words,
  type But,
  type Tables,
} from './departures.ts'
import { account, codes, kind, users } from './site-builder.ts'

const detach = { act: 'detach' } as const
const orders = toUser({ ship: 'text' })
const told = (...of: Parameters<typeof run>) =>
  run(...of).problems.map(({ code, table, column, params }) => [code, table, column, params])

describe('a reference that is detached', () => {
  const buyer = nullableToUser({ user_id: 'int', ship: 'text', buyer: 'int null' })
  const keys = (...more: readonly string[]) => ({ ...buyer, keys: ['user_id -> users.id', ...more] })

  it('is a step of its own, with the key of its table and the way to it', () => {
    const notes = {
      columns: { a: 'int', b: 'varchar(9)', ref: 'int null' },
      keys: ['ref -> orders.id'],
      primaryKey: ['a', 'b'],
    }
    const [first] = steps({ orders, notes }, [order], { 'notes.ref': detach })
    expect(first).to.deep.equal({
      name: 'notes.ref',
      kind: null,
      table: 'notes',
      key: [
        { name: 'a', family: 'integer' },
        { name: 'b', family: 'text' },
      ],
      from: 'order',
      join: {
        table: 'notes',
        columns: [{ own: 'ref', parent: 'id' }],
        where: [],
        enforced: true,
        numbers: ['ref'],
      },
      selfReference: null,
      nullFirst: [],
      then: detach,
    })
  })

  it('has a name of its own when one column refers to two tables', () => {
    const notes = {
      columns: { id: 'int', ref: 'int null', other: 'int null' },
      keys: ['ref -> users.id', 'ref -> orders.id', 'other -> orders.id'],
    }
    const but = { 'notes.ref': detach, 'notes.other': detach }
    const names = steps({ orders, notes }, [order], but).map(({ name, join }) => [name, join.columns[0]?.own])
    expect(names).to.deep.equal([
      ['notes.ref', 'ref'],
      ['notes.ref (notes_ref)', 'ref'],
      ['notes.other', 'other'],
      ['order', 'user_id'],
    ])
  })

  it('is detached although its rows leave too, also where the server would delete them', () => {
    const link = { of: 'account', link: { columns: { user_id: 'id' }, where: {} } }
    const sale = kind('sale', 'orders', link)
    expect(
      words({ orders: keys('buyer -> users.id cascade') }, [sale], { 'sale.buyer': detach }),
    ).to.deep.equal(['detach sale.buyer', 'erase sale'])
    const two = {
      ...lines,
      columns: { ...lines.columns, o: 'int null' },
      keys: [...(lines.keys ?? []), 'o -> orders.id'],
    }
    const own = { ...line, link: { columns: { order_id: 'id' }, where: {} } }
    expect(words({ orders, order_lines: two }, [order, own], { 'line.o': detach })).to.deep.equal([
      'detach line.o',
      'erase line',
      'erase order',
    ])
  })

  it('is ruled by the names of its own table alone', () => {
    const sale = kind('sale', 'orders', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } })
    const notes = { columns: { id: 'int', buyer: 'int null' }, keys: ['buyer -> users.id'] }
    expect(
      codes(run({ orders: keys('buyer -> users.id'), notes }, [sale], { 'sale.buyer': detach })),
    ).to.deep.equal(['E_UNCLASSIFIED_KEY'])
    const [one] = told({ orders: keys('buyer -> users.id cascade') }, [sale])
    expect(one).to.deep.equal([
      'E_UNCLASSIFIED_KEY',
      'orders',
      'buyer',
      {
        key: 'orders_buyer',
        toTable: 'users',
        kind: 'account',
        stub: [
          '# in the policy:',
          'but:',
          '  sale.buyer: detach',
          '# or in data-map.yml:',
          'kinds:',
          '  orders:',
          '    table: orders',
          '    key: [id]',
          '    of: account',
          '    link: { buyer: id }',
        ].join('\n'),
      },
    ])
  })
})

describe('a reference to its own table', () => {
  const doc = kind('doc', 'docs', { of: 'account', key: ['a', 'b'] })
  const link = { link: { columns: { user_id: 'id' }, where: {} } }
  const post = kind('post', 'posts', { of: 'account' })
  const cycle = (table: string, path: string) => [['E_CYCLE', table, null, { path }]]
  const docs = (type: string) => ({
    columns: { a: 'int', b: 'int', user_id: 'int', pa: type, pb: type },
    primaryKey: ['a', 'b'],
    keys: ['user_id -> users.id', 'pa+pb -> docs.a+b'],
  })
  const posts = (one: string, two: string) => ({
    columns: { id: 'int', user_id: 'int', one, two },
    keys: ['user_id -> users.id', 'one -> posts.id', 'two -> posts.id'],
  })

  it('of several columns is detached, and refused where NULL is forbidden', () => {
    const all = steps({ docs: docs('int null') }, [doc])
    expect(all.map(({ name, selfReference }) => [name, selfReference])).to.deep.equal([
      ['doc.pa', null],
      ['doc', null],
    ])
    expect(told({ docs: docs('int') }, [doc])).to.deep.equal(cycle('docs', 'doc.pa, pb → doc'))
  })

  it('is not detached where one of its columns is archived', () => {
    const archived = { ...doc, archive: { into: 'old', columns: { pa: 'pa' } } }
    const old = { columns: { id: 'int', pa: 'int null' } }
    const but: But = { doc: { act: 'archive', under: null } }
    const kinds = [archived, kind('old', 'old')]
    expect(told({ docs: docs('int null'), old }, kinds, but)).to.deep.equal(cycle('docs', 'doc.pa, pb → doc'))
  })

  it('is the required one of several, of which one may be required', () => {
    const self = (one: string, two: string) => steps({ posts: posts(one, two) }, [post]).at(-1)?.selfReference
    expect(self('int null', 'int')).to.deep.equal({ column: 'two', parent: 'id', nullable: false })
    expect(self('int', 'int null')).to.deep.equal({ column: 'one', parent: 'id', nullable: false })
    expect(self('int null', 'int null')).to.deep.equal({ column: 'two', parent: 'id', nullable: true })
    expect(told({ posts: posts('int', 'int') }, [post])).to.deep.equal(cycle('posts', 'post.two → post'))
  })

  it('of rows that cannot be archived is told with what they lack alone', () => {
    const but: But = { post: { act: 'archive', under: null } }
    expect(codes(run({ posts: posts('int null', 'int null') }, [{ ...post, ...link }], but))).to.deep.equal([
      'E_ARCHIVE_MISSING',
    ])
  })
})

describe('the reference of the root itself', () => {
  const root = (more: Readonly<Record<string, string>>, key: string): Tables => ({
    users: { ...users, columns: { ...users.columns, ...more }, keys: [key] },
    orders: { ...orders, columns: { ...orders.columns, nr: 'int' }, unique: ['id,nr'] },
  })
  const one = root({ last: 'int null' }, 'last -> orders.id')

  it('is a step of its own', () => {
    expect(steps(one, [order])[0]).to.deep.equal({
      name: 'account.last',
      kind: 'account',
      table: 'users',
      key: [{ name: 'id', family: 'integer' }],
      from: 'order',
      join: {
        table: 'users',
        columns: [{ own: 'last', parent: 'id' }],
        where: [],
        enforced: true,
        numbers: ['last'],
      },
      selfReference: null,
      nullFirst: [],
      then: detach,
    })
    const two = (c: string, n: string) => root({ c, n }, 'c+n -> orders.id+nr')
    expect(steps(two('int null', 'int null'), [order])[0]).to.deep.include({ name: 'account.c+n' })
    for (const [c, n] of [
      ['int', 'int null'],
      ['int null', 'int'],
    ] as const)
      expect(told(two(c, n), [order])).to.deep.equal([
        ['E_CYCLE', 'users', null, { path: 'account.c+n → order → account' }],
      ])
  })

  it('may be emptied although an archive would copy it, where nothing is archived', () => {
    const archived = { ...account, archive: { into: 'old', columns: { last: 'last' } } }
    const old = { columns: { id: 'int', last: 'int null' } }
    expect(words({ ...one, old }, [archived, order, kind('old', 'old')])).to.deep.equal([
      'detach account.last',
      'erase order',
    ])
    expect(codes(run(one, [order], {}, 'archive')), 'no archive').to.deep.equal(['E_ARCHIVE_MISSING'])
  })
})
