import { expect } from 'chai'
import fc from 'fast-check'
import { civilDate } from '../../plan/civil.ts'
import { decodeTime, encodeCutoff } from '../../plan/clock-value.ts'
import type { TimeFormat } from '../../policies/data-map.ts'
import { zonedInstant } from './zones.ts'

const text = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

describe('clock values', () => {
  const readable: readonly (readonly [TimeFormat, string, string, string])[] = [
    ['datetime', 'Europe/Paris', '2023-07-15 00:30:00', '2023-07-14T22:30:00.000Z'],
    ['datetime', 'Europe/Paris', '2023-07-15 00:30:00.999999', '2023-07-14T22:30:00.999Z'],
    ['datetime', 'Europe/Paris', '2026-10-25 02:30:00', '2026-10-25T01:30:00.000Z'], // twice: the later
    ['datetime', 'Europe/Paris', '2026-03-29 02:30:00', '2026-03-29T01:00:00.000Z'], // never: after the gap
    ['datetime', 'Pacific/Apia', '2011-12-30 13:00:00', '2011-12-30T10:00:00.000Z'], // a day that was skipped
    ['timestamp', 'Europe/Paris', '2023-07-15 00:30:00', '2023-07-15T00:30:00.000Z'],
    ['date', 'Europe/Paris', '2023-07-15', '2023-07-14T22:00:00.000Z'],
    ['date', 'America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z'],
    ['epoch seconds', 'UTC', '1700000000', '2023-11-14T22:13:20.000Z'],
    ['epoch seconds', 'UTC', '1700000000.1239', '2023-11-14T22:13:20.123Z'],
    ['epoch seconds', 'UTC', '-0.5', '1969-12-31T23:59:59.500Z'],
    ['epoch seconds', 'UTC', '-0.0001', '1969-12-31T23:59:59.999Z'],
    ['epoch seconds', 'UTC', '8640000000000', '+275760-09-13T00:00:00.000Z'],
    ['epoch milliseconds', 'UTC', '1700000000123', '2023-11-14T22:13:20.123Z'],
    ['epoch milliseconds', 'UTC', '1700000000123.9', '2023-11-14T22:13:20.123Z'],
    ['epoch milliseconds', 'UTC', '-0.5', '1969-12-31T23:59:59.999Z'],
    ['14 digits', 'Europe/Paris', '20230715003000', '2023-07-14T22:30:00.000Z'],
    ['iso text', 'UTC', '2023-07-15T00:30:00Z', '2023-07-15T00:30:00.000Z'],
    ['iso text', 'UTC', '2023-07-15T00:30:00.5+02:00', '2023-07-14T22:30:00.500Z'],
    ['iso text', 'UTC', '2023-07-15T00:30:00-0330', '2023-07-15T04:00:00.000Z'],
    ['iso text', 'UTC', '2023-07-15T00:30:00-23:59', '2023-07-16T00:29:00.000Z'],
  ]
  for (const [format, zone, raw, instant] of readable) {
    it(`reads ${raw} as ${format} in ${zone}`, () => {
      expect(text(decodeTime(raw, { format, zone }))).to.equal(instant)
    })
  }

  const unreadable: readonly (readonly [TimeFormat, string])[] = [
    ['datetime', '0000-00-00 00:00:00'],
    ['datetime', '2023-02-31 10:00:00'],
    ['datetime', '2023-02-28 24:00:00'],
    ['datetime', '2023-02-28 10:60:00'],
    ['datetime', '2023-02-28 10:00:60'],
    ['datetime', '2023-02-28T10:00:00'],
    ['datetime', '2023-02-28'],
    ['datetime', ''],
    ['datetime', ' 2023-02-28 10:00:00'],
    ['timestamp', '0000-00-00 00:00:00'],
    ['date', '0000-00-00'],
    ['date', '2023-02-29'],
    ['date', '2023-02-28 00:00:00'],
    ['epoch seconds', ''],
    ['epoch seconds', '1e9'],
    ['epoch seconds', 'NaN'],
    ['epoch seconds', '99999999999999'],
    ['epoch milliseconds', '0x10'],
    ['14 digits', '00000000000000'],
    ['14 digits', '20230231000000'],
    ['14 digits', '2023-01-01 00:00:00'],
    ['14 digits', '202301010000'],
    ['iso text', '2023-02-28T10:00:00'],
    ['iso text', '2023-02-30T10:00:00Z'],
    ['iso text', '2023-02-28T10:00:00+25:00'],
    ['iso text', '2023-02-28T10:00:00+02:60'],
  ]
  for (const [format, raw] of unreadable) {
    it(`cannot read '${raw}' as ${format}`, () => {
      expect(decodeTime(raw, { format, zone: 'Europe/Paris' })).to.equal(null)
    })
  }

  it('reads a nothing that counts towards the past as nothing', () => {
    expect(Object.is(decodeTime('-0', { format: 'epoch seconds', zone: 'UTC' }), 0)).to.equal(true)
  })

  it('writes bounds in the shape of the column', () => {
    const cutoff = Date.parse('2023-07-14T22:00:00Z')
    const bound = (format: TimeFormat, at = cutoff): string =>
      encodeCutoff(at, { format, zone: 'Europe/Paris' })
    expect(bound('datetime')).to.equal('2023-07-15 00:00:00')
    expect(bound('datetime', cutoff + 50)).to.equal('2023-07-15 00:00:00.05')
    expect(bound('timestamp')).to.equal('2023-07-14 22:00:00')
    expect(bound('date')).to.equal('2023-07-15')
    expect(bound('date', cutoff + 1)).to.equal('2023-07-16')
    expect(bound('epoch seconds')).to.equal('1689372000')
    expect(bound('epoch seconds', -500)).to.equal('-0.5')
    expect(bound('epoch seconds', 500)).to.equal('0.5')
    expect(bound('epoch seconds', -1000)).to.equal('-1')
    expect(bound('epoch milliseconds')).to.equal('1689372000000')
    expect(bound('14 digits')).to.equal('20230715000000')
    expect(bound('14 digits', cutoff + 1)).to.equal('20230715000001')
    expect(encodeCutoff(cutoff, { format: 'iso text', zone: 'UTC' })).to.equal('2023-07-14T22:00:00')
  })

  /** Values as a site would hold them, close to `at` on the wall of the zone, gaps included. */
  function written(format: TimeFormat, at: number, digits: number): string {
    const shown = new Date(at).toISOString()
    const fraction = digits === 0 ? '' : `.${shown.slice(20, 23).padEnd(9, '4').slice(0, digits)}`
    switch (format) {
      case 'datetime':
      case 'timestamp':
        return shown.slice(0, 19).replace('T', ' ') + fraction
      case 'date':
        return shown.slice(0, 10)
      case '14 digits':
        return shown.slice(0, 19).replace(/\D/g, '')
      case 'iso text':
        return digits === 0 ? `${shown.slice(0, 19)}Z` : shown
      case 'epoch seconds':
        return `${at < 0 ? '-' : ''}${String(Math.floor(Math.abs(at) / 1000))}${fraction}`
      case 'epoch milliseconds':
        return String(at)
    }
  }

  const formats: readonly TimeFormat[] = [
    'datetime',
    'timestamp',
    'date',
    '14 digits',
    'iso text',
    'epoch seconds',
    'epoch milliseconds',
  ]
  for (const format of formats) {
    it(`selects by bound exactly what lies before the cutoff: ${format}`, () => {
      const numbers = format.startsWith('epoch')
      fc.assert(
        fc.property(
          zonedInstant(),
          fc.oneof(
            fc.integer({ min: -15 * 3_600_000, max: 15 * 3_600_000 }),
            fc.integer({ min: -4, max: 4 }).map((half) => half * 1_800_000),
            fc.integer({ min: -1500, max: 1500 }),
          ),
          fc.integer({ min: -14 * 2, max: 14 * 2 }),
          fc.integer({ min: 0, max: 6 }),
          fc.boolean(),
          ({ zone: any, at }, shift, halfHours, digits, whole) => {
            const zone = format === 'iso text' ? 'UTC' : any
            const cutoff = format === 'iso text' && digits === 0 ? Math.floor(at / 1000) * 1000 : at
            const moved = at + shift + halfHours * 1_800_000
            const raw = written(format, whole ? Math.floor(moved / 1000) * 1000 : moved, digits)
            const read = decodeTime(raw, { format, zone })
            expect(read).to.not.equal(null)
            const bound = encodeCutoff(cutoff, { format, zone })
            expect(numbers ? Number(raw) < Number(bound) : raw < bound, `${raw} ${bound} ${zone}`).to.equal(
              (read ?? NaN) < cutoff,
            )
          },
        ),
        { numRuns: 4000 },
      )
    })

    it(`reads in the order in which a database sorts: ${format}`, () => {
      const numbers = format.startsWith('epoch')
      fc.assert(
        fc.property(
          zonedInstant(),
          fc.integer({ min: -9e7, max: 9e7 }),
          fc.integer({ min: 0, max: 6 }),
          ({ zone, at }, shift, digits) => {
            const [a, b] = [written(format, at, digits), written(format, at + shift, digits)]
            const sorts = numbers ? Number(a) <= Number(b) : a <= b
            const [left, right] = [
              decodeTime(a, { format, zone }) ?? NaN,
              decodeTime(b, { format, zone }) ?? NaN,
            ]
            expect(sorts ? left <= right : left >= right, `${a} ${b}`).to.equal(true)
          },
        ),
        { numRuns: 2000 },
      )
    })
  }

  it('puts a date where its own day begins', () => {
    fc.assert(
      fc.property(zonedInstant(), ({ zone, at }) => {
        const date = civilDate(at, zone)
        expect(civilDate(decodeTime(date, { format: 'date', zone }) ?? NaN, zone)).to.equal(date)
      }),
    )
  })
})
