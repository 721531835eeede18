import { expect } from 'chai'
import { isoInstant } from '../../base/clock.ts'
import { answersToTell, dropAnswers, setAnswersTold } from '../../db/own/answers.ts'
import { warningsToTell } from '../../db/own/sent-warnings.ts'
import { setWarningFailed } from '../../db/own/warnings.ts'
import type { Database } from '../../db/session.ts'
import { claimDue, markCalled, queueMail, recoverExpired } from '../../mail/outbox.ts'
import {
  clearUnsaid,
  clearWarnings,
  forgetSubject,
  openWarnings,
  queueWarning,
  warningsOf,
} from '../../mail/warnings.ts'
import { deliverDue } from '../../mail/deliver.ts'
import { endMail } from '../../mail/settle.ts'
import { eachDatabase } from '../databases.ts'
import { day, start, warning } from './sample.ts'
import { accepted, makeWorld, refused, unanswered, type World } from './world.ts'

const minute = 60_000
const lease = { limit: 10, leaseMs: 5 * minute }
const states = 'SELECT state FROM oubli_outbox ORDER BY key_text'

eachDatabase('the outbox', (open) => {
  let world: World
  let database: Database
  before(async () => {
    database = await open()
  })
  beforeEach(async () => {
    world = await makeWorld(database)
  })

  it('queues mail and warning together, or neither', async () => {
    const outcome = await database.transaction(async (tx) => {
      await queueWarning(tx, warning(1))
      throw new Error('stop')
    }).catch((error: unknown) => error) // prettier-ignore
    expect(outcome).to.be.instanceOf(Error)
    expect(await world.rows(states)).to.deep.equal([])
    await world.queue(warning(1))
    expect(await world.rows('SELECT state, subject_id FROM oubli_warning')).to.deep.equal([
      { state: 'open', subject_id: '1' },
    ])
  })

  it('queues one step once', async () => {
    await world.queue(warning(1), warning(1, { token: 'f'.repeat(32) }))
    expect(await world.rows(states)).to.have.length(1)
    await world.queue(warning(1, { step: 1, token: 'e'.repeat(32) }))
    expect(await world.rows(states)).to.have.length(2)
  })

  it('hands a mail to one claim only, the oldest first, and not before its time', async () => {
    await world.queue(warning(1, { notBefore: start + 1 }), warning(2), warning(3, { notBefore: start - 1 }))
    const first = await claimDue(world.database, start, { ...lease, limit: 1 })
    const rest = await claimDue(world.database, start, lease)
    expect([...first, ...rest].map((mail) => mail.address)).to.deep.equal([
      'person3@mail.example',
      'person2@mail.example',
    ])
    expect(first[0]!.claim).not.to.equal(rest[0]!.claim)
    expect(Buffer.from(first[0]!.message).equals(warning(3).message)).to.equal(true)
  })

  it('never claims one mail twice, whoever asks at the same time', async () => {
    await world.queue(...Array.from({ length: 30 }, (_, n) => warning(n)))
    const claims = await Promise.all(
      Array.from({ length: 4 }, () => claimDue(world.database, start, { limit: 8, leaseMs: minute })),
    )
    const ids = claims.flat().map((mail) => mail.id)
    expect(new Set(ids).size).to.equal(ids.length)
    expect(ids.length).to.be.above(7)
  })

  it('gives a mail back when the process died before the call', async () => {
    await world.queue(warning(1))
    await claimDue(world.database, start, lease)
    await recoverExpired(world.database, start + 5 * minute - 1)
    expect(await world.rows(states)).to.deep.equal([{ state: 'claimed' }])
    await recoverExpired(world.database, start + 5 * minute)
    expect(await world.rows(states)).to.deep.equal([{ state: 'queued' }])
  })

  it('takes a mail for unknown when the process died after the call, and sends the same bytes again', async () => {
    await world.queue(warning(1))
    const [mail] = await claimDue(world.database, start, lease)
    expect(await markCalled(world.database, [mail!], start, lease.leaseMs)).to.deep.equal([mail])
    world.now = start + 5 * minute
    const summary = await deliverDue(world.database, world.transport, world.options)
    expect(summary.accepted).to.equal(1)
    expect(Buffer.from(world.sent[0]!.message).equals(mail!.message)).to.equal(true)
    expect(world.sent[0]!.token).to.equal(mail!.token)
    // The first process wakes up: its claim is gone, and it changes nothing.
    const late = await endMail(
      world.database, mail!, { result: 'rejected', code: '550' }, world.now, world.options.record,
    ) // prettier-ignore
    expect(late).to.equal(false)
    expect(await world.rows('SELECT state FROM oubli_warning')).to.deep.equal([{ state: 'accepted' }])
  })

  it('marks no mail whose lease is over, although nobody took it yet', async () => {
    await world.queue(warning(1), warning(2))
    const [one] = await claimDue(world.database, start, { ...lease, limit: 1, claim: 'c' })
    const [two] = await claimDue(world.database, start, { ...lease, claim: 'c', from: start + 1 })
    const marked = await markCalled(world.database, [one!, two!], start + lease.leaseMs, lease.leaseMs)
    expect(marked).to.deep.equal([two])
    await recoverExpired(world.database, start + lease.leaseMs)
    expect(await world.rows(states)).to.have.deep.members([{ state: 'queued' }, { state: 'claimed' }])
    expect(await markCalled(world.database, [one!], start, lease.leaseMs)).to.deep.equal([])
  })

  it('leases what a long delivery claims late from then on', async () => {
    const mails = Array.from({ length: 130 }, (_, n) => warning(n, { token: String(n).padStart(32, '0') }))
    await world.queue(...mails)
    const taken: number[] = []
    const waiting = "SELECT id FROM oubli_outbox WHERE state IN ('queued', 'unknown')"
    const send = world.transport.send.bind(world.transport)
    world.transport.send = async (mail) => {
      world.now += 11_000
      if (world.sent.length > 110) {
        await recoverExpired(world.database, world.now)
        taken.push((await world.rows(waiting)).length)
      }
      return await send(mail)
    }
    const summary = await deliverDue(world.database, { ...world.transport, connections: 1 }, world.options)
    expect(summary.accepted).to.equal(130)
    expect(Math.max(...taken)).to.equal(0)
  })

  it('says unknown of the warning while nobody knows', async () => {
    await world.queue(warning(1))
    const [mail] = await claimDue(world.database, start, lease)
    await markCalled(world.database, [mail!], start, lease.leaseMs)
    await recoverExpired(world.database, start + day)
    const facts = (await warningsOf(world.database, 'account', ['["1"]'])).get('["1"]')!
    expect(facts[0]!.state).to.equal('unknown')
    expect(facts[0]!.acceptedAt).to.equal(null)
    // A second death, before the second call, makes it no more certain.
    await claimDue(world.database, start + day, lease)
    await recoverExpired(world.database, start + 2 * day)
    expect(await world.rows(states)).to.deep.equal([{ state: 'unknown' }])
  })

  it('knows that a deferred mail was not taken, also when the next process dies before its call', async () => {
    await world.queue(warning(1))
    world.usual = { result: 'deferred', code: '451' }
    await deliverDue(world.database, world.transport, world.options)
    await claimDue(world.database, start + day, lease)
    await recoverExpired(world.database, start + 2 * day)
    expect(await world.rows(states)).to.deep.equal([{ state: 'deferred' }])
  })

  it('reads back what was said to a person, of every policy', async () => {
    await world.queue(
      warning(1),
      warning(1, { policy: 'terminated', token: 'f'.repeat(32), now: start + 1, termsHash: 'c'.repeat(64) }),
      warning(2),
    )
    const found = await warningsOf(world.database, 'account', ['["1"]', '["9"]'])
    expect([...found.keys()]).to.deep.equal(['["1"]'])
    expect(found.get('["1"]')).to.deep.equal([
      {
        policy: 'inactive-accounts',
        cycle: warning(1).cycle,
        round: 0,
        step: 0,
        addressHash: 'a'.repeat(64),
        termsHash: 'b'.repeat(64),
        announced: warning(1).announced,
        queuedAt: start,
        acceptedAt: null,
        state: 'open',
        failedAt: null,
      },
      { ...found.get('["1"]')![0]!, policy: 'terminated', queuedAt: start + 1, termsHash: 'c'.repeat(64) },
    ])
    expect(await warningsOf(world.database, 'other', ['["1"]'])).to.deep.equal(new Map())
  })

  it('walks the people who were warned, in order', async () => {
    await world.queue(...[3, 1, 2].map((n) => warning(n)), warning(1, { step: 1, token: 'f'.repeat(32) }))
    const page = (after: string | null) =>
      openWarnings(world.database, 'inactive-accounts', 'account', after, 2)
    expect(await page(null)).to.deep.equal(['["1"]', '["2"]'])
    expect(await page('["2"]')).to.deep.equal(['["3"]'])
    expect(await page('["3"]')).to.deep.equal([])
  })

  it('cancels what is under way when a person comes back, even between claim and call', async () => {
    await world.queue(warning(1), warning(2))
    const claimed = await claimDue(world.database, start, lease)
    const cleared = await world.database.transaction((tx) =>
      clearWarnings(tx, 'inactive-accounts', 'account', '["1"]', start),
    )
    expect(cleared.state).to.equal('committed')
    const one = claimed.find((mail) => mail.address === 'person1@mail.example')!
    expect(await markCalled(world.database, claimed, start, lease.leaseMs)).to.deep.equal(
      claimed.filter((mail) => mail !== one),
    )
    const rows = await world.rows('SELECT state, address, message FROM oubli_outbox ORDER BY key_text')
    expect(rows[0]).to.deep.equal({ state: 'cancelled', address: null, message: null })
    expect(rows[1]!['state']).to.equal('claimed')
    expect(await world.rows('SELECT key_text FROM oubli_warning')).to.deep.equal([{ key_text: '["2"]' }])
  })

  it('takes back what was not said yet alone, and a mail in the hands of a relay may have been', async () => {
    const [called, waits] = ['e'.repeat(32), 'f'.repeat(32)]
    await world.queue(
      ...[warning(1), warning(1, { step: 1, token: called }), warning(1, { step: 2, token: waits })],
      ...[warning(2), warning(1, { policy: 'terminated', token: 'd'.repeat(32) })],
    )
    await world.database.run({
      text: "UPDATE oubli_warning SET state = 'accepted' WHERE step = 0",
      values: [],
    })
    await claimDue(world.database, start, lease)
    const mark = `UPDATE oubli_outbox SET transport_called_at = '${isoInstant(start)}' WHERE token = ?`
    await world.database.run({ text: mark, values: [called] })
    await world.database.transaction((tx) => clearUnsaid(tx, 'inactive-accounts', 'account', '["1"]', start))
    const cancelled = await world.rows("SELECT token, address FROM oubli_outbox WHERE state = 'cancelled'")
    expect(cancelled).to.deep.equal([{ token: waits, address: null }])
    const left = await warningsOf(world.database, 'account', ['["1"]', '["2"]'])
    const states = [...left.values()].flat().map(({ policy, step, state }) => `${policy} ${step} ${state}`)
    expect(states.sort()).to.deep.equal([
      'inactive-accounts 0 accepted',
      'inactive-accounts 0 accepted',
      'inactive-accounts 1 unknown',
      'terminated 0 accepted',
    ])
  })

  it('forgets a person whole, and nobody else', async () => {
    world.answers.set('person1@mail.example', refused)
    world.answers.set('person4@mail.example', unanswered)
    await world.queue(
      ...[1, 2, 3, 4].map((n) => warning(n)),
      warning(3, { kind: 'prospect', token: 'f'.repeat(32) }),
    )
    await deliverDue(world.database, world.transport, world.options)
    await world.database.transaction((tx) => forgetSubject(tx, 'account', ['["1"]', '["3"]', '["4"]']))
    const left = [{ kind: 'account', key_text: '["2"]' }, { kind: 'prospect', key_text: '["3"]' }] // prettier-ignore
    for (const table of ['oubli_outbox', 'oubli_warning']) {
      expect(await world.rows(`SELECT kind, key_text FROM ${table} ORDER BY kind, key_text`)).to.deep.equal(
        left,
      )
    }
    expect(await world.rows('SELECT kind FROM oubli_refusal')).to.deep.equal([])
  })

  it('keeps what a person has answered until it counts no more, and forgets it with the person', async () => {
    world.answers.set('person3@mail.example', refused)
    await world.queue(...[1, 2, 3].map((n) => warning(n)))
    await deliverDue(world.database, world.transport, world.options)
    for (const n of [1, 2, 3])
      await world.database.transaction((tx) =>
        clearWarnings(tx, 'inactive-accounts', 'account', `["${n}"]`, start),
      )
    const answers = await answersToTell(world.database, 10)
    expect(answers.map(({ keyText, state }) => `${keyText} ${state}`).sort()).to.deep.equal([
      ...['["1"] answered', '["2"] answered'],
    ])
    await setAnswersTold(world.database, answers.slice(0, 1))
    expect(await answersToTell(world.database, 10)).to.deep.equal(answers.slice(1))
    const { announced } = warning(1)
    expect(await dropAnswers(world.database, announced, 10)).to.equal(0)
    expect(await dropAnswers(world.database, announced + day, 10), 'the one that is told').to.equal(1)
    await world.database.transaction((tx) => forgetSubject(tx, 'account', ['["1"]', '["2"]']))
    expect(await world.rows('SELECT kind FROM oubli_answer')).to.deep.equal([])
  })

  it('lets no answer and no bounce be older than the acceptance, also when it is told by an older clock', async () => {
    await world.queue(warning(1), warning(2))
    world.now = start + day
    await deliverDue(world.database, world.transport, world.options)
    const [second] = await world.rows(`SELECT outbox_id FROM oubli_warning WHERE key_text = '["2"]'`)
    await world.database.transaction(async (tx) => {
      await clearWarnings(tx, 'inactive-accounts', 'account', '["1"]', start)
      await setWarningFailed(tx, String(second?.['outbox_id']), 'bounced', start)
    })
    const answers = await answersToTell(world.database, 10)
    expect(answers.map(({ at }) => at)).to.deep.equal([start + day])
    const bounced = await warningsToTell(world.database, 10)
    expect(bounced.map(({ state, at }) => [state, at])).to.deep.equal([['bounced', start + day]])
  })

  it('refuses an address that cannot be written to, before anything is stored', async () => {
    const outcome = await world.queue(warning(1, { address: 'a@x.test,evil@y.test' })).catch(String)
    expect(outcome)
      .to.match(/needs an address/)
      .and.not.to.contain('evil')
    expect(await world.rows(states)).to.deep.equal([])
  })

  it('keeps mails of other campaigns without a warning', async () => {
    await world.database.transaction((tx) => queueMail(tx, warning(1, { campaign: 'receipt' })))
    world.usual = accepted
    const summary = await deliverDue(world.database, world.transport, world.options)
    expect(summary.accepted).to.equal(1)
  })
})
