import { expect } from 'chai'
import fc from 'fast-check'
import {
  addDays,
  addPeriod,
  civilDate,
  compareDates,
  dayText,
  readDate,
  startOfDay,
} from '../../plan/civil.ts'
import { dayOf, dayStart } from '../../plan/day.ts'
import { period } from './terms.ts'
import { shownLocally, zonedInstant } from './zones.ts'

describe('civil days', () => {
  it('knows that one instant is another day elsewhere', () => {
    const at = Date.parse('2023-07-14T22:30:00Z')
    expect(civilDate(at, 'Europe/Paris')).to.equal('2023-07-15')
    expect(civilDate(at, 'Indian/Reunion')).to.equal('2023-07-15')
    expect(civilDate(at, 'America/Martinique')).to.equal('2023-07-14')
  })

  const starts: readonly (readonly [string, string, string])[] = [
    ['2026-07-16', 'Europe/Paris', '2026-07-15T22:00:00.000Z'],
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'], // no midnight: begins at 01:00
    ['2022-03-27', 'Asia/Beirut', '2022-03-26T22:00:00.000Z'],
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'], // no such day
    ['2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2010-11-07', 'America/St_Johns', '2010-11-07T02:30:00.000Z'], // 00:01 went back to 23:01
    ['2026-10-25', 'Europe/Paris', '2026-10-24T22:00:00.000Z'],
    ['2026-01-01', '+05:45', '2025-12-31T18:15:00.000Z'],
  ]
  for (const [date, zone, instant] of starts) {
    it(`starts ${date} in ${zone} at ${instant}`, () => {
      expect(new Date(startOfDay(date, zone)).toISOString()).to.equal(instant)
    })
  }

  it('keeps the later date where a clock stepped back over midnight', () => {
    const before = Date.parse('2010-11-07T02:30:59Z')
    expect(civilDate(before, 'America/St_Johns')).to.equal('2010-11-07')
    expect(new Date(shownLocally(before + 60_000, 'America/St_Johns')).getUTCDate()).to.equal(6)
    expect(civilDate(before + 60_000, 'America/St_Johns')).to.equal('2010-11-07')
  })

  const additions: readonly (readonly [string, string, string])[] = [
    ['2024-02-29', 'P3Y', '2027-02-28'],
    ['2024-02-29', 'P4Y', '2028-02-29'],
    ['2025-01-31', 'P13M', '2026-02-28'],
    ['2023-01-31', 'P13M', '2024-02-29'],
    ['2025-01-31', 'P1M', '2025-02-28'],
    ['2025-08-31', 'P6M', '2026-02-28'],
    ['2024-02-29', 'P1Y1M', '2025-03-29'], // one addition: not 28 February and then March
    ['2025-01-31', 'P1M1D', '2025-03-01'], // months before days
    ['2025-01-31', 'P1W', '2025-02-07'],
    ['2023-03-01', 'P1095D', '2026-02-28'],
  ]
  for (const [date, written, result] of additions) {
    it(`adds ${written} to ${date}`, () => {
      expect(addPeriod(date, period(written))).to.equal(result)
    })
  }

  it('agrees with the calendar of the platform on every day of four centuries', () => {
    for (let day = -76_000; day < 76_000; day += 1) {
      const text = new Date(day * 86_400_000).toISOString().slice(0, 10)
      if (dayText(day) !== text || readDate(text) !== day) expect.fail(text)
    }
    expect(dayText(readDate('0001-01-01') ?? NaN)).to.equal('0001-01-01')
    expect(dayText(readDate('9999-12-31') ?? NaN)).to.equal('9999-12-31')
    expect(() => addDays('9999-12-31', 1)).to.throw(RangeError)
  })

  it('refuses what is no date', () => {
    for (const text of [
      '0000-00-00',
      '2023-02-31',
      '2023-02-29',
      '2023-13-01',
      '2023-00-10',
      '2023-1-1',
      '',
    ]) {
      expect(readDate(text), text).to.equal(null)
    }
    expect(() => startOfDay('2023-02-29', 'UTC')).to.throw(RangeError)
  })

  it('compares and moves by days', () => {
    expect(compareDates('2024-02-29', '2024-03-01')).to.be.below(0)
    expect(compareDates('2024-03-01', '2024-02-29')).to.be.above(0)
    expect(compareDates('2024-03-01', '2024-03-01')).to.equal(0)
    expect(addDays('2024-03-01', -1)).to.equal('2024-02-29')
  })

  it('starts a day exactly when its date is reached, in every zone', () => {
    fc.assert(
      fc.property(zonedInstant(), fc.integer({ min: -3, max: 3 }), ({ zone, at }, shift) => {
        const day = dayOf(at, zone)
        const start = dayStart(day + shift, zone)
        expect(start <= at).to.equal(day + shift <= day)
        expect(shownLocally(start, zone) >= (day + shift) * 86_400_000).to.equal(true)
        expect(shownLocally(start - 1, zone) < (day + shift) * 86_400_000).to.equal(true)
      }),
      { numRuns: 4000 },
    )
  })

  it('is the latest date that the wall has shown', () => {
    fc.assert(
      fc.property(zonedInstant(), ({ zone, at }) => {
        const shown = Math.floor(shownLocally(at, zone) / 86_400_000)
        let later = shown
        for (let minutes = 0; minutes < 26 * 60; minutes += 1)
          later = Math.max(later, Math.floor(shownLocally(at - minutes * 60_000, zone) / 86_400_000))
        expect(dayOf(at, zone)).to.equal(later)
      }),
      { numRuns: 150 },
    )
  })
})
