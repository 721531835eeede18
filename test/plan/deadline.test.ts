import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import fc from 'fast-check'
import { addDays, civilDate, startOfDay } from '../../plan/civil.ts'
import { cutoff, cutoffAhead, dueFrom } from '../../plan/deadline.ts'
import { anyTerm, period, term } from './terms.ts'
import { zonedInstant, zones } from './zones.ts'

const noonOf = (date: string): number => Date.parse(`${date}T12:00:00Z`)
const text = (at: number): string => new Date(at).toISOString()

/** An instant near another one, or near the place where a cutoff would lie. */
const nearby = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -9e7, max: 9e7 }),
  fc.integer({ min: -4e11, max: 4e11 }),
)

describe('deadlines', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['2024-02-29', 'P3Y', '2027-03-01'],
    ['2024-02-29', 'P4Y', '2028-03-01'],
    ['2025-01-31', 'P13M', '2026-03-01'],
    ['2023-01-31', 'P13M', '2024-03-01'],
    ['2025-01-31', 'P1M', '2025-03-01'],
    ['2025-01-31', 'P395D', '2026-03-03'],
    ['2023-03-01', 'P1095D', '2026-03-01'],
    ['2025-08-31', 'P6M', '2026-03-01'],
  ]
  for (const [start, written, purge] of cases) {
    it(`keeps what began on ${start} for ${written}, and purges from ${purge}`, () => {
      expect(text(dueFrom(term(written, 'UTC'), noonOf(start)))).to.equal(`${purge}T00:00:00.000Z`)
    })
  }

  it('counts the day of the zone of the policy', () => {
    const at = Date.parse('2023-07-14T22:30:00Z')
    expect(text(dueFrom(term('P3Y', 'Europe/Paris'), at))).to.equal('2026-07-15T22:00:00.000Z')
    expect(text(dueFrom(term('P3Y', 'America/Martinique'), at))).to.equal('2026-07-15T04:00:00.000Z')
    const leap = Date.parse('2024-02-28T23:30:00Z')
    expect(text(dueFrom(term('P3Y', 'Europe/Paris'), leap))).to.equal('2027-02-28T23:00:00.000Z')
  })

  it('ends a pure maximum with the start of its last day', () => {
    const cookie = term('P13M', 'Europe/Paris', { ends: 'same day' })
    expect(text(dueFrom(cookie, noonOf('2025-01-31')))).to.equal('2026-02-27T23:00:00.000Z')
  })

  it('counts ten years from the close of the fiscal year', () => {
    const invoice = (ends: string, issued: string): string =>
      text(dueFrom(term('P10Y', 'UTC', { fiscalYearEnds: ends }), noonOf(issued)))
    expect(invoice('12-31', '2016-03-10')).to.equal('2027-01-01T00:00:00.000Z')
    expect(invoice('12-31', '2016-12-31')).to.equal('2027-01-01T00:00:00.000Z')
    expect(invoice('03-31', '2016-04-01')).to.equal('2027-04-01T00:00:00.000Z')
    expect(invoice('02-29', '2015-03-01')).to.equal('2026-03-01T00:00:00.000Z')
  })

  it('counts hours exactly, across a change of the clock', () => {
    const at = Date.parse('2026-03-28T10:00:00+01:00')
    expect(dueFrom(term('PT72H', 'Europe/Paris'), at)).to.equal(Date.parse('2026-03-31T11:00:00+02:00'))
  })

  it('finds the leap day that a subtracted cutoff misses for a day', () => {
    const three = term('P3Y', 'UTC')
    expect(text(cutoff(three, noonOf('2027-03-01')))).to.equal('2024-03-01T00:00:00.000Z')
    expect(text(cutoff(three, noonOf('2027-02-28')))).to.equal('2024-02-28T00:00:00.000Z')
  })

  it('selects by cutoff exactly what is due by its deadline', () => {
    fc.assert(
      fc.property(
        zonedInstant().chain(({ zone, at }) => fc.tuple(anyTerm(zone), fc.constant(at))),
        nearby,
        nearby,
        ([rule, now], shift, other) => {
          const bound = cutoff(rule, now)
          for (const start of [bound - 1, bound, bound + shift, now + other]) {
            expect(start < bound, text(start)).to.equal(dueFrom(rule, start) <= now)
          }
        },
      ),
      { numRuns: 6000 },
    )
  })

  it('is exact from the other side too: at the deadline of a start, and a millisecond before', () => {
    fc.assert(
      fc.property(
        zonedInstant().chain(({ zone, at }) => fc.tuple(anyTerm(zone), fc.constant(at))),
        ([rule, start]) => {
          const due = dueFrom(rule, start)
          expect(start < cutoff(rule, due)).to.equal(true)
          expect(start < cutoff(rule, due - 1)).to.equal(false)
        },
      ),
      { numRuns: 6000 },
    )
  })

  it('never decreases as the start grows', () => {
    fc.assert(
      fc.property(
        zonedInstant().chain(({ zone, at }) => fc.tuple(anyTerm(zone), fc.constant(at))),
        fc.oneof(fc.nat(5), fc.nat(9e7), fc.nat(4e10)),
        ([rule, start], later) => {
          expect(dueFrom(rule, start + later)).to.be.at.least(dueFrom(rule, start))
        },
      ),
      { numRuns: 4000 },
    )
  })

  it('looks ahead by civil days, exactly', () => {
    fc.assert(
      fc.property(
        zonedInstant().chain(({ zone, at }) => fc.tuple(anyTerm(zone), fc.constant(at))),
        fc.constantFrom(0, 1, 7, 30, 60),
        nearby,
        ([rule, now], days, shift) => {
          const bound = cutoffAhead(rule, now, days)
          for (const start of [bound - 1, bound, bound + shift]) {
            const opens = startOfDay(addDays(civilDate(dueFrom(rule, start), rule.zone), -days), rule.zone)
            expect(start < bound, text(start)).to.equal(opens <= now)
          }
        },
      ),
      { numRuns: 4000 },
    )
  })

  it('lets a longer period only ever keep longer', () => {
    fc.assert(
      fc.property(
        zonedInstant().chain(({ zone, at }) => fc.tuple(anyTerm(zone), fc.constant(at))),
        fc.constantFrom('years' as const, 'months' as const, 'weeks' as const, 'days' as const),
        ([rule, at], unit) => {
          const longer = { ...rule, period: { ...rule.period, [unit]: rule.period[unit] + 1 } }
          expect(dueFrom(longer, at)).to.be.at.least(dueFrom(rule, at))
          expect(cutoff(longer, at)).to.be.at.most(cutoff(rule, at))
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('gives the same instants whatever the zone of the process', () => {
    const script = `
      const { cutoff, dueFrom } = await import(${JSON.stringify(new URL('../../plan/deadline.js', import.meta.url).href)})
      const { decodeTime } = await import(${JSON.stringify(new URL('../../plan/clock-value.js', import.meta.url).href)})
      const period = ${JSON.stringify(period('P1Y1M'))}
      const found = []
      for (const zone of ${JSON.stringify(zones.slice(0, 8))}) {
        const term = { period, ends: 'next day', fiscalYearEnds: null, zone }
        for (let at = Date.UTC(2009, 0, 30, 23, 30); at < Date.UTC(2012, 6); at += 40_000_000) {
          found.push(dueFrom(term, at), cutoff(term, at), decodeTime(new Date(at).toISOString().slice(0, 19).replace('T', ' '), { format: 'datetime', zone }))
        }
      }
      const hash = (await import('node:crypto')).createHash('sha256').update(JSON.stringify(found)).digest('hex')
      console.log(hash, found.length, new Date(0).getTimezoneOffset())`
    const outcomes = ['UTC', 'Europe/Paris', 'America/New_York'].map((zone) => {
      const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, TZ: zone },
        cwd: fileURLToPath(new URL('.', import.meta.url)),
        encoding: 'utf8',
      })
      expect(child.status, child.stderr).to.equal(0)
      return child.stdout.trim().split(' ')
    })
    expect(new Set(outcomes.map(([hash]) => hash)).size).to.equal(1)
    expect(new Set(outcomes.map(([, , offset]) => offset)).size).to.equal(3)
    expect(Number(outcomes[0]?.[1])).to.be.above(1000)
  })
})
