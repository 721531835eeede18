import { expect } from 'chai'
import fc from 'fast-check'
import type { Period } from '../../policies/period.ts'
import type { Policy, Warn } from '../../policies/policy.ts'
import { compareTerms, termsHash, termsOf } from '../../plan/terms.ts'
import { account, at, event, kind, mapOf, policy } from './site-builder.ts'

const map = mapOf([
  {
    ...account,
    states: { open: { 'orders.status': ['paid'] }, shut: { status: ['x'] } },
    except: { status: ['admin'] },
  },
  kind('order', 'orders', { of: 'account' }),
  kind('line', 'order_lines', { of: 'order' }),
])
const warn: Warn = {
  when: 'before the term',
  daysBefore: [60, 30],
  minimumNoticeDays: 30,
  template: 't',
  ifUnreachable: { refusals: 2, waitDays: 90, finally: 'erase' },
  noAddress: 'erase',
}
const base = policy('account', { warn, notWhile: ['open'] })
const compare = (next: Partial<Policy>, old: Policy = base, nextMap = map) =>
  compareTerms(termsOf(old, map), termsOf({ ...old, ...next }, nextMap))
const period = (more: Partial<Period>): Period => ({
  years: 0,
  months: 0,
  weeks: 0,
  days: 0,
  hours: 0,
  ...more,
})

