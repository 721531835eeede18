/** Which columns a policy writes, and which of them a foreign key leads to. */
import { expect } from 'chai'
import type { RootAct, Step } from '../../plan/compiled.ts'
import { findingsFor } from '../../plan/plan-problem.ts'
import { keyTo, refuseReferred } from '../../plan/referred.ts'
import { schemaOf } from './site-builder.ts'

const schema = schemaOf({
  t: { columns: { id: 'int', a: 'int', b: 'int' } },
  other: { columns: { id: 'int', a: 'int' } },
  c: { columns: { id: 'int', x: 'int', y: 'int' }, keys: ['x+y -> t.a+b'] },
})

describe('a key to a column', () => {
  it('leads to that column of that table, in any letter case', () => {
    expect(keyTo(schema, 't', 'B')?.name).to.equal('c_x+y')
    expect(keyTo(schema, 't', 'id')).to.equal(null)
    expect(keyTo(schema, 'other', 'a'), 'a column of that name elsewhere').to.equal(null)
  })
})

describe('columns that a step writes', () => {
  const told = (step: Partial<Step>, act: RootAct | null = null) => {
    const findings = findingsFor('p')
    const base = {
      table: 't',
      join: { columns: [] },
      nullFirst: [],
      selfReference: null,
      then: { act: 'erase' },
    }
    refuseReferred(schema, 'other', act, [{ ...base, ...step } as unknown as Step], findings)
    for (const { params } of findings.problems) expect(params.from).to.equal('c (x, y)')
    return findings.problems.map(({ table, column }) => `${table ?? ''}.${column ?? ''}`)
  }
  const changes = (column: string) => [{ column }] as never

  it('are those that it empties before its rows go', () => {
    expect(told({})).to.deep.equal([])
    expect(told({ nullFirst: ['a'] })).to.deep.equal(['t.a'])
    const self = (nullable: boolean) => ({ selfReference: { column: 'b', parent: 'id', nullable } })
    expect(told(self(true))).to.deep.equal(['t.b'])
    expect(told(self(false)), 'leaf by leaf, nothing is emptied').to.deep.equal([])
    const archive = { act: 'archive', into: 'x', columns: [] } as const
    expect(told({ nullFirst: ['a'], then: archive })).to.deep.equal(['t.a'])
  })

  it('are a link that is detached, what becomes anonymous, and its mark', () => {
    const join = { columns: [{ own: 'a', parent: 'id' }] } as unknown as Step['join']
    expect(told({ join, then: { act: 'detach' } })).to.deep.equal(['t.a'])
    const anonymise = (column: string, done: string | null) =>
      told({ nullFirst: ['b'], then: { act: 'anonymise', changes: changes(column), done } })
    expect(anonymise('a', null)).to.deep.equal(['t.b', 't.a'])
    expect(anonymise('id', 'a')).to.deep.equal(['t.b', 't.a'])
  })
})
