import { expect } from 'chai'
import { countAnswer, newTally, stopOf, tooLate } from '../../mail/tally.ts'

describe('a relay', () => {
  const answered = (...codes: readonly string[]) => {
    const tally = newTally()
    for (const code of codes) countAnswer(tally, { result: 'deferred', code })
    return stopOf(tally)
  }

  it('cannot be reached after five mails that did not come to it, one after the other', () => {
    const gone = Array.from({ length: 5 }, () => 'ECONNREFUSED')
    expect(answered(...gone)).to.equal('relay cannot be reached')
    expect(answered(...gone.slice(1))).to.equal(null)
    expect(answered(...gone.slice(1), '451', 'ECONNREFUSED')).to.equal(null)
  })

  it('is not asked by a mail that waited too long in our own queue', () => {
    const late = Array.from({ length: 9 }, () => tooLate)
    expect(answered(...late)).to.equal(null)
    expect(answered('ECONNREFUSED', ...late, ...Array.from({ length: 4 }, () => 'ECONNREFUSED'))).to.equal(
      'relay cannot be reached',
    )
  })
})
