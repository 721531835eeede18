/** Of which mails a database has to be told that they came back. */
import { expect } from 'chai'
import type { WarningFact } from '../../plan/facts.ts'
import { unheardOf } from '../../plan/returned.ts'
import { noon, warningOf } from './judged-policy.ts'

const [left, back, later] = [noon('2026-01-02'), noon('2026-01-08'), noon('2026-01-09')]
const mail = (round: number, step: number, more: Partial<WarningFact> = {}): WarningFact =>
  warningOf(0, left, noon('2026-02-10'), { round, step, ...more })
const returned = (round: number, step: number, at = back) => ({ round, step, at })

describe('mails that came back', () => {
  it('are those that stand or wait here, each by itself', () => {
    const mails = [mail(0, 0), mail(0, 1)]
    expect(unheardOf(mails, [returned(0, 1)])).to.deep.equal([returned(0, 1)])
    const back = { state: 'bounced', acceptedAt: null } as const
    const around = [mail(1, 1, back), mail(0, 0, back), mail(0, 1)]
    expect(unheardOf(around, [returned(0, 1)]), 'by its round and its step').to.have.length(1)
    expect(unheardOf(around.slice(0, 2), [returned(1, 1), returned(0, 0)])).to.deep.equal([])
    for (const state of ['open', 'unknown'] as const)
      expect(unheardOf([mail(0, 1, { state, acceptedAt: null })], [returned(0, 1)]), state).to.have.length(1)
    for (const state of ['refused', 'bounced', 'undelivered', 'abandoned'] as const)
      expect(unheardOf([mail(0, 1, { state, acceptedAt: null })], [returned(0, 1)]), state).to.deep.equal([])
  })

  it('are those that are unknown here where a mail stands from before', () => {
    expect(unheardOf([mail(0, 0)], [returned(0, 1)])).to.have.length(1)
    expect(unheardOf([mail(0, 0, { acceptedAt: later })], [returned(0, 1)])).to.deep.equal([])
    expect(unheardOf([mail(0, 0, { state: 'bounced', acceptedAt: null })], [returned(0, 1)])).to.deep.equal(
      [],
    )
    expect(unheardOf([], [returned(0, 0)]), 'nobody goes on it').to.deep.equal([])
  })

  it('are none that left later from the same place; their times are told by the minute', () => {
    expect(unheardOf([mail(0, 0, { acceptedAt: back + 59_999 })], [returned(0, 0)])).to.have.length(1)
    expect(unheardOf([mail(0, 0, { acceptedAt: back + 60_000 })], [returned(0, 0)])).to.deep.equal([])
    const waits = { state: 'open', acceptedAt: null, queuedAt: later } as const
    expect(unheardOf([mail(0, 0, waits)], [returned(0, 0)])).to.deep.equal([])
  })
})
