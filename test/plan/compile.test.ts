import { expect } from 'chai'
import { civilDate, startOfDay } from '../../plan/civil.ts'
import { decodeTime, encodeCutoff } from '../../plan/clock-value.ts'
import { cutoff, dueFrom } from '../../plan/deadline.ts'
import type { Kind, TimeColumn } from '../../policies/data-map.ts'
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
} from './site-builder.ts'

const sessions = {
  columns: { id: 'int', user_id: 'int', started_at: 'int' },
  keys: ['user_id -> users.id'],
  indexes: ['started_at'],
}
const session = kind('session', 'sessions', { of: 'account' })

describe('compiling a policy', () => {
  it('settles key families, clock, zone and first believable day', () => {
    const one = onlyPolicy(compile(schemaOf({ users }), mapOf([account])))
    expect(one.key).to.deep.equal([{ name: 'id', family: 'integer' }])
    expect(one.clock.sources).to.deep.equal([
      {
        joins: [],
        clock: {
          column: 'seen_at',
          format: 'datetime',
          zone: 'Europe/Berlin',
          never: [null],
          ordered: true,
          family: 'datetime',
        },
      },
    ])
    expect(one.clock.notBefore).to.equal(startOfDay('2010-01-01', 'Europe/Paris'))
    expect(one.clock.zone).to.equal('Europe/Paris')
    expect(one.clock.ends).to.equal('next day')
    expect(one.writes).to.deep.equal(['users'])
    expect(one.owners).to.deep.equal([
      { kind: 'account', hops: [], table: 'users', key: one.key, restricted: [], except: [] },
    ])
  })

  it('reads TIMESTAMP in UTC whatever the map says, and a column in its own zone', () => {
    const columns = { ...users.columns, seen_at: 'timestamp null', old: 'datetime null' }
    const own = {
      ...account,
      events: { seen: event([at('seen_at', { zone: 'Asia/Tokyo' }), at('old', { zone: 'Asia/Tokyo' })]) },
    }
    const one = onlyPolicy(compile(schemaOf({ users: { ...users, columns } }), mapOf([own])))
    expect(one.clock.sources.map((source) => source.clock.zone)).to.deep.equal(['UTC', 'Asia/Tokyo'])
  })

  it('reads a date as a day of the policies, and only a column that says so in another zone', () => {
    const columns = { ...users.columns, seen_at: 'date null', at: 'datetime null', text: 'varchar(10) null' }
    const sources = [
      at('seen_at'),
      at('text', { format: 'date' }),
      at('at'),
      at('seen_at', { zone: 'Asia/Tokyo' }),
    ]
    const own = { ...account, events: { seen: event(sources) } }
    const one = onlyPolicy(compile(schemaOf({ users: { ...users, columns } }), mapOf([own])))
    expect(one.clock.sources.map((source) => source.clock.zone)).to.deep.equal([
      'Europe/Paris',
      'Europe/Paris',
      'Europe/Berlin',
      'Asia/Tokyo',
    ])
  })

  it('counts a date from its own day, and into its own year, also west of where times are stored', () => {
    const rounded = event([at('seen_at')], { roundedTo: 'end of fiscal year' })
    const schema = schemaOf({ users: { ...users, columns: { ...users.columns, seen_at: 'date null' } } })
    for (const zone of ['America/Martinique', 'Pacific/Honolulu', 'Europe/Paris', 'Pacific/Auckland'])
      for (const seen of [rounded, event([at('seen_at')])]) {
        const map = mapOf([{ ...account, events: { seen } }], { zone, storedIn: 'UTC' })
        const { clock } = onlyPolicy(compile(schema, map))
        const [column] = clock.sources.map((source) => source.clock)
        if (column === undefined) throw new Error('the clock reads nothing')
        const dueOn = (date: string): string =>
          civilDate(dueFrom(clock, decodeTime(date, column) ?? NaN), zone)
        expect([dueOn('2022-12-31'), dueOn('2023-01-01')], zone).to.deep.equal(
          seen === rounded ? ['2026-01-01', '2027-01-01'] : ['2026-01-01', '2026-01-02'],
        )
        for (const date of ['2022-12-30', '2022-12-31', '2023-01-01', '2023-01-02', '2024-02-29']) {
          const start = decodeTime(date, column) ?? NaN
          expect(civilDate(start, zone)).to.equal(date)
          for (const now of [dueFrom(clock, start) - 1, dueFrom(clock, start)])
            expect(date < encodeCutoff(cutoff(clock, now), column), `${date} ${zone}`).to.equal(
              dueFrom(clock, start) <= now,
            )
        }
      }
  })

  it('ends a cap on cookies and consents with the start of the last day, and nothing else', () => {
    const ends = (category: string, more = {}) =>
      onlyPolicy(compile(schemaOf({ users }), mapOf([{ ...account, category }]), [policy('account', more)]))
        .clock.ends
    expect(ends('cookie')).to.equal('same day')
    expect(ends('consent')).to.equal('same day')
    expect(ends('account')).to.equal('next day')
    const atLeast = { keepAtMost: null, keepAtLeast: policy('x').keepAtMost }
    expect(ends('cookie', atLeast)).to.equal('next day')
  })

  it('rounds to the fiscal year only when the event says so', () => {
    const rounded = {
      ...account,
      events: { seen: event([at('seen_at')], { roundedTo: 'end of fiscal year' }) },
    }
    expect(onlyPolicy(compile(schemaOf({ users }), mapOf([rounded]))).clock.fiscalYearEnds).to.equal('12-31')
    expect(onlyPolicy(compile(schemaOf({ users }), mapOf([account]))).clock.fiscalYearEnds).to.equal(null)
  })

  it('joins a source outwards through the kinds in between', () => {
    const schema = schemaOf({
      users,
      orders: { columns: { id: 'int', user_id: 'int' }, keys: ['user_id -> users.id'] },
      payments: {
        columns: { id: 'int', order_id: 'int', paid_at: 'datetime' },
        keys: ['order_id -> orders.id'],
      },
    })
    const buyer = { ...account, events: { seen: event([at('seen_at'), at('payments.paid_at')]) } }
    const map = mapOf([
      buyer,
      kind('payment', 'payments', { of: 'order' }),
      kind('order', 'orders', { of: 'account' }),
    ])
    const one = onlyPolicy(compile(schema, map))
    expect(
      one.clock.sources[1]?.joins.map((join) => [join.table, join.columns, join.enforced]),
    ).to.deep.equal([
      ['orders', [{ own: 'user_id', parent: 'id' }], true],
      ['payments', [{ own: 'order_id', parent: 'id' }], true],
    ])
    expect(one.rereadLast, 'nobody locks the order in between').to.have.length(1)
  })

  it('reads a source again at the end only where no foreign key holds it back', () => {
    const formatted = at('sessions.started_at', { format: 'epoch seconds' })
    const active = { ...account, events: { seen: event([at('seen_at'), formatted]) } }
    const enforced = onlyPolicy(compile(schemaOf({ users, sessions }), mapOf([active, session])))
    expect(enforced.rereadLast).to.deep.equal([])
    const declared = { ...session, link: { columns: { user_id: 'id' }, where: {} } }
    const loose = { ...sessions, keys: [], indexes: ['user_id', 'started_at'] }
    const one = onlyPolicy(compile(schemaOf({ users, sessions: loose }), mapOf([active, declared])))
    expect(one.rereadLast.map((source) => source.clock.column)).to.deep.equal(['started_at'])
  })

  it('asks for the format of an integer, and takes the declared one', () => {
    const undeclared = { ...account, events: { seen: event([at('seen_at'), at('sessions.started_at')]) } }
    const compiled = compile(schemaOf({ users, sessions }), mapOf([undeclared, session]))
    expect(codes(compiled)).to.deep.equal(['E_CLOCK_FORMAT_NEEDED'])
    expect(compiled.problems[0]?.params.formats).to.contain('epoch seconds').and.to.contain('14 digits')
    expect(compiled.plan.policies).to.deep.equal([])
  })

  it('refuses a format that the type cannot hold, and a type that holds no date', () => {
    const of = (column: string, format: 'auto' | 'datetime') =>
      codes(
        compile(
          schemaOf({ users: { ...users, columns: { ...users.columns, j: 'json' } } }),
          mapOf([{ ...account, events: { seen: event([at(column, { format })]) } }]),
        ),
      )
    expect(of('id', 'datetime')).to.deep.equal(['E_CLOCK_FORMAT'])
    expect(of('j', 'auto')).to.deep.equal(['E_CLOCK_TYPE'])
  })

  it('refuses to search a clock that does not sort by time', () => {
    const unordered = { ...account, events: { seen: event([at('seen_at', { ordered: false })]) } }
    expect(codes(compile(schemaOf({ users }), mapOf([unordered])))).to.deep.equal(['E_CLOCK_UNORDERED'])
  })

  it('refuses to search people by a clock in another table, with its words', () => {
    const formatted = at('sessions.started_at', { format: 'epoch seconds' })
    const below = { ...account, events: { seen: event([formatted, at('seen_at')]) } }
    const compiled = compile(schemaOf({ users, sessions }), mapOf([below, session]))
    expect(
      compiled.problems.map(({ code, table, column, params }) => [code, table, column, params]),
    ).to.deep.equal([['E_CLOCK_ELSEWHERE', 'sessions', 'started_at', { own: 'users' }]])
    expect(compiled.plan.policies).to.deep.equal([])
  })

  it('reads of key-value rows those that the source names, and no other', () => {
    const meta = {
      columns: { id: 'int', user_id: 'int', name: 'varchar(80)', value: 'text', flag: 'int' },
      keys: ['user_id -> users.id'],
    }
    const of = (path: string, more: Partial<TimeColumn>) => {
      const seen = event([at('seen_at'), at(path, { format: 'epoch seconds', ...more })])
      const map = mapOf([{ ...account, events: { seen } }, kind('meta', 'meta', { of: 'account' })])
      return compile(schemaOf({ users, meta }), map)
    }
    const [, source] = onlyPolicy(of('meta.value', { where: { name: 'last_login', flag: 'true' } })).clock
      .sources
    expect(source?.joins.at(-1)?.where).to.deep.equal([
      { column: 'name', value: 'last_login' },
      { column: 'flag', value: '1', family: 'integer' },
    ])
    expect(source?.clock.ordered, 'texts of numbers do not sort by time').to.equal(false)
    expect(codes(of('meta.value', { where: { nmae: 'last_login' } }))).to.deep.equal(['E_UNKNOWN_COLUMN'])
    expect(codes(of('meta.value', { where: { flag: 'yes' } }))).to.deep.equal(['E_VALUE_TYPE'])
    expect(codes(of('id', { where: { seen_at: 'x' } }))).to.deep.equal(['E_CLOCK_WHERE'])
  })

  it('reads a place in JSON beside a column that is searched, in a declared format', () => {
    const columns = { ...users.columns, note: 'text null', j: 'json', b: 'blob', n: 'int' }
    const of = (...sources: readonly TimeColumn[]) =>
      compile(
        schemaOf({ users: { ...users, columns } }),
        mapOf([{ ...account, events: { seen: event(sources) } }]),
      )
    const inJson = (column: string, more: Partial<TimeColumn> = {}) =>
      at(column, { path: '$.seen', format: 'epoch seconds', ...more })
    for (const column of ['note', 'j']) {
      const [, source] = onlyPolicy(of(at('seen_at'), inJson(column))).clock.sources
      expect(source?.clock).to.include({ path: '$.seen', ordered: false, format: 'epoch seconds' })
    }
    for (const column of ['b', 'n'])
      expect(codes(of(at('seen_at'), inJson(column)))).to.deep.equal(['E_CLOCK_JSON'])
    expect(codes(of(at('seen_at'), inJson('j', { format: 'auto' })))).to.deep.equal(['E_CLOCK_FORMAT_NEEDED'])
    expect(codes(of(at('seen_at'), inJson('j', { format: 'timestamp' })))).to.deep.equal(['E_CLOCK_FORMAT'])
    expect(codes(of(inJson('j'), at('seen_at')))).to.deep.equal(['E_CLOCK_UNORDERED'])
  })

  it('counts by no other column than one of the people themselves that sorts by time', () => {
    const otherwise = (path: string, more = {}) => {
      const seen = event([at('seen_at')], { else: at(path, more) })
      return codes(compile(schemaOf({ users, sessions }), mapOf([{ ...account, events: { seen } }, session])))
    }
    expect(otherwise('seen_at', { ordered: false })).to.deep.equal(['E_CLOCK_ELSE'])
    expect(otherwise('sessions.started_at', { format: 'epoch seconds' })).to.deep.equal(['E_CLOCK_ELSE'])
    expect(otherwise('users.seen_at')).to.deep.equal([])
  })

  it('settles states with their joins, and names an unknown one', () => {
    const orders = {
      columns: { id: 'int', user_id: 'int', status: 'varchar(9)' },
      keys: ['user_id -> users.id'],
    }
    const stated = { ...account, states: { open: { 'orders.status': ['paid'] } } }
    const map = mapOf([stated, kind('order', 'orders', { of: 'account' })])
    const one = onlyPolicy(
      compile(schemaOf({ users, orders }), map, [policy('account', { notWhile: ['open'] })]),
    )
    expect(
      one.states.map(({ name, column, values, joins }) => [name, column, values, joins.length]),
    ).to.deep.equal([['open', 'status', ['paid'], 1]])
    const wrong = compile(schemaOf({ users, orders }), map, [policy('account', { notWhile: ['opne'] })])
    expect(wrong.problems.map((one) => [one.code, one.params.near])).to.deep.equal([
      ['E_UNKNOWN_STATE', 'open'],
    ])
  })

  it('finds everything that a row hangs on, itself first', () => {
    const schema = schemaOf({
      users,
      shops: { columns: { id: 'int', owner: 'int' }, keys: ['owner -> users.id'] },
      clerks: {
        columns: { id: 'int', shop: 'int', at: 'datetime' },
        keys: ['shop -> shops.id'],
        indexes: ['at'],
      },
    })
    const clerk = kind('clerk', 'clerks', { of: 'shop', subject: true, events: { seen: event([at('at')]) } })
    const one = onlyPolicy(
      compile(schema, mapOf([account, kind('shop', 'shops', { of: 'account' }), clerk]), [policy('clerk')]),
    )
    expect(one.owners.map((owner) => [owner.kind, owner.hops.map((hop) => hop.table)])).to.deep.equal([
      ['clerk', []],
      ['shop', ['shops']],
      ['account', ['shops', 'users']],
    ])
  })

  it('refuses a source to which several kinds lead', () => {
    const files = {
      columns: { id: 'int', type: 'varchar(9)', owner: 'int', at: 'datetime' },
      indexes: ['type,owner'],
    }
    const link = (type: string) => ({ of: 'account', link: { columns: { owner: 'id' }, where: { type } } })
    const active = { ...account, events: { seen: event([at('seen_at'), at('files.at')]) } }
    const two = [active, kind('photo', 'files', link('photo')), kind('scan', 'files', link('scan'))]
    expect(codes(compile(schemaOf({ users, files }), mapOf(two)))).to.deep.equal(['E_AMBIGUOUS_WAY'])
    const one = onlyPolicy(compile(schemaOf({ users, files }), mapOf(two.slice(0, 2))))
    expect(one.clock.sources[1]?.joins[0]?.where).to.deep.equal([{ column: 'type', value: 'photo' }])
    expect(codes(compile(schemaOf({ users, files }), mapOf([active])))).to.deep.equal(['E_NO_WAY'])
  })

  it('reads a source by the kind whose constants fit its own, and takes no other rows of that table', () => {
    const pairs = {
      columns: { id: 'int', word: 'varchar(9)', owner: 'int', at: 'datetime' },
      indexes: ['owner', 'at'],
    }
    const link = (word?: string) => ({
      of: 'account',
      link: { columns: { owner: 'id' }, where: word === undefined ? {} : { word } },
    })
    const source = { ...at('pairs.at'), where: { word: 'login' } }
    const active = { ...account, events: { seen: event([at('seen_at'), source]) } }
    const kinds = (...words: readonly (string | undefined)[]): readonly Kind[] =>
      words.map((word, i) => kind(`k${i}`, 'pairs', link(word)))
    const joined = (...words: readonly (string | undefined)[]): unknown =>
      onlyPolicy(compile(schemaOf({ users, pairs }), mapOf([active, ...kinds(...words)]))).clock.sources[1]
        ?.joins[0]?.where
    const wanted = [{ column: 'word', value: 'login' }]
    expect(joined('phone', 'theme', 'login')).to.deep.equal(wanted)
    // The rows of all words, and the same rows under two names, are no second way.
    expect(joined('phone', undefined)).to.deep.equal(wanted)
    expect(joined('phone', undefined, 'login', 'login')).to.deep.equal(wanted)
    expect(
      codes(compile(schemaOf({ users, pairs }), mapOf([active, ...kinds('phone', 'theme')]))),
    ).to.deep.equal(['E_AMBIGUOUS_WAY'])
    // One kind alone, of other words: no row is both, and everybody would look silent.
    expect(codes(compile(schemaOf({ users, pairs }), mapOf([active, ...kinds('phone')])))).to.deep.equal([
      'E_AMBIGUOUS_WAY',
    ])
    expect(joined('login')).to.deep.equal(wanted)
    const other = kind('k9', 'pairs', { of: 'account', link: { columns: { id: 'id' }, where: {} } })
    expect(
      codes(compile(schemaOf({ users, pairs }), mapOf([active, ...kinds('login'), other]))),
    ).to.deep.equal(['E_AMBIGUOUS_WAY'])
    const phone = { ...kind('phone', 'pairs', link('phone')), events: { made: event([at('at')]) } }
    const one = onlyPolicy(
      compile(schemaOf({ users, pairs }), mapOf([account, phone]), [
        policy('phone', { countedFrom: 'made' }),
      ]),
    )
    expect(one.only).to.deep.equal([{ column: 'word', test: 'is one of', values: ['phone'] }])
  })

  it('asks once for the index of a link that a clock and the cascade both need', () => {
    const loose = { columns: { id: 'int', user_id: 'int', at: 'datetime' } }
    const active = { ...account, events: { seen: event([at('seen_at'), at('sessions.at')]) } }
    const declared = { ...session, link: { columns: { user_id: 'id' }, where: {} } }
    const of = (then: 'erase' | 'anonymise') =>
      codes(
        compile(schemaOf({ users, sessions: loose }), mapOf([active, declared]), [
          policy('account', { then }),
        ]),
      )
    expect(of('erase')).to.deep.equal(['E_INDEX_MISSING'])
    expect(of('anonymise'), 'the clock alone needs it too').to.deep.equal(['E_INDEX_MISSING'])
  })

  it('does not take a foreign key to another table for the link', () => {
    const notes = { columns: { id: 'int', a: 'int' }, keys: ['a -> other.id'] }
    const note = kind('note', 'notes', { of: 'account', link: { columns: { a: 'id' }, where: {} } })
    const one = onlyPolicy(
      compile(schemaOf({ users, notes, other: { columns: { id: 'int' } } }), mapOf([account, note])),
    )
    expect(one.steps[0]?.join.enforced).to.equal(false)
  })

  it('carries exceptions, restrictions and canaries as tests of own columns', () => {
    const guarded = { ...account, except: { status: ['a'] }, restricted: { status: ['r'] } }
    const one = onlyPolicy(
      compile(schemaOf({ users }), mapOf([guarded], { canaries: { account: { status: ['c'] } } })),
    )
    expect([one.except, one.restricted, one.canary]).to.deep.equal(
      ['a', 'r', 'c'].map((value) => [{ column: 'status', values: [value] }]),
    )
    const typo = compile(schemaOf({ users }), mapOf([account], { canaries: { account: { statsu: ['c'] } } }))
    expect(codes(typo)).to.deep.equal(['E_UNKNOWN_COLUMN', 'E_BROKEN_KIND'])
    expect(codes(compile(schemaOf({ users }), mapOf([account], { canaries: { acount: {} } })))).to.deep.equal(
      ['E_CANARY_KIND'],
    )
  })

  it('leaves a refused policy out and keeps the others', () => {
    const compiled = compile(schemaOf({ users }), mapOf([account]), [
      policy('account', { id: 'bad', countedFrom: 'sen' }),
      policy('account', { id: 'good' }),
    ])
    expect(compiled.plan.policies.map((one) => one.policy.id)).to.deep.equal(['good'])
    expect(compiled.problems.map((one) => [one.code, one.policy, one.params.near])).to.deep.equal([
      ['E_UNKNOWN_EVENT', 'bad', 'seen'],
    ])
  })
})
