/** Whose hold or restriction covers a row, and which rows of other policies leave unseen: settled by the plan. */
import { expect } from 'chai'
import { rightsOf } from '../../plan/grants.ts'
import {
  account,
  codes,
  compile,
  event,
  at,
  kind,
  mapOf,
  onlyPolicy,
  policy,
  schemaOf,
  users,
} from './site-builder.ts'

const personColumns = { ...users.columns, blocked: 'varchar(5) null' }
const orders = {
  columns: { id: 'int', user_id: 'int', paid_at: 'datetime', frozen: 'varchar(5) null', note: 'text null' },
  keys: ['user_id -> users.id'],
  indexes: ['paid_at'],
}
const orderLines = {
  columns: { id: 'int', order_id: 'int', kept: 'varchar(5) null', note: 'text null' },
  keys: ['order_id -> orders.id'],
}
const schema = schemaOf({
  users: { ...users, columns: personColumns },
  orders,
  order_lines: orderLines,
})
const person = { ...account, restricted: { blocked: ['yes'] } }
const order = kind('order', 'orders', {
  of: 'account',
  restricted: { frozen: ['yes'] },
  events: { paid: event([at('paid_at')]) },
  personal: { note: { strategy: 'blank' } },
})
const line = kind('line', 'order_lines', {
  of: 'order',
  restricted: { kept: ['yes'] },
  personal: { note: { strategy: 'blank' } },
})
/** Another name for the rows of `orders`. */
const sale = kind('sale', 'orders', {
  of: 'account',
  restricted: { note: ['legal'] },
  except: { note: ['lasting'] },
})
const map = mapOf([person, order, line, sale])
const ofOrders = { countedFrom: 'paid' }

describe('what covers a row', () => {
  it('is above an order its customer, and the same rows under another name', () => {
    const { owners } = onlyPolicy(compile(schema, map, [policy('order', ofOrders)]))
    const short = owners.map((one) => [one.kind, one.table, one.hops.length, one.restricted.length])
    expect(short).to.deep.equal([
      ['order', 'orders', 0, 0],
      ['sale', 'orders', 0, 1],
      ['account', 'users', 1, 1],
    ])
    const up = owners[2]?.hops[0]
    expect([up?.table, up?.columns]).to.deep.equal(['users', [{ own: 'user_id', parent: 'id' }]])
  })

  it('is below a customer all that leaves or changes with them, with the way down', () => {
    const { below } = onlyPolicy(compile(schema, map))
    const found = below.map(({ kind, joins, restricted }) =>
      [kind, ...joins.map(({ table }) => table), restricted.length].join(' '),
    )
    expect([...new Set(found)].sort()).to.deep.equal([
      'line orders order_lines 1',
      'order orders 1',
      'sale orders 1',
    ])
  })

  it('is nothing below where the link alone is emptied', () => {
    const loose = { orders: { ...orders, columns: { ...orders.columns, user_id: 'int null' } } }
    const apart = schemaOf({ users: { ...users, columns: personColumns }, ...loose, order_lines: orderLines })
    const kept = policy('account', {
      but: { order: { act: 'keep', because: 'The law.' }, sale: { act: 'keep', because: 'The law.' } },
    })
    const { below } = onlyPolicy(compile(apart, map, [kept]))
    expect(below).to.deep.equal([])
  })
})

describe('an exception', () => {
  const lasting = { ...line, except: { kept: ['for ever'] } }
  const blessed = { ...person, except: { blocked: ['no'] } }
  const plan = (data: string, more: Parameters<typeof policy>[1] = {}) =>
    onlyPolicy(compile(schema, mapOf([blessed, order, lasting, sale]), [policy(data, more)]))

  it('is asked of all that leaves or changes with a row', () => {
    const { below } = plan('account')
    const asked = below.filter(({ except }) => except.length > 0)
    expect(new Set(asked.map(({ kind }) => kind))).to.deep.equal(new Set(['line', 'sale']))
    expect(asked.find(({ kind }) => kind === 'line')?.except).to.deep.equal([
      { column: 'kept', values: ['for ever'] },
    ])
  })

  it('is asked of the row under another name, and not of what the row hangs on', () => {
    const { owners } = plan('order', ofOrders)
    expect(owners.map(({ kind, except }) => [kind, except.length])).to.deep.equal([
      ['order', 0],
      ['sale', 1],
      ['account', 0],
    ])
  })

  it('is not asked of the other rows of a table that several kinds share', () => {
    const of = (name: string, about: string, more: Parameters<typeof kind>[2] = {}) =>
      kind(name, 'orders', {
        ...{
          of: 'account',
          events: order.events,
          link: { columns: { user_id: 'id' }, where: { note: about } },
        },
        ...more,
      })
    const alone = schemaOf({ users, orders })
    const asked = (about: string) => {
      const letter = of('letter', about, { except: { frozen: ['no'] } })
      const kinds = [account, of('photo', 'photo'), letter]
      const photos = policy('photo', { id: 'photos', ...ofOrders })
      const { policies } = compile(alone, mapOf(kinds), [policy('account'), photos]).plan
      const [people, own] = policies
      return [
        own?.owners.find((one) => one.kind === 'letter')?.except.length,
        ...(people?.below ?? []).map(({ kind, joins, except }) => {
          return [joins[0]?.where[0]?.value, kind, except.length].join(' ')
        }),
      ]
    }
    expect(asked('letter')).to.deep.equal([
      0,
      'photo photo 0',
      'photo letter 0',
      'letter letter 1',
      'letter photo 0',
    ])
    expect(asked('Photo'), 'to most servers the same rows').to.include.members([1, 'photo letter 1'])
  })

  it('can be read by the account that plans', () => {
    const free = { restricted: {} }
    const kinds = [account, { ...order, ...free }, { ...lasting, ...free }, { ...sale, ...free }]
    const read = (data: string, table: string, more: Parameters<typeof policy>[1] = {}) => {
      const planned = onlyPolicy(compile(schema, mapOf(kinds), [policy(data, more)]))
      return rightsOf([planned]).find((one) => one.table === table)?.select
    }
    expect(read('account', 'order_lines')).to.include('kept')
    expect(read('account', 'orders')).to.include('note')
    expect(read('order', 'orders', ofOrders)).to.include('note')
  })

  it('that the column cannot hold refuses the policy that would take the row along', () => {
    const numbered = { ...order, except: { user_id: ['nobody'] } }
    const compiled = compile(schema, mapOf([account, numbered, line]))
    expect(codes(compiled)).to.include('E_VALUE_TYPE')
    expect(compiled.plan.policies).to.deep.equal([])
  })
})

describe('marks of other policies', () => {
  const clean = policy('order', { id: 'clean', ...ofOrders, then: 'anonymise' })
  const marks = (more: Parameters<typeof policy>[1]) =>
    compile(schema, map, [policy('account', more), clean]).plan.policies[0]?.marks

  it('go with the rows that a policy erases, also with those that leave with its own', () => {
    expect(marks({})).to.deep.equal([{ table: 'orders', policies: ['clean'] }])
    const both = compile(schema, map, [policy('order', ofOrders), clean]).plan.policies
    expect(both.map((one) => one.marks)).to.deep.equal([[{ table: 'orders', policies: ['clean'] }], []])
  })

  it('stay where the rows stay', () => {
    expect(marks({ then: 'anonymise' })).to.deep.equal([])
  })
})
