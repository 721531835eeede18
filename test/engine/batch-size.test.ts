import { expect } from 'chai'
import fc from 'fast-check'
import { firstSize, nextSize, p90, shrunk, type SizeLimits, type SizeState } from '../../engine/batch-size.ts'
import type { Sample } from '../../engine/pace.ts'

const limits: SizeLimits = { min: 10, max: 1000, start: 200, targetMs: 100 }
const committed = (milliseconds: number, more: Partial<Sample> = {}): Sample => ({
  milliseconds,
  rows: 1,
  end: 'committed',
  ...more,
})

function after(samples: readonly Sample[], from = firstSize(limits), now = 0): SizeState {
  return samples.reduce((state, sample) => nextSize(state, limits, sample, now), from)
}
const times = (count: number, milliseconds: number): readonly Sample[] =>
  Array.from({ length: count }, () => committed(milliseconds))

describe('the size of a batch', () => {
  it('stays until eleven were seen, then aims at the target, growing by half at most', () => {
    expect(after(times(10, 1)).size).to.equal(200)
    expect(after(times(11, 1)).size).to.equal(300)
    expect(after(times(11, 80)).size).to.equal(250)
    expect(after(times(11, 200)).size).to.equal(100)
    expect(after(times(21, 1)).size).to.equal(300)
    expect(after(times(22, 1)).size).to.equal(450)
  })

  it('does not let one odd value in eleven count', () => {
    expect(after([...times(10, 100), committed(499)]).size).to.equal(200)
    expect(after([...times(9, 100), committed(400), committed(400)]).size).to.equal(50)
  })

  it('is a tenth at once when one takes five times too long, and does not grow for a while', () => {
    const hurt = after([committed(501)])
    expect(hurt.size).to.equal(20)
    expect(after(times(11, 1), hurt, 29_999).size).to.equal(20)
    expect(after(times(11, 1), hurt, 30_000).size).to.equal(30)
    expect(after([committed(500)]).size, 'five times, and no more').to.equal(200)
  })

  it('does not grow for a while after others were met, or the site had no room', () => {
    const busy: Sample = { milliseconds: 1, rows: 0, end: 'busy' }
    const met = after([busy, busy, busy])
    expect(met.size).to.equal(100)
    for (const small of [met, shrunk(firstSize(limits), limits, 2, 0)]) {
      expect(after(times(11, 1), small, 29_999).size).to.equal(100)
      expect(after(times(11, 1), small, 30_000).size).to.equal(150)
    }
  })

  it('learns nothing from the time of one that did not commit', () => {
    for (const end of ['busy', 'failed'] as const) {
      expect(after([...times(10, 1), committed(1, { end })]).size).to.equal(200)
      expect(after([committed(501, { end })]).size).to.equal(200)
    }
  })

  it('ignores what an older, larger size took', () => {
    const hurt = after([committed(501)])
    expect(after([committed(9999, { asked: 200 })], hurt)).to.equal(hurt)
  })

  it('learns nothing from one whose time nobody knows', () => {
    expect(after(Array.from({ length: 50 }, () => committed(1, { milliseconds: null }))).size).to.equal(200)
    expect(after([...times(10, 1), committed(1, { milliseconds: null })]).size).to.equal(200)
    expect(after([...times(10, 1), committed(1, { milliseconds: null }), ...times(1, 1)]).size).to.equal(300)
  })

  it('is not raised by transactions that were given little', () => {
    const given = (asked: number): number =>
      after(Array.from({ length: 11 }, () => committed(1, { asked }))).size
    expect([given(20), given(159), given(160)]).to.deep.equal([200, 200, 300])
    expect(after(Array.from({ length: 50 }, () => committed(1, { asked: 20 }))).size).to.equal(200)
  })

  it('is halved when more than one in five of the last ten met somebody else', () => {
    const busy: Sample = { milliseconds: 1, rows: 0, end: 'busy' }
    expect(after([busy, busy]).size).to.equal(200)
    expect(after([busy, ...times(4, 100), busy, ...times(3, 100), busy]).size).to.equal(100)
    expect(after([busy, ...times(9, 100), busy, busy]).size).to.equal(200)
  })

  it('grows from one', () => {
    const one: SizeLimits = { ...limits, min: 1, start: 1 }
    const grown = times(11, 1).reduce((state, sample) => nextSize(state, one, sample, 0), firstSize(one))
    expect(grown.size).to.equal(2)
  })

  const sample = fc.record({
    milliseconds: fc.double({ min: 0, max: 5000, noNaN: true }),
    rows: fc.nat(1000),
    end: fc.constantFrom('committed' as const, 'busy' as const, 'failed' as const),
  })
  const range = fc
    .tuple(fc.integer({ min: 1, max: 500 }), fc.nat(2000), fc.integer({ min: 1, max: 3000 }))
    .map(([min, more, start]): SizeLimits => ({ min, max: min + more, start, targetMs: 100 }))

  it('stays within its limits and never grows by more than half, or one, at a step', () => {
    fc.assert(
      fc.property(range, fc.array(sample, { maxLength: 200 }), (one, samples) => {
        let state = firstSize(one)
        let now = 0
        for (const each of samples) {
          const next = nextSize(state, one, each, (now += 5000))
          expect(next.size).to.be.within(one.min, one.max)
          expect(next.size).to.be.at.most(Math.max(state.size * 1.5, state.size + 1))
          state = next
        }
        expect(shrunk(state, one, Infinity, now).size).to.equal(one.min)
      }),
    )
  })

  it('does not grow while somebody else speaks against it', () => {
    fc.assert(
      fc.property(range, fc.array(sample, { maxLength: 100 }), (one, samples) => {
        let state = firstSize(one)
        for (const each of samples) {
          const next = nextSize(state, one, each, 0, false)
          expect(next.size).to.be.at.most(state.size)
          state = next
        }
      }),
    )
  })

  it('settles near the target of a site whose cost is linear', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.12, max: 5, noNaN: true }), (perRow) => {
        let state = firstSize(limits)
        for (let i = 0; i < 400; i += 1)
          state = nextSize(state, limits, committed(Math.min(state.size * perRow, 500)), i * 60_000)
        expect(state.size * perRow).to.be.within(100 - 2 * perRow, 100)
      }),
    )
  })

  it('knows the ninth of ten', () => {
    expect(p90([])).to.equal(0)
    expect(p90([7])).to.equal(7)
    expect(p90([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).to.equal(9)
  })
})
