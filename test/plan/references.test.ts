import { expect } from 'chai'
import { run, steps, words, toUser, nullableToUser, order, type Tables, type But } from './departures.ts'
import {
  account,
  codes,
  compile,
  kind,
  mapOf,
  policy,
  schemaOf,
  users,
  type TableSpec,
} from './site-builder.ts'

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

describe('a key that deletes rows along, and kinds with constants', () => {
  const problems = (rule: string, wheres: readonly Readonly<Record<string, string>>[]) => {
    const files = {
      columns: { id: 'int', user_id: 'int', type: 'varchar(9)' },
      keys: [`user_id -> users.id ${rule}`],
    }
    const kinds = wheres.map((where, i) =>
      kind(`file${i}`, 'files', { of: 'account', link: { columns: { user_id: 'id' }, where } }),
    )
    return compile(schemaOf({ users, files }), mapOf([account, ...kinds])).problems
  }
  const told = (...of: Parameters<typeof problems>) => problems(...of).map(({ code }) => code)

  it('is refused, because rows of other constants would go unseen', () => {
    expect(told('cascade', [{ type: 'photo' }])).to.deep.equal(['E_CASCADE_OTHER_ROWS'])
    expect(told('cascade', [{ type: 'photo' }, { type: 'scan' }])).to.deep.equal(['E_CASCADE_OTHER_ROWS'])
    expect(problems('cascade', [{ type: 'photo' }, { type: 'scan' }])[0]).to.deep.include({
      column: 'user_id',
      params: { key: 'files_user_id', toTable: 'users', kinds: 'file0, file1' },
    })
  })

  it('is fine where all rows are known, or where the server refuses to take them along', () => {
    expect(told('cascade', [{}])).to.deep.equal([])
    expect(told('cascade', [{ type: 'photo' }, {}])).to.deep.equal([])
    expect(told('restrict', [{ type: 'photo' }])).to.deep.equal([])
  })
})
