import { expect } from 'chai'
import { earlierMessage } from '../../plan/earlier-message.ts'
import { wasTold } from '../../plan/told-people.ts'
import { factsOf, noon, warningOf } from './judged-policy.ts'

const start = noon('2020-06-01')
const about = { policy: 'inactive-accounts', addressHash: 'address' }
const first = warningOf(start, noon('2023-04-03'), noon('2023-06-02'))
const second = warningOf(start, noon('2023-05-03'), noon('2023-06-09'), { step: 1 })

describe('the message before', () => {
  it('is the last one that was accepted, whatever their order', () => {
    const found = { sent: second.acceptedAt, announced: second.announced }
    expect(earlierMessage([first, second], about)).to.deep.equal(found)
    expect(earlierMessage([second, first], about)).to.deep.equal(found)
    expect(earlierMessage([], about)).to.equal(null)
  })

  it('is none that came back, was never taken, or was about something else', () => {
    for (const more of [
      { state: 'bounced' },
      { state: 'refused', acceptedAt: null },
      { state: 'abandoned', acceptedAt: null },
      { addressHash: 'another' },
      { policy: 'prospects' },
    ] as const)
      expect(earlierMessage([{ ...first, ...more }], about), JSON.stringify(more)).to.equal(null)
  })
})

describe('whoever hears of the erasure', () => {
  it('was warned by that policy, at the address of now, by a mail that was accepted', () => {
    const told = (more: object): boolean =>
      wasTold(factsOf(null, { warnings: [{ ...first, ...more }] }), 'inactive-accounts')
    expect(told({})).to.equal(true)
    for (const more of [{ state: 'bounced' }, { addressHash: 'another' }, { policy: 'prospects' }])
      expect(told(more), JSON.stringify(more)).to.equal(false)
    expect(wasTold(factsOf(null), 'inactive-accounts'), 'unreachable').to.equal(false)
  })
})
