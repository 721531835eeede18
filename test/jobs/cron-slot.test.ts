import { expect } from 'chai'
import { hasSlotLater, latestSlotOf, meanSlotLength, slotLength } from '../../jobs/cron-slot.ts'

const paris = 'Europe/Paris'

function latest(line: string, now: string, zone = paris): string | null {
  const at = latestSlotOf(line, zone, Date.parse(now))
  return at === null ? null : new Date(at).toISOString().slice(0, 16)
}

describe('slots of the schedule', () => {
  it('the latest at or before now', () => {
    expect(latest('30 4 * * *', '2026-01-10T03:30:00Z')).to.equal('2026-01-10T03:30')
    expect(latest('30 4 * * *', '2026-01-10T03:29:59Z')).to.equal('2026-01-09T03:30')
    expect(latest('*/5 * * * *', '2026-01-10T03:33:00Z')).to.equal('2026-01-10T03:30')
    expect(latest('0 9 * * 1-4', '2026-01-09T12:00:00Z')).to.equal('2026-01-08T08:00')
    expect(latest('0 9 * * 7', '2026-01-09T12:00:00Z')).to.equal('2026-01-04T08:00')
  })

  it('those of the same local day that are still to come', () => {
    const later = (line: string, now: string) => hasSlotLater(line, paris, Date.parse(now))
    expect(later('30 4 * * *', '2026-01-10T03:29:59Z')).to.equal(true)
    expect(later('30 4 * * *', '2026-01-10T03:30:00Z'), 'now').to.equal(false)
    expect(later('0,30 4,9 * * *', '2026-01-10T08:29:00Z')).to.equal(true)
    expect(later('0 9 * * 1-4', '2026-01-09T00:00:00Z'), 'a Friday').to.equal(false)
    expect(later('0 0 * * *', '2026-01-10T22:59:00Z'), 'tomorrow in Paris').to.equal(false)
  })

  it('once on the days when the clocks change, at an hour that exists', () => {
    expect(latest('30 2 * * *', '2026-03-29T12:00:00Z'), 'the missing hour').to.match(/^2026-03-29T01:[03]0$/)
    expect(latest('30 2 * * *', '2026-10-25T12:00:00Z'), 'the double hour').to.equal('2026-10-25T01:30')
    expect(latest('30 4 * * *', '2026-03-29T12:00:00Z')).to.equal('2026-03-29T02:30')
    expect(latest('30 4 * * *', '2026-10-25T12:00:00Z')).to.equal('2026-10-25T03:30')
    for (const [day, end] of [
      ['2026-03-29', 24],
      ['2026-10-25', 26],
    ] as const) {
      const slots = new Set<string | null>()
      for (let minute = 0; minute < end * 60; minute += 10)
        slots.add(
          latest('30 2 * * *', new Date(Date.parse(`${day}T00:00:00Z`) + minute * 60_000).toISOString()),
        )
      expect(
        [...slots].filter((slot) => slot?.startsWith(day)),
        day,
      ).to.have.length(1)
    }
  })

  it('never goes back while time goes on, across a whole year of hours', () => {
    for (const zone of [paris, 'America/New_York', 'Australia/Lord_Howe']) {
      let before = -Infinity
      for (
        let now = Date.parse('2026-01-01T00:00:00Z');
        now < Date.parse('2027-01-01T00:00:00Z');
        now += 6 * 3_600_000
      ) {
        const at = latestSlotOf('15 2 * * *', zone, now)
        expect(at !== null && at >= before && at <= now, `${zone} ${now}`).to.equal(true)
        before = at ?? before
      }
    }
  })

  it('ends of months: a day that a month lacks is no slot in it', () => {
    expect(latest('0 12 31 * *', '2026-03-30T12:00:00Z')).to.equal('2026-01-31T11:00')
    expect(latest('0 12 29 2 *', '2026-03-01T12:00:00Z')).to.equal(null)
    expect(latest('0 12 29 2 *', '2024-03-01T12:00:00Z')).to.equal('2024-02-29T11:00')
  })

  it('tells how far two slots are apart', () => {
    expect(slotLength('30 4 * * *', paris, Date.parse('2026-01-10T12:00:00Z'))).to.equal(86_400_000)
    expect(slotLength('30 4 * * *', paris, Date.parse('2026-03-29T12:00:00Z'))).to.equal(82_800_000)
  })

  it('tells how far they are apart on the average, on whatever day somebody asks', () => {
    const days = (line: string, date: string): number =>
      meanSlotLength(line, Date.parse(`${date}T12:00:00Z`)) / 86_400_000
    expect([days('30 4 * * *', '2026-01-10'), days('30 4 * * *', '2026-03-29')]).to.deep.equal([1, 1])
    for (const date of ['2026-06-01', '2026-06-02', '2026-06-05', '2026-06-06', '2026-06-07'])
      expect(days('30 4 * * 1-5', date), date).to.equal(1.4)
    expect(days('30 4,20 * * *', '2026-06-02')).to.be.closeTo(0.5, 0.02)
    expect(days('30 4 1 * *', '2026-06-02')).to.equal(31)
    expect(days('0 12 29 2 *', '2026-06-02')).to.equal(0)
  })
})
