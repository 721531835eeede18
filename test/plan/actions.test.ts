import { expect } from 'chai'
import type { Strategy } from '../../policies/data-map.ts'
import { misfit } from '../../plan/strategy-fit.ts'
import { account, codes, compile, kind, mapOf, onlyPolicy, policy, schemaOf, users } from './site-builder.ts'

describe('what an action writes', () => {
  const columns = { ...users.columns, name: 'varchar(9)', done_at: 'datetime null' }
  const schema = schemaOf({ users: { ...users, columns } })
  const full = {
    ...account,
    personal: {
      email: { strategy: 'unique_address' },
      name: { strategy: 'blank' },
      status: { strategy: 'keep', because: 'x' },
    },
    withdrawn: { status: 'off', seen_at: null },
  } as const

  it('anonymises every personal column but the kept ones, under our own mark', () => {
    const one = onlyPolicy(compile(schema, mapOf([full]), [policy('account', { then: 'anonymise' })]))
    expect(one.act.changes.map((change) => [change.column, change.strategy.strategy])).to.deep.equal([
      ['email', 'unique_address'],
      ['name', 'blank'],
    ])
    expect(one.act.done).to.equal('own')
    expect(one.steps).to.deep.equal([])
  })

  it('truncates the named fields only, under the mark of the site', () => {
    const marked = { ...full, done: { 'truncate fields': 'done_at' } }
    const then = policy('account', { then: 'truncate fields', fields: ['name'] })
    const one = onlyPolicy(compile(schema, mapOf([marked]), [then]))
    expect(one.act.changes.map((change) => change.column)).to.deep.equal(['name'])
    expect(one.act.done).to.deep.equal({ column: 'done_at', family: 'datetime' })
  })

  it('refuses a field without a strategy and a missing mark', () => {
    const then = policy('account', { then: 'truncate fields', fields: ['seen_at'] })
    expect(codes(compile(schema, mapOf([full]), [then]))).to.include('E_FIELD_WITHOUT_STRATEGY')
    const missing = { ...full, done: { anonymise: 'gone_at' } }
    expect(codes(compile(schema, mapOf([missing])))).to.include('E_DONE_MISSING')
    const never = { ...full, done: { anonymise: 'status' } }
    expect(codes(compile(schema, mapOf([never]))), 'it could never be empty').to.include('E_DONE_UNUSABLE')
  })

  it('writes the constants of a withdrawal', () => {
    const one = onlyPolicy(compile(schema, mapOf([full]), [policy('account', { then: 'withdraw consent' })]))
    expect(one.act.changes.map((change) => [change.column, change.strategy])).to.deep.equal([
      ['status', { strategy: 'fixed', value: 'off' }],
      ['seen_at', { strategy: 'null' }],
    ])
    const empty = compile(schema, mapOf([account]), [policy('account', { then: 'withdraw consent' })])
    expect(codes(empty)).to.deep.equal(['E_NOTHING_TO_CHANGE'])
  })

  it('only warns of a strategy that no policy uses, and refuses the one that does', () => {
    const wrong = { ...full, personal: { name: { strategy: 'null' } } } as const
    const erased = compile(schema, mapOf([wrong]))
    expect(codes(erased)).to.deep.equal(['W_STRATEGY_NULL'])
    expect(erased.plan.policies).to.have.length(1)
    const used = compile(schema, mapOf([wrong]), [policy('account', { then: 'anonymise' })])
    expect(codes(used)).to.include('E_STRATEGY_NULL').and.not.to.include('W_STRATEGY_NULL')
    expect(used.plan.policies).to.deep.equal([])
  })

  it('asks a number of "at least" and "below"', () => {
    const of = (column: string) =>
      codes(
        compile(schema, mapOf([full]), [
          policy('account', { only: [{ column, test: 'below', amount: '3' }] }),
        ]),
      )
    expect(of('name')).to.deep.equal(['E_NOT_A_NUMBER'])
    expect(of('id')).to.deep.equal([])
  })
})

