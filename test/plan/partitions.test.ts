/** A partition is dropped exactly when every value that it can hold is due, by the rule that judges each row. */
import { expect } from 'chai'
import fc from 'fast-check'
import { encodeCutoff } from '../../plan/clock-value.ts'
import type { ClockColumn, CompiledPolicy } from '../../plan/compiled.ts'
import { cutoff } from '../../plan/deadline.ts'
import { judge } from '../../plan/judge.ts'
import { cutAlong, impossibleBetween, whollyDue } from '../../plan/partitions.ts'
import type { ColumnFamily, Partitioning } from '../../plan/site-schema.ts'
import type { TimeFormat } from '../../policies/data-map.ts'
import type { Period } from '../../policies/period.ts'
import { factsOf, policyOf } from './judged-policy.ts'
import { zones } from './zones.ts'

const day = 86_400_000

interface Way {
  readonly name: string
  readonly format: TimeFormat
  readonly family: ColumnFamily
  readonly method: string
  readonly expression: string
  /** Ends of a partition near a moment, as the server prints them, with the last value that fits into it. */
  readonly endNear: (local: number) => { readonly bound: string; readonly last: string }
}

const stamp = (local: number): string => new Date(local).toISOString().slice(0, 23).replace('T', ' ')
const date = (local: number): string => stamp(local).slice(0, 10)
const startOfDay = (local: number): number => Math.floor(local / day) * day
const year = (local: number): string => date(local).slice(0, 4)
const startOfYear = (local: number): number => Date.parse(`${year(local)}-01-01T00:00:00Z`)
const toDays = (local: number): string => String(Math.floor(local / day) + 719_528)

const ways: readonly Way[] = [
  {
    name: 'RANGE COLUMNS of a DATETIME',
    ...{ format: 'datetime', family: 'datetime', method: 'RANGE COLUMNS', expression: '`seen_at`' },
    endNear: (local) => ({ bound: `'${stamp(local)}'`, last: stamp(local - 1) }),
  },
  {
    name: 'RANGE COLUMNS of a DATETIME, by whole days',
    ...{ format: 'datetime', family: 'datetime', method: 'RANGE COLUMNS', expression: '`seen_at`' },
    endNear: (local) => ({ bound: `'${date(local)}'`, last: stamp(startOfDay(local) - 1) }),
  },
  {
    name: 'RANGE COLUMNS of a DATE',
    ...{ format: 'date', family: 'date', method: 'RANGE COLUMNS', expression: '`seen_at`' },
    endNear: (local) => ({ bound: `'${date(local)}'`, last: date(local - day) }),
  },
  {
    name: 'TO_DAYS of a DATETIME',
    ...{ format: 'datetime', family: 'datetime', method: 'RANGE', expression: 'to_days(`seen_at`)' },
    endNear: (local) => ({ bound: toDays(local), last: stamp(startOfDay(local) - 1) }),
  },
  {
    name: 'TO_DAYS of a DATE',
    ...{ format: 'date', family: 'date', method: 'RANGE', expression: 'TO_DAYS(seen_at)' },
    endNear: (local) => ({ bound: toDays(local), last: date(local - day) }),
  },
  {
    name: 'YEAR of a DATETIME',
    ...{ format: 'datetime', family: 'datetime', method: 'RANGE', expression: 'year(`seen_at`)' },
    endNear: (local) => ({ bound: year(local), last: stamp(startOfYear(local) - 1) }),
  },
  {
    name: 'YEAR of a DATE',
    ...{ format: 'date', family: 'date', method: 'RANGE', expression: 'year(`seen_at`)' },
    endNear: (local) => ({ bound: year(local), last: date(startOfYear(local) - day) }),
  },
  {
    name: 'UNIX_TIMESTAMP',
    ...{ format: 'timestamp', family: 'timestamp', method: 'RANGE', expression: 'unix_timestamp(`seen_at`)' },
    endNear: (local) => {
      const seconds = Math.floor(local / 1000)
      return { bound: String(seconds), last: stamp(seconds * 1000 - 1) }
    },
  },
  {
    name: 'seconds in a whole number',
    ...{ format: 'epoch seconds', family: 'integer', method: 'RANGE', expression: '`seen_at`' },
    endNear: (local) => {
      const seconds = Math.floor(local / 1000)
      return { bound: String(seconds), last: String(seconds - 1) }
    },
  },
  {
    name: 'milliseconds in a whole number',
    ...{ format: 'epoch milliseconds', family: 'integer', method: 'RANGE COLUMNS', expression: '`seen_at`' },
    endNear: (local) => ({ bound: String(local), last: String(local - 1) }),
  },
]

