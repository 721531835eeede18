/** How a wait is called: by what keeps the mail, or by whether it may still come back. Never an erasure. */
import { expect } from 'chai'
import { startOfDay } from '../../plan/civil.ts'
import type { WarningFact } from '../../plan/facts.ts'
import { climb, type LadderOutcome } from '../../plan/ladder.ts'
import type { Warn } from '../../policies/policy.ts'
import { noon, warn, warningOf, zone } from './judged-policy.ts'

const start = Date.parse('2020-06-01T08:00:00Z')
const announced = startOfDay('2023-06-02', zone)

function reason(date: string, warnings: readonly WarningFact[], own: Warn = warn): string {
  const found: LadderOutcome = climb({
    ...{ warn: own, start, dueFrom: announced, now: noon(date), zone, warnings },
    ...{ addressState: 'valid', addressHash: 'address', termsHash: 'terms' },
  })
  return found.act === 'wait' ? found.reason : found.act
}

const mail = (date: string, more: Partial<WarningFact>) => warningOf(start, noon(date), announced, more)
const open = (date: string, reply?: string, round = 0) =>
  mail(date, { ...{ state: 'open', acceptedAt: null, round }, ...(reply === undefined ? {} : { reply }) })

describe('the name of a wait', () => {
  it('is that the mail is put off once that lasts for days, over the end of its retries', () => {
    expect(reason('2023-04-03', [open('2023-04-03', '450')])).to.equal('warning on its way')
    expect(reason('2023-04-04', [open('2023-04-03', '450')])).to.equal('warning on its way')
    expect(reason('2023-04-05', [open('2023-04-03', '450')])).to.equal('deferred for days')
    expect(reason('2023-04-05', [open('2023-04-03')])).to.equal('warning on its way')
    const given = mail('2023-04-03', { state: 'abandoned', acceptedAt: null, failedAt: noon('2023-04-08') })
    expect(reason('2023-04-09', [given, open('2023-04-09', '421', 1)])).to.equal('deferred for days')
    const elsewhere = { ...given, addressHash: 'the address before' }
    expect(reason('2023-04-09', [elsewhere, open('2023-04-09', '421', 1)]), 'of this address alone').to.equal(
      'warning on its way',
    )
    const heard = mail('2023-04-08', { round: 1 })
    expect(reason('2023-05-03', [given, heard, { ...open('2023-05-03', '450', 1), step: 1 }])).to.equal(
      'warning on its way',
    )
  })

  it('is our own fault at once, where the relay is not reached or refuses so much that nothing counts', () => {
    for (const reply of ['550', 'ECONNECTION', 'EAUTH'])
      expect(reason('2023-04-03', [open('2023-04-03', reply)]), reply).to.equal('our own fault')
  })

  it('is our own fault where answers are lost for days, in whichever rounds', () => {
    const unknown = (date: string, round = 0) => mail(date, { state: 'unknown', acceptedAt: null, round })
    const byServer = mail('2023-04-03', { state: 'undelivered', failedAt: noon('2023-04-08') })
    const lost = { ...byServer, lost: true as const }
    expect(reason('2023-04-04', [unknown('2023-04-03')])).to.equal('warning on its way')
    expect(reason('2023-04-05', [unknown('2023-04-03')])).to.equal('our own fault')
    expect(reason('2023-04-09', [lost, unknown('2023-04-09', 1)])).to.equal('our own fault')
    expect(reason('2023-04-09', [lost, open('2023-04-09', undefined, 1)])).to.equal('warning on its way')
    expect(reason('2023-04-09', [byServer, unknown('2023-04-09', 1)])).to.equal('warning on its way')
    const heard = mail('2023-04-08', { round: 1 })
    expect(reason('2023-05-03', [lost, heard, { ...unknown('2023-05-03', 1), step: 1 }])).to.equal(
      'warning on its way',
    )
  })

  it('is that a mail may still come back, until the window is over', () => {
    const accepted = mail('2023-04-03', {})
    expect(reason('2023-04-07', [accepted])).to.equal('accepted, waiting for bounces')
    expect(reason('2023-04-08', [accepted])).to.equal('warned, not yet due')
    const own = { ...warn, bounceWindowDays: 20 }
    expect(reason('2023-04-22', [accepted], own)).to.equal('accepted, waiting for bounces')
    expect(reason('2023-04-23', [accepted], own)).to.equal('warned, not yet due')
  })

  it('moves no erasure forward: a window that is longer than the notice is waited for', () => {
    const late = mail('2023-05-01', { announced: startOfDay('2023-06-02', zone) })
    const own = { ...warn, daysBefore: [30], minimumNoticeDays: 1, bounceWindowDays: 40 }
    expect(reason('2023-06-02', [late], own)).to.equal('accepted, waiting for bounces')
    expect(reason('2023-06-11', [late], own)).to.equal('due')
    expect(reason('2023-06-02', [late], { ...own, bounceWindowDays: 20 })).to.equal('due')
  })
})
