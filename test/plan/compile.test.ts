import { expect } from 'chai'
import { renderPlanProblem, planProblemTexts } from '../../plan/problem-texts.ts'
import { startOfDay } from '../../plan/civil.ts'
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
    expect(one.owners).to.deep.equal([{ kind: 'account', hops: [], table: 'users', key: one.key }])
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

  it('finds every person above a row, nearest first', () => {
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

describe('the map in front of the schema', () => {
  const refusals = (spec: Partial<typeof users> & object, more: Parameters<typeof kind>[2] = {}) =>
    codes(compile(schemaOf({ users: { ...users, ...spec } }), mapOf([{ ...account, ...more }])))

  it('suggests the table and the column that was meant', () => {
    const table = compile(schemaOf({ users }), mapOf([{ ...account, table: 'usres' }]))
    expect(table.problems[0]).to.include({ code: 'E_UNKNOWN_TABLE', table: 'usres', policy: null })
    expect(table.problems[0]?.params.near).to.equal('users')
    const column = compile(schemaOf({ users }), mapOf([{ ...account, except: { statsu: ['x'] } }]))
    expect(column.problems[0]).to.include({ code: 'E_UNKNOWN_COLUMN', column: 'statsu' })
    expect(column.problems[0]?.params.near).to.equal('status')
    expect(column.plan.policies).to.deep.equal([])
  })

  it('refuses tables without a primary key and tables that cannot roll back, by name', () => {
    expect(refusals({ primaryKey: [], unique: ['id'] })).to.include('E_NO_PRIMARY_KEY')
    const compiled = compile(schemaOf({ users: { ...users, transactional: false } }), mapOf([account]))
    const [problem] = compiled.problems
    expect(problem).to.include({ code: 'E_NO_ROLLBACK', table: 'users', refuses: true })
    expect(compiled.plan.policies).to.deep.equal([])
    expect(renderPlanProblem(problem!, 'en')).to.contain('"users"')
  })

  it('refuses a key that two rows can share', () => {
    expect(refusals({}, { key: ['status'] })).to.include('E_KEY_NOT_UNIQUE')
    expect(refusals({ unique: ['email', 'seen_at'] }, { key: ['seen_at'] }), 'NULLs repeat').to.include(
      'E_KEY_NOT_UNIQUE',
    )
    expect(refusals({}, { key: ['email'] })).to.deep.equal([])
    expect(refusals({ primaryKey: ['id', 'status'] }), 'half of a key').to.include('E_KEY_NOT_UNIQUE')
    expect(refusals({ primaryKey: ['id', 'status'] }, { key: ['id', 'status'] })).to.deep.equal([])
  })

  it('refuses an unindexed clock on a large table or one of unknown size, and warns on a small one', () => {
    const large = compile(schemaOf({ users: { ...users, indexes: [], roughRows: 10_001 } }), mapOf([account]))
    expect(codes(large)).to.deep.equal(['E_INDEX_MISSING'])
    expect(large.problems[0]?.params.sql).to.equal(
      'CREATE INDEX `oubli_users_seen_at` ON `users` (`seen_at`) ALGORITHM=INPLACE LOCK=NONE',
    )
    expect(refusals({ indexes: [], roughRows: null })).to.deep.equal(['E_INDEX_MISSING'])
    const small = compile(schemaOf({ users: { ...users, indexes: [], roughRows: 10_000 } }), mapOf([account]))
    expect(codes(small)).to.deep.equal(['W_INDEX_MISSING'])
    expect(small.plan.policies).to.have.length(1)
    expect(refusals({ indexes: ['status,seen_at'] }), 'status is not compared').to.deep.equal([
      'E_INDEX_MISSING',
    ])
  })

  it('says partitions and triggers without refusing', () => {
    const compiled = compile(
      schemaOf({ users: { ...users, partitioned: true, triggers: ['t'] } }),
      mapOf([account]),
    )
    expect(codes(compiled)).to.deep.equal(['W_PARTITIONED', 'W_TRIGGERS'])
    expect(compiled.plan.policies).to.have.length(1)
  })

  it('reads the link from the single foreign key, and asks when there is none or several', () => {
    const of = (keys: readonly string[], link: Parameters<typeof kind>[2] = {}) =>
      compile(
        schemaOf({ users, notes: { columns: { id: 'int', a: 'int', b: 'int' }, keys, indexes: ['a'] } }),
        mapOf([account, kind('note', 'notes', { of: 'account', ...link })]),
      )
    expect(codes(of(['a -> users.id']))).to.deep.equal([])
    expect(codes(of([]))).to.deep.equal(['E_NO_FOREIGN_KEY', 'E_BROKEN_KIND'])
    const several = of(['a -> users.id', 'b -> users.id'])
    expect(codes(several)).to.include('E_AMBIGUOUS_LINK')
    expect(several.problems[0]?.params.stub).to.contain('link: { a: id }')
    const declared = onlyPolicy(of([], { link: { columns: { a: 'id' }, where: {} } }))
    expect(declared.steps[0]?.join.enforced).to.equal(false)
  })

  it('refuses a link between unlike types, and one that several parents share', () => {
    const of = (columns: Readonly<Record<string, string>>) =>
      codes(
        compile(
          schemaOf({ users, notes: { columns: { id: 'int', a: 'varchar(9)' }, indexes: ['a'] } }),
          mapOf([account, kind('note', 'notes', { of: 'account', link: { columns, where: {} } })]),
        ),
      )
    expect(of({ a: 'id' })).to.include('E_LINK_TYPES')
    expect(of({ a: 'status' })).to.include('E_LINK_NOT_UNIQUE')
    expect(of({ a: 'email' })).to.deep.equal([])
  })

  it('has a sentence in both languages for every code, and fills it', () => {
    for (const [code, text] of Object.entries(planProblemTexts)) {
      expect(text.en, code).to.not.equal(text.fr)
      expect(text.severity, code).to.equal(code.startsWith('E_') ? 'error' : 'warning')
    }
    const compiled = compile(schemaOf({ users }), mapOf([{ ...account, table: 'usres' }]))
    expect(renderPlanProblem(compiled.problems[0]!, 'fr')).to.equal(
      'carte des données, usres  E_UNKNOWN_TABLE  La base n’a pas de table « usres ». Vouliez-vous dire « users » ?',
    )
  })
})
