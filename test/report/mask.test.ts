import { expect } from 'chai'
import fc from 'fast-check'
import { maskBelow, masked, maskedText, roughly, sumOf } from '../../report/mask.ts'

describe('small counts', () => {
  it('are hidden from one to four, and nothing else is', () => {
    const shown = [0, 1, 4, 5, 1234].map((rows) => maskedText(masked(rows), 'en'))
    expect(shown).to.deep.equal(['0', '<5', '<5', '5', '1,234'])
    expect(maskedText(masked(1234, 'estimate'), 'en')).to.equal('≈\u00a01,234')
    expect(maskedText(masked(1000, 'at least'), 'fr')).to.equal('≥\u00a01\u202f000')
  })

  it('cannot be worked out from a sum: another hidden count would have made the same page', () => {
    const rows = fc.array(fc.nat(20), { minLength: 1, maxLength: 6 })
    const page = (list: readonly number[]) =>
      [...list.map((each) => masked(each)), sumOf(list.map((each) => masked(each)))].map((one) =>
        maskedText(one, 'en'),
      )
    fc.assert(
      fc.property(rows, (list) => {
        const i = list.findIndex((each) => each > 0 && each < maskBelow)
        if (i === -1) return
        for (let other = 1; other < maskBelow; other += 1)
          expect(page(list.with(i, other))).to.deep.equal(page(list))
      }),
    )
  })

  it('cannot be worked out from a sum whose parts nobody knows: it says only that there are some', () => {
    const text = (rows: number) => maskedText(roughly(rows), 'en')
    expect(text(0)).to.equal('0')
    // 96 beside `<5`: a sum of 100 is never told from one of 99.
    for (const rows of [1, 4, 5, 9, 10, 99, 100, 1234]) expect(text(rows), `${rows}`).to.equal('≥\u00a01')
  })

  it('leave a sum that holds no more than it says', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 6 }), (list) => {
        const { low, hidden } = sumOf(list.map((each) => masked(each)))
        const sum = list.reduce((total, each) => total + each, 0)
        expect(sum).to.be.within(low + hidden, low + hidden * (maskBelow - 1))
      }),
    )
  })

  it('make a sum no better known than its least known part', () => {
    expect(sumOf([masked(9), masked(9, 'estimate')]).basis).to.equal('estimate')
    expect(sumOf([masked(9, 'at least'), masked(9, 'estimate')]).basis).to.equal('at least')
  })
})
