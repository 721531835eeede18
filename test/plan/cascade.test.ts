import { expect } from 'chai'
import {
  run,
  steps,
  words,
  toUser,
  nullableToUser,
  order,
  line,
  lines,
  type Tables,
  type But,
} from './departures.ts'
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
      numbers: ['order_id'],
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
    expect(codes(run({ members: toUser() }, [member], { member: { act: 'erase' } }))).to.deep.equal([
      'E_PERSON_WITH_PERSON',
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
