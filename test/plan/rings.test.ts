import { expect } from 'chai'
import { run, steps, words, toUser, order, line, lines, type Tables, type But } from './departures.ts'
import { account, codes, kind, users, type TableSpec } from './site-builder.ts'

describe('rings of foreign keys', () => {
  const post = kind('post', 'posts', { of: 'account' })
  const posts = (parent: string): TableSpec => ({
    columns: { id: 'int', user_id: 'int', parent_id: parent },
    keys: ['user_id -> users.id', 'parent_id -> posts.id'],
  })

  it('in one table: an optional reference is detached from whoever holds it', () => {
    const all = steps({ posts: posts('int null') }, [post])
    expect(all.map((step) => [step.then.act, step.name, step.from])).to.deep.equal([
      ['detach', 'post.parent_id', 'post'],
      ['erase', 'post', null],
    ])
    expect(all[1]?.selfReference).to.deep.equal({ column: 'parent_id', parent: 'id', nullable: true })
  })

  it('in one table: a required reference is taken leaf by leaf', () => {
    const all = steps({ posts: posts('int') }, [post])
    expect(all.map((step) => step.name)).to.deep.equal(['post'])
    expect(all[0]?.selfReference).to.deep.equal({ column: 'parent_id', parent: 'id', nullable: false })
  })

  it("in the root's table: other people stay, so it has to be ruled", () => {
    const own: Tables = { users: { ...users, keys: ['referred_by -> users.id'] } }
    expect(codes(run(own, []))).to.deep.equal(['E_UNCLASSIFIED_KEY'])
    expect(words(own, [], { 'account.referred_by': { act: 'detach' } })).to.deep.equal([
      'detach account.referred_by',
    ])
  })

  it('through two tables: opened at the reference that may be NULL', () => {
    const tables = (main: string): Tables => ({
      orders: {
        columns: { id: 'int', user_id: 'int', main: main, ship: 'text' },
        keys: ['user_id -> users.id', 'main -> order_lines.id'],
      },
      order_lines: lines,
    })
    const all = steps(tables('int null'), [order, line])
    expect(all.map((step) => [step.name, step.nullFirst])).to.deep.equal([
      ['line', []],
      ['order', ['main']],
    ])
    const refused = run(tables('int'), [order, line])
    expect(codes(refused)).to.deep.equal(['E_CYCLE'])
    expect(refused.problems[0]?.params.path).to.equal('order.main → line.order_id → order')
    expect(refused.plan.policies).to.deep.equal([])
  })

  it('through two tables: opened at the link itself when only that may be NULL', () => {
    const tables: Tables = {
      orders: {
        columns: { id: 'int', user_id: 'int', main: 'int', ship: 'text' },
        keys: ['user_id -> users.id', 'main -> order_lines.id'],
      },
      order_lines: { ...lines, columns: { id: 'int', order_id: 'int null' } },
    }
    expect(steps(tables, [order, line]).map((step) => [step.name, step.nullFirst])).to.deep.equal([
      ['order', []],
      ['line', ['order_id']],
    ])
  })

  it('through a link without a foreign key are none', () => {
    const tables: Tables = {
      orders: {
        columns: { id: 'int', user_id: 'int', main: 'int', ship: 'text' },
        keys: ['user_id -> users.id', 'main -> order_lines.id'],
      },
      order_lines: { ...lines, keys: [], indexes: ['order_id'] },
    }
    const loose = kind('line', 'order_lines', {
      of: 'order',
      link: { columns: { order_id: 'id' }, where: {} },
    })
    expect(steps(tables, [order, loose]).map((step) => [step.name, step.nullFirst])).to.deep.equal([
      ['order', []],
      ['line', []],
    ])
  })

  it('are not opened at a column that the archive of the root copies, nor at one that an archived row keeps', () => {
    const tables: Tables = {
      users: { ...users, columns: { ...users.columns, last: 'int null' }, keys: ['last -> orders.id'] },
      orders: toUser({ ship: 'text' }),
      old: { columns: { id: 'int', last: 'int null' } },
    }
    const archived = { ...account, archive: { into: 'old_account', columns: { last: 'last' } } }
    expect(codes(run(tables, [archived, order, kind('old_account', 'old')], {}, 'archive'))).to.deep.equal([
      'E_CYCLE',
    ])
    const self = { ...post, archive: { into: 'old_post', columns: { last: 'parent_id' } } }
    const but: But = { post: { act: 'archive', under: null } }
    const compiled = run({ posts: posts('int null'), old: tables.old! }, [self, kind('old_post', 'old')], but)
    expect(codes(compiled)).to.deep.equal(['E_CYCLE'])
  })

  it('through the root: its own reference is emptied before what it points at goes', () => {
    const tables = (last: string): Tables => ({
      users: { ...users, columns: { ...users.columns, last: last }, keys: ['last -> orders.id'] },
      orders: toUser({ ship: 'text' }),
    })
    const all = steps(tables('int null'), [order])
    expect(all.map((step) => [step.then.act, step.name, step.table, step.from])).to.deep.equal([
      ['detach', 'account.last', 'users', 'order'],
      ['erase', 'order', 'orders', null],
    ])
    expect(codes(run(tables('int'), [order]))).to.deep.equal(['E_CYCLE'])
  })

  it('are not opened at a column that an archive copies', () => {
    const tables: Tables = {
      orders: {
        columns: { id: 'int', user_id: 'int', main: 'int null', ship: 'text' },
        keys: ['user_id -> users.id', 'main -> order_lines.id'],
      },
      order_lines: lines,
      old: { columns: { id: 'int', main: 'int null' } },
    }
    const archived = { ...order, archive: { into: 'old_order', columns: { main: 'main' } } }
    const but: But = { order: { act: 'archive', under: null } }
    expect(codes(run(tables, [archived, line, kind('old_order', 'old')], but))).to.deep.equal(['E_CYCLE'])
  })
})
