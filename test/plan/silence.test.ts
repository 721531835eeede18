import { expect } from 'chai'
import { cameLate, hasStopped, profileOf, type Profile } from '../../plan/clock-profile.ts'
import type { ClockColumn } from '../../plan/compiled.ts'
import { contradictingAct, isKeptTooShort, isRead, isSilent } from '../../plan/silence.ts'

const day = 86_400_000
const now = Date.parse('2026-06-01T10:00:00Z')

describe('who is silent', () => {
  it('is whoever the clock has run out for, whatever keeps the row for now', () => {
    const spared = { act: 'spare', until: null, dueFrom: null, canary: false } as const
    const silent = [
      'held',
      'restricted',
      'not while',
      'warned, not yet due',
      'no address',
      'unreachable',
    ] as const
    for (const reason of silent) expect(isSilent({ ...spared, reason }), reason).to.equal(true)
    for (const reason of ['active', 'exception', 'no clock', 'clock cannot be true'] as const)
      expect(isSilent({ ...spared, reason }), reason).to.equal(false)
    const due = { act: 'due', start: 0, dueFrom: 0, byElse: false, notice: 'none needed' } as const
    expect(isSilent(due)).to.equal(true)
  })
})

describe('a column that was looked at', () => {
  it('was read, unless a right or a comparison is missing', () => {
    const all = ['all', 'newest rows', 'no right', 'collations'] as const
    expect(all.map(isRead)).to.deep.equal([true, true, false, false])
  })
})

describe('an act that contradicts', () => {
  it('lies a tenth of the term after the bound, at most thirty days, and not in the future', () => {
    const long = contradictingAct(now - 1000 * day, now)
    expect(long).to.deep.equal({ from: now - 970 * day, to: now + 300_000 })
    const short = contradictingAct(now - 60 * day, now)
    expect(short.from).to.equal(now - 54 * day)
    expect(contradictingAct(now - 10_005, now).from % 1000).to.equal(0)
  })
})

describe('a clock that is kept too short', () => {
  it('has next to no value as old as the term, and people who are silent for want of one', () => {
    expect(isKeptTooShort({ older: 0, rows: 9 }, 0)).to.equal(false)
    expect(isKeptTooShort({ older: 0, rows: 0 }, 1)).to.equal(true)
    expect(isKeptTooShort({ older: 1, rows: 1 }, 100)).to.equal(false)
    expect(isKeptTooShort({ older: 1, rows: 1 }, 101)).to.equal(true)
  })

  it('is not what few people ever did, for as long as the term', () => {
    expect(isKeptTooShort({ older: 10, rows: 100 }, 90_000)).to.equal(false)
    expect(isKeptTooShort({ older: 10, rows: 101 }, 90_000)).to.equal(true)
    expect(isKeptTooShort({ older: 9, rows: 9 }, 90_000)).to.equal(true)
  })
})

const column: ClockColumn = {
  column: 'seen_at',
  format: 'datetime',
  zone: 'UTC',
  never: [null, '0000-00-00 00:00:00'],
  ordered: true,
  family: 'datetime',
}
const frame = { notBefore: Date.parse('2010-01-01'), now, zone: 'Europe/Paris' }

function profile(
  values: readonly (readonly [raw: string | null, rows: number])[],
  more: Partial<ClockColumn> = {},
): Profile {
  return profileOf(
    values.map(([raw, rows]) => ({ raw, rows })),
    { ...column, ...more },
    frame,
  )
}

describe('the profile of a clock', () => {
  it('tells never, unreadable, ancient and future apart, and counts the rest by year in the zone', () => {
    const found = profile([
      [null, 3],
      ['0000-00-00 00:00:00', 2],
      ['2020-00-00 00:00:00', 1],
      ['1970-01-01 00:00:00', 4],
      ['2026-06-01 10:04:00', 1],
      ['2026-06-01 10:06:00', 5],
      ['2023-12-31 23:30:00', 1],
      ['2023-12-31 22:30:00', 1],
    ])
    expect(found).to.deep.equal({
      rows: 18,
      never: 5,
      unreadable: 1,
      ancient: 4,
      future: 5,
      first: '2023-12',
      last: '2026-06',
      years: { '2023': 1, '2024': 1, '2026': 1 },
      spikes: [],
    })
  })

  it('finds one value, or one day, that too many rows share, and not what is recent or few', () => {
    const others = Array.from(
      { length: 80 },
      (_, i) => [`201${1 + (i % 9)}-0${1 + (i % 7)}-1${i % 9} 0${i % 9}:00:00`, 1] as const,
    )
    expect(profile([...others, ['2022-04-01 00:00:00', 20]]).spikes).to.deep.equal([
      { of: 'value', month: '2022-04', rows: 20 },
    ])
    expect(profile([...others, ['2022-04-01 00:00:00', 19]]).spikes).to.deep.equal([])
    const oneDay = Array.from({ length: 40 }, (_, i) => [`2022-04-01 08:${10 + i}:00`, 1] as const)
    expect(profile([...others, ...oneDay]).spikes).to.deep.equal([{ of: 'day', month: '2022-04', rows: 40 }])
    const today = Array.from({ length: 40 }, (_, i) => [`2026-05-31 08:${10 + i}:00`, 1] as const)
    expect(profile([...others, ...today]).spikes).to.deep.equal([])
    const dates = others.map(([raw]) => [raw.slice(0, 10), 1] as const)
    expect(profile([...dates, ['2022-04-01', 20]], { format: 'date', family: 'date' }).spikes).to.deep.equal([
      { of: 'day', month: '2022-04', rows: 20 },
    ])
  })

  it('knows a clock that nothing has moved for three months', () => {
    const stopped = (last: string): boolean => hasStopped(profile([[last, 1]]), frame)
    expect(stopped('2026-02-28 08:00:00')).to.equal(true)
    expect(stopped('2026-03-01 08:00:00')).to.equal(false)
    expect(hasStopped(profile([[null, 1]]), frame)).to.equal(false)
  })

  it('knows a column that came more than a year after the accounts', () => {
    const accounts = profile([['2012-03-01 00:00:00', 9]])
    const late = (first: string, never: number): boolean =>
      cameLate(
        profile([
          [first, 9],
          [null, never],
        ]),
        accounts,
      )
    expect(late('2013-04-01 08:00:00', 1)).to.equal(true)
    expect(late('2013-03-01 08:00:00', 1)).to.equal(false)
    expect(late('2013-04-01 08:00:00', 0)).to.equal(false)
  })
})
