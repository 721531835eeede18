/** Tables that point at people in ways that are easily taken for others. */
import { expect } from 'chai'
import { findGaps, type Gap } from '../../plan/coverage.ts'
import type { Kind } from '../../policies/data-map.ts'
import { account, kind, mapOf, policy, schemaOf, users, type TableSpec } from './site-builder.ts'

function gaps(tables: Readonly<Record<string, TableSpec>>, kinds: readonly Kind[]): readonly Gap[] {
  return findGaps([policy('account')], mapOf([account, ...kinds]), schemaOf({ users, ...tables }))
}

function names(found: readonly Gap[]): readonly string[] {
  return found.map(({ kind, table, column }) => `${kind}: ${table}.${column ?? ''}`)
}

describe('a table that points', () => {
  it('at things is no gap, although they are a kind', () => {
    const tables = {
      products: { columns: { id: 'int' } },
      marks: { columns: { id: 'int', product_id: 'int' } },
    }
    expect(gaps(tables, [kind('product', 'products')])).to.deep.equal([])
  })

  it('at the second of two kinds of people is of that kind', () => {
    const tables = {
      learners: { columns: { id: 'int' } },
      marks: { columns: { id: 'int', learner_id: 'int' } },
    }
    const [gap] = gaps(tables, [kind('pupil', 'learners', { subject: true })])
    expect(gap?.stub).to.contain('    of: pupil\n    link: { learner_id: id }')
  })

  it('in one word is of the table that follows, and of each table that a column may mean', () => {
    const clients: TableSpec = { columns: { idclient: 'int', mdp: 'varchar(60)' }, primaryKey: ['idclient'] }
    const points: TableSpec = { columns: { nr: 'int', idclient: 'int' }, primaryKey: ['nr'] }
    const client = kind('client', 'clients', { subject: true, key: ['idclient'] })
    expect(gaps({ clients, points }, [client])[0]?.stub).to.contain(
      '    of: client\n    link: { idclient: idclient }',
    )
    const lookup: TableSpec = {
      columns: { customer_id: 'int', spent: 'decimal' },
      primaryKey: ['customer_id'],
    }
    const orders: TableSpec = { columns: { id: 'int', customer_id: 'int' } }
    const stub = gaps({ lookup, orders }, []).find(({ table }) => table === 'orders')?.stub
    expect(stub).to.contain('    of: account\n    link: { customer_id: id }')
  })

  it('by a key of several columns names them all', () => {
    const columns = { site: 'int', nr: 'int' }
    const tables: Readonly<Record<string, TableSpec>> = {
      staff: { columns: { ...columns, title: 'text' }, primaryKey: ['site', 'nr'] },
      badges: { columns: { id: 'int', ...columns } },
    }
    const clerk = kind('worker', 'staff', { subject: true, key: ['site', 'nr'] })
    const found = gaps(tables, [clerk])
    expect(names(found)).to.deep.equal(['table: badges.site, nr'])
    expect(found[0]?.stub).to.contain('    of: worker\n    link: { site: site, nr: nr }')
  })

  it('by the name of the kind: an id of any type, a code of the type of the key alone', () => {
    const of = (column: string, type: string, more: Partial<Kind> = {}) =>
      names(
        gaps({ learners: { columns: { id: 'int' } }, marks: { columns: { id: 'int', [column]: type } } }, [
          kind('nomad', 'learners', { subject: true, ...more }),
        ]),
      )
    expect(of('nomad_code', 'int')).to.deep.equal(['table: marks.nomad_code'])
    expect(of('nomad_code', 'varchar(9)')).to.deep.equal([])
    expect(of('nomad_id', 'varchar(36)')).to.deep.equal(['table: marks.nomad_id'])
    expect(of('nomad_code', 'int', { table: 'gone' }), 'a table that is not there').to.deep.equal([])
    expect(of('nomad_code', 'int', { key: ['gone'] }), 'a key that is not there').to.deep.equal([])
  })
})

describe('a table that points at what people have', () => {
  const orders: TableSpec = { columns: { id: 'int', user_id: 'int' }, keys: ['user_id -> users.id'] }
  const order = kind('order', 'orders', { of: 'account' })
  const of = (cards: TableSpec, kinds: readonly Kind[] = [order], above = orders) =>
    gaps({ orders: above, cards }, kinds)

  it('by a name alone is a gap', () => {
    const [gap, second] = of({ columns: { id: 'int', order_id: 'int', wording: 'text' } })
    expect([gap?.kind, gap?.table, gap?.column, second]).to.deep.equal([
      'table',
      'cards',
      'order_id',
      undefined,
    ])
    expect(gap?.stub).to.contain(
      '  cards:\n    table: cards\n    key: [id]\n    of: order\n    link: { order_id: id }',
    )
  })

  it('several kinds below them is one', () => {
    const tables: Readonly<Record<string, TableSpec>> = {
      orders,
      parcels: { columns: { id: 'int', order_id: 'int' }, keys: ['order_id -> orders.id'] },
      scans: { columns: { id: 'int', parcel_id: 'int' } },
    }
    const parcel = kind('parcel', 'parcels', { of: 'order' })
    expect(names(gaps(tables, [order, parcel]))).to.deep.equal(['table: scans.parcel_id'])
  })

  it('by the name of the kind is one', () => {
    const purchase = kind('purchase', 'orders', { of: 'account' })
    expect(names(of({ columns: { id: 'int', purchase_id: 'int' } }, [purchase]))).to.deep.equal([
      'table: cards.purchase_id',
    ])
  })

  it('and at a person is of the person', () => {
    const [gap] = of({ columns: { id: 'int', order_id: 'int', user_id: 'int' } })
    expect(gap?.stub).to.contain('    of: account\n')
  })

  it('is none where nobody has it, or where a key says so, which the plan refuses', () => {
    const cards = { columns: { id: 'int', order_id: 'int' } }
    expect(of(cards, [kind('order', 'orders')])).to.deep.equal([])
    expect(of(cards, [kind('order', 'orders', { of: 'gone' })])).to.deep.equal([])
    expect(of(cards, [kind('order', 'orders', { of: 'order' })])).to.deep.equal([])
    expect(of({ ...cards, keys: ['order_id -> orders.id'] })).to.deep.equal([])
  })

  it('is none by a value of another type, nor at a table of which they own some rows', () => {
    expect(of({ columns: { id: 'int', order_id: 'varchar(9)' } })).to.deep.equal([])
    const link = { columns: { user_id: 'id' }, where: { owner: 'user' } }
    expect(of({ columns: { id: 'int', order_id: 'int' } }, [{ ...order, link }])).to.deep.equal([])
  })
})

describe('data that hangs on another kind', () => {
  it('goes with the people where nothing rules what is in between', () => {
    const tables: Readonly<Record<string, TableSpec>> = {
      orders: { columns: { id: 'int', user_id: 'int' }, keys: ['user_id -> users.id'] },
      notes: { columns: { id: 'int', order_id: 'int', body: 'text' }, keys: ['order_id -> orders.id'] },
    }
    const order = kind('order', 'orders', { of: 'account' })
    const note = kind('note', 'notes', { of: 'order', personal: { body: { strategy: 'blank' } } })
    expect(gaps(tables, [order, note])).to.deep.equal([])
  })
})
