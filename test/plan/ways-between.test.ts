/** Ways between kinds, several kinds on one table, and what ties rows. */
import { expect } from 'chai'
import type { Kind } from '../../policies/data-map.ts'
import { joinOf, chainDown, kindsAbove, reach } from '../../plan/joins.ts'
import { settleMap } from '../../plan/settled-map.ts'
import { isUnique, keyIndexOf, samePairs } from '../../plan/tie.ts'
import { line, lines, nullableToUser, order, run, steps, toUser, words } from './departures.ts'
import {
  account,
  at,
  codes,
  compile,
  event,
  kind,
  mapOf,
  onlyPolicy,
  policy,
  schemaOf,
  users,
} from './site-builder.ts'

const detach = { act: 'detach' } as const
const orders = toUser({ ship: 'text' })

describe('a kind on the rows of another', () => {
  const same = (name: string, of: string, table: string, more: Partial<Kind> = {}) =>
    kind(name, table, { of, link: { columns: { id: 'id' }, where: {} }, ...more })
  const sale = same('sale', 'order', 'orders')
  const under = { ...line, of: 'sale' }
  const keep = { act: 'keep', because: 'x' } as const
  const unheld = { ...orders, keys: [], indexes: ['user_id'] }
  const loose = { ...order, link: { columns: { user_id: 'id' }, where: {} } }

  it('leads on to what hangs on it, and is counted once', () => {
    expect(words({ orders, order_lines: lines }, [order, sale, under])).to.deep.equal([
      'erase line',
      'erase order',
    ])
  })

  it('is another row when it stands in another table, although by the same key', () => {
    const details = { columns: { id: 'int' }, keys: ['id -> users.id'] }
    expect(words({ details }, [same('detail', 'account', 'details')])).to.deep.equal(['erase detail'])
  })

  it('is out of reach where the rows stay, and told once and alone', () => {
    const off = { orders: unheld, order_lines: { ...lines, keys: [], indexes: ['order_id'] } }
    const bare = { ...line, link: { columns: { order_id: 'id' }, where: {} } }
    expect(codes(run(off, [loose, bare], { order: keep }))).to.deep.equal([])
    expect(codes(run(off, [loose, sale], { order: keep, sale: { act: 'erase' } }))).to.deep.equal([
      'E_RULE_OUT_OF_REACH',
    ])
    expect(codes(run(off, [loose, bare], { order: keep, line: detach }))).to.deep.equal([
      'E_RULE_OUT_OF_REACH',
    ])
  })

  it('changes each column once when it becomes anonymous', () => {
    const both = { user_id: { strategy: 'null' }, ship: { strategy: 'blank' } } as const
    const tables = { orders: nullableToUser({ ship: 'text' }) }
    const [step] = steps(tables, [{ ...order, personal: both }], { order: { act: 'anonymise', under: null } })
    const changes = step?.then.act === 'anonymise' ? step.then.changes.map(({ column }) => column) : []
    expect(changes).to.deep.equal(['ship', 'user_id'])
    const visit = kind('visit', 'visits', { of: 'order', personal: { c: { strategy: 'null' } } })
    const two = {
      orders: { ...orders, columns: { ...orders.columns, nr: 'int' }, unique: ['id,nr'] },
      visits: { columns: { id: 'int', c: 'int null', n: 'int null' }, keys: ['c+n -> orders.id+nr'] },
    }
    const [first] = steps(two, [order, visit], { visit: { act: 'anonymise', under: null } })
    expect(first?.then.act === 'anonymise' && first.then.changes.map(({ column }) => column)).to.deep.equal([
      'c',
      'n',
    ])
  })
})

