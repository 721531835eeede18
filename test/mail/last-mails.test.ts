/** Mails after an erasure: sent like any other, and gone whole at any end. */
import { expect } from 'chai'
import { insertLastMails, type LastMail } from '../../db/own/last-mails.ts'
import { recordBounce } from '../../mail/bounce.ts'
import { deliverDue } from '../../mail/deliver.ts'
import { expireLastMails, forgetLastMails } from '../../mail/last-mails.ts'
import { forgetSubject } from '../../mail/warnings.ts'
import { eachDatabase } from '../databases.ts'
import { day, start, warning } from './sample.ts'
import { makeWorld, refused, unanswered, type World } from './world.ts'

const terms = 'c'.repeat(64)

function lastMail(n: number, over: Partial<LastMail> = {}): LastMail {
  const id = (0xabc000 + n).toString(16).padStart(32, '0')
  return {
    ...{ id, token: id, messageId: `<${id}@boutique.example>`, termsHash: terms },
    ...{ policy: 'inactive-accounts', address: `gone${n}@mail.example` },
    ...{ message: Buffer.from(`hello ${n}\r\n`), now: start, notBefore: start, giveUpAt: start + 5 * day },
    ...over,
  }
}

eachDatabase('a mail after an erasure', (open) => {
  let world: World
  beforeEach(async () => {
    world = await makeWorld(await open())
  })

  async function queue(...mails: readonly LastMail[]): Promise<void> {
    const outcome = await world.database.transaction((tx) => insertLastMails(tx, mails))
    if (outcome.state !== 'committed') throw outcome.error
  }

  const rows = () => world.rows("SELECT state, address FROM oubli_outbox WHERE kind = ''")
  const deliver = () => deliverDue(world.database, world.transport, world.options)
  const expire = (at: number) => expireLastMails(world.database, at, world.options.record)
  const ended = (how: string, count: number) => ({
    ...{ kind: 'telling.ended', policy: 'inactive-accounts', termsHash: terms, how, count },
  })

  it('is sent once, leaves nothing behind, and is counted without a person', async () => {
    await queue(lastMail(1), lastMail(2))
    await deliver()
    await deliver()
    expect(world.sent.map(({ address }) => address)).to.have.members([
      'gone1@mail.example',
      'gone2@mail.example',
    ])
    expect(await rows()).to.deep.equal([])
    const counted = world.evidence.flatMap((one) => (one.kind === 'telling.ended' ? [one] : []))
    expect(counted.reduce((sum, { count }) => sum + count, 0)).to.equal(2)
    expect(world.evidence, 'nothing but the counts').to.have.length(counted.length)
    expect(JSON.stringify(world.evidence)).not.to.match(/gone|@/)
  })

  it('goes together with warnings, and each is counted as what it is', async () => {
    await world.queue(warning(1))
    await queue(lastMail(1))
    await deliver()
    expect(world.evidence.map(({ kind }) => kind)).to.have.members(['warning.accepted', 'telling.ended'])
    expect(await world.rows('SELECT state, address, message FROM oubli_outbox')).to.deep.equal([
      { state: 'accepted', address: null, message: null },
    ])
  })

  it('is gone when it is refused', async () => {
    world.answers.set('gone1@mail.example', refused)
    await queue(lastMail(1), lastMail(2))
    await deliver()
    expect(await rows()).to.deep.equal([])
    expect(world.evidence).to.deep.include(ended('refused', 1))
    expect(await world.rows('SELECT * FROM oubli_refusal')).to.deep.equal([])
  })

  it('is sent again, the same bytes, when no answer came, and goes when its time is over', async () => {
    world.usual = unanswered
    await queue(lastMail(1))
    await deliver()
    expect(await rows()).to.deep.equal([{ state: 'unknown', address: 'gone1@mail.example' }])
    world.now = start + day
    await deliver()
    expect(world.sent).to.have.length(2)
    expect(world.sent[0]?.message).to.deep.equal(world.sent[1]?.message)
    world.now = start + 5 * day
    expect((await deliver()).abandoned).to.equal(1)
    expect(await rows()).to.deep.equal([])
    expect(world.evidence).to.deep.equal([ended('abandoned', 1)])
  })

  it('goes when its time is over though no relay was ever asked, and not before', async () => {
    await queue(lastMail(1), lastMail(2, { giveUpAt: start + 6 * day }))
    await world.queue(warning(1))
    expect(await expire(start + 5 * day - 1)).to.equal(0)
    expect(await expire(start + 5 * day)).to.equal(1)
    expect(await rows()).to.deep.equal([{ state: 'queued', address: 'gone2@mail.example' }])
    expect(world.evidence).to.deep.equal([ended('abandoned', 1)])
    expect(await world.rows('SELECT state FROM oubli_warning'), 'no warning is touched').to.deep.equal([
      { state: 'open' },
    ])
  })

  it('is left to whoever sends it at that moment', async () => {
    await queue(lastMail(1))
    let expired = -1
    world.answers.set('gone1@mail.example', async () => {
      expired = await expire(start + 5 * day)
      return { result: 'accepted', code: '250' }
    })
    world.now = start + 5 * day - 1
    expect((await deliver()).accepted).to.equal(1)
    expect(expired).to.equal(0)
    expect(await rows()).to.deep.equal([])
    expect(world.evidence).to.deep.equal([ended('accepted', 1)])
  })

  it('stays when everything about people is removed, because it is about none', async () => {
    await queue(lastMail(1))
    const outcome = await world.database.transaction(async (tx) => {
      await forgetSubject(tx, 'account', [terms, '["1"]', ''])
    })
    expect(outcome.state).to.equal('committed')
    expect(await rows()).to.have.length(1)
  })

  it('takes no acceptance back when it bounces', async () => {
    world.usual = unanswered
    await queue(lastMail(1))
    await deliver()
    for (const status of ['5.1.1', '4.4.7']) {
      const bounce = { token: lastMail(1).token, action: 'failed', status, recipientHash: null } as const
      expect(await recordBounce(world.database, bounce, start, world.options.record)).to.equal('ignored')
    }
    expect(world.evidence).to.deep.equal([])
  })

  it('that a restored backup brought back is not sent', async () => {
    await queue(lastMail(1), lastMail(2))
    await world.queue(warning(1))
    expect(await forgetLastMails(world.database, start, world.options.record)).to.equal(2)
    expect(world.evidence).to.deep.equal([ended('abandoned', 2)])
    await deliver()
    expect(world.sent.map(({ address }) => address)).to.deep.equal(['person1@mail.example'])
  })
})
