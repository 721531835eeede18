/** How a table says what it is cut by, and the odd ends of partitions. */
import { expect } from 'chai'
import type { ClockColumn } from '../../plan/compiled.ts'
import { cutAlong, impossibleBetween, whollyDue } from '../../plan/partitions.ts'

const clock = (format: ClockColumn['format'], family: ClockColumn['family']): ClockColumn => ({
  column: 'seen_at',
  format,
  family,
  zone: 'UTC',
  never: [null],
  ordered: true,
})
const datetime = clock('datetime', 'datetime')
const dates = clock('date', 'date')
const stamps = clock('timestamp', 'timestamp')
const seconds = clock('epoch seconds', 'integer')

describe('what a table is cut by', () => {
  const by = (method: string, expression: string, one: ClockColumn) =>
    cutAlong({ method, expression, subpartitioned: false, parts: [] }, one)

  it('is read with and without quotes and blanks, and whole', () => {
    expect(by('RANGE COLUMNS', ' seen_at ', datetime)).to.equal('column')
    expect(by('RANGE', 'to_days (seen_at)', datetime)).to.equal('to_days')
    expect(by('RANGE', '1+to_days(`seen_at`)', datetime)).to.equal(null)
    expect(by('RANGE COLUMNS', 'unix_timestamp(`seen_at`)', stamps)).to.equal(null)
  })
})

describe('the ends of partitions', () => {
  /** The end of each partition that is due, however late. */
  const ends = (expression: string, one: ClockColumn, bounds: readonly string[], bound: string) =>
    bounds.flatMap((end) =>
      whollyDue(
        {
          method: expression === '`seen_at`' && one !== seconds ? 'RANGE COLUMNS' : 'RANGE',
          expression,
          subpartitioned: false,
          parts: [
            { name: 'p0', bound: end },
            { name: 'p1', bound: null },
          ],
        },
        one,
        bound,
      ).map(({ high }) => high),
    )
  const late = '9999-12-31 23:59:59'

  it('are whole numbers and nothing else', () => {
    expect(ends('`seen_at`', seconds, ['x5', '5x', 'MAXVALUE', '-5', '5'], '9')).to.deep.equal(['-5', '5'])
  })

  it('lie in the years 1 to 9999', () => {
    const days = ['-1', '365', '366', '3652424', '3652425', 'x']
    const first = '0001-01-01 00:00:00'
    expect(ends('to_days(`seen_at`)', datetime, days, late)).to.deep.equal([first, '9999-12-31 00:00:00'])
    const years = ['0', '1', '500', '9999', '10000', 'x']
    expect(ends('year(`seen_at`)', datetime, years, late)).to.deep.equal([
      first,
      '0500-01-01 00:00:00',
      '9999-01-01 00:00:00',
    ])
    const moments = ['x', '-1', '0', '1', '253402300799', '253402300800']
    expect(ends('unix_timestamp(`seen_at`)', stamps, moments, late)).to.deep.equal([
      '1970-01-01 00:00:01',
      late,
    ])
  })

  it('are spelled as the server prints them', () => {
    const texts = [
      "'2019-01-01'",
      "'2019-01-01 10:00:00'",
      "'2019-01-01 10:00:00.5'",
      "'2019-01-01'x",
      "x'2019-01-01'",
    ]
    expect(ends('`seen_at`', datetime, texts, late)).to.deep.equal([
      '2019-01-01 00:00:00',
      '2019-01-01 10:00:00',
      '2019-01-01 10:00:00.5',
    ])
    expect(ends('`seen_at`', dates, texts, '9999-12-31')).to.deep.equal(['2019-01-01'])
  })

  it('are as late as the cutoff at most, fractions and signs included', () => {
    const due = (end: string, bound: string) => ends('`seen_at`', seconds, [end], bound).length === 1
    expect([due('5', '5'), due('6', '5'), due('6', '5.1'), due('6', '5.0'), due('7', '5.9')]).to.deep.equal([
      true,
      false,
      true,
      false,
      false,
    ])
    expect([due('-5', '-5.3'), due('-4', '-5.3')]).to.deep.equal([true, false])
    const fine = (end: string, bound: string) => ends('`seen_at`', datetime, [`'${end}'`], bound).length === 1
    expect(fine('2019-01-01 10:00:00', '2019-01-01 10:00:00')).to.equal(true)
    expect(fine('2019-01-01 10:00:00', '2019-01-01 10:00:00.000')).to.equal(true)
    expect(fine('2019-01-01 10:00:00.000', '2019-01-01 10:00:00')).to.equal(true)
    expect(fine('2019-01-01 10:00:00.1', '2019-01-01 10:00:00.09')).to.equal(false)
    expect(fine('2019-01-01', '2019-01-01 00:00:00')).to.equal(true)
  })
})

describe('values that cannot be true', () => {
  it('lie between the last moment of a month and the first of the next', () => {
    expect(impossibleBetween('2019-12-31 10:00:00', '2020-02-02 00:00:00', datetime)).to.deep.equal([
      { after: '2019-12-31 23:59:59.999999', before: '2020-01-01 00:00:00' },
      { after: '2020-01-31 23:59:59.999999', before: '2020-02-01 00:00:00' },
    ])
    expect(impossibleBetween('0998-11-05', '0998-12-05', dates)).to.deep.equal([
      { after: '0998-11-30', before: '0998-12-01' },
    ])
    expect(impossibleBetween('2019-05-01', '2019-05-30', dates)).to.deep.equal([])
  })

  it('are asked for over fifty years and no more, of years that exist', () => {
    expect(impossibleBetween('1950-01-01', '2000-01-01', dates)).to.have.length(600)
    expect(impossibleBetween('1950-01-01', '2000-02-01', dates)).to.equal(null)
    expect(() => impossibleBetween('0000-01-01', '0000-03-01', dates)).to.throw(RangeError, '1 to 9999')
  })
})
