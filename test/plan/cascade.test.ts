import { expect } from 'chai'
import type { Kind } from '../../policies/data-map.ts'
import type { Departure } from '../../policies/policy.ts'
import {
  account,
  codes,
  compile,
  kind,
  mapOf,
  onlyPolicy,
  policy,
  schemaOf,
  users,
  type TableSpec,
} from './site-builder.ts'

type Tables = Readonly<Record<string, TableSpec>>
type But = Readonly<Record<string, Departure>>

function run(tables: Tables, kinds: readonly Kind[], but: But = {}, then: 'erase' | 'archive' = 'erase') {
  const root = kinds.some((one) => one.name === 'account') ? [] : [account]
  return compile(schemaOf({ users, ...tables }), mapOf([...root, ...kinds]), [
    policy('account', { but, then }),
  ])
}

function steps(...of: Parameters<typeof run>) {
  return onlyPolicy(run(...of)).steps
}

function words(...of: Parameters<typeof run>) {
  return steps(...of).map((step) => `${step.then.act} ${step.name}`)
}

const toUser = (more: Readonly<Record<string, string>> = {}, rule = ''): TableSpec => ({
  columns: { id: 'int', user_id: 'int', ...more },
  keys: [`user_id -> users.id${rule}`],
})
const nullableToUser = (more: Readonly<Record<string, string>> = {}, rule = ''): TableSpec => ({
  ...toUser({ user_id: 'int null', ...more }, rule),
})
const order = kind('order', 'orders', { of: 'account', personal: { ship: { strategy: 'blank' } } })
const line = kind('line', 'order_lines', { of: 'order' })
const lines: TableSpec = { columns: { id: 'int', order_id: 'int' }, keys: ['order_id -> orders.id'] }

