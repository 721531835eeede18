import { expect } from 'chai'
import {
  elseAt,
  extremesOf,
  happenedIn,
  readClock,
  saidBy,
  tellingSources,
  type ClockReading,
} from '../../plan/clock-reading.ts'
import type { ClockColumn, CompiledClock } from '../../plan/compiled.ts'
import type { Facts } from '../../plan/facts.ts'

const now = Date.parse('2026-06-01T10:00:00Z')
const notBefore = Date.parse('2010-01-01T00:00:00Z')
const minute = 60_000

const column: ClockColumn = {
  column: 'seen',
  family: 'integer',
  format: 'epoch milliseconds',
  zone: 'UTC',
  never: ['0'],
  ordered: true,
}

const clock = {
  sources: [{ joins: [], clock: column }],
  else: column,
  notBefore,
} as unknown as CompiledClock

function read(latest: number | string | null, otherwise: number | null = null): ClockReading {
  const raw = latest === null ? null : String(latest)
  const facts = {
    readings: [{ earliest: raw, latest: raw }],
    else: otherwise === null ? null : String(otherwise),
  } as unknown as Facts
  return readClock(clock, facts, now)
}

describe('a source', () => {
  it('is all of a column, or what stands at its place in JSON', () => {
    const document = '{"stats":{"seen":"7"}}'
    expect(saidBy(document, column)).to.equal(document)
    expect(saidBy(document, { ...column, path: '$.stats.seen' })).to.equal('7')
    expect(saidBy('{}', { ...column, path: '$.stats.seen' })).to.equal(null)
  })

  it('has ever happened when it says a time, or something that cannot be read', () => {
    const two = { ...clock, sources: [...clock.sources, ...clock.sources] } as unknown as CompiledClock
    const happened = (...latest: readonly (string | null)[]) =>
      happenedIn(two, { readings: latest.map((one) => ({ earliest: one, latest: one })) })
    expect(happened('7', null)).to.deep.equal([true, false])
    expect(happened('0', 'x'), 'never, and a doubt').to.deep.equal([false, true])
    expect(happened('7'), 'not read').to.deep.equal([true, false])
  })

  it('tells of the event, unless it is the very column that stands for everybody', () => {
    const own = { joins: [], clock: column }
    const other = { joins: [], clock: { ...column, column: 'bought' } }
    const place = { joins: [], clock: { ...column, path: '$.seen' } }
    const below = { joins: [{}], clock: column }
    const telling = (...sources: readonly object[]) =>
      tellingSources({ ...clock, sources } as unknown as CompiledClock)
    expect(telling(own, other, place, below)).to.deep.equal([other, place, below])
    expect(telling(own), 'there is no other').to.deep.equal([own])
    const without = { ...clock, else: null, sources: [own, other] } as unknown as CompiledClock
    expect(tellingSources(without)).to.deep.equal([own, other])
  })
})

describe('what a clock says', () => {
  it('is nothing where no date can be read, also when the person asked to stay', () => {
    const facts = { readings: [{ earliest: 'x', latest: 'x' }], else: null, kept: [now] } as unknown as Facts
    expect(readClock(clock, facts, now)).to.deep.include({ start: null, doubt: 'clock cannot be true' })
  })

  it('is believed from the first day of the site to five minutes after now, both included', () => {
    for (const at of [notBefore, now + 5 * minute])
      expect(read(at)).to.deep.equal({ start: at, byElse: false, doubt: null })
    for (const at of [notBefore - 1, now + 5 * minute + 1])
      expect(read(at)).to.deep.equal({ start: at, byElse: false, doubt: 'clock cannot be true' })
  })

  it('is the other event only where nothing ever happened', () => {
    for (const never of [null, '0'])
      expect(read(never, now - 1)).to.deep.equal({ start: now - 1, byElse: true, doubt: null })
    expect(read(now - 2, now - 1)).to.deep.equal({ start: now - 2, byElse: false, doubt: null })
    expect(read(null)).to.deep.equal({ start: null, byElse: false, doubt: 'no clock' })
    const facts = { readings: [{ earliest: null, latest: null }], else: String(now) }
    expect(readClock({ ...clock, else: null }, facts, now)).to.include({ start: null, doubt: 'no clock' })
  })

  it('is the other event also where that one is searched by as a source', () => {
    const meta = { joins: [{ table: 'meta' }], clock: column }
    const both = { ...clock, sources: [...clock.sources, meta] } as unknown as CompiledClock
    const said = (...raws: readonly (number | null)[]): ClockReading => {
      const readings = raws.map((raw) => ({
        earliest: raw === null ? null : String(raw),
        latest: raw === null ? null : String(raw),
      }))
      return readClock(both, { readings, else: String(raws[0]) }, now)
    }
    expect(said(now - 2, null)).to.deep.equal({ start: now - 2, byElse: true, doubt: null })
    expect(said(now - 2, 0)).to.deep.equal({ start: now - 2, byElse: true, doubt: null })
    expect(said(now - 2, now - 3)).to.deep.equal({ start: now - 2, byElse: false, doubt: null })
    // Where it is the only source, it is the event itself.
    expect(read(now - 2)).to.deep.include({ byElse: false })
  })

  it('is in doubt where it cannot be read, and a source that was not asked is an error', () => {
    expect(read('once')).to.deep.equal({ start: null, byElse: false, doubt: 'clock cannot be true' })
    expect(() => readClock(clock, { readings: [], else: null }, now)).to.throw('was not read')
  })

  it('is in doubt as soon as one of its values cannot be true, and its latest value is still shown', () => {
    const readings = [{ earliest: String(notBefore - 1), latest: String(now) }]
    expect(readClock(clock, { readings, else: null }, now)).to.deep.equal({
      start: now,
      byElse: false,
      doubt: 'clock cannot be true',
    })
  })
})

describe('the other event, named in a text', () => {
  it('is none where it never happened or cannot be true', () => {
    expect(elseAt(clock, String(notBefore), now)).to.equal(notBefore)
    for (const raw of [null, '0', 'x', String(notBefore - 1), String(now + 6 * minute)])
      expect(elseAt(clock, raw, now), String(raw)).to.equal(null)
    expect(elseAt(clock, String(now + 5 * minute), now), 'clocks differ').to.equal(now + 5 * minute)
    expect(elseAt(clock, String(now + 5 * minute + 1), now)).to.equal(null)
    expect(elseAt({ ...clock, else: null }, String(now), now)).to.equal(null)
  })
})

describe('the extremes of values that no database sorts by time', () => {
  it('are the earliest and the latest, without those that mean never', () => {
    const values = ['1400000000000', '0', '999999999999', '1500000000000']
    expect(extremesOf(values, column)).to.deep.equal({ earliest: '999999999999', latest: '1500000000000' })
    expect(extremesOf(['0'], column)).to.deep.equal({ earliest: null, latest: null })
  })

  it('show one that cannot be read, whatever stands beside it', () => {
    const values = ['1400000000000', 'x', '1500000000000']
    expect(extremesOf(values, column)).to.deep.equal({ earliest: 'x', latest: '1500000000000' })
    expect(extremesOf(['x'], column)).to.deep.equal({ earliest: 'x', latest: 'x' })
  })
})