describe('ways between kinds', () => {
  const loop = kind('loop', 'order_lines', { of: 'loop', link: { columns: { order_id: 'id' }, where: {} } })
  const { map } = settleMap(
    mapOf([account, order, line, loop, kind('alone', 'notes'), kind('lost', 'notes', { of: 'nobody' })]),
    schemaOf({ users, orders, order_lines: lines, notes: { columns: { id: 'int' } } }),
  )
  const settled = (name: string) => map.kinds.get(name)!

  it('lead down from the one that is asked for, or nowhere', () => {
    const down = (root: string, name: string) =>
      chainDown(map, root, settled(name))?.map(({ kind: one }) => one.name)
    expect(down('account', 'line')).to.deep.equal(['order', 'line'])
    expect(down('order', 'line')).to.deep.equal(['line'])
    expect(down('account', 'alone')).to.equal(undefined)
    expect(down('account', 'loop')).to.equal(undefined)
    expect(reach(map, settled('account'), 'notes')).to.deep.equal({ found: 'none' })
  })

  it('name every kind above', () => {
    expect(kindsAbove(map, settled('line'))).to.deep.equal(['order', 'account'])
    expect(kindsAbove(map, { ...settled('line'), kind: map.dataMap.kinds.lost! })).to.deep.equal(['nobody'])
  })

  it('say which columns hold bytes, and which numbers', () => {
    const table = schemaOf({ t: { columns: { a: 'blob', b: 'text', c: 'int', d: 'decimal' } } }).get('t')!
    const pair = (own: string) => ({ own, parent: 'id' })
    const columns = [pair('b'), pair('a'), pair('d'), pair('c')]
    const join = { table: 't', columns, where: [], enforced: false }
    expect(joinOf(table, { columns, where: [], foreignKey: null }, undefined)).to.deep.equal({
      ...join,
      bytes: ['a'],
      numbers: ['d', 'c'],
    })
    const plain = { columns: [pair('b')], where: [] }
    const foreignKey = { ...{ name: 'k', table: 't', columns: ['b'] }, toTable: 't', toColumns: ['id'] }
    const tie = { ...plain, foreignKey: { ...foreignKey, onDelete: 'restrict' as const } }
    const above = { ...table, primaryKey: ['id'] }
    expect(joinOf(table, tie, above)).to.deep.equal({ table: 't', ...plain, enforced: true })
  })
})

describe('of several ways to one table', () => {
  const part = (of: string, name: string, where: Readonly<Record<string, string>> = {}) =>
    kind(name, 'files', { of, link: { columns: { owner: 'id' }, where } })
  const files = { columns: { id: 'int', owner: 'int', sort: 'varchar(9)', lang: 'varchar(9)' } }
  const found = (kinds: readonly Kind[], where: Readonly<Record<string, string>> = {}) => {
    const schema = schemaOf({ users, orders, order_lines: lines, notes: toUser(), files })
    const { map } = settleMap(
      mapOf([account, order, line, kind('note', 'notes', { of: 'account' }), ...kinds]),
      schema,
    )
    const meant = Object.entries(where).map(([column, value]) => ({ column, value }))
    const way = reach(map, map.kinds.get('account')!, 'files', meant)
    if (way.found === 'several') return way.kinds.join()
    return way.found === 'one'
      ? [way, ...way.longer].map(({ joins }) => joins.map(({ table }) => table).join(' '))
      : []
  }

  it('one of as many links over other rows leaves the question open', () => {
    expect(found([part('order', 'bill'), part('note', 'scan')])).to.equal('bill,scan')
    expect(found([part('order', 'bill'), part('order', 'scan')])).to.deep.equal(['orders files'])
  })

  it('the shortest stands first where it leads to all of its rows, and the longer ones beside it', () => {
    expect(found([part('order', 'bill'), part('account', 'photo')])).to.deep.equal(['files', 'orders files'])
    expect(found([part('order', 'bill'), part('account', 'photo', { sort: 'x' })])).to.equal('bill,photo')
    const through = part('order', 'bill', { sort: 'x' })
    expect(found([through, part('line', 'scan')]), 'of two links, the last of some rows').to.equal(
      'bill,scan',
    )
  })

  it('those that cannot be meant are left out, and not named', () => {
    const three = [part('order', 'bill'), part('note', 'scan'), part('account', 'photo', { sort: 'x' })]
    expect(found(three, { sort: 'y' })).to.equal('bill,scan')
    expect(found(three.slice(1), { sort: 'y' })).to.deep.equal(['notes files'])
    expect(found(three.slice(2), { sort: 'y' }), 'of no row are both true').to.equal('photo')
    expect(found(three.slice(2), { lang: 'y' })).to.deep.equal(['files'])
  })
})

