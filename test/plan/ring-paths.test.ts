/** Which of several references opens a ring, and how a ring that stays shut is told. */
import { expect } from 'chai'
import { strongComponents } from '../../plan/step-order.ts'
import { line, lines, order, run, steps, toUser, type But, type Tables } from './departures.ts'
import { kind } from './site-builder.ts'

const told = (...of: Parameters<typeof run>) =>
  run(...of).problems.map(({ code, table, column, params }) => [code, table, column, params])
const opened = (...of: Parameters<typeof run>) => steps(...of).map(({ name, nullFirst }) => [name, nullFirst])

describe('a ring', () => {
  const main = (type: string, more: Readonly<Record<string, string>> = {}, keys: readonly string[] = []) => ({
    columns: { id: 'int', user_id: 'int', main: type, ship: 'text', ...more },
    keys: ['user_id -> users.id', 'main -> order_lines.id', ...keys],
  })
  const loose = { ...line, link: { columns: { order_id: 'id' }, where: {} } }
  const unheld = { ...lines, keys: [], indexes: ['order_id'] }

  it('is opened inside itself', () => {
    const note = kind('note', 'notes', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } })
    const notes = {
      columns: { id: 'int', user_id: 'int', o: 'int null' },
      keys: ['user_id -> users.id', 'o -> orders.id'],
    }
    const tables: Tables = { notes, orders: main('int null'), order_lines: lines }
    expect(opened(tables, [note, order, line])).to.deep.equal([
      ['note', []],
      ['line', []],
      ['order', ['main']],
    ])
  })

  it('is opened at a link that nothing enforces before one that may be NULL', () => {
    expect(opened({ orders: main('int null'), order_lines: unheld }, [order, loose])).to.deep.equal([
      ['order', []],
      ['line', []],
    ])
  })

  it('is opened where all columns of a reference may be NULL, or not at all', () => {
    const of = (c: string, n: string) => ({
      orders: {
        columns: { id: 'int', user_id: 'int', ship: 'text', c, n },
        keys: ['user_id -> users.id', 'c+n -> order_lines.id+nr'],
      },
      order_lines: { ...lines, columns: { ...lines.columns, nr: 'int' }, unique: ['id,nr'] },
    })
    expect(opened(of('int null', 'int null'), [order, line])).to.deep.equal([
      ['line', []],
      ['order', ['c', 'n']],
    ])
    for (const [c, n] of [
      ['int', 'int null'],
      ['int null', 'int'],
    ] as const)
      expect(told(of(c, n), [order, line])).to.deep.equal([
        ['E_CYCLE', 'orders', null, { path: 'order.c+n → line.order_id → order' }],
      ])
  })

  it('is not opened at what the row of that step archives, whatever the first step does', () => {
    const first = kind('note', 'notes', { of: 'account' })
    const archived = { ...order, archive: { into: 'old', columns: { main: 'main' } } }
    const tables: Tables = {
      notes: toUser(),
      orders: main('int null'),
      order_lines: lines,
      old: { columns: { id: 'int', main: 'int null' } },
    }
    const but: But = { order: { act: 'archive', under: null } }
    expect(told(tables, [first, archived, line, kind('old', 'old')], but)).to.deep.equal([
      ['E_CYCLE', 'orders', null, { path: 'order.main → line.order_id → order' }],
    ])
  })

  it('ends its path where it closes, which need not be where it begins', () => {
    const a = kind('a', 'a', { of: 'account', link: { columns: { user_id: 'id' }, where: {} } })
    const b = { ...a, name: 'b', table: 'b' }
    const c = { ...a, name: 'c', table: 'c' }
    const table = (...to: readonly string[]) => ({
      columns: { id: 'int', user_id: 'int', ...Object.fromEntries(to.map((name) => [`to_${name}`, 'int'])) },
      keys: ['user_id -> users.id', ...to.map((name) => `to_${name} -> ${name}.id`)],
    })
    const path = run({ a: table('b'), b: table('c'), c: table('b', 'a') }, [b, c, a]).problems[0]?.params.path
    expect(path).to.equal('a.to_b → b.to_c → c.to_b → b')
  })

  it('is found once, with all that is in it and nothing else', () => {
    const found = (names: string, ...edges: readonly string[]) =>
      strongComponents(
        names.split(' '),
        edges.map(([from = '', to = '']) => ({ from, to })),
      ).map((one) => one.join(''))
    expect(found('a b', 'ba')).to.deep.equal(['a', 'b'])
    expect(found('a b', 'ab')).to.deep.equal(['b', 'a'])
    expect(found('a b c', 'ab', 'bc', 'cb')).to.deep.equal(['bc', 'a'])
    expect(found('a b c', 'ab', 'bc', 'ca')).to.deep.equal(['abc'])
    expect(found('a b c d', 'ba', 'bc', 'cd', 'db', 'da')).to.deep.equal(['a', 'bcd'])
  })
})