describe('new terms against old ones', () => {
  it('are severe when an invalid address ends at all, or earlier', () => {
    const ends = (waitDays: number, last: 'erase' | 'a person decides' = 'erase') => ({
      warn: { ...warn, invalidAddress: { waitDays, finally: last } },
    })
    expect(compare(ends(90))).to.equal('severe')
    const old = { ...base, ...ends(90) }
    expect(compare(ends(89), old)).to.equal('severe')
    for (const next of [ends(91), ends(90, 'a person decides'), { warn }])
      expect(compare(next, old)).to.equal('gentler')
  })

  it('are the same when only words for readers differ', () => {
    expect(
      compare({ because: 'y', file: 'q.yml', perRun: { items: 1, mails: 1 }, status: 'observe' }),
    ).to.equal('same')
    expect(compare({ warn: { ...warn, template: 'u' } })).to.equal('same')
    expect(compare({ warn: { ...warn, variant: 'bare' } })).to.equal('same')
    const last = { template: 'erased', withinDays: 5 }
    const tells = { ...base, warn: { ...warn, thenTell: last } }
    expect(compare({ warn: { ...warn, thenTell: { ...last, template: 'u' } } }, tells)).to.equal('same')
    expect(compare({ keepAtMost: period({ months: 36 }) }), '36 months are three years').to.equal('same')
    const labelled = mapOf([
      ...Object.values(map.kinds).map((one) =>
        one.name === 'account'
          ? { ...one, events: { seen: event([at('seen_at')], { label: { en: 'a', fr: 'b' } }) } }
          : one,
      ),
    ])
    expect(compare({}, base, labelled)).to.equal('same')
  })

  const gentler: readonly (readonly [string, Partial<Policy>])[] = [
    ['a longer period', { keepAtMost: period({ years: 4 }) }],
    ['days that surely outlast the months', { keepAtMost: period({ days: 36 * 31 }) }],
    ['a state more', { notWhile: ['open', 'shut'] }],
    ['a mail more', { warn: { ...warn, daysBefore: [60, 30, 7] } }],
    ['a longer notice', { warn: { ...warn, minimumNoticeDays: 45 } }],
    [
      'a person who decides',
      { warn: { ...warn, noAddress: 'a person decides', ifUnreachable: 'a person decides' } },
    ],
    [
      'a person who decides after the wait',
      { warn: { ...warn, ifUnreachable: { refusals: 2, waitDays: 90, finally: 'a person decides' } } },
    ],
    ['a longer wait', { warn: { ...warn, ifUnreachable: { refusals: 2, waitDays: 91, finally: 'erase' } } }],
    ['more patience', { warn: { ...warn, ifUnreachable: { refusals: 3, waitDays: 90, finally: 'erase' } } }],
  ]
  for (const [name, next] of gentler)
    it(`are gentler with ${name}, and severe the other way round`, () => {
      expect(compare(next)).to.equal('gentler')
      expect(compareTerms(termsOf({ ...base, ...next }, map), termsOf(base, map))).to.equal('severe')
    })

  it('are severe with a first notice, and with a rule instead of the person who decided', () => {
    const tells = { ...base, warn: { ...warn, thenTell: { template: 'erased', withinDays: 5 } } }
    expect(compare({ warn }, tells), 'no last mail any more').to.equal('gentler')
    const within = (withinDays: number) =>
      compare({ warn: { ...warn, thenTell: { template: 'erased', withinDays } } }, tells)
    expect([4, 6].map(within), 'the address is kept for less time, for more').to.deep.equal([
      'gentler',
      'severe',
    ])
    const silent = policy('account', { warn: null, notWhile: ['open'] })
    expect(compare({ warn }, silent), 'nobody has seen a test bounce').to.equal('severe')
    const decided = { ...base, warn: { ...warn, ifUnreachable: 'a person decides' as const } }
    expect(compare({ warn }, decided)).to.equal('severe')
  })

  const severe: readonly (readonly [string, Partial<Policy>])[] = [
    ['another action', { then: 'anonymise' }],
    ['a stronger departure', { but: { order: { act: 'anonymise', under: null } } }],
    ['even a milder departure: other things stay', { but: { order: { act: 'keep', because: 'x' } } }],
    ['another clock', { countedFrom: 'other' }],
    ['other rows', { only: [{ column: 'status', test: 'is one of', values: ['a'] }] }],
    ['no notice', { warn: null }],
    ['less patience', { warn: { ...warn, ifUnreachable: { refusals: 2, waitDays: 89, finally: 'erase' } } }],
    [
      'fewer refusals',
      { warn: { ...warn, ifUnreachable: { refusals: 1, waitDays: 900, finally: 'erase' } } },
    ],
    ['days that fall short by one', { keepAtMost: period({ days: 36 * 31 - 1 }) }],
    ['hours, however many, for months', { keepAtMost: period({ hours: 9999 }) }],
    [
      'an address kept for a last mail',
      { warn: { ...warn, thenTell: { template: 'erased', withinDays: 5 } } },
    ],
    ['another time of warning', { warn: { ...warn, when: 'at the term' } }],
    ['one mail less and one more', { warn: { ...warn, daysBefore: [60, 7] } }],
    ['a longer period with less notice', { keepAtMost: period({ years: 9 }), warn: null }],
    ['30 days for a month', { keepAtMost: period({ days: 3 * 365 }) }],
    ['no upper limit', { keepAtMost: null, keepAtLeast: period({ years: 9 }) }],
  ]
  for (const [name, next] of severe)
    it(`are severe with ${name}`, () => {
      expect(compare(next)).to.equal('severe')
    })

  it('are severe when days become hours, which end in the middle of one, or hours days', () => {
    const week = { ...base, keepAtMost: period({ days: 7 }) }
    const hours = (count: number) => ({ keepAtMost: period({ hours: count }) })
    expect(compare(hours(168), week)).to.equal('severe')
    expect(compare(hours(240), week)).to.equal('severe')
    const instant = { ...base, ...hours(168) }
    expect(compare({ keepAtMost: period({ days: 8 }) }, instant)).to.equal('severe')
    expect(compare(hours(169), instant)).to.equal('gentler')
    expect(compare(hours(167), instant)).to.equal('severe')
  })

  it('are severe when a cap becomes a minimum, or a minimum a cap', () => {
    const least = { ...base, keepAtMost: null, keepAtLeast: period({ years: 3 }) }
    expect(compare({ keepAtMost: null, keepAtLeast: period({ years: 3 }) })).to.equal('severe')
    expect(compare({ keepAtMost: period({ years: 3 }), keepAtLeast: null }, least)).to.equal('severe')
    expect(compare({ keepAtLeast: period({ years: 4 }) }, least)).to.equal('gentler')
  })

  it('are severe when a person no longer decides', () => {
    const patient = { refusals: 2, waitDays: 90, finally: 'a person decides' } as const
    const asked: Policy = {
      ...base,
      warn: { ...warn, noAddress: 'a person decides', ifUnreachable: patient },
    }
    expect(compare({ warn: { ...warn, noAddress: 'erase', ifUnreachable: patient } }, asked)).to.equal(
      'severe',
    )
    expect(compare({ warn: { ...warn, noAddress: 'a person decides' } }, asked)).to.equal('severe')
  })

  it('follow the data map: exceptions, clocks, what hangs on the person', () => {
    const changed = (more: Parameters<typeof kind>[2]) =>
      mapOf(Object.values(map.kinds).map((one) => (one.name === 'account' ? { ...one, ...more } : one)))
    expect(compare({}, base, changed({ except: { status: ['admin', 'vip'] } }))).to.equal('gentler')
    expect(compare({}, base, changed({ except: {} }))).to.equal('severe')
    expect(compare({}, base, changed({ events: { seen: event([at('other_at')]) } }))).to.equal('severe')
    const bigger = mapOf([...Object.values(map.kinds), kind('note', 'notes', { of: 'line' })])
    expect(compare({}, base, bigger), 'more leaves than before').to.equal('severe')
    const kept = { ...base, but: { order: { act: 'keep', because: 'x' } as const } }
    expect(compare({}, kept, bigger), 'it hangs on a row that stays').to.equal('same')
  })

  it('are severe when they cannot be read', () => {
    expect(compareTerms(null, termsOf(base, map))).to.equal('severe')
    expect(compareTerms(['x'], ['y'])).to.equal('severe')
  })

  const anyPeriod = fc.record({
    years: fc.nat(20),
    months: fc.nat(40),
    weeks: fc.nat(60),
    days: fc.nat(800),
    hours: fc.constant(0),
  })

  it('are never severe for lengthening, in whatever unit', () => {
    fc.assert(
      fc.property(anyPeriod, anyPeriod, fc.constantFrom('keepAtMost', 'keepAtLeast'), (old, more, which) => {
        const longer = {
          years: old.years + more.years,
          months: old.months + more.months,
          weeks: old.weeks + more.weeks,
          days: old.days + more.days,
          hours: 0,
        }
        const before = { ...base, keepAtMost: null, keepAtLeast: null, [which]: old }
        expect(compare({ [which]: longer }, before)).to.not.equal('severe')
      }),
    )
  })

  it('are never gentler both ways, and never gentler when some calendar makes them shorter', () => {
    fc.assert(
      fc.property(anyPeriod, anyPeriod, (a, b) => {
        const there = compare({ keepAtMost: b }, { ...base, keepAtMost: a })
        const back = compare({ keepAtMost: a }, { ...base, keepAtMost: b })
        expect([there, back].filter((one) => one === 'gentler').length).to.be.lessThan(2)
        const days = (one: Period, month: number) =>
          (one.years * 12 + one.months) * month + one.weeks * 7 + one.days
        if (there === 'gentler') expect(days(b, 31)).to.be.greaterThanOrEqual(days(a, 28))
        if (days(b, 28) < days(a, 28) && days(b, 31) < days(a, 31)) expect(there).to.equal('severe')
      }),
    )
  })

  it('are severe when receipts are given, no more, or for another time', () => {
    const given = { ...base, receipts: period({ months: 2 }) }
    expect(compare({ receipts: period({ months: 2 }) })).to.equal('severe')
    expect(compareTerms(termsOf(given, map), termsOf(base, map))).to.equal('severe')
    for (const other of [period({ months: 1 }), period({ months: 3 }), period({ days: 60 })])
      expect(compare({ receipts: other }, given)).to.equal('severe')
  })

  it('have the hash of before the field when no receipts are given', () => {
    expect(termsHash(base, map)).to.equal('3071a31abce7d5dc9c495fb2ef62f906ed8314f2308129ea29951bb249d7bcd5')
  })

  it('have one hash for one meaning', () => {
    expect(termsHash(base, map)).to.equal(termsHash({ ...base, because: 'y' }, map))
    expect(termsHash(base, map)).to.not.equal(termsHash({ ...base, notWhile: [] }, map))
  })
})