describe('what leaves with a row', () => {
  it('erases everything that hangs on it, leaves first, whatever the server would do on its own', () => {
    for (const rule of ['', ' cascade', ' set null'])
      expect(
        words({ orders: toUser({ ship: 'text' }, rule), order_lines: lines }, [order, line]),
      ).to.deep.equal(['erase line', 'erase order'])
  })

  it('finds keys from the root downwards', () => {
    const all = steps({ orders: toUser({ ship: 'text' }), order_lines: lines }, [line, order])
    expect(all.map((step) => [step.name, step.from])).to.deep.equal([
      ['line', 'order'],
      ['order', null],
    ])
    expect(all[0]?.join).to.deep.equal({
      table: 'order_lines',
      columns: [{ own: 'order_id', parent: 'id' }],
      where: [],
      enforced: true,
    })
  })

  it('leaves what hangs on an anonymised row, and empties the link that named the person', () => {
    const all = steps({ orders: nullableToUser({ ship: 'text' }), order_lines: lines }, [order, line], {
      order: { act: 'anonymise', under: null },
    })
    expect(all.map((step) => step.name)).to.deep.equal(['order'])
    const [only] = all
    expect(
      only?.then.act === 'anonymise'
        ? only.then.changes.map((change) => [change.column, change.strategy.strategy])
        : null,
    ).to.deep.equal([
      ['ship', 'blank'],
      ['user_id', 'null'],
    ])
  })

  it('erases what hangs on an anonymised row when the policy says so, and does not touch its link', () => {
    const but: But = { order: { act: 'anonymise', under: null }, line: { act: 'erase' } }
    expect(
      words({ orders: nullableToUser({ ship: 'text' }), order_lines: lines }, [order, line], but),
    ).to.deep.equal(['erase line', 'anonymise order'])
  })

  it('anonymises what hangs on an anonymised row without asking for its link', () => {
    const but: But = { order: { act: 'anonymise', under: null }, line: { act: 'anonymise', under: null } }
    const all = steps({ orders: nullableToUser({ ship: 'text' }), order_lines: lines }, [order, line], but)
    expect(
      all.map((step) => [step.name, step.then.act === 'anonymise' ? step.then.changes.length : 0]),
    ).to.deep.equal([
      ['line', 0],
      ['order', 2],
    ])
  })

  it('refuses to anonymise or detach a row whose link may not be NULL', () => {
    const tables = { orders: toUser({ ship: 'text' }) }
    expect(codes(run(tables, [order], { order: { act: 'anonymise', under: null } }))).to.deep.equal([
      'E_ANONYMISE_NOT_NULL',
    ])
    expect(codes(run(tables, [order], { order: { act: 'detach' } }))).to.deep.equal(['E_DETACH_NOT_NULL'])
  })

  it('detaches', () => {
    expect(
      words({ orders: nullableToUser({ ship: 'text' }) }, [order], { order: { act: 'detach' } }),
    ).to.deep.equal(['detach order'])
  })

  it('keeps a row by emptying its link, or leaves it alone where no foreign key holds it', () => {
    const but: But = { order: { act: 'keep', because: 'x' } }
    expect(words({ orders: nullableToUser({ ship: 'text' }, ' set null') }, [order], but)).to.deep.equal([
      'detach order',
    ])
    const loose = { ...toUser({ ship: 'text' }), keys: [], indexes: ['user_id'] }
    expect(
      words({ orders: loose }, [{ ...order, link: { columns: { user_id: 'id' }, where: {} } }], but),
    ).to.deep.equal([])
  })

  it('refuses to keep what the server deletes along, and what must point at something', () => {
    const but: But = { order: { act: 'keep', because: 'x' } }
    expect(codes(run({ orders: nullableToUser({ ship: 'text' }, ' cascade') }, [order], but))).to.deep.equal([
      'E_KEEP_CASCADE',
    ])
    expect(codes(run({ orders: toUser({ ship: 'text' }) }, [order], but))).to.deep.equal(['E_KEEP_NOT_NULL'])
  })

  it('refuses to reach through rows that nothing leads to', () => {
    const loose = { ...toUser({ ship: 'text' }), keys: [], indexes: ['user_id'] }
    const kept = { ...order, link: { columns: { user_id: 'id' }, where: {} } }
    const but: But = { order: { act: 'keep', because: 'x' }, line: { act: 'erase' } }
    expect(codes(run({ orders: loose, order_lines: lines }, [kept, line], but))).to.include(
      'E_RULE_OUT_OF_REACH',
    )
  })

  it('never lets people or an archive leave unsaid', () => {
    const member = kind('member', 'members', { of: 'account', subject: true })
    const compiled = run({ members: toUser() }, [member])
    expect(codes(compiled)).to.deep.equal(['E_DEPARTURE_NEEDED'])
    expect(words({ members: toUser() }, [member], { member: { act: 'erase' } })).to.deep.equal([
      'erase member',
    ])
    const archived = { ...order, archive: { into: 'old', columns: { ship: 'ship' } } }
    const tables = { orders: toUser({ ship: 'text' }), old_orders: toUser({ ship: 'text' }) }
    expect(codes(run(tables, [archived, kind('old', 'old_orders', { of: 'account' })]))).to.deep.equal([
      'E_DEPARTURE_NEEDED',
    ])
  })

  it('says when a rule of `but` has no effect, also on an action that leaves the row', () => {
    expect(codes(run({}, [], { nothing: { act: 'erase' } }))).to.deep.equal(['E_RULE_WITHOUT_EFFECT'])
    const anonymised = policy('account', { then: 'anonymise', but: { order: { act: 'erase' } } })
    const tables = schemaOf({ users, orders: toUser({ ship: 'text' }) })
    const compiled = compile(tables, mapOf([account, order]), [anonymised])
    expect(codes(compiled)).to.deep.equal(['E_RULE_WITHOUT_EFFECT'])
  })

  it('follows composite keys', () => {
    const tables: Tables = {
      users: { ...users, columns: { ...users.columns, shop: 'int' }, primaryKey: ['shop', 'id'] },
      orders: {
        columns: { id: 'int', shop: 'int', user_id: 'int', ship: 'text' },
        keys: ['shop+user_id -> users.shop+id'],
      },
    }
    const [only] = steps(tables, [{ ...account, key: ['shop', 'id'] }, order])
    expect(only?.join.columns).to.deep.equal([
      { own: 'shop', parent: 'shop' },
      { own: 'user_id', parent: 'id' },
    ])
  })

  it('tells polymorphic links apart by their constants', () => {
    const files: TableSpec = {
      columns: { id: 'int', owner_type: 'varchar(9)', owner_id: 'int' },
      indexes: ['owner_type,owner_id'],
    }
    const link = (of: string) => ({ of, link: { columns: { owner_id: 'id' }, where: { owner_type: of } } })
    const all = steps({ orders: toUser({ ship: 'text' }), files }, [
      order,
      kind('user_file', 'files', link('account')),
      kind('order_file', 'files', link('order')),
    ])
    expect(
      all.map((step) => [step.name, step.from, step.join.where[0]?.value, step.join.enforced]),
    ).to.deep.equal([
      ['order_file', 'order', 'order', false],
      ['order', null, undefined, true],
      ['user_file', null, 'account', false],
    ])
  })

  it('puts rows first that refer to either of two kinds on one table', () => {
    const files: TableSpec = {
      columns: { id: 'int', owner_type: 'varchar(9)', owner_id: 'int' },
      indexes: ['owner_type,owner_id'],
    }
    const link = (of: string) => ({ of, link: { columns: { owner_id: 'id' }, where: { owner_type: of } } })
    const versions: TableSpec = { columns: { id: 'int', file: 'int' }, keys: ['file -> files.id'] }
    const names = steps({ orders: toUser({ ship: 'text' }), files, versions }, [
      order,
      kind('order_file', 'files', link('order')),
      kind('user_file', 'files', link('account')),
      kind('version', 'versions', { of: 'user_file' }),
    ]).map((step) => step.name)
    expect(names.indexOf('version')).to.be.lessThan(names.indexOf('order_file'))
  })

  it('wants an index for a link that no foreign key brings with it', () => {
    const files: TableSpec = { columns: { id: 'int', user_id: 'int' } }
    const loose = kind('file', 'files', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } })
    expect(codes(run({ files }, [loose]))).to.deep.equal(['E_INDEX_MISSING'])
  })

  it('counts a row once that two kinds describe', () => {
    const same = kind('settings', 'users', { of: 'account', link: { columns: { id: 'id' }, where: {} } })
    expect(words({}, [same])).to.deep.equal([])
  })
})

