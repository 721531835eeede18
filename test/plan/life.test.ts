import { expect } from 'chai'
import { spareReasons, type Decision } from '../../plan/decision.ts'
import { lifeStates, mayGo, stateOf, type LifeState } from '../../plan/life.ts'
import { noon, warningOf } from './judged-policy.ts'

const allowed: Readonly<Record<LifeState, string>> = {
  active: 'silent, due, held, set aside',
  silent: 'active, warned, due, returned, held, unreachable, set aside',
  warned: 'silent, due, returned, held, unreachable, set aside',
  due: 'active, silent, erased, returned, held, unreachable, set aside',
  erased: '',
  returned: 'active, silent, due, held, set aside',
  held: 'active, silent, warned, due, returned, unreachable, set aside',
  unreachable: 'silent, due, returned, held, set aside',
  'set aside': 'active, silent, warned, due, returned, held, unreachable',
}

describe('the life of a subject', () => {
  for (const from of lifeStates) {
    it(`goes from ${from} only to: ${allowed[from] || 'nowhere'}`, () => {
      expect(lifeStates.filter((to) => mayGo(from, to)).join(', ')).to.equal(allowed[from])
    })
  }

  it('reaches erasure from nowhere but due', () => {
    expect(lifeStates.filter((from) => mayGo(from, 'erased'))).to.deep.equal(['due'])
  })

  it('gives every reason a state', () => {
    const accepted = warningOf(1, noon('2023-04-03'), noon('2023-06-02'))
    const spare = (reason: (typeof spareReasons)[number], canary = false): Decision => ({
      act: 'spare',
      reason,
      until: null,
      dueFrom: null,
      canary,
    })
    const states = spareReasons.map((reason) => [
      reason,
      stateOf(spare(reason), { warnings: [] }),
      stateOf(spare(reason), { warnings: [accepted] }),
    ])
    expect(states).to.deep.equal([
      ['active', 'active', 'returned'],
      ['kept on request', 'active', 'returned'],
      ['held', 'held', 'held'],
      ['restricted', 'held', 'held'],
      ['not while', 'held', 'held'],
      ['exception', 'held', 'held'],
      ['clock cannot be true', 'set aside', 'set aside'],
      ['no clock', 'set aside', 'set aside'],
      ['warned, not yet due', 'warned', 'warned'],
      ['accepted, waiting for bounces', 'warned', 'warned'],
      ['warning on its way', 'silent', 'warned'],
      ['deferred for days', 'silent', 'warned'],
      ['our own fault', 'silent', 'warned'],
      ['no address', 'set aside', 'set aside'],
      ['invalid address', 'set aside', 'set aside'],
      ['unreachable', 'unreachable', 'unreachable'],
      ['given up by other servers', 'set aside', 'set aside'],
    ])
    expect(stateOf(spare('held', true), { warnings: [] })).to.equal('set aside')
  })

  it('calls a person silent before the first accepted mail of a round, and warned before the next', () => {
    const act: Decision = {
      act: 'warn',
      start: 1,
      dueFrom: 2,
      byElse: false,
      round: 0,
      step: 0,
      announced: 3,
    }
    expect(stateOf(act, { warnings: [] })).to.equal('silent')
    expect(stateOf({ ...act, step: 1 }, { warnings: [] })).to.equal('warned')
    expect(
      stateOf({ act: 'due', start: 1, dueFrom: 2, byElse: false, notice: 'warned' }, { warnings: [] }),
    ).to.equal('due')
  })

  it('calls a person warned on the way only after an accepted mail of the same round', () => {
    const way: Decision = {
      ...{ act: 'spare', reason: 'warning on its way', until: null, dueFrom: null, canary: false },
    }
    const accepted = warningOf(1, noon('2023-04-03'), noon('2023-06-02'))
    const open = { ...accepted, round: 1, acceptedAt: null, state: 'open' as const }
    const of = (warnings: Parameters<typeof stateOf>[1]['warnings']) => stateOf(way, { warnings })
    expect(of([open])).to.equal('silent')
    expect(of([accepted, open])).to.equal('silent')
    expect(of([{ ...accepted, cycle: 0, round: 1 }, open])).to.equal('silent')
    expect(of([{ ...accepted, round: 1 }, open])).to.equal('warned')
    expect(of([{ ...open, state: 'refused' }, open])).to.equal('silent')
  })
})
