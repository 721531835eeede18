import { expect } from 'chai'
import type { CompiledPolicy } from '../../plan/compiled.ts'
import { newCeilings } from '../../plan/replay-ceilings.ts'
import type { Policy } from '../../policies/policy.ts'
import { policy } from './site-builder.ts'

const of = (id: string, stopAbove: Partial<Policy['stopAbove']>, kind = 'account') =>
  ({
    kind,
    policy: policy(kind, { id, stopAbove: { percent: 100, count: null, percentByElse: 100, ...stopAbove } }),
  }) as unknown as CompiledPolicy

describe('the ceilings of a replay', () => {
  const people = new Map([['account', 200]])

  it('are those of each policy, over all of its people', () => {
    const [counted, shared] = [of('a', { count: 5 }), of('b', { percent: 10 })]
    const ceilings = newCeilings(people, null)
    ceilings.count(counted, 3)
    ceilings.count(counted, 2)
    ceilings.count(shared, 20)
    expect(ceilings.above(), 'as many as may').to.deep.equal([])
    ceilings.count(counted, 1)
    ceilings.count(shared, 1)
    expect(ceilings.total()).to.equal(27)
    expect(ceilings.above()).to.deep.equal([
      { policy: 'a', kind: 'count', found: 6, limit: 5, population: 0, percent: 0 },
      { policy: 'b', kind: 'share', found: 21, limit: 20, population: 200, percent: 10 },
    ])
    ceilings.count(counted, -1)
    ceilings.count(shared, -1)
    expect(ceilings.above(), 'who could not go after all').to.deep.equal([])
  })

  it('give way to the number that a person typed, for all policies together', () => {
    const ceilings = newCeilings(people, 7)
    ceilings.count(of('a', { count: 1 }), 4)
    ceilings.count(of('b', { count: 1 }), 3)
    expect(ceilings.above()).to.deep.equal([])
    ceilings.count(of('c', {}), 1)
    expect(ceilings.above()).to.deep.equal([
      { policy: '', kind: 'number', found: 8, limit: 7, population: 0, percent: 0 },
    ])
  })

  it('let no canary pass, whatever was typed', () => {
    for (const atMost of [null, 100]) {
      const ceilings = newCeilings(people, atMost)
      ceilings.count(of('a', {}), 1, 1)
      expect(ceilings.above().map(({ kind, policy: id }) => [kind, id])).to.deep.equal([['canary', 'a']])
    }
    const few = newCeilings(people, 0)
    few.count(of('a', {}), 1, 1)
    expect(few.above().map(({ kind }) => kind)).to.deep.equal(['canary', 'number'])
  })
})