function clockOf({ format, family }: Pick<Way, 'format' | 'family'>, zone: string): ClockColumn {
  const naive = format === 'datetime' || format === 'date'
  return { column: 'seen_at', format, family, zone: naive ? zone : 'UTC', never: [null], ordered: true }
}

function policyFor(clock: ClockColumn, period: Period, zone: string): CompiledPolicy {
  const base = policyOf()
  return {
    ...base,
    clock: { ...base.clock, sources: [{ joins: [], clock }], else: null, period, zone, notBefore: 0 },
    restricted: [],
    canary: [],
    except: [],
  }
}

function isDue(policy: CompiledPolicy, raw: string, now: number): boolean {
  const facts = factsOf(raw, { readings: [{ earliest: raw, latest: raw }] })
  return judge(policy, facts, now).act === 'due'
}

const none = { years: 0, months: 0, weeks: 0, days: 0, hours: 0 }
const periods = fc.oneof(
  fc.integer({ min: 1, max: 6 }).map((years) => ({ ...none, years })),
  fc.integer({ min: 1, max: 20 }).map((months) => ({ ...none, months })),
  fc.integer({ min: 0, max: 400 }).map((days) => ({ ...none, days })),
  fc.integer({ min: 1, max: 900 }).map((hours) => ({ ...none, hours })),
)
const nearby = fc.oneof(
  fc.constantFrom(-1, 0, 1, 1000, -1000, 3_600_000, -3_600_000, day, -day),
  fc.integer({ min: -400 * day, max: 400 * day }),
)
const moments = fc.oneof(
  fc.integer({ min: Date.parse('2018-01-01'), max: Date.parse('2030-01-01') }),
  fc.integer({ min: 17_600, max: 21_900 }).map((days) => days * day),
)

describe('partitions that are wholly due', () => {
  for (const way of ways)
    it(`are those in which every value is due: ${way.name}`, () => {
      const found = { due: 0, kept: 0 }
      fc.assert(
        fc.property(
          fc.constantFrom(...zones),
          fc.constantFrom(...zones),
          periods,
          moments,
          nearby,
          (stored, zone, period, now, off) => {
            const clock = clockOf(way, stored)
            const policy = policyFor(clock, period, zone)
            const border = cutoff(policy.clock, now)
            const bound = encodeCutoff(border, clock)
            const local = clock.zone === 'UTC' ? border : Date.parse(`${stampOf(bound)}Z`)
            const { bound: end, last } = way.endNear(local + off)
            const partitioning = tableWith(way, [end, 'MAXVALUE'])
            const whole = whollyDue(partitioning, clock, bound).map(({ name }) => name)
            found[whole.length > 0 ? 'due' : 'kept'] += 1
            expect(whole).to.deep.equal(isDue(policy, last, now) ? ['p0'] : [])
          },
        ),
        { numRuns: 1_500 },
      )
      expect(Math.min(found.due, found.kept)).to.be.greaterThan(100)
    })

  it('never include the last one, nor one without an end', () => {
    const way = ways[1] as Way
    const clock = clockOf(way, 'UTC')
    const names = (bounds: readonly string[]): readonly string[] =>
      whollyDue(tableWith(way, bounds), clock, '2026-01-01 00:00:00').map(({ name }) => name)
    expect(names(["'2019-01-01'", "'2020-01-01'"])).to.deep.equal(['p0'])
    expect(names(["'2019-01-01'", "'2020-01-01'", 'MAXVALUE'])).to.deep.equal(['p0', 'p1'])
    expect(names(["'2019-01-01'"])).to.deep.equal([])
    expect(names(['MAXVALUE'])).to.deep.equal([])
  })

  it('are none where a bound is spelled otherwise, or begins where nobody can tell', () => {
    const way = ways[1] as Way
    const clock = clockOf(way, 'UTC')
    for (const odd of ["'2019-1-1'", '20190101', "'2019-02-30'", "'x'", 'NULL', "_utf8'2019-01-01'"])
      expect(
        whollyDue(
          tableWith(way, [odd, "'2020-01-01'", "'2021-01-01'", 'MAXVALUE']),
          clock,
          '2026-01-01 00:00:00',
        ),
        odd,
      ).to.deep.equal([
        { name: 'p2', bound: "'2021-01-01'", low: '2020-01-01 00:00:00', high: '2021-01-01 00:00:00' },
      ])
  })
})

