/** Several mails at once: how many are on the wire, and what happens when one of them goes another way. */
import { expect } from 'chai'
import { setImmediate as turn } from 'node:timers/promises'
import type { Database } from '../../db/session.ts'
import { deliverDue, type DeliveryOptions } from '../../mail/deliver.ts'
import { claimDue } from '../../mail/outbox.ts'
import { clearWarnings } from '../../mail/warnings.ts'
import { eachDatabase, eachServer } from '../databases.ts'
import { start, warning } from './sample.ts'
import { accepted, makeWorld, type World } from './world.ts'

const many = (count: number) => Array.from({ length: count }, (_, n) => warning(n))
const ofPerson = (n: number) => `person${n}@mail.example`

eachDatabase('mails that leave together', (open) => {
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

  it('are one at first, and never more than six for each connection, marks and answers included', async () => {
    await world.queue(...many(120))
    let called = 0
    let settled = 0
    const open: number[] = []
    const transport = {
      connections: 5,
      close: () => Promise.resolve(),
      send: async () => {
        called += 1
        open.push(called - settled)
        const text = "SELECT id FROM oubli_outbox WHERE state = 'claimed' AND transport_called_at IS NOT NULL"
        marked.push((await world.rows(text)).length)
        await turn()
        return accepted
      },
    }
    const marked: number[] = []
    const summary = await deliverDue(database, transport, {
      ...world.options,
      onEvent: () => {
        settled += 1
      },
    })
    expect(summary.accepted).to.equal(120)
    expect(open[0]).to.equal(1)
    expect(open[1]).to.equal(1)
    expect(Math.max(...open)).to.be.within(6, 30)
    expect(Math.max(...marked)).to.be.at.most(30)
  })

  it('do not take the others along when one claim is lost while it is on the wire', async () => {
    await world.queue(...many(30))
    world.answers.set(ofPerson(15), async () => {
      const key = JSON.stringify(['15'])
      const outcome = await database.transaction((tx) =>
        clearWarnings(tx, 'inactive-accounts', 'account', key, start),
      )
      expect(outcome.state).to.equal('committed')
      return accepted
    })
    const summary = await deliver()
    expect(summary).to.include({ accepted: 29, unknown: 1 })
    const states = await world.rows(
      'SELECT state, COUNT(*) AS n FROM oubli_outbox GROUP BY state ORDER BY state',
    )
    expect(states).to.deep.equal([
      { state: 'accepted', n: '29' },
      { state: 'cancelled', n: '1' },
    ])
    expect(world.evidence).to.have.length(29)
    expect(world.events.filter(({ event }) => event === 'mail.accepted')).to.have.length(30)
  })

  it('are written one by one when their evidence cannot be written together', async () => {
    await world.queue(...many(30))
    const summary = await deliver({
      record: async (tx, at, evidence) => {
        if (evidence.length > 1) await tx.run({ text: 'SELECT nonsense', values: [] })
        await world.options.record(tx, at, evidence)
      },
    })
    expect(summary.accepted).to.equal(30)
    expect(world.evidence).to.have.length(30)
  })

  it('are judged just before they leave, all of them, and those who may not are left for an hour', async () => {
    await world.queue(...many(30))
    const asked: string[] = []
    const summary = await deliver({
      mayLeave: (mails) => {
        for (const { address } of mails) {
          expect(world.sent.map((mail) => mail.address)).not.to.include(address)
          asked.push(address)
        }
        return Promise.resolve(
          new Set(mails.filter((mail) => mail.address !== ofPerson(7)).map(({ id }) => id)),
        )
      },
    })
    expect(summary.accepted).to.equal(29)
    expect(asked.sort()).to.deep.equal(many(30).map(({ address }) => address).sort()) // prettier-ignore
    expect(await world.rows("SELECT not_before FROM oubli_outbox WHERE state = 'deferred'")).to.deep.equal([
      { not_before: new Date(start + 3_600_000).toISOString() },
    ])
  })

  it('are judged anew when the judgement is more than a second old', async () => {
    await world.queue(...many(30))
    let time = 1_000_000
    const times = new Map<string, number>()
    const summary = await deliver({
      clock: () => time,
      mayLeave: (mails) => {
        for (const { address } of mails) times.set(address, time)
        return Promise.resolve(new Set(mails.map(({ id }) => id)))
      },
      wait: () => Promise.resolve(),
      onEvent: () => {
        time += 300
      },
    })
    expect(summary.accepted).to.equal(30)
    expect(new Set(times.values()).size).to.be.above(1)
  })

  it('come to an end that is written down when the database fails in between', async () => {
    await world.queue(...many(30))
    let readings = 0
    const broken = deliver({
      now: () => {
        readings += 1
        return readings === 6 ? Promise.reject(new Error('gone')) : Promise.resolve(world.now)
      },
    })
    expect(await broken.catch((error: unknown) => String(error))).to.equal('Error: gone')
    expect(world.sent.length).to.be.below(30)
    world.now += 86_400_000
    expect((await deliver()).accepted).to.be.at.least(1)
    expect(await world.rows("SELECT id FROM oubli_outbox WHERE state <> 'accepted'")).to.deep.equal([])
  })
})

eachServer('two who claim at the same moment', (open) => {
  it('both get mails, because a claim locks no more than it takes', async () => {
    const database = await open()
    const world = await makeWorld(database)
    await world.queue(...many(40))
    const lease = { limit: 10, leaseMs: 60_000 }
    let second: readonly { readonly id: string }[] = []
    const slow: Database = {
      ...database,
      transaction: (work) =>
        database.transaction(async (tx) => {
          const value = await work(tx)
          second = await claimDue(database, start, lease)
          return value
        }),
    }
    const first = await claimDue(slow, start, lease)
    expect([first.length, second.length]).to.deep.equal([10, 10])
    expect(new Set([...first, ...second].map(({ id }) => id)).size).to.equal(20)
  })
})
