/** What ties a policy to the live tables, and each way in which it cannot be tied. */
import { expect } from 'chai'
import type { Event, Kind } from '../../policies/data-map.ts'
import type { Policy } from '../../policies/policy.ts'
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
  type TableSpec,
} from './site-builder.ts'

const sessions: TableSpec = {
  columns: { id: 'int', user_id: 'int', started_at: 'datetime' },
  keys: ['user_id -> users.id'],
}
const session = kind('session', 'sessions', { of: 'account' })

function compiled(own: Partial<Kind>, its: Partial<Policy> = {}, table: Partial<TableSpec> = {}) {
  const tables = { users: { ...users, ...table }, sessions }
  return compile(schemaOf(tables), mapOf([{ ...account, ...own }, session]), [policy('account', its)])
}

function told(...of: Parameters<typeof compiled>): readonly unknown[] {
  return compiled(...of).problems.map(({ code, table, column }) => [code, table, column])
}

const seen = (...of: Parameters<typeof event>): { readonly events: { readonly seen: Event } } => ({
  events: { seen: event(...of) },
})

describe('a clock that cannot be settled', () => {
  it('has no term', () => {
    const none = compiled({}, { keepAtMost: null })
    expect(codes(none)).to.deep.equal(['E_NO_TERM'])
    expect(none.plan.policies).to.deep.equal([])
  })

  it('has a source that is not there, or in a table that is not', () => {
    expect(told(seen([at('seen_at'), at('sen_at')]))).to.deep.equal([['E_UNKNOWN_COLUMN', 'users', 'sen_at']])
    expect(told(seen([at('seen_at'), at('sesions.started_at')]))).to.deep.equal([
      ['E_UNKNOWN_TABLE', 'sesions', null],
    ])
    expect(compiled(seen([at('seen_at'), at('sesions.started_at')])).problems[0]?.params).to.include({
      near: 'sessions',
    })
    expect(told(seen([at('seen_at')], { else: at('created') }))).to.deep.equal([
      ['E_UNKNOWN_COLUMN', 'users', 'created'],
    ])
  })

  it('is a number that shows less than it holds', () => {
    const columns = { ...users.columns, seen_at: 'float' }
    const broken = compiled(seen([at('seen_at', { format: 'epoch seconds' })]), {}, { columns })
    expect(broken.problems.map(({ code, params }) => [code, params.type])).to.deep.equal([
      ['E_CLOCK_TYPE', 'float'],
    ])
  })

  it('names every format that a type can hold', () => {
    const columns = { ...users.columns, seen_at: 'int' }
    expect(compiled({}, {}, { columns }).problems[0]?.params.formats).to.equal(
      'epoch seconds, epoch milliseconds, 14 digits',
    )
  })

  it('waives a column or a table that does not exist', () => {
    const waived = (path: string) => told(seen([at('seen_at')], { waived: { [path]: 'because' } }))
    expect(waived('status')).to.deep.equal([])
    expect(waived('sessions.started_at')).to.deep.equal([])
    expect(waived('statsu')).to.deep.equal([['E_UNKNOWN_COLUMN', 'users', 'statsu']])
    expect(waived('sessions.started')).to.deep.equal([['E_UNKNOWN_COLUMN', 'sessions', 'started']])
    expect(waived('status $.seen')).to.deep.equal([])
    expect(waived('sessions.started_at (id = 3)')).to.deep.equal([])
    expect(waived('statsu $.seen')).to.deep.equal([['E_UNKNOWN_COLUMN', 'users', 'statsu']])
    expect(waived('sessions.started_at (word = seen)')).to.deep.equal([
      ['E_UNKNOWN_COLUMN', 'sessions', 'word'],
    ])
    expect(waived('sesions.started_at')).to.deep.equal([['E_UNKNOWN_TABLE', 'sesions', null]])
  })
})

