import { expect } from 'chai'
import { parse } from 'node-cron'
import { readCronLine, worksWhenClocksAreSet } from '../../config/cron-line.ts'

describe('a cron line', () => {
  it('is read with lists, ranges, steps and names', () => {
    for (const line of ['0 9 * * 1-4', '*/5 * * * *', '0,30 4-6/2 1 jan mon-fri', '5-59/10 0 * * 7']) {
      expect(readCronLine(line).state, line).to.equal('line')
      expect(() => parse(line), line).not.to.throw()
    }
    expect(readCronLine('0 4-8/2,22 * * *')).to.deep.include({ hours: [4, 6, 8, 22] })
  })

  it('is refused when a field is missing, out of range or backwards', () => {
    for (const line of [
      '',
      '0 9 * *',
      '0 0 9 * * *',
      '60 9 * * *',
      '0 9 0 * *',
      '0 9 * 13 *',
      '0 9-8 * * *',
      '0 9 * * 1-x',
      '0 */0 * * *',
      '@daily',
      '5/10 0 * * *',
    ]) {
      expect(readCronLine(line).state, line).to.equal('wrong')
    }
  })

  it('is refused when its day never comes, as node-cron would refuse it at the first wake-up', () => {
    for (const line of ['0 5 31 2 *', '0 5 30,31 2 *', '0 5 31 4,6 *']) {
      expect(readCronLine(line).state, line).to.equal('wrong')
      expect(() => parse(line), line).to.throw()
    }
    for (const line of ['0 5 29 2 *', '0 5 31 1,2 *', '0 5 1,31 2 *'])
      expect(readCronLine(line).state, line).to.equal('line')
  })

  it('may not name hours in which clocks are set, unless it works at all hours', () => {
    const refused = ['30 1 * * *', '0 2 * * *', '59 3 * * *', '0 0-6 * * *', '0 22,3 * * *']
    const taken = ['59 0 * * *', '0 4 * * *', '*/5 * * * *', '0 */2 * * *', '0 4-23 * * *']
    for (const line of refused) expect(worksWhenClocksAreSet(readCronLine(line)), line).to.equal(true)
    for (const line of taken) expect(worksWhenClocksAreSet(readCronLine(line)), line).to.equal(false)
  })
})
