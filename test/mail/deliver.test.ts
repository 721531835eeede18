import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { isoInstant } from '../../base/clock.ts'
import { commitTo, keyFromText } from '../../base/subject-ref.ts'
import type { JobContext } from '../../jobs/context.ts'
import { mailRecorder } from '../../jobs/record-mail.ts'
import { backOff } from '../../mail/back-off.ts'
import { DatabaseError } from '../../db/database-error.ts'
import type { Database, Session } from '../../db/session.ts'
import { recordBounce } from '../../mail/bounce.ts'
import { deliverDue, type DeliveryOptions } from '../../mail/deliver.ts'
import { claimDue, markCalled, recoverExpired, release } from '../../mail/outbox.ts'
import { settleAnswers } from '../../mail/settle-answers.ts'
import { smtpTransport } from '../../mail/smtp-transport.ts'
import type { Sent } from '../../mail/transport.ts'
import { newTally } from '../../mail/tally.ts'
import { warningsOf, type QueuedWarning } from '../../mail/warnings.ts'
import { eachDatabase } from '../databases.ts'
import { day, start, warning } from './sample.ts'
import { scriptedServer } from './scripted-smtp.ts'
import { accepted, makeWorld, refused, unanswered, type World } from './world.ts'

const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  )
const plainSmtp = {
  host: '127.0.0.1',
  tls: 'none',
  login: null,
  bounceAddress: 'bounces@boutique.example',
  name: null,
  ca: null,
} as const
const nothing = { accepted: 0, deferred: 0, rejected: 0, unknown: 0, abandoned: 0, stopped: null }
const outbox = 'SELECT state, address, message, reply_code, attempts FROM oubli_outbox ORDER BY key_text'
const warnings = 'SELECT state, accepted_at, failed_at FROM oubli_warning ORDER BY key_text'

describe('back-off', () => {
  it('spreads over a span that doubles from five minutes to four hours', () => {
    const most = [1, 2, 3, 4, 5, 6, 7, 50].map((attempt) => backOff(attempt, () => 1) / 60_000)
    expect(most).to.deep.equal([5, 10, 20, 40, 80, 160, 240, 240])
    expect(backOff(7, () => 0)).to.equal(60_000)
  })
})

