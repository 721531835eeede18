import { expect } from 'chai'
import { clockTexts } from '../../../db/site/done-marks.ts'

describe('the clock in a mark of ours', () => {
  it('is read source by source, nothing where nothing happened', () => {
    expect(clockTexts('2026-01-01 08:00:00||1767225600')).to.deep.equal([
      '2026-01-01 08:00:00',
      null,
      '1767225600',
    ])
    expect(clockTexts('')).to.deep.equal([null])
  })

  it('is not read where there is none, or where its end may be missing', () => {
    expect(clockTexts(null)).to.equal(null)
    expect(clockTexts('x'.repeat(199))).to.have.length(1)
    expect(clockTexts('x'.repeat(200))).to.equal(null)
  })
})
