/** Values of the data map in front of live columns, and of rows: in doubt they spare. */
import { expect } from 'chai'
import { isSameValue, testsFor, valuesFor } from '../../plan/column-values.ts'
import { findingsFor } from '../../plan/plan-problem.ts'
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
} from './site-builder.ts'

const table = schemaOf({
  users: {
    columns: {
      id: 'int',
      rate: 'decimal',
      flag: 'bit',
      ok: 'boolean',
      unit: "enum('bit','byte')",
      status: 'varchar(10)',
      token: 'blob',
      seen_at: 'datetime',
    },
  },
}).get('users')!

function values(column: string, ...written: string[]) {
  const findings = findingsFor('p')
  const found = valuesFor(table, column, written, findings)
  return { found, told: findings.problems.map(({ code, params }) => [code, params['value']]) }
}

describe('values that a person wrote', () => {
  it('are numbers in a column of numbers, also as words of truth', () => {
    expect(values('id', 'true', 'false', '007', '-5', '1.0')).to.deep.equal({
      found: ['1', '0', '7', '-5', '1.0'],
      told: [],
    })
    expect(values('rate', '007', '1.50', 'true').found).to.deep.equal(['007', '1.50', '1'])
    expect(values('flag', 'true').found).to.deep.equal(['1'])
    expect(values('ok', 'false').found).to.deep.equal(['0'])
  })

  it('are told where the column cannot hold them', () => {
    expect(values('id', 'admin').told).to.deep.equal([['E_VALUE_TYPE', 'admin']])
    expect(values('ok', 'yes').told).to.deep.equal([['E_VALUE_TYPE', 'yes']])
    expect(values('id', '1e3').told).to.deep.equal([['E_VALUE_TYPE', '1e3']])
    expect(values('token', '12').told).to.deep.equal([['E_VALUE_TYPE', '12']])
  })

  it('stay as written in columns of texts and dates, and where nobody knows the column', () => {
    for (const column of ['status', 'unit', 'seen_at', 'nowhere'])
      expect(values(column, 'true', 'Admin', '007')).to.deep.equal({
        found: ['true', 'Admin', '007'],
        told: [],
      })
  })

  it('are tests of their columns', () => {
    expect(testsFor(table, { id: ['true'], status: ['true'] }, findingsFor('p'))).to.deep.equal([
      { column: 'id', values: ['1'], family: 'integer' },
      { column: 'status', values: ['true'] },
    ])
  })
})

describe('a column of whole numbers, here of a bit', () => {
  it('is known as one wherever the plan asks for its values', () => {
    const orders = {
      columns: { id: 'int', user_id: 'int', gift: 'bit', word: 'varchar(9)', sent_at: 'datetime' },
      indexes: ['user_id,gift,word'],
    }
    const schema = schemaOf({ users: { ...users, columns: { ...users.columns, guest: 'bit' } }, orders })
    const where = { gift: 'true', word: 'x' }
    const order = kind('order', 'orders', { of: 'account', link: { columns: { user_id: 'id' }, where } })
    const sent = at('orders.sent_at', { where })
    const states = { open: { 'orders.gift': ['false'], 'orders.word': ['y'] } }
    const person = { ...account, states, events: { seen: event([at('seen_at'), sent]) } }
    const only = [{ column: 'guest', test: 'is one of', values: ['true'] }] as const
    const asked = policy('account', { only, notWhile: ['open'] })
    const one = onlyPolicy(compile(schema, mapOf([person, order]), [asked]))
    const constants = [
      { column: 'gift', value: '1', family: 'integer' },
      { column: 'word', value: 'x' },
    ]
    expect(one.steps[0]?.join.where).to.deep.equal(constants)
    expect(one.clock.sources[1]?.joins[0]?.where).to.deep.equal(constants)
    expect(one.only).to.deep.equal([{ ...only[0], values: ['1'], family: 'integer' }])
    expect(one.states.map(({ column, values, family }) => [column, values, family])).to.deep.equal([
      ['gift', ['0'], 'integer'],
      ['word', ['y'], undefined],
    ])
    const sentOnes = policy('order', { countedFrom: 'sent' })
    const own = { ...order, events: { sent: event([at('sent_at')]) } }
    const dated = new Map(schema)
    const table = schema.get('orders')!
    const index = { name: 'sent', columns: ['gift', 'word', 'sent_at'], unique: false }
    dated.set('orders', { ...table, indexes: [...table.indexes, index] })
    expect(onlyPolicy(compile(dated, mapOf([account, own]), [sentOnes])).only).to.deep.equal([
      { column: 'gift', test: 'is one of', values: ['1'], family: 'integer' },
      { column: 'word', test: 'is one of', values: ['x'] },
    ])
  })
})

describe('a value of a row', () => {
  const same: readonly (readonly [string, string])[] = [
    ['Admin', 'admin'],
    ['é', 'e'],
    ['e\u0301', 'é'],
    ['Straße', 'strasse'],
    ['ẞ', 'ß'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['paid  ', 'paid'],
    ['1', '1.0'],
    ['01', '1'],
    ['-0', '0'],
  ]
  for (const [found, wanted] of same)
    it(`"${found}" is "${wanted}" to some collation, and spares`, () => {
      expect(isSameValue(found, wanted)).to.equal(true)
      expect(isSameValue(wanted, found)).to.equal(true)
    })

  it('is another one otherwise', () => {
    expect(isSameValue(' paid', 'paid')).to.equal(false)
    expect(isSameValue('paid', 'unpaid')).to.equal(false)
    expect(isSameValue('1', '2')).to.equal(false)
    expect(isSameValue('', '0')).to.equal(false)
    expect(isSameValue('0', '')).to.equal(false)
  })
})