eachDatabase('delivery', (open) => {
  let world: World
  let database: Database
  before(async () => {
    database = await open()
  })
  beforeEach(async () => {
    world = await makeWorld(database)
  })
  const deliver = (over: Partial<DeliveryOptions> = {}) =>
    deliverDue(world.database, world.transport, { ...world.options, ...over })

  /** What a delivery leaves in the evidence, with one salt for all. */
  const entriesWith = (salt: Uint8Array) => {
    const random = (bytes: number) => (bytes === 32 ? salt : randomBytes(bytes))
    const ctx = { ports: { random, toolVersion: '0.0.0' } } as unknown as JobContext
    const run = randomBytes(16).toString('hex')
    return {
      record: mailRecorder(ctx, run, 'Europe/Paris'),
      leaves: async () => {
        const text = 'SELECT leaf FROM oubli_entry WHERE run_id = ?'
        return (await database.rows({ text, values: [run] })).map(({ leaf }) => String(leaf))
      },
    }
  }

  it('accepts, forgets address and bytes, moves the warning and leaves evidence', async () => {
    await world.queue(warning(1))
    expect(await deliver()).to.deep.equal({ ...nothing, accepted: 1 })
    expect(await world.rows(outbox)).to.deep.equal([
      { state: 'accepted', address: null, message: null, reply_code: '250', attempts: '1' },
    ])
    expect(await world.rows(warnings)).to.deep.equal([
      { state: 'accepted', accepted_at: isoInstant(start), failed_at: null },
    ])
    const { kind, keyText, round, step, announced, termsHash } = warning(1)
    expect(world.evidence).to.deep.equal([
      {
        kind: 'warning.accepted',
        policy: 'inactive-accounts',
        warning: { kind, keyText, round, step, announced, termsHash, state: 'accepted' },
      },
    ])
    expect(await deliver()).to.deep.equal(nothing)
    expect(world.sent).to.have.length(1)
  })

  it('leaves entries that commit to the person, who is told from every other one', async () => {
    const salt = new Uint8Array(32).fill(7)
    const { record, leaves } = entriesWith(salt)
    await world.queue(warning(1), warning(2))
    world.answers.set('person2@mail.example', refused)
    expect(await deliver({ record, refusedShare: 1 })).to.deep.equal({ ...nothing, accepted: 1, rejected: 1 })
    const subjects = (await leaves()).map((leaf) => {
      const { kind, subject } = JSON.parse(leaf) as Record<string, unknown>
      return [kind, subject]
    })
    const to = ({ kind, keyText }: QueuedWarning) =>
      commitTo({ kind, key: keyFromText(keyText), identity: [] }, salt).commitment
    expect(subjects).to.have.deep.members([
      ['warning.accepted', to(warning(1))],
      ['warning.failed', to(warning(2))],
    ])
  })

  it('shows the person the accepted notice in the view', async () => {
    await world.queue(warning(1), warning(2))
    world.answers.set('person2@mail.example', unanswered)
    await deliver()
    expect(await world.rows('SELECT subject_id, announced FROM oubli_pending_deletions')).to.deep.equal([
      { subject_id: '1', announced: isoInstant(warning(1).announced) },
    ])
  })

  it('defers with a pause, and tries the same bytes again', async () => {
    world.usual = { result: 'deferred', code: '451' }
    await world.queue(warning(1))
    expect(await deliver()).to.deep.equal({ ...nothing, deferred: 1 })
    expect(await deliver()).to.deep.equal(nothing)
    expect(await world.rows('SELECT not_before FROM oubli_outbox')).to.deep.equal([
      { not_before: isoInstant(start + 180_000) },
    ])
    world.now = start + 180_000
    world.usual = accepted
    expect((await deliver()).accepted).to.equal(1)
    expect(world.sent.map((mail) => mail.token)).to.deep.equal([warning(1).token, warning(1).token])
    expect(world.sent.map((mail) => Buffer.from(mail.message).toString())).to.deep.equal(
      Array(2).fill(Buffer.from(warning(1).message).toString()),
    )
  })

  it('repeats what nobody answered, and counts it as not warned until a 250', async () => {
    world.usual = unanswered
    await world.queue(warning(1))
    expect(await deliver()).to.deep.equal({ ...nothing, unknown: 1 })
    expect(await world.rows(warnings)).to.deep.equal([
      { state: 'unknown', accepted_at: null, failed_at: null },
    ])
    world.now += day
    world.usual = accepted
    expect((await deliver()).accepted).to.equal(1)
    expect(await world.rows(warnings)).to.deep.equal([
      { state: 'accepted', accepted_at: isoInstant(world.now), failed_at: null },
    ])
  })

  it('takes a transport that breaks for unknown', async () => {
    await world.queue(warning(1))
    world.answers.set('person1@mail.example', () => Promise.reject(new Error('bug')))
    expect(await deliver()).to.deep.equal({ ...nothing, unknown: 1 })
  })

  it('gives up after the last day, without another call', async () => {
    world.usual = { result: 'deferred', code: '450' }
    await world.queue(warning(1))
    await deliver()
    world.now = warning(1).giveUpAt
    expect(await deliver()).to.deep.equal({ ...nothing, abandoned: 1 })
    expect(world.sent).to.have.length(1)
    expect(await world.rows(warnings)).to.deep.equal([
      { state: 'abandoned', accepted_at: null, failed_at: isoInstant(world.now) },
    ])
    expect((await world.rows(outbox))[0]).to.include({ state: 'abandoned', address: null, message: null })
    expect(await world.rows('SELECT day FROM oubli_refusal')).to.deep.equal([])
    expect(world.evidence.map((one) => [one.kind, 'warning' in one && one.warning?.state])).to.deep.equal([
      ['warning.failed', 'abandoned'],
    ])
  })

  it('sends the later steps of a ladder before the first mails that have waited for days', async () => {
    await world.queue(warning(1), warning(2))
    world.now += 4 * day
    const later = { now: world.now, notBefore: world.now }
    await world.queue(warning(3, later), warning(4, { ...later, step: 1 }), warning(5, { ...later, step: 2 }))
    expect(await deliver({ limit: 2 })).to.deep.equal({ ...nothing, accepted: 2 })
    const addresses = () => world.sent.map(({ address }) => address)
    expect(addresses()).to.have.members(['person4@mail.example', 'person5@mail.example'])
    await deliver({ limit: 2 })
    expect(addresses().slice(2)).to.have.members(['person1@mail.example', 'person2@mail.example'])
  })

  it('sends a later step that was put off or not answered before the first mails that wait', async () => {
    await world.queue(...[1, 2, 3, 6].map((n) => warning(n)))
    world.now += 4 * day
    const later = { now: world.now, notBefore: world.now, giveUpAt: world.now + 5 * day, step: 1 }
    await world.queue(warning(4, later), warning(5, later))
    world.answers.set('person4@mail.example', { result: 'deferred', code: '451' })
    world.answers.set('person5@mail.example', unanswered)
    expect(await deliver({ limit: 2 })).to.deep.equal({ ...nothing, deferred: 1, unknown: 1 })
    world.answers.clear()
    world.now += 3_600_000
    await deliver({ limit: 4 })
    const addresses = world.sent.slice(2).map(({ address }) => address)
    expect(addresses).to.have.length(4)
    expect(addresses).to.include.members(['person4@mail.example', 'person5@mail.example'])
  })

  it('leaves half of what it sends to mails of the first try, however many are always put off', async () => {
    world.usual = { result: 'deferred', code: '451' }
    await world.queue(warning(1), warning(2), warning(3), warning(4))
    await deliver()
    world.now += 3_600_000
    const fresh = { now: world.now, notBefore: world.now, giveUpAt: world.now + 5 * day }
    await world.queue(...[5, 6, 7].map((n) => warning(n, fresh)))
    await deliver({ limit: 4 })
    const addresses = () => world.sent.slice(4).map(({ address }) => Number(/\d/.exec(address)?.[0]))
    expect(addresses().filter((n) => n > 4)).to.have.length(2)
    await deliver({ limit: 4 })
    expect(addresses().sort(), 'nobody else waits: all of the rest').to.deep.equal([1, 2, 3, 4, 5, 6, 7])
  })

  it('keeps the place of a mail that is tried again where a delivery ended before its turn', async () => {
    await world.queue(warning(1))
    world.now += 4 * day
    const later = { now: world.now, notBefore: world.now, giveUpAt: world.now + 5 * day, step: 1 }
    await world.queue(warning(4, later))
    world.answers.set('person4@mail.example', { result: 'deferred', code: '451' })
    await deliver({ limit: 1 })
    world.answers.clear()
    world.now += 3_600_000
    const claims = await claimDue(world.database, world.now, { limit: 2, leaseMs: 1 })
    expect(claims).to.have.length(2)
    await release(world.database, claims)
    await claimDue(world.database, world.now, { limit: 2, leaseMs: 1 })
    world.now += 1
    await recoverExpired(world.database, world.now)
    expect(await world.rows('SELECT state FROM oubli_outbox ORDER BY key_text')).to.deep.equal([
      { state: 'queued' },
      { state: 'deferred' },
    ])
  })

  it('gives up a mail that may have arrived as one whose day was said', async () => {
    world.usual = { result: 'unknown', code: 'ESOCKET' }
    await world.queue(warning(1))
    await deliver()
    world.now = warning(1).giveUpAt
    expect(await deliver()).to.deep.equal({ ...nothing, abandoned: 1 })
    expect(await world.rows(warnings)).to.deep.equal([
      { state: 'undelivered', accepted_at: null, failed_at: isoInstant(world.now) },
    ])
    const known = async () => {
      const { kind, keyText } = warning(1)
      const facts = (await warningsOf(database, kind, [keyText])).get(keyText)
      return facts?.map(({ state, lost }) => [state, lost])
    }
    expect(await known(), 'by no server').to.deep.equal([['undelivered', true]])
    await database.run({
      text: "UPDATE oubli_outbox SET state = 'rejected' WHERE token = ?",
      values: [warning(1).token],
    })
    expect(await known()).to.deep.equal([['undelivered', undefined]])
  })

  it('takes a refusal that does not speak of the address for a mail that was given up', async () => {
    const spam: Sent = { result: 'rejected', code: '554', ofAddress: false }
    world.answers.set('person1@mail.example', spam)
    await world.queue(...Array.from({ length: 10 }, (_, n) => warning(n)))
    expect(await deliver()).to.deep.equal({ ...nothing, accepted: 9, rejected: 1 })
    expect((await world.rows(outbox))[1]).to.include({ state: 'rejected', address: null, reply_code: '554' })
    const facts = (await warningsOf(world.database, 'account', ['["1"]'])).get('["1"]')!
    expect(facts.map((fact) => [fact.state, fact.failedAt])).to.deep.equal([['undelivered', start]])
    expect(await world.rows('SELECT day FROM oubli_refusal')).to.deep.equal([])
    expect(world.evidence.map((one) => 'warning' in one && one.warning?.state)).to.include('undelivered')
    world.usual = spam
    await world.queue(...Array.from({ length: 3 }, (_, n) => warning(20 + n)))
    expect(await deliver())
      .to.include({ deferred: 3, rejected: 0 })
      .and.to.have.property('stopped').not.null
  })

  it('counts a single refusal, once a day, and forgets refusals with an acceptance', async () => {
    world.answers.set('person1@mail.example', refused)
    await world.queue(...Array.from({ length: 10 }, (_, n) => warning(n)))
    expect(await deliver()).to.deep.equal({ ...nothing, accepted: 9, rejected: 1 })
    expect((await world.rows(outbox))[1]).to.deep.equal({
      state: 'rejected',
      address: null,
      message: null,
      reply_code: '550',
      attempts: '1',
    })
    const refusals = 'SELECT key_text, day, code FROM oubli_refusal ORDER BY day'
    expect(await world.rows(refusals)).to.deep.equal([{ key_text: '["1"]', day: '2026-11-02', code: '550' }])
    await world.queue(warning(1, { step: 1, token: 'e'.repeat(32) }))
    await deliver()
    expect(await world.rows(refusals)).to.have.length(1)
    world.now += day
    await world.queue(warning(1, { step: 2, token: 'd'.repeat(32), notBefore: world.now }))
    await deliver()
    expect(await world.rows(refusals)).to.have.length(2)
    const facts = (await warningsOf(world.database, 'account', ['["1"]'])).get('["1"]')!
    expect(facts.map((fact) => [fact.state, fact.failedAt])).to.deep.equal([
      ['refused', start],
      ['refused', start],
      ['refused', start + day],
    ])
    world.answers.clear()
    await world.queue(warning(1, { step: 3, token: 'c'.repeat(32), notBefore: world.now }))
    await deliver()
    expect(await world.rows(refusals)).to.deep.equal([])
  })

  it('tells with a stop how many were refused, or what kept the relay from being reached', async () => {
    const stops = async () => {
      world.events.length = 0
      await deliver()
      return world.events.filter(({ event }) => !/accepted|deferred/.test(event))
    }
    for (const n of [20, 40, 60, 80, 90, 99]) world.answers.set(`person${n}@mail.example`, refused)
    await world.queue(...Array.from({ length: 100 }, (_, n) => warning(n)))
    expect(await stops()).to.deep.equal([{ event: 'mail.slice-refused', refused: 6, sent: 100 }])
    world.now += day
    world.answers.clear()
    expect(await stops()).to.deep.equal([])
    world.usual = { result: 'deferred', code: 'EAUTH' }
    const late = { now: world.now, notBefore: world.now, giveUpAt: world.now + day }
    await world.queue(...Array.from({ length: 12 }, (_, n) => warning(200 + n, late)))
    expect(await stops()).to.deep.equal([{ event: 'mail.relay-failed', code: 'EAUTH' }])
    world.usual = refused
    world.now += day / 2
    expect(await stops()).to.deep.equal([{ event: 'mail.slice-refused', refused: 12, sent: 12 }])
  })

  it('stops when the relay refuses everything, and holds it against nobody', async () => {
    world.usual = refused
    await world.queue(...Array.from({ length: 50 }, (_, n) => warning(n)))
    const summary = await deliver()
    expect(summary).to.deep.equal({ ...nothing, deferred: 20, stopped: 'relay refuses everything' })
    expect(world.sent).to.have.length(20)
    expect(await world.rows('SELECT day FROM oubli_refusal')).to.deep.equal([])
    expect(await world.rows("SELECT state FROM oubli_warning WHERE state <> 'open'")).to.deep.equal([])
    expect(
      await world.rows('SELECT state, COUNT(*) AS n FROM oubli_outbox GROUP BY state ORDER BY state'),
    ).to.deep.equal([
      { state: 'deferred', n: '20' },
      { state: 'queued', n: '30' },
    ])
    world.usual = accepted
    world.now += day
    expect((await deliver()).accepted).to.equal(50)
    expect(world.evidence.filter((one) => one.kind === 'warning.failed')).to.deep.equal([])
  })

  it('judges a small delivery at its end: three refused of four are our fault, two of four are theirs', async () => {
    for (const n of [1, 2, 3]) world.answers.set(`person${n}@mail.example`, refused)
    await world.queue(...[1, 2, 3, 4].map((n) => warning(n)))
    const fault = { ...nothing, accepted: 1, deferred: 3, stopped: 'relay refuses everything' }
    expect(await deliver()).to.deep.equal(fault)
    world.answers.delete('person3@mail.example')
    world.now += day
    expect(await deliver()).to.deep.equal({ ...nothing, accepted: 1, rejected: 2 })
  })

  it('counts no refusal of a relay that has taken no mail for eight days, however few there are', async () => {
    world.answers.set('person1@mail.example', refused)
    await world.queue(warning(1))
    expect(await deliver()).to.deep.equal({ ...nothing, deferred: 1 })
    expect(await world.rows('SELECT day FROM oubli_refusal')).to.deep.equal([])
    world.now += day
    await world.queue(warning(2, { notBefore: world.now }))
    expect(await deliver()).to.deep.equal({ ...nothing, accepted: 1, rejected: 1 })
  })

  it('counts refusals up to five in a hundred', async () => {
    for (const n of [20, 40, 60, 80, 99]) world.answers.set(`person${n}@mail.example`, refused)
    await world.queue(...Array.from({ length: 100 }, (_, n) => warning(n)))
    expect(await deliver()).to.deep.equal({ ...nothing, accepted: 95, rejected: 5 })
  })

  it('counts none of six in a hundred, and delivers the others', async () => {
    for (const n of [20, 40, 60, 80, 90, 99]) world.answers.set(`person${n}@mail.example`, refused)
    await world.queue(...Array.from({ length: 100 }, (_, n) => warning(n)))
    const stopped = 'too many refusals to be true, none was counted'
    expect(await deliver()).to.deep.equal({ ...nothing, accepted: 94, deferred: 6, stopped })
    world.now += day
    expect((await deliver({ refusedShare: 1 })).rejected).to.equal(6)
  })

  it('counts no refusal that was our fault when its mail comes back among few others, or alone', async () => {
    for (let n = 20; n < 30; n += 1) world.answers.set(`person${n}@mail.example`, refused)
    await world.queue(...Array.from({ length: 30 }, (_, n) => warning(n)))
    let random = 7
    const spread = () => (random = (random * 16_807) % 2_147_483_647) / 2_147_483_647
    const stopped = 'too many refusals to be true, none was counted'
    expect(await deliver({ random: spread })).to.deep.equal({
      ...nothing,
      accepted: 20,
      deferred: 10,
      stopped,
    })
    let alone = 0
    for (let slot = 1; slot <= 5.5 * 96; slot += 1) {
      world.now = start + (slot * day) / 96
      const calls = world.sent.length
      const { rejected } = await deliver({ random: spread })
      expect(rejected, `slot ${slot}`).to.equal(0)
      if (world.sent.length - calls < 3 && world.sent.length > calls) alone += 1
    }
    expect(alone, 'one or two of them come back in most slots').to.be.greaterThan(20)
    expect(await world.rows('SELECT day FROM oubli_refusal')).to.deep.equal([])
    expect(
      await world.rows('SELECT state, COUNT(*) AS n FROM oubli_outbox GROUP BY state ORDER BY state'),
    ).to.deep.equal([
      { state: 'abandoned', n: '10' },
      { state: 'accepted', n: '20' },
    ])
  })

  it('judges a refusal with those that wait, and one that is alone by itself', async () => {
    const event = () => world.events.find(({ event: name }) => name === 'mail.slice-refused')
    for (const n of [0, 1, 2]) world.answers.set(`person${n}@mail.example`, refused)
    await world.queue(...[0, 1, 2].map((n) => warning(n)))
    await deliver()
    const late = { notBefore: start + 60_000 }
    world.now = start + 60_000
    world.answers.set('person7@mail.example', refused)
    await world.queue(...Array.from({ length: 30 }, (_, n) => warning(7 + n, late)))
    world.events.length = 0
    expect((await deliver()).rejected).to.equal(0)
    expect(event()).to.deep.include({ refused: 4, sent: 33 })
    world.answers.clear()
    world.now = start + day
    expect((await deliver()).accepted).to.equal(4)
    world.answers.set('person99@mail.example', refused)
    await world.queue(warning(99, { ...late, now: world.now, giveUpAt: world.now + day }))
    expect((await deliver()).rejected).to.equal(1)
  })

  it('stops when no relay answers, and gives back what it had claimed', async () => {
    world.usual = { result: 'deferred', code: 'ECONNECTION' }
    await world.queue(...Array.from({ length: 12 }, (_, n) => warning(n)))
    expect(await deliver()).to.deep.equal({ ...nothing, deferred: 5, stopped: 'relay cannot be reached' })
    expect(await world.rows("SELECT id FROM oubli_outbox WHERE state = 'queued'")).to.have.length(7)
  })

  it('keeps to its limit and a word to stop', async () => {
    await world.queue(...Array.from({ length: 30 }, (_, n) => warning(n)))
    expect((await deliver({ limit: 5 })).accepted).to.equal(5)
    // What was on the wire at the word is written down; what was not called is given back.
    const heard = await deliver({ stop: () => world.sent.length >= 8 })
    expect(heard.accepted).to.be.within(3, 2 + 6 * world.transport.connections)
    const queued = await world.rows("SELECT id FROM oubli_outbox WHERE state = 'queued'")
    expect(queued).to.have.length(25 - heard.accepted)
  })

  const cannotWrite = {
    record: (tx: Session) => tx.run({ text: 'SELECT nonsense', values: [] }).then(() => undefined),
  }

  it('does not write an acceptance whose evidence failed, and says so', async () => {
    await world.queue(warning(1))
    expect(await thrownBy(deliver(cannotWrite))).to.be.instanceOf(DatabaseError)
    expect((await world.rows(outbox))[0]).to.include({ state: 'claimed' })
    expect(world.events, 'nobody is told as warned').to.deep.equal([])
    world.now += day
    expect((await deliver()).accepted).to.equal(1)
  })

  it('ends after a handful where no acceptance can be written', async () => {
    await world.queue(...Array.from({ length: 100 }, (_, n) => warning(n)))
    expect(await thrownBy(deliver(cannotWrite))).to.be.instanceOf(DatabaseError)
    expect(world.sent.length).to.be.within(1, 6 * world.transport.connections)
  })

  it('sends a mail that cannot be written down again ever later, not with every lease', async () => {
    await world.queue(warning(1))
    const minute = 60_000
    const calls: number[] = []
    for (let slot = 0; slot < 576; slot += 1) {
      world.now = start + slot * 5 * minute
      const sent = world.sent.length
      await thrownBy(deliver(cannotWrite))
      if (world.sent.length > sent) calls.push(world.now)
    }
    const gaps = calls.slice(1).map((at, i) => (at - (calls[i] ?? 0)) / minute)
    expect(gaps.slice(0, 3)).to.deep.equal([20, 20, 20])
    expect(gaps.at(-1)).to.be.greaterThan(100)
    expect(calls.length, 'copies in two days').to.be.lessThan(35)
  })

  it('writes the acceptances beside one that cannot be written', async () => {
    await world.queue(...Array.from({ length: 6 }, (_, n) => warning(n)))
    const third = 'SELECT state FROM oubli_outbox WHERE key_text = \'["3"]\''
    const record: DeliveryOptions['record'] = async (tx, at, evidence) => {
      const [row] = await tx.rows({ text: third, values: [] })
      if (row?.['state'] === 'accepted') await cannotWrite.record(tx)
      await world.options.record(tx, at, evidence)
    }
    const claimed = await claimDue(database, start, { limit: 10, leaseMs: day })
    const mails = [...(await markCalled(database, claimed, start, day))]
    mails.sort((mail) => (mail.keyText === '["3"]' ? -1 : 1))
    const answers = mails.map((mail) => ({ mail, sent: accepted }))
    const settled = settleAnswers(database, { ...world.options, record }, answers, newTally())
    expect(await thrownBy(settled)).to.be.instanceOf(DatabaseError)
    expect((await world.rows(outbox)).map(({ state }) => state)).to.deep.equal([
      ...['accepted', 'accepted', 'accepted', 'claimed', 'accepted', 'accepted'],
    ])
  })

  it('says nothing about whom, in summary, events and evidence', async () => {
    world.answers.set('person1@mail.example', refused)
    world.answers.set('person2@mail.example', unanswered)
    await world.queue(...[1, 2, 3].map((n) => warning(n)))
    const { record, leaves } = entriesWith(randomBytes(32))
    const summary = await deliver({ record, refusedShare: 1 })
    expect(world.events.map((event) => event.event).sort()).to.deep.equal([
      'mail.accepted',
      'mail.rejected',
      'mail.unknown',
    ])
    expect(JSON.stringify([summary, world.events])).not.to.match(
      /person\d|mail\.example|\[\\"|"[0-9a-f]{32}"/,
    )
    const entries = await leaves()
    expect(entries).to.have.length(2)
    for (const leaf of entries) expect(leaf).not.to.match(/person\d|mail\.example|"account"|\[|"0{31}\d"/)
  })

  it('takes an acceptance back with a late bounce, once', async () => {
    await world.queue(warning(1))
    await deliver()
    world.now += 2 * day
    const { token, addressHash: recipientHash } = warning(1)
    const { record } = world.options
    const bounce = { token, action: 'failed', status: '5.1.1', recipientHash } as const
    const ignored = [
      { ...bounce, action: 'delayed' as const },
      { ...bounce, action: 'delayed' as const, status: '4.4.1' },
      { ...bounce, token: 'f'.repeat(32) },
    ]
    for (const one of ignored) {
      expect(await recordBounce(world.database, one, world.now, record)).to.equal('ignored')
    }
    expect(await world.rows('SELECT state FROM oubli_warning')).to.deep.equal([{ state: 'accepted' }])
    expect(await recordBounce(world.database, bounce, world.now, record)).to.equal('recorded')
    expect(await recordBounce(world.database, bounce, world.now + day, record)).to.equal('ignored')
    expect(await world.rows(warnings)).to.deep.equal([
      { state: 'bounced', accepted_at: null, failed_at: isoInstant(world.now) },
    ])
    expect(await world.rows('SELECT state FROM oubli_outbox')).to.deep.equal([{ state: 'bounced' }])
    expect(await world.rows('SELECT day, code FROM oubli_refusal')).to.deep.equal([
      { day: '2026-11-04', code: '5.1.1' },
    ])
    expect(await world.rows('SELECT subject_id FROM oubli_pending_deletions')).to.deep.equal([])
    expect(world.evidence.map((one) => one.kind)).to.deep.equal(['warning.accepted', 'warning.failed'])
  })

  it('holds a mail back that may not leave, and still hears that an earlier try of it came back', async () => {
    world.usual = unanswered
    await world.queue(warning(1), warning(2))
    await deliver()
    await world.queue(warning(3))
    const held = { mayLeave: () => Promise.resolve(new Set<string>()) }
    world.now += day
    expect(await deliver(held)).to.deep.equal(nothing)
    expect(world.sent).to.have.length(2)
    const standing = 'SELECT state, reply_code, claim_token FROM oubli_outbox ORDER BY key_text'
    const waits = { reply_code: null, claim_token: null }
    expect(await world.rows(standing)).to.deep.equal([
      { state: 'unknown', ...waits },
      { state: 'unknown', ...waits },
      { state: 'deferred', ...waits },
    ])
    const { token, addressHash: recipientHash } = warning(1)
    const bounce = { token, action: 'failed', status: '5.1.1', recipientHash } as const
    expect(await recordBounce(world.database, bounce, world.now, world.options.record)).to.equal('recorded')
    world.usual = accepted
    expect(await deliver()).to.deep.equal(nothing)
    world.now += 3_600_000
    expect(await deliver()).to.deep.equal({ ...nothing, accepted: 2 })
    expect(await world.rows('SELECT state FROM oubli_warning ORDER BY key_text')).to.deep.equal([
      { state: 'bounced' },
      { state: 'accepted' },
      { state: 'accepted' },
    ])
  })

  it('begins no mail that waited in line for so long that another delivery may have it', async () => {
    const server = await scriptedServer()
    const transport = smtpTransport({ ...plainSmtp, port: server.port, connections: 1 })
    const own = { ...world.options, clock: () => world.now }
    let others: Promise<unknown> = Promise.resolve()
    server.taking = () => {
      world.now += server.taken.length <= 6 ? 1000 : 250_000
      others = others.then(() => deliverDue(world.database, world.transport, own))
    }
    try {
      await world.queue(...Array.from({ length: 14 }, (_, n) => warning(n)))
      await deliverDue(world.database, transport, own)
      await others
      world.now += day
      await deliver()
      const taken = server.taken.map((message) => /Message-ID: <([0-9a-f]{32})@/.exec(message)?.[1])
      const all = [...taken, ...world.sent.map(({ token }) => token)].sort()
      expect(all, 'each once').to.deep.equal(Array.from({ length: 14 }, (_, n) => warning(n).token).sort())
      expect(taken.length, 'most over the slow relay').to.be.within(7, 13)
    } finally {
      await transport.close()
      await server.close()
    }
  })

  it('works over SMTP: an answer that is lost leads to the same mail twice, never to none', async () => {
    const server = await scriptedServer('accept then cut')
    const transport = smtpTransport({ ...plainSmtp, port: server.port, connections: 5 })
    try {
      await world.queue(warning(1))
      const first = await deliverDue(world.database, transport, world.options)
      expect(first).to.deep.equal({ ...nothing, unknown: 1 })
      server.fault = 'none'
      world.now += day
      const second = await deliverDue(world.database, transport, world.options)
      expect(second).to.deep.equal({ ...nothing, accepted: 1 })
      expect(server.taken).to.have.length(2)
      expect(server.taken[0]).to.equal(server.taken[1])
      expect(server.taken[0]).to.contain(warning(1).messageId)
    } finally {
      await transport.close()
      await server.close()
    }
  })
})
