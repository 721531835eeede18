import { expect } from 'chai'
import fc from 'fast-check'
import { parsePeriod, type Period } from '../../policies/period.ts'
import { canEndEarlier, canEndLater, shortestDays } from '../../policies/rules/civil-span.ts'

function period(text: string): Period {
  const parsed = parsePeriod(text)
  if (!parsed.ok) throw new Error(text)
  return parsed.period
}

const periods = fc.record({
  years: fc.integer({ min: 0, max: 12 }),
  months: fc.integer({ min: 0, max: 15 }),
  weeks: fc.integer({ min: 0, max: 5 }),
  days: fc.integer({ min: 0, max: 400 }),
  hours: fc.constant(0),
})

describe('the span of a period', () => {
  it('lets 395 days outlast 13 months from some days on, and fall short of them from others', () => {
    expect(canEndLater(period('P395D'), period('P13M'))).to.equal(true)
    expect(canEndEarlier(period('P395D'), period('P13M'))).to.equal(true)
    expect(canEndLater(period('P393D'), period('P13M'))).to.equal(false)
    expect(canEndEarlier(period('P397D'), period('P13M'))).to.equal(false)
  })

  it('finds one length in two ways of writing it', () => {
    for (const [a, b] of [
      ['P12M', 'P1Y'],
      ['P2W', 'P14D'],
      ['P1Y1M', 'P13M'],
      ['PT48H', 'P2D'],
    ] as const) {
      expect(canEndLater(period(a), period(b)), a).to.equal(false)
      expect(canEndEarlier(period(a), period(b)), a).to.equal(false)
    }
  })

  it('counts the shortest month and the shortest year', () => {
    expect(shortestDays(period('P1M'))).to.equal(28)
    expect(shortestDays(period('P3Y'))).to.equal(1095)
    expect(shortestDays(period('P13M'))).to.equal(393)
  })

  it('adds days after the term', () => {
    expect(canEndLater(period('P1Y'), period('P13M'), 28)).to.equal(false)
    expect(canEndLater(period('P1Y'), period('P13M'), 31)).to.equal(true)
    expect(canEndEarlier(period('P3Y'), period('P3Y'), 1)).to.equal(true)
  })

  it('is later the one way exactly when it is earlier the other way', () => {
    fc.assert(
      fc.property(periods, periods, (a, b) => canEndLater(a, b) === canEndEarlier(b, a)),
      { numRuns: 60 },
    )
  })
})
