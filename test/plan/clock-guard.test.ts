import { expect } from 'chai'
import { checkClock } from '../../plan/clock-guard.ts'

const hour = 3_600_000
const day = 24 * hour
const last = Date.parse('2026-10-22T08:00:00Z')

describe('the guard of the clock', () => {
  it('lets a first run pass, and one at the very same instant', () => {
    expect(checkClock(last, null, 0)).to.deep.equal({ ok: true })
    expect(checkClock(last, last, day)).to.deep.equal({ ok: true })
  })

  it('lets a weekly run pass although it starts late and the clocks went back', () => {
    expect(checkClock(last + 7 * day + hour, last, day)).to.deep.equal({ ok: true })
    expect(checkClock(last + 7 * day + 2000, last, 0)).to.deep.equal({ ok: true })
  })

  it('refuses a clock that is a millisecond behind', () => {
    expect(checkClock(last - 1, last, day)).to.deep.equal({ ok: false, why: 'behind', days: 1 })
  })

  it('refuses a clock that is eight days ahead, unless two slots are longer', () => {
    expect(checkClock(last + 8 * day, last, day)).to.deep.equal({ ok: false, why: 'ahead', days: 8 })
    expect(checkClock(last + 8 * day, last, 4 * day)).to.deep.equal({ ok: true })
    expect(checkClock(last + 8 * day + 1, last, 4 * day)).to.deep.equal({ ok: false, why: 'ahead', days: 8 })
  })

  it('refuses one millisecond more than seven and a half days', () => {
    const widest = 7 * day + 12 * hour
    expect(checkClock(last + widest, last, 0)).to.deep.equal({ ok: true })
    expect(checkClock(last + widest + 1, last, 0)).to.deep.equal({ ok: false, why: 'ahead', days: 7 })
  })
})
