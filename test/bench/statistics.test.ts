import { expect } from 'chai'
import fc from 'fast-check'
import { interval, median, ratios, verdict } from '../../bench/statistics.ts'

const rounds = fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 1, maxLength: 25 })

describe('the figures of paired rounds', () => {
  it('have the median in the middle, of an odd and an even number', () => {
    expect(median([3, 1, 2])).to.equal(2)
    expect(median([4, 1, 2, 3])).to.equal(2.5)
    expect(() => median([])).to.throw()
  })

  it('have an interval of order statistics, with the coverage that the binomial table gives', () => {
    const of = (n: number) => interval(Array.from({ length: n }, (_, i) => i + 1))
    expect(of(7)).to.include({ median: 4, low: 1, high: 7 })
    expect(of(7).coverage).to.be.closeTo(1 - 2 / 2 ** 7, 1e-12)
    expect(of(9)).to.include({ median: 5, low: 2, high: 8 })
    expect(of(9).coverage).to.be.closeTo(0.9609375, 1e-12)
    expect(of(20)).to.include({ median: 10.5, low: 6, high: 15 })
    expect(of(20).coverage).to.be.closeTo(0.9586, 1e-4)
  })

  it('say that too few rounds are not sure', () => {
    expect(interval([1, 2, 3])).to.deep.equal({ median: 2, low: 1, high: 3, coverage: 0.75 })
    expect(interval([5]).coverage).to.equal(0)
    expect(interval([1, 2, 3, 4, 5]).coverage).to.be.below(0.95)
    expect(interval([1, 2, 3, 4, 5, 6]).coverage).to.be.above(0.95)
  })

  it('whatever they are, the median lies in its interval, and order does not matter', () => {
    fc.assert(
      fc.property(rounds, (values) => {
        const found = interval(values)
        expect(found.low).to.be.at.most(found.median)
        expect(found.high).to.be.at.least(found.median)
        expect(interval([...values].reverse())).to.deep.equal(found)
        if (values.length >= 6) expect(found.coverage).to.be.at.least(0.95)
      }),
    )
  })

  it('are met or missed only when the whole interval is', () => {
    const found = (low: number, high: number) => ({ median: (low + high) / 2, low, high, coverage: 0.98 })
    expect(verdict(found(1.15, 1.3), 'least', 1.15)).to.equal('met')
    expect(verdict(found(1.1, 1.3), 'least', 1.15)).to.equal('undecided')
    expect(verdict(found(1.0, 1.14), 'least', 1.15)).to.equal('missed')
    expect(verdict(found(1.0, 1.15), 'least', 1.15)).to.equal('undecided')
    expect(verdict(found(2.0, 2.5), 'most', 2.5)).to.equal('met')
    expect(verdict(found(2.4, 2.6), 'most', 2.5)).to.equal('undecided')
    expect(verdict(found(2.6, 3), 'most', 2.5)).to.equal('missed')
    expect(verdict(found(2.5, 3), 'most', 2.5)).to.equal('undecided')
    expect(verdict(found(0, 0), 'most', 0)).to.equal('met')
  })

  it('are ratios within one round, and a round without one of the two gives none', () => {
    const all = [
      new Map([
        ['ours', 30],
        ['theirs', 10],
      ]),
      new Map([['ours', 5]]),
      new Map([
        ['ours', 8],
        ['theirs', 16],
      ]),
    ]
    expect(ratios(all, 'ours', 'theirs', (value) => value)).to.deep.equal([3, 0.5])
  })
})
