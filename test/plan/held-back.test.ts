/** Which locks on a row hold back new children of it: those in the index where the server looks for their parent. */
import { expect } from 'chai'
import { guardOf, isHeldBack } from '../../plan/held-back.ts'
import type { ForeignKey, Table } from '../../plan/site-schema.ts'
import { unguardedSteps } from '../../plan/read-last.ts'
import {
  at,
  compile,
  event,
  kind,
  mapOf,
  onlyPolicy,
  schemaOf,
  users,
  type TableSpec,
} from './site-builder.ts'

const people: TableSpec = {
  columns: { id: 'int', club: 'int', code: 'varchar(9)', seen_at: 'datetime null' },
  primaryKey: ['club', 'id'],
  indexes: ['code,seen_at', 'seen_at'],
  unique: ['code', 'id'],
}
const above = schemaOf({ people }).get('people') as Table

function keyTo(...toColumns: readonly string[]): ForeignKey {
  const own = toColumns.map((name) => `their_${name}`)
  return { name: 'k', table: 't', columns: own, toTable: 'people', toColumns, onDelete: 'cascade' }
}

describe('a lock on a row holds new children back', () => {
  it('by its primary key alone, where their key refers to the first columns of that', () => {
    expect(guardOf(above, keyTo('club', 'id'))).to.equal(null)
    expect(guardOf(above, keyTo('club'))).to.equal(null)
  })

  it('by every other index in which the server may look for the parent', () => {
    expect(guardOf(above, keyTo('code'))).to.deep.equal({
      key: [{ name: 'code', family: 'text' }],
      indexes: ['people_0', 'people_2'],
    })
    expect(guardOf(above, keyTo('id'))?.indexes, 'not its first column').to.deep.equal(['people_3'])
    expect(guardOf(above, keyTo('id', 'club'))?.indexes, 'in another order').to.deep.equal(['people_3'])
    expect(guardOf(above, keyTo('code', 'club', 'id'))?.indexes, 'the end of every index').to.deep.equal([
      'people_2',
    ])
  })

  it('by none, where no such index is known or no key asks for one', () => {
    expect(guardOf(above, keyTo('nowhere'))).to.deep.equal({
      key: [{ name: 'nowhere', family: 'other' }],
      indexes: [],
    })
    const hidden = { ...above, unusedIndexes: [{ name: 'x', columns: ['code', 'club'], unique: false }] }
    expect(guardOf(hidden, keyTo('code'))?.indexes, 'it may be one that cannot be used').to.deep.equal([])
    const also = [...hidden.unusedIndexes, { name: 'y', columns: ['seen_at'], unique: false }]
    expect(guardOf({ ...above, unusedIndexes: also }, keyTo('code'))?.indexes, 'one of two').to.deep.equal([])
    for (const name of ['every`one', 'who?', 'a\u0007']) {
      const odd = { ...above, indexes: [...above.indexes, { name, columns: ['code'], unique: false }] }
      expect(guardOf(odd, keyTo('code'))?.indexes, name).to.deep.equal([])
    }
    expect(guardOf(hidden, keyTo('id'))?.indexes).to.deep.equal(['people_3'])
    const key = [{ name: 'code', family: 'text' }] as const
    expect(isHeldBack({ enforced: true })).to.equal(true)
    expect(isHeldBack({ enforced: true, guard: { key, indexes: ['people_2'] } })).to.equal(true)
    expect(isHeldBack({ enforced: true, guard: { key, indexes: [] } })).to.equal(false)
    expect(isHeldBack({ enforced: false })).to.equal(false)
  })
})

describe('what a plan makes of it', () => {
  const sessions: TableSpec = {
    columns: { id: 'int', mail: 'varchar(190)', used_at: 'datetime null' },
    keys: ['mail -> users.email cascade'],
    indexes: ['mail,used_at'],
  }
  const account = kind('account', 'users', {
    subject: true,
    events: { seen: event([at('seen_at'), at('sessions.used_at')]) },
  })

  const session = kind('session', 'sessions', { of: 'account' })
  const one = onlyPolicy(compile(schemaOf({ users, sessions }), mapOf([account, session])))

  it('locks by the unique column as well', () => {
    expect(one.steps.map(({ join }) => join.guard)).to.deep.equal([
      { key: [{ name: 'email', family: 'text' }], indexes: ['users_1'] },
    ])
    expect([one.rereadLast, unguardedSteps(one)]).to.deep.equal([[], []])
  })

  it('looks for newcomers at the end where it cannot', () => {
    const [step] = one.steps
    if (step === undefined) throw new Error('the sessions leave')
    const guard = { key: step.join.guard?.key ?? [], indexes: [] }
    const loose = { ...one, steps: [{ ...step, join: { ...step.join, guard } }] }
    expect(unguardedSteps(loose).map(({ name }) => name)).to.deep.equal(['session'])
  })
})