describe('what ties rows', () => {
  it('is a key of columns, none of them of nothing', () => {
    const table = schemaOf({ t: { columns: { a: 'int' }, primaryKey: [] } }).get('t')!
    expect(isUnique(table, ['a'])).to.equal(false)
    expect(keyIndexOf(table, ['a'])).to.deep.equal({})
  })

  it('is found by the primary key, or by the name of another index', () => {
    const columns = { id: 'int', code: 'varchar(9)', mail: 'varchar(9) null' }
    const table = schemaOf({ t: { columns, unique: ['code', 'mail'] } }).get('t')!
    expect(keyIndexOf(table, ['id'])).to.deep.equal({})
    expect(keyIndexOf(table, ['code'])).to.deep.equal({ keyIndex: 't_0' })
    expect(keyIndexOf(table, ['code', 'id']), 'the primary key before any other').to.deep.equal({})
    expect(keyIndexOf(table, ['mail']), 'two rows may have none').to.deep.equal({})
  })

  it('is the same when every pair is', () => {
    const pairs = (text: string) => text.split(' ').map(([own = '', parent = '']) => ({ own, parent }))
    expect(samePairs(pairs('ax by'), pairs('by ax'))).to.equal(true)
    expect(samePairs(pairs('ax by'), pairs('ax bz'))).to.equal(false)
    expect(samePairs(pairs('ax by'), pairs('ay bx'))).to.equal(false)
  })
})

describe('another kind on a table', () => {
  it('covers rows only under the same key', () => {
    const mail = kind('mail', 'users', { key: ['email'] })
    const login = kind('login', 'users')
    const one = onlyPolicy(compile(schemaOf({ users }), mapOf([account, mail, login])))
    expect(one.owners.map((owner) => owner.kind)).to.deep.equal(['account', 'login'])
  })

  it('loses its marks where rows leave, not where they change', () => {
    const marked = { ...order, events: { seen: event([at('seen_at')]) } }
    const tables = {
      users,
      orders: {
        ...toUser({ ship: 'text', seen_at: 'datetime' }),
        columns: { id: 'int', user_id: 'int null', ship: 'text', seen_at: 'datetime' },
        indexes: ['seen_at'],
      },
      kept: { columns: { id: 'int', ship: 'text', mail: 'varchar(190)' } },
    }
    const into = (columns: Readonly<Record<string, string>>) => ({ archive: { into: 'old', columns } })
    const kinds = [
      { ...account, ...into({ mail: 'email' }) },
      { ...marked, ...into({ ship: 'ship' }) },
      kind('old', 'kept'),
    ]
    const marks = (its: Parameters<typeof policy>[1]) =>
      compile(schemaOf(tables), mapOf(kinds), [
        policy('account', its),
        policy('order', { id: 'q', then: 'anonymise' }),
        policy('account', { id: 'r', then: 'anonymise' }),
      ]).plan.policies[0]?.marks
    const people = { table: 'users', policies: ['r'] }
    const sold = { table: 'orders', policies: ['q'] }
    expect(marks({ but: { order: { act: 'anonymise', under: null } } })).to.deep.equal([people])
    expect(marks({ but: { order: { act: 'archive', under: null } } })).to.deep.equal([people, sold])
    expect(marks({ then: 'archive' })).to.deep.equal([people, sold])
  })
})
