import { expect } from 'chai'
import fc from 'fast-check'
import { alarms, newlyDue, type AlarmInput } from '../../plan/alarms.ts'
import { newlyEntered } from '../../plan/newly.ts'

describe('who entered since the last run, beside a backlog', () => {
  const before = { all: 400_030, old: 400_000, handled: 500 }

  it('is nobody, while runs only work the backlog off', () => {
    expect(newlyEntered({ all: 399_530, old: 399_500 }, before)).to.equal(0)
    expect(
      newlyEntered({ all: 399_530, old: 399_530 }, { ...before, handled: 500 }),
      'on either side',
    ).to.equal(0)
  })

  it('is whoever became due beyond its edge, however much the backlog shrank', () => {
    expect(newlyEntered({ all: 399_560, old: 399_500 }, before)).to.equal(30)
    expect(newlyEntered({ all: 389_530 + 10_000, old: 389_500 }, before)).to.equal(10_000)
  })

  it('is also whoever joins the backlog, which can only shrink', () => {
    expect(newlyEntered({ all: 404_530, old: 404_500 }, before)).to.equal(5000)
  })

  it('is never less than the sums say, and never more than what there is', () => {
    const count = fc.nat(1000)
    fc.assert(
      fc.property(count, count, count, count, count, (old, young, oldBefore, youngBefore, handled) => {
        const all = oldBefore + youngBefore
        const found = newlyEntered({ all: old + young, old }, { all, old: oldBefore, handled })
        expect(found).to.be.at.least(Math.max(0, old + young - Math.max(0, all - handled)))
        expect(found).to.be.at.most(old + young)
      }),
    )
  })

  it('is nobody when what was handled explains the difference, on whichever side it was', () => {
    const count = fc.nat(1000)
    fc.assert(
      fc.property(count, count, count, count, (oldBefore, youngBefore, a, b) => {
        const [ofOld, ofYoung] = [Math.min(a, oldBefore), Math.min(b, youngBefore)]
        const old = oldBefore - ofOld
        const all = oldBefore + youngBefore
        const now = { all: all - ofOld - ofYoung, old }
        expect(newlyEntered(now, { all, old: oldBefore, handled: ofOld + ofYoung })).to.equal(0)
      }),
    )
  })
})

describe('an alarm beside a backlog', () => {
  const input: AlarmInput = {
    policy: { id: 'p', stopAbove: { percent: 100, count: 100, percentByElse: 25 } },
    dueNow: 399_530,
    leftLastRun: 400_000,
    newlyDueHistory: [],
    population: 1_000_000,
    byElse: 300_000,
    canaries: 0,
    approvedCount: null,
    allNew: null,
    backlog: {
      now: { old: 399_500, byElse: 300_000 },
      before: { all: 400_030, old: 400_000, handled: 500, byElse: 300_300 },
    },
  }
  const kinds = (more: Partial<AlarmInput>) => alarms({ ...input, ...more }).map(({ kind }) => kind)

  it('is not raised by the backlog, neither by its size nor by its substitute dates', () => {
    expect(kinds({})).to.deep.equal([])
    expect(newlyDue(input)).to.equal(0)
  })

  it('is raised by all of it where nothing of before can be compared with', () => {
    expect(kinds({ allNew: 'replay' })).to.deep.equal(['count', 'by else'])
    expect(newlyDue({ ...input, allNew: 'terms' })).to.equal(399_530)
  })

  it('is raised by a jump that the shrinking backlog would hide', () => {
    const hidden = {
      dueNow: 389_500 + 10_030,
      backlog: { ...input.backlog!, now: { old: 389_500, byElse: 290_000 } },
    }
    expect(newlyDue({ ...input, ...hidden, backlog: null }), 'by the sums alone').to.equal(0)
    expect(kinds({ ...hidden, byElse: 290_000 })).to.deep.equal(['count'])
  })

  it('is raised by substitute dates of those who are new', () => {
    const more = { dueNow: 399_530 + 90, byElse: 300_000 + 40 }
    expect(kinds(more)).to.deep.equal(['by else'])
    const [alarm] = alarms({ ...input, ...more })
    expect(alarm).to.include({ found: 40, limit: Math.floor(120 * 0.25) })
  })
})
