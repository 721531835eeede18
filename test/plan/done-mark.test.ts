import { expect } from 'chai'
import { isStillDone } from '../../plan/done-mark.ts'
import { account, compile, mapOf, onlyPolicy, policy, schemaOf, users } from './site-builder.ts'

const compiled = onlyPolicy(
  compile(schemaOf({ users }), mapOf([account]), [policy('account', { then: 'anonymise' })]),
)
/** In Paris it is then the 1 June; who was seen on the 31 May three years before was due. */
const act = Date.parse('2026-06-01T04:30:00Z')
const holds = (seen: string | null): boolean =>
  isStillDone(compiled, { readings: [{ earliest: seen, latest: seen }], else: null }, act)

describe('a mark of ours', () => {
  it('holds for every clock that was due at the act, to the day', () => {
    expect(holds('2020-01-01 08:00:00')).to.equal(true)
    expect(holds('2023-05-31 23:59:59')).to.equal(true)
    expect(holds('2023-06-01 00:00:00')).to.equal(false)
  })

  it('gives way to a sign of life on the day of the act, before it or behind it', () => {
    for (const seen of ['2026-06-01 00:00:00', '2026-06-01 06:30:00', '2026-06-01 09:00:00'])
      expect(holds(seen), seen).to.equal(false)
  })

  it('holds when the clock says nothing any more, and leaves what cannot be read to the judgement', () => {
    expect(holds(null)).to.equal(true)
    expect(holds('0000-00-00 00:00:00')).to.equal(false)
  })
})