describe('foreign keys that nobody classified', () => {
  it('refuse the policy and print what to add', () => {
    const compiled = run({ badges: nullableToUser() }, [])
    const [problem] = compiled.problems
    expect(problem).to.include({
      code: 'E_UNCLASSIFIED_KEY',
      table: 'badges',
      column: 'user_id',
      refuses: true,
    })
    expect(problem?.params.stub).to.contain('badges.user_id: detach').and.to.contain('of: account')
    expect(compiled.plan.policies).to.deep.equal([])
  })

  it('are found deep in the closure and in tables out of scope', () => {
    const deep = {
      orders: toUser({ ship: 'text' }),
      parcels: { columns: { id: 'int', o: 'int' }, keys: ['o -> orders.id'] },
    }
    expect(codes(run(deep, [order]))).to.deep.equal(['E_UNCLASSIFIED_KEY'])
    const tables = schemaOf({ users, badges: nullableToUser() })
    const outside = compile(tables, mapOf([account], { outOfScope: { badges: 'none' } }))
    expect(codes(outside)).to.deep.equal(['E_UNCLASSIFIED_KEY'])
  })

  it('do not matter where the row stays', () => {
    const tables = schemaOf({ users, badges: nullableToUser() })
    expect(
      codes(compile(tables, mapOf([account]), [policy('account', { then: 'anonymise' })])),
    ).to.deep.equal([])
    const kept = {
      orders: nullableToUser({ ship: 'text' }),
      parcels: { columns: { id: 'int', o: 'int' }, keys: ['o -> orders.id'] },
    }
    expect(words(kept, [order], { order: { act: 'anonymise', under: null } })).to.deep.equal([
      'anonymise order',
    ])
  })

  it('are detached when the policy says so, by table or by kind, before anything else', () => {
    const tables = { badges: nullableToUser(), orders: toUser({ ship: 'text' }) }
    expect(words(tables, [order], { 'badges.user_id': { act: 'detach' } })).to.deep.equal([
      'detach badges.user_id',
      'erase order',
    ])
    const all = steps({ badges: nullableToUser() }, [kind('badge', 'badges')], {
      'badge.user_id': { act: 'detach' },
    })
    expect(all).to.have.length(1)
    expect(all[0]).to.deep.include({
      name: 'badge.user_id',
      kind: 'badge',
      table: 'badges',
      from: null,
      then: { act: 'detach' },
    })
  })

  it('cannot be detached where NULL is forbidden, and nothing but detached', () => {
    expect(codes(run({ badges: toUser() }, [], { 'badges.user_id': { act: 'detach' } }))).to.deep.equal([
      'E_DETACH_NOT_NULL',
    ])
    expect(
      codes(run({ badges: nullableToUser() }, [], { 'badges.user_id': { act: 'erase' } })),
    ).to.deep.equal(['E_REFERENCE_RULE'])
  })

  it('that cascade make their table a kind', () => {
    const tables = { badges: nullableToUser({}, ' cascade') }
    expect(codes(run(tables, [], { 'badges.user_id': { act: 'detach' } }))).to.deep.equal([
      'E_CASCADE_OUTSIDE',
    ])
    const compiled = run(tables, [])
    expect(codes(compiled)).to.deep.equal(['E_UNCLASSIFIED_KEY'])
    expect(compiled.problems[0]?.params.stub).to.contain('kinds:').and.not.to.contain('detach')
  })

  it('include a second one from a kind that leaves: the rows of other people', () => {
    const messages: TableSpec = {
      columns: { id: 'int', sender: 'int', recipient: 'int null' },
      keys: ['sender -> users.id', 'recipient -> users.id'],
    }
    const message = kind('message', 'messages', {
      of: 'account',
      link: { columns: { sender: 'id' }, where: {} },
    })
    expect(codes(run({ messages }, [message]))).to.deep.equal(['E_UNCLASSIFIED_KEY'])
    expect(words({ messages }, [message], { 'message.recipient': { act: 'detach' } })).to.deep.equal([
      'detach message.recipient',
      'erase message',
    ])
  })

  it('include those from rows that stay to rows that go within the closure', () => {
    const tables: Tables = {
      orders: toUser({ ship: 'text' }),
      invoices: {
        columns: { id: 'int', user_id: 'int null', order_id: 'int null' },
        keys: ['user_id -> users.id', 'order_id -> orders.id'],
      },
    }
    const invoice = kind('invoice', 'invoices', { of: 'account' })
    const but: But = { invoice: { act: 'detach' } }
    expect(codes(run(tables, [order, invoice], but))).to.deep.equal(['E_UNCLASSIFIED_KEY'])
    expect(words(tables, [order, invoice], { ...but, 'invoice.order_id': { act: 'detach' } })).to.deep.equal([
      'detach invoice.order_id',
      'erase order',
      'detach invoice',
    ])
    expect(words(tables, [order, invoice]), 'both go: only an order').to.deep.equal([
      'erase invoice',
      'erase order',
    ])
  })
})

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
