/** What the failed mails of one silence say against an address, and what they do not. */
import { expect } from 'chai'
import type { WarningFact } from '../../plan/facts.ts'
import { failureDays, isFailing, isGivenUp, mostFailed, standingSince } from '../../plan/failed-mails.ts'
import { noon, warningOf, zone } from './judged-policy.ts'

const address = { addressHash: 'address', zone }
const announced = noon('2026-03-01')
const number = (date: string): number => Math.floor(noon(date) / 86_400_000)

function mail(state: WarningFact['state'], date: string, more: Partial<WarningFact> = {}): WarningFact {
  const at = noon(date)
  const accepted = state === 'accepted' || state === 'bounced' || state === 'undelivered'
  return warningOf(0, at, announced, {
    state,
    acceptedAt: accepted ? at : null,
    failedAt: ['refused', 'bounced', 'undelivered', 'abandoned'].includes(state) ? at : null,
    ...more,
  })
}

describe('a mail that failed', () => {
  it('stands as accepted only while nothing came back', () => {
    expect(standingSince(mail('accepted', '2026-01-02'))).to.equal(noon('2026-01-02'))
    for (const state of ['bounced', 'undelivered'] as const)
      expect(standingSince(mail(state, '2026-01-02')), state).to.equal(null)
  })

  it('speaks against the address where it was refused or came back, once a local day', () => {
    const days = (...mails: readonly WarningFact[]) => failureDays(address, mails)
    expect(days(mail('refused', '2026-01-02'), mail('bounced', '2026-01-05'))).to.deep.equal([
      number('2026-01-02'),
      number('2026-01-05'),
    ])
    expect(days(mail('refused', '2026-01-02'), mail('bounced', '2026-01-02'))).to.have.length(1)
    const late = { failedAt: Date.parse('2026-01-02T23:30:00Z') }
    expect(days(mail('refused', '2026-01-02', late)), 'in Paris').to.deep.equal([number('2026-01-03')])
    for (const state of ['undelivered', 'abandoned', 'open', 'unknown', 'accepted'] as const)
      expect(days(mail(state, '2026-01-02')), state).to.deep.equal([])
  })

  it('counts by the day that it was queued where the day of its end was not written down', () => {
    const unsaid = mail('refused', '2026-01-02', { failedAt: null })
    expect(failureDays(address, [unsaid])).to.deep.equal([number('2026-01-02')])
    const later = mail('refused', '2026-01-02', { failedAt: noon('2026-01-04') })
    expect(failureDays(address, [later])).to.deep.equal([number('2026-01-04')])
  })

  it('is forgotten with the next that stands as accepted, and not before', () => {
    const failed = mail('bounced', '2026-01-05')
    const days = (date: string) => failureDays(address, [failed, mail('accepted', date)])
    expect(days('2026-01-04')).to.have.length(1)
    expect(days('2026-01-06')).to.deep.equal([])
    expect(days('2026-01-05'), 'both at once').to.deep.equal([])
    const two = [mail('accepted', '2026-01-01'), failed, mail('accepted', '2026-01-06')]
    expect(failureDays(address, two), 'the latest counts').to.deep.equal([])
    expect(failureDays(address, two.slice(0, 2))).to.have.length(1)
  })

  it('whose answer was lost begins a new round, and was given up by no server', () => {
    const dates = ['2026-01-02', '2026-01-09', '2026-01-16']
    const mails = (more: Partial<WarningFact>) => dates.map((date) => mail('undelivered', date, more))
    expect(isGivenUp(address, mails({}), 2)).to.equal(true)
    expect(isGivenUp(address, mails({ lost: true }), 2)).to.equal(false)
    expect(isFailing(address, [mail('accepted', '2026-01-01'), ...mails({ lost: true })])).to.equal(true)
  })

  it('says nothing of another address, and a mail to that one forgets nothing', () => {
    const other = { addressHash: 'other' }
    expect(failureDays(address, [mail('refused', '2026-01-05', other)])).to.deep.equal([])
    expect(isFailing(address, [mail('refused', '2026-01-05', other)])).to.equal(false)
    expect(
      failureDays(address, [mail('refused', '2026-01-05'), mail('accepted', '2026-01-06', other)]),
    ).to.have.length(1)
  })
})

describe('a silence of which no notice stands', () => {
  it('is one whose latest word is a mail that did not arrive, for whatever reason', () => {
    const accepted = mail('accepted', '2026-01-05')
    for (const state of ['refused', 'bounced', 'undelivered'] as const) {
      expect(isFailing(address, [accepted, mail(state, '2026-01-06')]), state).to.equal(true)
      expect(isFailing(address, [accepted, mail(state, '2026-01-04')]), state).to.equal(false)
    }
    for (const state of ['abandoned', 'open', 'unknown'] as const)
      expect(isFailing(address, [accepted, mail(state, '2026-01-06')]), state).to.equal(false)
    expect(isFailing(address, [])).to.equal(false)
  })
})

describe('a silence that is given up', () => {
  const each = (state: WarningFact['state'], count: number, more: Partial<WarningFact> = {}) =>
    Array.from({ length: count }, (_, i) => mail(state, `2026-01-0${i + 1}`, more))

  it('has three days of mails that other servers gave up, whatever was accepted in between', () => {
    expect(mostFailed).to.equal(3)
    expect(isGivenUp(address, each('undelivered', 3), 2)).to.equal(true)
    expect(isGivenUp(address, each('undelivered', 2), 2)).to.equal(false)
    expect(isGivenUp(address, [...each('undelivered', 3), mail('accepted', '2026-01-09')], 9)).to.equal(true)
  })

  it('has three days of refusals and bounces, or as many as make somebody unreachable', () => {
    const mixed = [...each('refused', 2), mail('bounced', '2026-01-07')]
    expect(isGivenUp(address, mixed, 2)).to.equal(true)
    expect(isGivenUp(address, mixed, 3)).to.equal(true)
    expect(isGivenUp(address, mixed, 4)).to.equal(false)
    expect(isGivenUp(address, each('refused', 2), 2)).to.equal(false)
    expect(isGivenUp(address, each('bounced', 4), 4)).to.equal(true)
  })

  it('counts either by itself, days and not mails, and those of this address alone', () => {
    expect(isGivenUp(address, [...each('undelivered', 2), mail('refused', '2026-01-08')], 1)).to.equal(false)
    for (const state of ['undelivered', 'refused'] as const) {
      expect(isGivenUp(address, Array(3).fill(mail(state, '2026-01-02')), 1), state).to.equal(false)
      expect(isGivenUp(address, each(state, 3, { addressHash: 'other' }), 1), state).to.equal(false)
    }
    for (const state of ['abandoned', 'open', 'unknown', 'accepted'] as const)
      expect(isGivenUp(address, each(state, 4), 1), state).to.equal(false)
  })
})