describe('a clock', () => {
  it('of digits is read in the zone in which the site stores its times', () => {
    const columns = { ...users.columns, seen_at: 'int' }
    const one = onlyPolicy(compiled(seen([at('seen_at', { format: '14 digits' })]), {}, { columns }))
    expect(one.clock.sources[0]?.clock.zone).to.equal('Europe/Berlin')
  })

  it('in seconds does not sort as text, and does as a number', () => {
    const read = (type: string) => {
      const columns = { ...users.columns, seen_at: type }
      return codes(compiled(seen([at('seen_at', { format: 'epoch seconds' })]), {}, { columns }))
    }
    expect(read('int')).to.deep.equal([])
    expect(read('varchar(20)')).to.deep.equal(['E_CLOCK_UNORDERED'])
  })

  it('may be searched by an index that begins with what the run compares with one value', () => {
    const index = (columns: string, its: Partial<Policy>, own: Partial<Kind> = {}) =>
      codes(
        compiled(own, its, {
          columns: { ...users.columns, gone_at: 'datetime null' },
          indexes: [columns],
          roughRows: null,
        }),
      )
    const only = [{ column: 'status', test: 'is one of', values: ['a'] }] as const
    expect(index('status,seen_at', {})).to.deep.equal(['E_INDEX_MISSING'])
    expect(index('status,seen_at', { only })).to.deep.equal([])
    const below = [{ column: 'referred_by', test: 'below', amount: '5' }] as const
    expect(index('referred_by,seen_at', { only: below })).to.deep.equal(['E_INDEX_MISSING'])
    const done = { done: { anonymise: 'gone_at' } }
    expect(index('gone_at,seen_at', { then: 'anonymise' }, done)).to.deep.equal([])
    expect(index('gone_at,seen_at', { then: 'erase' }, done)).to.deep.equal(['E_INDEX_MISSING'])
    expect(index('gone_at,seen_at', { then: 'archive' }, done)).to.include('E_INDEX_MISSING')
  })
})

describe('a policy that cannot be tied', () => {
  it('is about a kind that is not there, or is broken itself', () => {
    const of = (data: string, kinds: readonly Kind[]) =>
      compile(schemaOf({ users, sessions }), mapOf(kinds), [policy(data)]).problems.map(
        ({ code, policy: id, params }) => [code, id, params.kind],
      )
    expect(of('acount', [account])).to.deep.equal([['E_UNKNOWN_KIND', 'p', 'acount']])
    const broken = { ...account, table: 'usres' }
    expect(of('account', [broken])).to.deep.include(['E_BROKEN_KIND', 'p', 'account'])
    const withClock = { ...session, ...seen([at('started_at')]) }
    const typo = { ...account, personal: { emial: { strategy: 'blank' } } } as const
    expect(of('session', [typo, withClock]), 'what it hangs on').to.deep.include([
      'E_BROKEN_KIND',
      'p',
      'account',
    ])
  })

  it('compares a column that is not there, or is no number', () => {
    const only = (...conditions: Policy['only']) => told({}, { only: conditions })
    expect(only({ column: 'statsu', test: 'is one of', values: ['a'] })).to.deep.equal([
      ['E_UNKNOWN_COLUMN', 'users', 'statsu'],
    ])
    expect(only({ column: 'statsu', test: 'below', amount: '1' })).to.deep.equal([
      ['E_UNKNOWN_COLUMN', 'users', 'statsu'],
    ])
    expect(only({ column: 'status', test: 'at least', amount: '1' })).to.deep.equal([
      ['E_NOT_A_NUMBER', 'users', 'status'],
    ])
    const priced = { columns: { ...users.columns, price: 'decimal(9,2)' } }
    const above = { column: 'price', test: 'at least', amount: '1' } as const
    expect(onlyPolicy(compiled({}, { only: [above] }, priced)).only).to.deep.equal([above])
  })

  it('spares by a state in a table or a column that is not there', () => {
    const open = (path: string) => told({ states: { open: { [path]: ['a'] } } }, { notWhile: ['open'] })
    expect(open('status')).to.deep.equal([])
    expect(open('statsu')).to.deep.equal([['E_UNKNOWN_COLUMN', 'users', 'statsu']])
    expect(open('sesions.state')).to.deep.equal([['E_UNKNOWN_TABLE', 'sesions', null]])
    const files = {
      columns: { id: 'int', type: 'varchar(9)', owner: 'int', state: 'varchar(9)' },
      indexes: ['type,owner'],
    }
    const link = (type: string) => ({ of: 'account', link: { columns: { owner: 'id' }, where: { type } } })
    const stated = { ...account, states: { open: { 'files.state': ['a'] } } }
    const kinds = [stated, kind('photo', 'files', link('photo')), kind('scan', 'files', link('scan'))]
    const several = compile(schemaOf({ users, files }), mapOf(kinds), [
      policy('account', { notWhile: ['open'] }),
    ])
    expect(several.problems.map(({ code, params }) => [code, params.kinds])).to.deep.include([
      'E_AMBIGUOUS_WAY',
      'photo, scan',
    ])
  })
})

