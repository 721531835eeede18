/** What is told of a policy or a link that cannot be tied, and nothing beside it. */
import { expect } from 'chai'
import type { Kind } from '../../policies/data-map.ts'
import type { Policy } from '../../policies/policy.ts'
import { waivable, whatIsWaived } from '../../plan/waived.ts'
import { line, lines, order } from './departures.ts'
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

const sessions: TableSpec = {
  columns: { id: 'int', user_id: 'int', started_at: 'datetime' },
  keys: ['user_id -> users.id'],
}
const notes: TableSpec = { columns: { id: 'int', state: 'varchar(9)', at: 'datetime' } }
const session = kind('session', 'sessions', { of: 'account' })
const note = kind('note', 'notes')

function site(own: Partial<Kind>, its: Partial<Policy> = {}, table: Partial<TableSpec> = {}) {
  const tables = schemaOf({ users: { ...users, ...table }, sessions, notes })
  return compile(tables, mapOf([{ ...account, ...own }, session, note]), [policy('account', its)])
}
const told = (...of: Parameters<typeof site>) =>
  site(...of).problems.map(({ code, table, column }) => [code, table, column])
const seen = (...of: Parameters<typeof event>) => ({ events: { seen: event(...of) } })
/** A search of it would be refused as well. */
const unsearched = { indexes: [], roughRows: null }

describe('a clock that is not settled', () => {
  it('is not asked for an index', () => {
    expect(told({}, {}, unsearched)).to.deep.equal([['E_INDEX_MISSING', 'users', 'seen_at']])
    expect(told({}, { keepAtMost: null }, unsearched)).to.deep.equal([['E_NO_TERM', null, null]])
    expect(told(seen([at('seen_at'), at('sen_at')]), {}, unsearched)).to.deep.equal([
      ['E_UNKNOWN_COLUMN', 'users', 'sen_at'],
    ])
    expect(told(seen([at('seen_at')], { else: at('created') }), {}, unsearched)).to.deep.equal([
      ['E_UNKNOWN_COLUMN', 'users', 'created'],
    ])
    const narrow = at('sessions.started_at', { where: { nope: 'x' } })
    expect(told(seen([at('seen_at'), narrow]), {}, unsearched)).to.deep.equal([
      ['E_UNKNOWN_COLUMN', 'sessions', 'nope'],
    ])
  })

  it('counts from nothing', () => {
    const { plan, problems } = site(seen([]))
    expect([plan.policies, problems]).to.deep.equal([[], []])
  })

  it('stands where nothing leads to', () => {
    const way = { kind: 'account', kinds: '' }
    const spot = (of: ReturnType<typeof site>) =>
      of.problems.map(({ code, table, params }) => [code, table, params])
    expect(spot(site(seen([at('seen_at'), at('notes.at')])))).to.deep.equal([['E_NO_WAY', 'notes', way]])
    const states = { open: { 'notes.state': ['a'] } }
    expect(spot(site({ states }, { notWhile: ['open'] }))).to.deep.equal([['E_NO_WAY', 'notes', way]])
  })

  it('is a float by its name from the start', () => {
    const clock = seen([at('seen_at', { format: 'epoch seconds' })])
    const typed = (type: string) => told(clock, {}, { columns: { ...users.columns, seen_at: type } })[0]?.[0]
    expect([typed('float'), typed('unfloat')]).to.deep.equal(['E_CLOCK_TYPE', 'E_CLOCK_FORMAT'])
  })
})