describe('a strategy and its column', () => {
  const table = [
    ...schemaOf({
      t: {
        columns: {
          id: 'int',
          text: 'varchar(30)',
          tiny: 'varchar(26)',
          day: 'date',
          maybe: 'date null',
          number: 'int',
          made: 'varchar(9) generated',
          one: 'varchar(30)',
          bytes: 'blob',
          amount: 'decimal(9,2)',
          choice: 'enum(9)',
          document: 'json',
        },
        unique: ['one'],
      },
    }).values(),
  ][0]!
  const of = (column: string, strategy: Strategy) =>
    misfit(
      strategy,
      table.columns.find((one) => one.name === column)!,
      table,
    )

  const cases: readonly (readonly [string, Strategy, string | null])[] = [
    ['text', { strategy: 'blank' }, null],
    ['day', { strategy: 'blank' }, 'NULL'],
    ['maybe', { strategy: 'blank' }, null],
    ['text', { strategy: 'null' }, 'NULL'],
    ['maybe', { strategy: 'null' }, null],
    ['text', { strategy: 'unique_address' }, null],
    ['tiny', { strategy: 'unique_address' }, 'LENGTH'],
    ['number', { strategy: 'unique_address' }, 'TYPE'],
    ['one', { strategy: 'unique_address' }, null],
    ['one', { strategy: 'blank' }, 'UNIQUE'],
    ['day', { strategy: 'year' }, null],
    ['text', { strategy: 'year' }, 'TYPE'],
    ['number', { strategy: 'month' }, 'TYPE'],
    ['text', { strategy: 'truncated_ip' }, null],
    ['bytes', { strategy: 'truncated_ip' }, null],
    ['day', { strategy: 'truncated_ip' }, 'ADDRESS'],
    ['number', { strategy: 'coarse_user_agent' }, 'TYPE'],
    ['text', { strategy: 'generalised', kept: 2 }, null],
    ['text', { strategy: 'generalised', kept: 29 }, null],
    ['text', { strategy: 'generalised', kept: 30 }, 'WHOLE'],
    ['number', { strategy: 'generalised', kept: 2 }, 'CHARACTERS'],
    ['choice', { strategy: 'generalised', kept: 2 }, 'CHARACTERS'],
    ['bytes', { strategy: 'generalised', kept: 2 }, 'CHARACTERS'],
    ['one', { strategy: 'generalised', kept: 2 }, 'UNIQUE'],
    ['number', { strategy: 'bucketed', width: 5 }, null],
    ['number', { strategy: 'bucketed', width: 1 }, 'WHOLE'],
    ['amount', { strategy: 'bucketed', width: 1 }, null],
    ['text', { strategy: 'bucketed', width: 5 }, 'NUMBER'],
    ['day', { strategy: 'bucketed', width: 5 }, 'NUMBER'],
    ['number', { strategy: 'fixed', value: 'x' }, 'TYPE'],
    ['day', { strategy: 'fixed', value: '2000-01-01' }, null],
    ['tiny', { strategy: 'fixed', value: 'x'.repeat(27) }, 'LENGTH'],
    ['document', { strategy: 'blank' }, 'NULL'],
    ['document', { strategy: 'fixed', value: 'gone' }, 'TYPE'],
    ['document', { strategy: 'fixed', value: '{}' }, null],
    ['made', { strategy: 'blank' }, 'GENERATED'],
    ['id', { strategy: 'fixed', value: '0' }, 'KEY'],
    ['day', { strategy: 'keep', because: 'x' }, null],
  ]
  for (const [column, strategy, expected] of cases)
    it(`${strategy.strategy} on ${column}: ${expected ?? 'fits'}`, () => {
      expect(of(column, strategy)).to.equal(expected)
    })
})

describe('an archive', () => {
  const invoices = {
    columns: { id: 'int', user_id: 'int null', no: 'varchar(20)' },
    keys: ['user_id -> users.id'],
  }
  const compiled = (columns: Readonly<Record<string, string>>, map: Readonly<Record<string, string>>) =>
    compile(
      schemaOf({ users, invoices, kept: { columns: { id: 'int', ...columns } } }),
      mapOf([
        account,
        kind('invoice', 'invoices', { of: 'account', archive: { into: 'old_invoice', columns: map } }),
        kind('old_invoice', 'kept'),
      ]),
      [policy('account', { but: { invoice: { act: 'archive', under: null } } })],
    )

  it('copies the declared columns into the table of its kind', () => {
    const one = onlyPolicy(
      compiled({ number: 'varchar(20)', was: 'int null' }, { number: 'no', was: 'user_id' }),
    )
    expect(one.steps.map((step) => step.then)).to.deep.equal([
      {
        act: 'archive',
        into: 'kept',
        columns: [
          { to: 'number', from: 'no' },
          { to: 'was', from: 'user_id' },
        ],
      },
    ])
    expect(one.writes).to.deep.equal(['invoices', 'kept', 'users'])
  })

  it('is refused when a column is missing, too short, or may not be NULL', () => {
    expect(codes(compiled({ number: 'varchar(20)' }, { numbre: 'no' }))).to.deep.equal(['E_ARCHIVE_COLUMN'])
    expect(codes(compiled({ number: 'varchar(19)' }, { number: 'no' }))).to.deep.equal(['E_ARCHIVE_TYPE'])
    expect(codes(compiled({ was: 'int' }, { was: 'user_id' }))).to.deep.equal(['E_ARCHIVE_TYPE'])
    expect(codes(compiled({ was: 'date null' }, { was: 'user_id' }))).to.deep.equal(['E_ARCHIVE_TYPE'])
    expect(codes(compiled({}, {}))).to.deep.equal(['E_ARCHIVE_EMPTY'])
  })

  it('is refused when its table cannot roll back', () => {
    const kept = { columns: { id: 'int', no: 'varchar(20)' }, transactional: false }
    const map = mapOf([
      account,
      kind('invoice', 'invoices', { of: 'account', archive: { into: 'old', columns: { no: 'no' } } }),
      kind('old', 'kept'),
    ])
    const but = { invoice: { act: 'archive', under: null } } as const
    const refusedOne = compile(schemaOf({ users, invoices, kept }), map, [policy('account', { but })])
    expect(refusedOne.problems.map((one) => [one.code, one.policy, one.table])).to.deep.include([
      'E_NO_ROLLBACK',
      'p',
      'kept',
    ])
    expect(refusedOne.plan.policies).to.deep.equal([])
  })

  it('is refused when the kind has none', () => {
    const bare = compile(
      schemaOf({ users, invoices }),
      mapOf([account, kind('invoice', 'invoices', { of: 'account' })]),
      [policy('account', { but: { invoice: { act: 'archive', under: null } } })],
    )
    expect(codes(bare)).to.deep.equal(['E_ARCHIVE_MISSING'])
  })
})