describe('a table that is cut', () => {
  const cut = (method: string, expression: string, more: Partial<ClockColumn> = {}): string | null =>
    cutAlong(
      { method, expression, subpartitioned: false, parts: [] },
      { ...clockOf({ format: 'datetime', family: 'datetime' }, 'UTC'), ...more },
    )

  it('along the clock can be compared', () => {
    expect(cut('RANGE COLUMNS', '`seen_at`')).to.equal('column')
    expect(cut('RANGE COLUMNS', '`Seen_At`')).to.equal('column')
    expect(cut('RANGE', 'TO_DAYS( `seen_at` )')).to.equal('to_days')
  })

  for (const [method, expression, more] of [
    ['LIST', '`seen_at`', {}],
    ['HASH', '`seen_at`', {}],
    ['SYSTEM_TIME', '', {}],
    ['RANGE COLUMNS', '`seen_at`,`id`', {}],
    ['RANGE COLUMNS', '`id`', {}],
    ['RANGE', 'to_days(`id`)', {}],
    ['RANGE', 'to_seconds(`seen_at`)', {}],
    ['RANGE', 'to_days(`seen_at`) + 1', {}],
    ['RANGE', 'floor(unix_timestamp(`seen_at`))', { format: 'timestamp', family: 'timestamp' }],
    ['RANGE', 'year(`seen_at`)', { format: 'timestamp', family: 'timestamp' }],
    ['RANGE COLUMNS', '`seen_at`', { format: 'timestamp', family: 'timestamp' }],
    ['RANGE COLUMNS', '`seen_at`', { family: 'text' }],
    ['RANGE COLUMNS', '`seen_at`', { format: '14 digits', family: 'integer' }],
    ['RANGE', '`seen_at`', { format: 'epoch seconds', family: 'decimal' }],
  ] as const)
    it(`by ${method} (${expression}) of ${JSON.stringify(more)} cannot`, () => {
      expect(cut(method, expression, more)).to.equal(null)
    })
})

describe('dates that cannot be true between two that can', () => {
  it('lie in the gaps between months, and nothing that is true does', () => {
    const clock = clockOf({ format: 'date', family: 'date' }, 'UTC')
    fc.assert(
      fc.property(moments, fc.integer({ min: 0, max: 900 }), (from, days) => {
        const [low, high] = [date(from), date(from + days * day)]
        const gaps = impossibleBetween(low, high, clock) ?? []
        const inGap = (raw: string): boolean => gaps.some(({ after, before }) => after < raw && raw < before)
        for (let at = from; at <= from + days * day; at += day) expect(inGap(date(at))).to.equal(false)
        for (let y = Number(low.slice(0, 4)); y <= Number(high.slice(0, 4)); y += 1)
          for (let m = 0; m <= 12; m += 1)
            for (let d = 0; d <= 31; d += 1) {
              const raw = `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`
              const real = !Number.isNaN(Date.parse(raw)) && date(Date.parse(raw)) === raw
              if (!real && low < raw && raw < high) expect(inGap(raw), raw).to.equal(true)
            }
      }),
      { numRuns: 60 },
    )
  })

  it('are none in a number, and too many over centuries', () => {
    expect(
      impossibleBetween('1', '9', clockOf({ format: 'epoch seconds', family: 'integer' }, 'UTC')),
    ).to.deep.equal([])
    const clock = clockOf({ format: 'datetime', family: 'datetime' }, 'UTC')
    expect(impossibleBetween('1900-01-01 00:00:00', '2020-01-01 00:00:00', clock)).to.equal(null)
  })
})

function tableWith(way: Way, bounds: readonly string[]): Partitioning {
  return {
    method: way.method,
    expression: way.expression,
    subpartitioned: false,
    parts: bounds.map((bound, i) => ({ name: `p${i}`, bound })),
  }
}

function stampOf(bound: string): string {
  return bound.length === 10 ? `${bound}T00:00:00` : bound.replace(' ', 'T')
}
