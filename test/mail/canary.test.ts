/** A mailbox of ours in each delivery: while it gets nothing, a refusal says nothing of the person. */
import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import { deliverDue } from '../../mail/deliver.ts'
import type { MailToSend } from '../../mail/transport.ts'
import { eachDatabase } from '../databases.ts'
import { insert } from '../engine/lab.ts'
import { bouncesSite, silent } from './bounces-site.ts'
import { day, warning } from './sample.ts'
import { scriptedServer } from './scripted-smtp.ts'
import { accepted, makeWorld, refused, type World } from './world.ts'

const own: MailToSend = { address: 'canary@site.example', message: Buffer.from('x'), token: 'c'.repeat(32) }

eachDatabase('a mailbox of ours', (open) => {
  let database: Database
  let world: World
  before(async () => {
    database = await open()
  })
  beforeEach(async () => {
    world = await makeWorld(database)
    world.answers.set('person1@mail.example', refused)
  })
  const deliver = () =>
    deliverDue(world.database, world.transport, { ...world.options, canary: () => Promise.resolve(own) })
  const refusals = () => world.rows('SELECT day FROM oubli_refusal')

  it('that takes its mail lets a single refusal count on a small site', async () => {
    await world.queue(warning(1))
    expect(await deliver()).to.include({ accepted: 0, rejected: 1, stopped: null })
    expect(world.sent.map(({ address }) => address)).to.deep.equal(['person1@mail.example', own.address])
    expect(await refusals()).to.have.length(1)
  })

  for (const result of ['rejected', 'deferred', 'unknown'] as const)
    it(`whose mail is ${result} makes every refusal of the delivery our fault`, async () => {
      world.answers.set(own.address, { result, code: result === 'unknown' ? null : '450' })
      await world.queue(warning(1), warning(2))
      const stopped = 'the mail to our own mailbox was not taken, no refusal was counted'
      expect(await deliver()).to.deep.equal({
        ...{ accepted: 1, deferred: 1, rejected: 0, unknown: 0, abandoned: 0 },
        stopped,
      })
      expect(world.events.at(-1)).to.deep.equal({ event: 'mail.canary-failed' })
      expect(await refusals()).to.deep.equal([])
      world.answers.set(own.address, accepted)
      world.now += day
      expect(await deliver()).to.include({ rejected: 1, stopped: null })
    })

  it('gets nothing when nobody else did', async () => {
    expect(await deliver()).to.include({ accepted: 0, stopped: null })
    expect(world.sent).to.deep.equal([])
  })

  it('gets the warning of the site over SMTP, about nobody', async () => {
    const relay = await scriptedServer()
    const site = await bouncesSite(await open(), relay, { canary: own.address })
    await insert(site.one.database, 'users', [silent(1), silent(2)])
    await site.run('run')
    await site.one.approve()
    relay.dead.add('person1@mail.example')
    relay.later.add(own.address)
    const said = await site.run('run')
    expect([said.exit, said.text.includes('1 accepted, 1 deferred, 0 refused')]).to.deep.equal([4, true])
    expect(await site.rows('SELECT day FROM oubli_refusal')).to.deep.equal([])
    relay.later.clear()
    await site.at(1)
    expect((await site.run('run')).exit).to.equal(0)
    expect(await site.rows('SELECT day FROM oubli_refusal')).to.have.length(1)
    const mail = relay.taken.find((text) => text.includes(`To: ${own.address}`))
    expect(mail).to.include('Camille')
    expect(mail).not.to.match(/person\d/)
    await site.one.close()
    await relay.close()
  })
})
