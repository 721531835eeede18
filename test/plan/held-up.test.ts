import { expect } from 'chai'
import { byLastTurn, heldBefore, heldUpBy, type Ended, type HeldUp, type Spent } from '../../plan/held-up.ts'

const worked: Spent = { elapsed: 3600, paused: 0, throttled: 0, now: null }

describe('what held a policy up', () => {
  const by = (end: Ended['end'], done: number, more: Partial<Spent> = {}, busy = 0) =>
    heldUpBy({ end, done, busy, spent: { ...worked, ...more } })

  it('is nothing where it went through, or did its slice', () => {
    expect([by('through', 0), by('through', 9, {}, 2), by('slice', 9)]).to.deep.equal(
      Array(3).fill('nothing'),
    )
    expect(by('through', 0, {}, 2)).to.equal('busy')
  })

  it('is what ended it', () => {
    for (const end of ['stopped', 'unsealed', 'fault'] as const)
      expect(by(end, 9, { paused: 3600, now: 'paused' })).to.equal(end)
  })

  it('is what it waited for most of its time, or could not begin for', () => {
    expect(by('time', 9)).to.equal('time')
    expect(by('time', 9, { paused: 1800 })).to.equal('paused')
    expect(by('time', 9, { paused: 1799, now: 'paused' })).to.equal('time')
    expect(by('time', 9, { paused: 800, throttled: 1000 })).to.equal('throttled')
    expect(by('time', 9, { paused: 900, throttled: 900 }), 'the pause is told').to.equal('paused')
    expect(by('time', 0, { now: 'throttled' })).to.equal('throttled')
    expect(by('time', 0)).to.equal('time')
    expect(by('time', 0, { elapsed: 0 })).to.equal('time')
  })

  it('of one that had no turn is the same, unless others worked', () => {
    const one = (heldUp: HeldUp, done: number) => ({ had: true, heldUp, done })
    expect(heldBefore([one('nothing', 0), one('paused', 0)], null)).to.equal('paused')
    expect(heldBefore([one('time', 0), one('throttled', 0), one('paused', 0)], 'paused')).to.equal(
      'throttled',
    )
    expect(heldBefore([one('time', 3), one('paused', 0)], 'paused')).to.equal('no turn')
    expect(heldBefore([], 'throttled')).to.equal('throttled')
    expect(heldBefore([one('time', 0)], null)).to.equal('no turn')
  })
})

describe('the order of the policies in a run', () => {
  it('begins with whoever was left out, then with the oldest turn; else it stays', () => {
    const last = new Map([
      ['a', '2026-01-02'],
      ['b', '2026-01-02'],
      ['c', '2026-01-01'],
    ])
    expect(byLastTurn(['a', 'b', 'c', 'd'], (one) => one, last)).to.deep.equal(['d', 'c', 'a', 'b'])
    expect(byLastTurn(['a', 'b', 'c'], (one) => one, new Map())).to.deep.equal(['a', 'b', 'c'])
  })
})
