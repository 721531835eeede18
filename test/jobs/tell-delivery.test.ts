/** What the log says of a delivery: each event in a whole sentence, whatever the relay said. */
import { expect } from 'chai'
import { events, type EventCode } from '../../config/events.ts'
import { createLog } from '../../config/log.ts'
import { tellDelivery } from '../../jobs/tell-delivery.ts'
import { stopEvents, type DeliveryEvent } from '../../mail/delivery-event.ts'
import { newTally, type DeliveryStop } from '../../mail/tally.ts'

const codes = ['250', '451', '550', 'EADDRESS', 'ECONNECTION', null]
const results = ['mail.accepted', 'mail.deferred', 'mail.rejected', 'mail.unknown', 'mail.abandoned'] as const

async function said(event: DeliveryEvent): Promise<{ readonly line: string; readonly dropped: number }> {
  const lines: string[] = []
  const log = createLog(
    { format: 'text', level: 'debug', file: null },
    (line) => lines.push(line),
    () => 0,
  )
  tellDelivery(log, event)
  await log.close()
  expect(lines).to.have.length(1)
  return { line: lines.join(), dropped: log.dropped() }
}

describe('the log of a delivery', () => {
  it('has a whole sentence for each result and each answer, and leaves nothing out', async () => {
    for (const event of results)
      for (const code of codes) {
        const { line, dropped } = await said({ event, policy: 'inactive-accounts', code, attempt: 2 })
        expect([line.includes('?'), dropped], line).to.deep.equal([false, 0])
      }
  })

  it('says what the relay answered, by number or by name', async () => {
    const one = { policy: 'inactive-accounts', attempt: 1 }
    const line = async (event: (typeof results)[number], code: string) =>
      (await said({ ...one, event, code })).line.slice(22)
    expect(await line('mail.rejected', '550')).to.equal(
      'warn   mail.refused  A mail was refused.  (reply=550)',
    )
    expect(await line('mail.rejected', 'EADDRESS')).to.equal(
      'warn   mail.refused  A mail was refused.  (code=EADDRESS)',
    )
    expect(await line('mail.unknown', 'ETIMEDOUT')).to.equal(
      'info   mail.deferred  A mail waits for another try.  (code=ETIMEDOUT tries=1)',
    )
  })

  it('does not say that a mail waits which was given up', async () => {
    const given = await said({ event: 'mail.abandoned', policy: 'p', code: null, attempt: 0 })
    expect(given.line).to.include('mail.abandoned  p: a mail was given up')
  })

  const refusals = { 'mail.slice-refused': '7 of 9 mails were refused' }
  const stops: Readonly<Record<DeliveryStop, Partial<Record<EventCode, string>>>> = {
    'relay refuses everything': refusals,
    'too many refusals to be true, none was counted': refusals,
    'relay cannot be reached': { 'mail.relay-failed': 'The relay cannot be reached.  (code=EAUTH)' },
    'the mail to our own mailbox was not taken, no refusal was counted': {
      'mail.canary-failed': 'did not take the mail to mail.canary',
    },
  }
  for (const [stop, expected] of Object.entries(stops))
    it(`names the stop "${stop}" and its cause`, async () => {
      const tally = { ...newTally(), accepted: 2, notReached: 'EAUTH' }
      for (let i = 0; i < 7; i += 1) tally.held.push({ mail: {} as never, code: '550', ofAddress: true })
      const told = stopEvents(stop as DeliveryStop, tally, stop.includes('refus'))
      const lines = await Promise.all(told.map(said))
      expect(lines.map(({ line, dropped }) => [line.includes('?'), dropped])).to.deep.equal([[false, 0]])
      for (const [code, words] of Object.entries(expected)) {
        expect(lines[0]?.line).to.include(`error  ${code}  `).and.to.include(words)
        expect(Object.keys(events)).to.include(code)
      }
    })

  it('tells both when the relay is gone after it refused too many', () => {
    const told = stopEvents('relay cannot be reached', newTally(), true).map(({ event }) => event)
    expect(told).to.deep.equal(['mail.slice-refused', 'mail.relay-failed'])
    expect(stopEvents(null, newTally(), false)).to.deep.equal([])
  })
})
