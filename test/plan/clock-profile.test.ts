/** The bounds of what the profile of a clock tells. */
import { expect } from 'chai'
import { cameLate, hasStopped, profileOf, type Profile } from '../../plan/clock-profile.ts'
import type { ClockColumn } from '../../plan/compiled.ts'

const column: ClockColumn = {
  column: 'seen_at',
  format: 'datetime',
  zone: 'UTC',
  never: [null],
  ordered: true,
  family: 'datetime',
}
const frame = {
  notBefore: Date.parse('2010-01-01'),
  now: Date.parse('2026-06-01T10:00:00Z'),
  zone: 'Europe/Paris',
}
type Values = readonly (readonly [raw: string | null, rows: number])[]

function profile(values: Values, more: Partial<ClockColumn> = {}): Profile {
  return profileOf(
    values.map(([raw, rows]) => ({ raw, rows })),
    { ...column, ...more },
    frame,
  )
}

/** Values one minute apart, each once. */
function minutes(day: string, count: number): Values {
  return Array.from({ length: count }, (_, i) => [`${day} 08:${10 + i}:00`, 1] as const)
}

describe('the bounds of a profile', () => {
  it('are part of what can be true', () => {
    const found = profile([
      ['2010-01-01 00:00:00', 1],
      ['2026-06-01 10:05:00', 1],
    ])
    expect(found).to.include({ ancient: 0, future: 0, first: '2010-01', last: '2026-06' })
  })

  it('are not asked of nothing, whatever means never and wherever the value stands', () => {
    expect(profile([[null, 2]], { never: [] })).to.include({ rows: 2, never: 2, unreadable: 0 })
    expect(profile([[null, 2]], { never: [], path: '$.seen' })).to.include({ never: 2, unreadable: 0 })
  })
})

describe('a spike', () => {
  /** 380 rows on twenty days, no value often enough. */
  const spread: Values = Array.from({ length: 20 }, (_, i) => [`2015-03-${10 + i} 08:00:00`, 19] as const)
  const spikes = (values: Values) => profile(values).spikes

  it('is a twentieth of all for a value', () => {
    const value = { of: 'value', month: '2022-04', rows: 20 }
    expect(spikes([...spread, ['2022-04-01 00:00:00', 20]])).to.deep.equal([value])
    expect(spikes([...spread, ['2022-04-01 00:00:00', 20], ['2021-01-01 00:00:00', 1]])).to.deep.equal([])
  })

  it('is a fifth of all for a day, thirty days before now or earlier', () => {
    const day = { of: 'day', month: '2022-04', rows: 40 }
    expect(spikes([...spread.slice(0, 8), ...minutes('2022-04-01', 40)])).to.deep.equal([day])
    expect(spikes([...spread, ...minutes('2022-04-01', 40)])).to.deep.equal([])
    expect(spikes(minutes('2026-05-02', 40))).to.deep.equal([{ ...day, month: '2026-05' }])
    expect(spikes(minutes('2026-05-03', 40))).to.deep.equal([])
  })

  it('is told as a value alone where that is half of its day, and as both where it is less', () => {
    const value = { of: 'value', month: '2022-04', rows: 20 }
    const rest = minutes('2022-04-01', 21)
    const one: Values = [['2022-04-01 05:00:00', 20]]
    expect(spikes([...one, ...rest.slice(1)])).to.deep.equal([value])
    expect(spikes([...one, ...rest])).to.deep.equal([{ of: 'day', month: '2022-04', rows: 41 }, value])
    expect(spikes([...one, ...minutes('2023-05-01', 40)])).to.deep.equal([
      { of: 'day', month: '2023-05', rows: 40 },
      value,
    ])
  })

  it('is one of three at most, the most frequent first', () => {
    const rows = [20, 30, 40, 50].map((many, i) => [`202${i}-04-01 05:00:00`, many] as const)
    expect(spikes(rows).map((one) => one.rows)).to.deep.equal([50, 40, 30])
  })
})

describe('a clock that came late, or stopped', () => {
  const accounts = profile([['2012-03-01 00:00:00', 9]])
  const nothing = profile([[null, 9]])

  it('is not told where there is nothing to compare', () => {
    expect(cameLate(nothing, accounts)).to.equal(false)
    const some = profile([
      ['2013-04-01 08:00:00', 9],
      [null, 1],
    ])
    expect(cameLate(some, nothing)).to.equal(false)
    expect(hasStopped(null, frame)).to.equal(false)
  })

  it('came late where fewer rows have it than people', () => {
    expect(cameLate(profile([['2013-04-01 08:00:00', 8]]), accounts)).to.equal(true)
    expect(cameLate(profile([['2013-04-01 08:00:00', 9]]), accounts)).to.equal(false)
  })
})
