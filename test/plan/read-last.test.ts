/** What is asked once more before COMMIT: as little as possible, since it costs a statement of every batch. */
import { expect } from 'chai'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import { isSameWay, lateQuestions, needsGaps, unguardedSteps } from '../../plan/read-last.ts'
import type { Kind } from '../../policies/data-map.ts'
import type { Policy } from '../../policies/policy.ts'
import {
  account,
  at,
  compile,
  event,
  kind,
  mapOf,
  onlyPolicy,
  policy,
  schemaOf,
  users,
  type TableSpec,
} from './site-builder.ts'

const orders: TableSpec = {
  columns: { id: 'int', user_id: 'int', status: 'varchar(9)', kind: 'varchar(9)', paid_at: 'datetime' },
  indexes: ['user_id', 'paid_at'],
}
const lines: TableSpec = {
  columns: { id: 'int', order_id: 'int', open: 'varchar(9)', late: 'varchar(9)', sent_at: 'datetime' },
  indexes: ['order_id', 'sent_at'],
}
const states = {
  order_open: { 'orders.status': ['paid'] },
  line_open: { 'lines.open': ['yes'], 'lines.late': ['yes'] },
  own: { frozen: ['yes'] },
}
const person = { ...account, states, restricted: { frozen: ['yes'] } }
const order = kind('order', 'orders', {
  of: 'account',
  link: { columns: { user_id: 'id' }, where: {} },
  events: { paid: event([at('paid_at')]) },
  restricted: { status: ['disputed'] },
})
const line = kind('line', 'lines', {
  of: 'order',
  link: { columns: { order_id: 'id' }, where: {} },
  events: { sent: event([at('sent_at')]) },
})

function compiled(
  change: Partial<Policy>,
  tables: Readonly<Record<'orders' | 'lines', TableSpec>>,
  kinds: readonly Kind[] = [person, order, line],
): CompiledPolicy {
  const people = { ...users, columns: { ...users.columns, frozen: 'varchar(9)' } }
  const one = policy('account', { notWhile: ['order_open', 'line_open', 'own'], ...change })
  return onlyPolicy(compile(schemaOf({ users: people, ...tables }), mapOf(kinds), [one]))
}

const loose = { orders, lines }
const tied = {
  orders: { ...orders, keys: ['user_id -> users.id'] },
  lines: { ...lines, keys: ['order_id -> orders.id'] },
}
const asked = (one: CompiledPolicy): readonly string[] =>
  lateQuestions(one).map(({ joins, states: named, restricted }) =>
    [...joins.map(({ table }) => table), ...[...named, ...restricted].map(({ column }) => column)].join(' '),
  )
const keep = { act: 'keep', because: 'The law.' } as const

describe('what is asked once more before COMMIT', () => {
  it('is no state of rows that leave, with a foreign key or without', () => {
    for (const tables of [tied, loose]) expect(asked(compiled({}, tables))).to.deep.equal([])
    expect(needsGaps(compiled({}, tied))).to.equal(false)
    expect(needsGaps(compiled({}, loose)), 'for the new ones').to.equal(true)
  })

  it('is no state of rows that are archived', () => {
    const one = compiled({}, loose)
    const archived = { ...one, act: { ...one.act, act: 'archive' } } as const
    expect(asked(archived)).to.deep.equal([])
    expect(unguardedSteps(archived)).to.deep.equal(one.steps)
    expect(
      unguardedSteps({ ...one, act: { ...one.act, act: 'anonymise' } }).map(({ name }) => name),
    ).to.deep.equal(['line'])
  })

  it('is the state of rows that only leave by another way', () => {
    const one = compiled({}, tied)
    const steps = one.steps.map((step) => (step.name === 'line' ? { ...step, from: 'invoice' } : step))
    expect(asked({ ...one, steps })).to.deep.equal(['orders lines open late'])
    const other = one.steps.map((step) =>
      step.name === 'order' ? { ...step, join: { ...step.join, table: 'invoices' } } : step,
    )
    expect(asked({ ...one, steps: other })).to.deep.equal(['orders status', 'orders lines open late'])
  })

  it('is every state elsewhere where the row itself stays, each way once, and none in the row', () => {
    for (const tables of [tied, loose])
      expect(asked(compiled({ then: 'anonymise' }, tables))).to.deep.equal([
        'orders status',
        'orders lines open late',
      ])
  })

  it('is the state of what stays', () => {
    expect(asked(compiled({ but: { order: keep } }, loose))).to.deep.equal([
      'orders status',
      'orders lines open late',
    ])
    expect(asked(compiled({ but: { line: keep } }, loose))).to.deep.equal(['orders lines open late'])
  })

  it('is the state of what leaves below something that stays, where others can join it', () => {
    const free = { ...orders, columns: { ...orders.columns, user_id: 'int null' } }
    const but = { order: { act: 'detach' }, line: { act: 'erase' } } as const
    expect(asked(compiled({ but }, { orders: free, lines }))).to.deep.equal(['orders lines open late'])
    const below = { ...tied.lines }
    expect(asked(compiled({ but }, { orders: free, lines: below }))).to.deep.equal([])
  })

  it('is no state for which no value is named', () => {
    const never = { ...person, states: { ...states, order_open: { 'orders.status': [] } } }
    const one = compiled({ then: 'anonymise' }, loose, [never, order, line])
    expect(asked(one)).to.deep.equal(['orders lines open late'])
  })

  it('is what restricts the rows above, under all their names at once, and not what restricts the row', () => {
    const above = { data: 'line', countedFrom: 'sent', notWhile: [] }
    const buyer = kind('buyer', 'users', { restricted: { email: ['no'] } })
    const sale = kind('sale', 'lines', { of: 'order', restricted: { open: ['law'] } })
    const one = compiled(above, tied, [person, order, line, buyer, sale])
    expect(asked(one)).to.deep.equal(['orders status', 'orders users frozen email'])
    expect(lateQuestions(one).map(({ joins }) => joins.map(({ columns }) => columns))).to.deep.equal([
      [[{ own: 'id', parent: 'order_id' }]],
      [[{ own: 'id', parent: 'order_id' }], [{ own: 'id', parent: 'user_id' }]],
    ])
    const orderAbove = { columns: [{ own: 'id', parent: 'order_id' }], where: [], enforced: false }
    expect(lateQuestions(one)[0]?.joins, 'nothing but the columns').to.deep.equal([
      { table: 'orders', ...orderAbove },
    ])
    expect(needsGaps(one), 'there is one of them').to.equal(false)
    expect(asked(compiled(above, tied, [{ ...person, restricted: {} }, order, line]))).to.deep.equal([
      'orders status',
    ])
  })

  it('is looked for above by bytes where the key is bytes', () => {
    const people = {
      ...users,
      columns: { ...users.columns, frozen: 'varchar(9)', uid: 'blob' },
      unique: ['uid'],
    }
    const spec = { ...orders, columns: { ...orders.columns, user_id: 'blob' } }
    const bought = { ...order, link: { columns: { user_id: 'uid' }, where: {} } }
    const schema = schemaOf({ users: people, orders: spec })
    const paid = policy('order', { countedFrom: 'paid' })
    const one = onlyPolicy(compile(schema, mapOf([{ ...person, states: {} }, bought]), [paid]))
    expect(lateQuestions(one).map(({ joins }) => joins.map(({ bytes }) => bytes))).to.deep.equal([[['uid']]])
  })
})

