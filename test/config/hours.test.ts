import { expect } from 'chai'
import { isWithin, readHours } from '../../config/hours.ts'

const at = (text: string): number => Date.parse(`${text}Z`)

describe('hours of the week', () => {
  // 2026-11-23 is a Monday.
  const cases: readonly (readonly [line: string, local: string, within: boolean])[] = [
    ['mon-fri 08:00-20:00', '2026-11-23T08:00', true],
    ['mon-fri 08:00-20:00', '2026-11-23T07:59:59.999', false],
    ['mon-fri 08:00-20:00', '2026-11-23T20:00', false],
    ['mon-fri 08:00-20:00', '2026-11-22T12:00', false],
    ['Sat,Sun 00:00-24:00', '2026-11-22T23:59:59.999', true],
    ['sat,sun 00:00-24:00', '2026-11-23T00:00', false],
    ['daily 22:00-06:00', '2026-11-23T23:00', true],
    ['daily 22:00-06:00', '2026-11-23T05:59', true],
    ['daily 22:00-06:00', '2026-11-23T06:00', false],
    ['sat 22:00-06:00', '2026-11-22T05:00', true],
    ['sat 22:00-06:00', '2026-11-21T05:00', false],
    ['fri-mon 10:00-11:00', '2026-11-23T10:30', true],
    ['fri-mon 10:00-11:00', '2026-11-24T10:30', false],
    ['thu 10:00-11:00', '1969-12-25T10:30', true],
  ]
  for (const [line, local, within] of cases)
    it(`${line} ${within ? 'holds' : 'does not hold'} ${local}`, () => {
      const hours = readHours(line)
      expect(hours).not.to.equal(null)
      expect(hours !== null && isWithin(hours, at(local))).to.equal(within)
    })

  for (const line of ['', 'mon', 'mon 8:00-9:00', 'lun 08:00-09:00', 'mon 08:00-08:00', 'mon 08:60-09:00'])
    it(`"${line}" are none`, () => {
      expect(readHours(line)).to.equal(null)
    })
  it('a day has no more than 24 hours, and begins before it ends', () => {
    expect([readHours('mon 08:00-24:01'), readHours('mon 24:00-08:00')]).to.deep.equal([null, null])
  })
})
