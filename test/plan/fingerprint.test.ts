import { expect } from 'chai'
import type { FingerprintInput } from '../../plan/fingerprint.ts'
import { fingerprint } from '../../plan/fingerprint.ts'
import { account, kind, mapOf, policy, schemaOf, users, type TableSpec } from './site-builder.ts'

describe('the fingerprint of a plan', () => {
  const free: TableSpec = { columns: { id: 'int', user_id: 'int' } }
  const base: FingerprintInput = {
    policies: [policy('account'), policy('account', { id: 'q' })],
    dataMap: mapOf([account]),
    schema: schemaOf({ users, free }),
    templatesHash: 't',
    majorVersion: '1',
  }
  const changed = (more: Partial<FingerprintInput>) => fingerprint({ ...base, ...more }) !== fingerprint(base)
  const table = (more: Partial<TableSpec>) =>
    changed({ schema: schemaOf({ users: { ...users, ...more }, free }) })

  it('changes with every input', () => {
    expect(changed({ policies: [policy('account')] })).to.equal(true)
    expect(changed({ policies: [policy('account'), policy('account', { id: 'q', because: 'y' })] })).to.equal(
      true,
    )
    expect(
      changed({ policies: [policy('account', { status: 'observe' }), policy('account', { id: 'q' })] }),
    ).to.equal(true)
    const receipts = { years: 0, months: 0, weeks: 0, days: 60, hours: 0 }
    expect(changed({ policies: [policy('account', { receipts }), policy('account', { id: 'q' })] })).to.equal(
      true,
    )
    expect(changed({ dataMap: mapOf([account, kind('x', 'free')]) })).to.equal(true)
    expect(changed({ dataMap: mapOf([account], { zone: 'UTC' }) })).to.equal(true)
    expect(changed({ templatesHash: 'u' })).to.equal(true)
    expect(changed({ majorVersion: '2' })).to.equal(true)
  })

  it('is that of before the field when no receipts are given', () => {
    expect(fingerprint(base)).to.equal('340f19a33686d216b00c59719a4d62666be6786be5b4e3fc4e570f8cf665e2eb')
  })

  it('changes with columns, types, keys and foreign keys of mapped tables', () => {
    expect(table({ columns: { ...users.columns, more: 'int' } })).to.equal(true)
    expect(table({ columns: { ...users.columns, status: 'varchar(11)' } })).to.equal(true)
    expect(table({ columns: { ...users.columns, status: 'varchar(10) null' } })).to.equal(true)
    expect(table({ primaryKey: ['id', 'status'] })).to.equal(true)
    expect(table({ unique: [] })).to.equal(true)
    expect(table({ keys: ['referred_by -> users.id'] })).to.equal(true)
  })

  it('is the same for an account that sees triggers and for one that may not', () => {
    expect(table({ triggers: ['t'] })).to.equal(false)
    expect(table({ triggers: null })).to.equal(false)
  })

  it('changes when any table begins to refer to a mapped one', () => {
    expect(
      changed({ schema: schemaOf({ users, free: { ...free, keys: ['user_id -> users.id cascade'] } }) }),
    ).to.equal(true)
  })

  it('is the same in whatever order the server names tables and keys', () => {
    const keys = ['user_id -> users.id']
    const [a, b] = [
      { ...free, keys },
      { columns: { id: 'int', u: 'int' }, keys: ['u -> users.id'] },
    ]
    const mapped = mapOf([account, kind('a', 'a_table')])
    const a_table = { columns: { id: 'int' } }
    const of = (schema: FingerprintInput['schema']) => fingerprint({ ...base, dataMap: mapped, schema })
    expect(of(schemaOf({ users, a_table, a, b }))).to.equal(of(schemaOf({ b, a, a_table, users })))
  })

  it('does not change with a key between two tables that nothing maps', () => {
    const apart = { columns: { id: 'int', f: 'int' }, keys: ['f -> free.id'] }
    expect(changed({ schema: schemaOf({ users, free, apart }) })).to.equal(false)
  })

  it('does not change with order, place, size or tables that nothing maps', () => {
    expect(changed({ policies: [...base.policies].reverse() })).to.equal(false)
    expect(changed({ policies: base.policies.map((one) => ({ ...one, file: 'elsewhere.yml' })) })).to.equal(
      false,
    )
    expect(table({ roughRows: 5 })).to.equal(false)
    expect(changed({ schema: schemaOf({ free: { ...free, columns: { id: 'int' } }, users }) })).to.equal(
      false,
    )
  })
})