describe('the gaps that have to be locked for a state', () => {
  const gaps = (tables: typeof loose, notWhile: readonly string[]): boolean =>
    needsGaps(compiled({ then: 'anonymise', notWhile }, tables))

  it('are those of rows that do not wait for the root', () => {
    expect(gaps(loose, ['order_open'])).to.equal(true)
    expect(gaps(tied, ['order_open'])).to.equal(false)
    expect(gaps(tied, ['line_open']), 'nobody locks the order').to.equal(true)
    expect(gaps(loose, ['own'])).to.equal(false)
    expect(gaps(loose, [])).to.equal(false)
  })

  it('are those of a clock in rows that no foreign key ties', () => {
    const one = compiled({ then: 'anonymise', notWhile: [] }, tied)
    expect(needsGaps({ ...one, rereadLast: one.clock.sources })).to.equal(true)
    expect(needsGaps(one)).to.equal(false)
  })

  it('are those behind another column than the primary key of the root, whose index is not locked', () => {
    const spec = { ...orders, columns: { ...orders.columns, user_id: 'varchar(190)' } }
    const mail = { ...order, link: { columns: { user_id: 'email' }, where: {} } }
    const tables = { orders: { ...spec, keys: ['user_id -> users.email'] }, lines }
    const cut = { ...person, personal: { frozen: { strategy: 'blank' } } } as const
    const one = compiled({ then: 'anonymise', notWhile: ['order_open'] }, tables, [cut, mail, line])
    expect(one.states[0]?.joins[0]?.enforced).to.equal(true)
    expect(needsGaps(one)).to.equal(true)
  })
})

describe('two joins', () => {
  it('are the same way by table, columns and constants', () => {
    const columns = [
      { own: 'a', parent: 'x' },
      { own: 'b', parent: 'y' },
    ]
    const where = [
      { column: 'type', value: 'User' },
      { column: 'shop', value: '1' },
    ]
    const one = { table: 't', columns, where, enforced: true }
    expect(isSameWay(one, { ...one, columns: columns.toReversed(), where: where.toReversed() })).to.equal(
      true,
    )
    expect(isSameWay(one, { ...one, enforced: false })).to.equal(true)
    expect(isSameWay(one, { ...one, table: 'u' })).to.equal(false)
    expect(isSameWay(one, { ...one, columns: columns.slice(1) })).to.equal(false)
    expect(isSameWay(one, { ...one, where: [] })).to.equal(false)
  })
})

describe('a clock that is read once more at the end', () => {
  const sessions: TableSpec = {
    columns: { id: 'int', user_id: 'int null', used_at: 'datetime' },
    keys: ['user_id -> users.id'],
    indexes: ['user_id,used_at'],
  }
  const session = kind('session', 'sessions', { of: 'account' })
  const seen = { ...person, states: {}, events: { seen: event([at('seen_at'), at('sessions.used_at')]) } }
  const again = (kinds: readonly Kind[], but: Policy['but'], then: Policy['then'] = 'erase') => {
    const schema = schemaOf({
      users: { ...users, columns: { ...users.columns, frozen: 'varchar(9)' } },
      ...tied,
      sessions,
    })
    const one = onlyPolicy(compile(schema, mapOf([seen, ...kinds]), [policy('account', { but, then })]))
    return one.rereadLast.map(({ joins }) => joins.map(({ table }) => table).join())
  }

  it('is none in rows that leave, whatever else leaves', () => {
    expect(again([order, line, session], {})).to.deep.equal([])
  })

  it('is one in rows that stay', () => {
    expect(again([order, line, session], {}, 'anonymise')).to.deep.equal(['sessions'])
  })
})