describe('a clock that is settled', () => {
  it('ends a cap on consents of every kind with the start of the last day', () => {
    const ends = (category: string) => onlyPolicy(site({ category })).clock.ends
    expect(['cookie', 'consent', 'cookie_consent', 'account'].map(ends)).to.deep.equal([
      'same day',
      'same day',
      'same day',
      'next day',
    ])
  })

  it('narrows the last of the joins that lead to it', () => {
    const source = at('order_lines.at', { where: { nr: '007' } })
    const tables = {
      users,
      orders: { columns: { id: 'int', user_id: 'int', ship: 'text' }, keys: ['user_id -> users.id'] },
      order_lines: { ...lines, columns: { ...lines.columns, at: 'datetime', nr: 'int' } },
    }
    const kinds = [{ ...account, ...seen([at('seen_at'), source]) }, order, line]
    const { clock } = onlyPolicy(compile(schemaOf(tables), mapOf(kinds)))
    expect(clock.sources[1]?.joins).to.deep.equal([
      {
        table: 'orders',
        columns: [{ own: 'user_id', parent: 'id' }],
        where: [],
        enforced: true,
        numbers: ['user_id'],
      },
      {
        table: 'order_lines',
        columns: [{ own: 'order_id', parent: 'id' }],
        where: [{ column: 'nr', value: '7', family: 'integer' }],
        enforced: true,
        numbers: ['order_id'],
      },
    ])
  })

  it('has one join to rows that hang on its own, and may count from another column', () => {
    const source = at('sessions.started_at', { where: { id: '7' } })
    const { clock } = onlyPolicy(site(seen([at('seen_at'), source], { else: at('seen_at') })))
    expect(clock.sources[1]?.joins).to.have.length(1)
    expect(clock.else?.column).to.equal('seen_at')
  })

  it('stands in the table before the last dot', () => {
    const place = ''
    expect(whatIsWaived('a.b.c', 'own')).to.deep.equal({ table: 'a.b', column: 'c', place })
    expect(whatIsWaived('c', 'own')).to.deep.equal({ table: 'own', column: 'c', place })
    expect(whatIsWaived('.c', 'own')).to.deep.equal({ table: '', column: 'c', place })
    for (const inside of [' $.a.b', ' (key = a.b c)'])
      expect(whatIsWaived(`b.c${inside}`, 'own')).to.deep.equal({ table: 'b', column: 'c', place: inside })
  })

  it('is not spoken against by a whole column, or by one place in it', () => {
    const sign = { table: 'users', column: 'prefs' }
    expect(waivable(sign)).to.deep.equal(['users.prefs'])
    expect(waivable({ ...sign, place: ' $.seen' })).to.deep.equal(['users.prefs', 'users.prefs $.seen'])
  })
})

describe('a policy', () => {
  it('compares with values as the column holds them', () => {
    const only = [{ column: 'referred_by', test: 'is one of', values: ['007', '8'] }] as const
    expect(onlyPolicy(site({}, { only })).only).to.deep.equal([
      { ...only[0], values: ['7', '8'], family: 'integer' },
    ])
  })

  it('that is refused leaves what the map warns of elsewhere', () => {
    const clock = seen([at('seen_at'), at('sen_at'), at('sen_ta')])
    expect(told(clock, {}, { triggers: ['touch'] })).to.deep.equal([
      ['W_TRIGGERS', 'users', null],
      ['E_UNKNOWN_COLUMN', 'users', 'sen_at'],
      ['E_UNKNOWN_COLUMN', 'users', 'sen_ta'],
    ])
  })
})

describe('a link', () => {
  const shops: TableSpec = {
    columns: { country: 'int', nr: 'int', user_id: 'int' },
    primaryKey: ['country', 'nr'],
    keys: ['user_id -> users.id'],
  }
  const visits: TableSpec = {
    columns: { id: 'int', c: 'int', n: 'int', code: 'varchar(9)', type: 'int' },
    indexes: ['type,c,n'],
  }
  const linked = (columns: Readonly<Record<string, string>>, where: Readonly<Record<string, string>> = {}) =>
    compile(
      schemaOf({ users, shops, visits }),
      mapOf([
        account,
        kind('shop', 'shops', { of: 'account', key: ['country', 'nr'] }),
        kind('visit', 'visits', { of: 'shop', link: { columns, where } }),
      ]),
    )
  const wrong = (...of: Parameters<typeof linked>) =>
    linked(...of).problems.map(({ code, table, column }) => [code, table, column])
  const broken = ['E_BROKEN_KIND', 'visits', null]

  it('that is wrong breaks its kind, whatever else fits', () => {
    expect(wrong({ c: 'country', n: 'nr' }, { type: '1' })).to.deep.equal([])
    expect(wrong({ x: 'country' })).to.deep.equal([['E_UNKNOWN_COLUMN', 'visits', 'x'], broken])
    expect(wrong({ code: 'country' })).to.deep.equal([['E_LINK_TYPES', 'visits', 'code'], broken])
    expect(wrong({ c: 'country' }, { typ: '1' })).to.deep.equal([
      ['E_UNKNOWN_COLUMN', 'visits', 'typ'],
      broken,
    ])
    expect(wrong({ x: 'country', n: 'nr' })).to.deep.equal([['E_UNKNOWN_COLUMN', 'visits', 'x'], broken])
    expect(wrong({ code: 'country', n: 'nr' })).to.deep.equal([['E_LINK_TYPES', 'visits', 'code'], broken])
    expect(wrong({ c: 'country', n: 'nr' }, { typ: '1' })).to.deep.equal([
      ['E_UNKNOWN_COLUMN', 'visits', 'typ'],
      broken,
    ])
  })

  it('compares constants as the column holds them', () => {
    const [step] = onlyPolicy(linked({ c: 'country', n: 'nr' }, { type: '007' })).steps
    expect(step?.join.where).to.deep.equal([{ column: 'type', value: '7', family: 'integer' }])
  })
})