describe('a policy that is tied', () => {
  it('knows which of the tables that it writes have triggers', () => {
    const tables = {
      users: { ...users, triggers: ['touch'] },
      sessions,
      prices: { columns: { id: 'int' }, triggers: ['log'] },
    }
    const one = onlyPolicy(compile(schemaOf(tables), mapOf([account, session])))
    expect([one.triggered, one.writes, one.marks]).to.deep.equal([['users'], ['sessions', 'users'], []])
  })

  it('takes triggers that cannot be seen for some, and says of which tables in one line', () => {
    const unseen = (triggers: null | []) => ({
      users: { ...users, triggers },
      sessions: { ...sessions, triggers },
      prices: { columns: { id: 'int' }, triggers },
    })
    const some = compile(schemaOf(unseen(null)), mapOf([account, session]))
    expect(onlyPolicy(some).triggered).to.deep.equal(['sessions', 'users'])
    expect(some.problems.map(({ code, params, refuses }) => [code, params, refuses])).to.deep.equal([
      ['W_TRIGGERS_UNSEEN', { tables: 'sessions, users' }, false],
    ])
    const two = [policy('account', { but: { session: { act: 'erase' } } }), policy('price', { id: 'q' })]
    const price = kind('price', 'prices', { events: { seen: event([at('seen_at')]) } })
    const late = { columns: { id: 'int', seen_at: 'datetime' }, indexes: ['seen_at'], triggers: null }
    const both = compile(schemaOf({ ...unseen(null), prices: late }), mapOf([account, session, price]), two)
    expect(both.problems[0]?.params, 'of all policies, by name').to.deep.equal({
      tables: 'prices, sessions, users',
    })
    const none = compile(schemaOf(unseen([])), mapOf([account, session]))
    expect([onlyPolicy(none).triggered, none.problems]).to.deep.equal([[], []])
  })

  it('knows the constants of its rows', () => {
    const tables = {
      users,
      files: {
        columns: { id: 'int', user_id: 'int', sort: 'varchar(9)', made_at: 'datetime' },
        keys: ['user_id -> users.id'],
        indexes: ['made_at', 'sort,made_at'],
      },
    }
    const link = { columns: { user_id: 'id' }, where: { sort: 'photo' } }
    const photo = kind('photo', 'files', { of: 'account', link, events: { seen: event([at('made_at')]) } })
    const map = mapOf([account, photo])
    const own = (data: string) =>
      compile(schemaOf(tables), map, [policy(data)]).plan.policies.map(({ constants }) => constants)
    expect(own('photo')).to.deep.equal([[{ column: 'sort', value: 'photo' }]])
    expect(own('account')).to.deep.equal([[]])
  })

  it('archives its own rows into the table of another kind', () => {
    const kept = { columns: { id: 'int', mail: 'varchar(190)' } }
    const archiving = { ...account, archive: { into: 'old', columns: { mail: 'email' } } }
    const one = onlyPolicy(
      compile(schemaOf({ users, kept }), mapOf([archiving, kind('old', 'kept')]), [
        policy('account', { then: 'archive' }),
      ]),
    )
    expect(one.act).to.deep.equal({
      act: 'archive',
      changes: [],
      archive: { into: 'kept', columns: [{ to: 'mail', from: 'email' }] },
      done: null,
    })
    expect(one.writes).to.deep.equal(['kept', 'users'])
    expect(onlyPolicy(compile(schemaOf({ users }), mapOf([account]))).act).to.deep.equal({
      act: 'erase',
      changes: [],
      archive: null,
      done: null,
    })
  })
})
