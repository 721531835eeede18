import { expect } from 'chai'
import fc from 'fast-check'
import { isoPeriod, parsePeriod, periodText, type Period } from '../../policies/period.ts'

const amount = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9999 }))
const calendar = fc
  .record({ years: amount, months: amount, weeks: amount, days: amount, hours: fc.constant(0) })
  .filter((period) => period.years + period.months + period.weeks + period.days > 0)
const hours = fc
  .integer({ min: 1, max: 9999 })
  .map((count) => ({ years: 0, months: 0, weeks: 0, days: 0, hours: count }))
const anyPeriod: fc.Arbitrary<Period> = fc.oneof(calendar, hours)

function iso(text: string): string {
  const parsed = parsePeriod(text)
  return parsed.ok ? isoPeriod(parsed.period) : 'refused'
}

describe('a period', () => {
  it('reads back what it prints, in English, in French and in ISO 8601', () => {
    fc.assert(
      fc.property(anyPeriod, (period) => {
        for (const text of [periodText(period, 'en'), periodText(period, 'fr'), isoPeriod(period)]) {
          expect(parsePeriod(text), text).to.deep.equal({ ok: true, period })
        }
      }),
    )
  })

  it('reads back whatever spaces and capitals a word processor puts in', () => {
    const space = fc.constantFrom(' ', '\u00a0', '\u202f', '  ', '\t')
    fc.assert(
      fc.property(anyPeriod, fc.constantFrom('en' as const, 'fr' as const), space, (period, lang, gap) => {
        const text = periodText(period, lang).replace(/ /g, gap)
        expect(parsePeriod(` ${text.toUpperCase()}${gap}`)).to.deep.equal({ ok: true, period })
      }),
    )
  })

  const readings: Readonly<Record<string, string>> = {
    P3Y: 'P3Y',
    P13M: 'P13M',
    P1Y6M: 'P1Y6M',
    P90D: 'P90D',
    P2W: 'P2W',
    PT72H: 'PT72H',
    '3 years': 'P3Y',
    '1 year 6 months': 'P1Y6M',
    '1 year and 6 months': 'P1Y6M',
    '72 hours': 'PT72H',
    '3 ans': 'P3Y',
    '3\u00a0ans': 'P3Y',
    '13 MOIS': 'P13M',
    '1 an et 6 mois': 'P1Y6M',
    '1 an, 6 mois et 2 semaines': 'P1Y6M2W',
    '2 anne\u0301es': 'P2Y',
    '90 jours': 'P90D',
    '72 heures': 'PT72H',
  }
  for (const [text, expected] of Object.entries(readings)) {
    it(`reads ${JSON.stringify(text)} as ${expected}`, () => {
      expect(iso(text)).to.equal(expected)
    })
  }

  it('prints one and several in the grammar of each language', () => {
    const period = { years: 1, months: 6, weeks: 2, days: 0, hours: 0 }
    expect(periodText(period, 'en')).to.equal('1 year 6 months 2 weeks')
    expect(periodText(period, 'fr')).to.equal('1 an, 6 mois et 2 semaines')
  })

  const refused = [
    '',
    'P',
    'PT',
    'P0D',
    '-P1D',
    '+P1D',
    'P1.5Y',
    'P1,5Y',
    'P1M1Y',
    'P1Y1Y',
    'P1DT12H',
    'PT30M',
    'P03Y',
    '3',
    '0 years',
    '-3 years',
    '1.5 years',
    '6 months 1 year',
    '1 year 1 year',
    '1 day 12 hours',
    '3 ans and 6 months',
    '3 ans 6 months',
    'three years',
    '3 year s',
    '99999 days',
    '3 years or so',
  ]
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(iso(text)).to.equal('refused')
    })
  }
})
