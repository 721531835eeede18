/** Short ways to write terms in tests. */
import fc from 'fast-check'
import type { Period } from '../../policies/period.ts'
import type { Term } from '../../plan/deadline.ts'

/** ISO 8601 without fractions: P1Y2M3W4D or PT5H. */
export function period(written: string): Period {
  const count = (unit: RegExp): number => Number(unit.exec(written)?.[1] ?? 0)
  return {
    years: count(/(\d+)Y/),
    months: count(/(\d+)M/),
    weeks: count(/(\d+)W/),
    days: count(/(\d+)D/),
    hours: count(/T(\d+)H/),
  }
}

export function term(written: string, zone: string, more: Partial<Term> = {}): Term {
  return { period: period(written), ends: 'next day', fiscalYearEnds: null, zone, ...more }
}

export function anyPeriod(): fc.Arbitrary<Period> {
  const calendar = fc.record({
    years: fc.nat(10),
    months: fc.nat(30),
    weeks: fc.nat(8),
    days: fc.nat(400),
    hours: fc.constant(0),
  })
  const common = fc
    .constantFrom('P3Y', 'P13M', 'P6M', 'P1M', 'P25M', 'P10Y', 'P30D', 'P0D', 'PT72H')
    .map(period)
  return fc.oneof(calendar, common)
}

export function anyTerm(zone: string): fc.Arbitrary<Term> {
  return fc.record({
    period: anyPeriod(),
    ends: fc.constantFrom('next day' as const, 'same day' as const),
    fiscalYearEnds: fc.option(fc.constantFrom('12-31', '03-31', '02-29', '02-28', '06-30')),
    zone: fc.constant(zone),
  })
}
