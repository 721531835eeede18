/** What is told of kinds in front of the schema, with all that the sentence needs. */
import { expect } from 'chai'
import { settleMap, usableTable } from '../../plan/settled-map.ts'
import { findingsFor, type PlanProblem } from '../../plan/plan-problem.ts'
import type { DataMap, Kind } from '../../policies/data-map.ts'
import { account, kind, mapOf, schemaOf, users, type TableSpec } from './site-builder.ts'

function told(problems: readonly PlanProblem[]) {
  return problems.map(({ code, table, column, params }) => ({ code, table, column, params }))
}

function settle(kinds: readonly Kind[], more: Partial<DataMap> = {}, spec: Partial<TableSpec> = {}) {
  const { map, problems } = settleMap(mapOf(kinds, more), schemaOf({ users: { ...users, ...spec } }))
  return { kinds: [...map.kinds.keys()], told: told(problems) }
}

describe('what is told of a kind', () => {
  it('is a table out of scope that is not there', () => {
    expect(settle([account], { outOfScope: { usres: 'x', users: 'x' } })).to.deep.equal({
      kinds: ['account'],
      told: [{ code: 'W_UNKNOWN_TABLE', table: 'usres', column: null, params: { near: 'users' } }],
    })
  })

  it('is a parent that is no kind, or whose table is not there', () => {
    const friend = kind('friend', 'users', { of: 'acount' })
    expect(settle([account, friend])).to.deep.equal({
      kinds: ['account'],
      told: [
        {
          ...{ code: 'E_UNKNOWN_KIND', table: 'users', column: null },
          params: { kind: 'acount', near: 'account' },
        },
      ],
    })
    const gone = settle([kind('group', 'groups'), { ...friend, of: 'group' }])
    expect(gone.kinds).to.deep.equal([])
    expect(gone.told.slice(1)).to.deep.equal([
      { code: 'E_BROKEN_KIND', table: 'users', column: null, params: { kind: 'group' } },
    ])
  })

  it('is a key that several rows share, with that of the table', () => {
    const found = settle([{ ...account, key: ['status', 'seen_at'] }], {}, { primaryKey: ['id', 'email'] })
    expect(found.told).to.deep.equal([
      {
        ...{ code: 'W_STRATEGY_KEY', table: 'users', column: 'email' },
        params: { strategy: 'unique_address', type: 'varchar(190)' },
      },
      {
        ...{ code: 'E_KEY_NOT_UNIQUE', table: 'users', column: null },
        params: { kind: 'account', columns: 'status, seen_at', primary: 'id, email' },
      },
    ])
  })

  it('is a column of the address that is not there, and only that', () => {
    const contact = { email: 'email', name: null, locale: 'lang' } as unknown as NonNullable<Kind['contact']>
    expect(settle([{ ...account, contact }]).told).to.deep.equal([
      { code: 'E_UNKNOWN_COLUMN', table: 'users', column: 'lang', params: { near: '' } },
    ])
  })

  it('is no mark in a column of any kind of time, or of text', () => {
    for (const type of ['datetime null', 'timestamp null', 'date null', 'varchar(40) null', 'text null']) {
      const columns = { ...users.columns, hidden: type }
      expect(
        settle([{ ...account, done: { anonymise: 'hidden' } }], {}, { columns }).told,
        type,
      ).to.deep.equal([])
    }
    const columns = { ...users.columns, hidden: 'int null' }
    expect(settle([{ ...account, done: { anonymise: 'hidden' } }], {}, { columns }).told).to.deep.equal([
      { code: 'E_DONE_UNUSABLE', table: 'users', column: 'hidden', params: { type: 'int' } },
    ])
  })
})

describe('what is told of a table', () => {
  const usable = (of: Parameters<typeof usableTable>[0]) => {
    const findings = findingsFor(null)
    const spec = { ...users, partitioned: true, triggers: ['a', 'b'] }
    usableTable(of, schemaOf({ users: spec }), findings)
    return told(findings.problems)
  }
  const triggers = { code: 'W_TRIGGERS', table: 'users', column: null, params: { triggers: 'a, b' } }

  it('is its triggers, and its partitions where the map says nothing of them', () => {
    expect(usable({ table: 'users' })).to.deep.equal([
      { code: 'W_PARTITIONED', table: 'users', column: null, params: {} },
      triggers,
    ])
    const partitions = 'drop' as const
    expect(usable({ table: 'users', partitions })).to.deep.equal([triggers])
  })
})
