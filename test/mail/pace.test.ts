import { expect } from 'chai'
import fc from 'fast-check'
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { setImmediate as nextTick } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SMTPServer } from 'smtp-server'
import { systemClock } from '../../base/clock.ts'
import { migrate } from '../../db/migrate.ts'
import { knowMailRate, lockMailRate, setMailRate, type MailRate } from '../../db/own/mail-rate.ts'
import type { Database } from '../../db/session.ts'
import { deliverDue } from '../../mail/deliver.ts'
import { sharedPace, takeTurns } from '../../mail/pace.ts'
import { databaseUrlSettings, eachDatabase } from '../databases.ts'
import { warning } from './sample.ts'
import { makeWorld } from './world.ts'

const second = 1_000_000

describe('turns', () => {
  it('never come sooner than the rate allows, whoever asks and whenever', () => {
    const asks = fc.array(
      fc.record({ after: fc.nat(3 * second), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
      {
        minLength: 2,
        maxLength: 40,
      },
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600_000 }), asks, (perMinute, list) => {
        const interval = (60 * second) / perMinute
        const turns: number[] = []
        let now = 1_700_000_000 * second
        let next = 0
        for (const { after, share } of list) {
          const count = Math.max(1, Math.floor((perMinute / 240) * share))
          now += after
          const taken = takeTurns({ next, now }, count, perMinute)
          expect(taken.first).to.be.at.least(now)
          for (let i = 0; i < count; i += 1) turns.push(taken.first + i * interval)
          next = taken.next
        }
        for (const [i, turn] of turns.entries())
          if (i > 0) expect(turn - turns[i - 1]!).to.be.at.least(interval - 1)
      }),
    )
  })

  it('are exactly so many a minute for processes that ask in time', () => {
    for (const perMinute of [1, 7, 60, 1200, 7000, 100_000]) {
      const start = 1_700_000_000 * second
      let next = 0
      let now = start
      let within = 0
      while (now < start + 60 * second) {
        const count = Math.max(1, Math.floor(perMinute / 240))
        const taken = takeTurns({ next, now }, count, perMinute)
        for (let i = 0; i < count; i += 1)
          if (taken.first + (i * 60 * second) / perMinute < start + 60 * second - 1) within += 1
        // The other process asks as soon as this one has its turns; none waits for the last one to pass.
        ;({ next } = taken)
        now = taken.first
      }
      expect(within, String(perMinute)).to.equal(perMinute)
    }
  })

  it('are not caught up after a pause, and start anew when the clock of the server was set back', () => {
    const now = 1_700_000_000 * second
    expect(takeTurns({ next: now - 3600 * second, now }, 1, 60).first).to.equal(now)
    expect(takeTurns({ next: now + 86_400 * second, now }, 1, 60).first).to.equal(now)
    expect(takeTurns({ next: now + 600 * second, now }, 1, 60).first).to.equal(now + 600 * second)
  })
})

eachDatabase('the pace of mails', (open) => {
  let database: Database
  beforeEach(async () => {
    database = await open()
    await migrate(database)
  })

  async function rate(set?: (rate: MailRate) => number): Promise<MailRate> {
    await knowMailRate(database)
    const outcome = await database.transaction(async (tx) => {
      const found = await lockMailRate(tx, database.dialect.utcNow)
      const next = set?.(found) ?? found.next
      await setMailRate(tx, next)
      return { ...found, next }
    })
    if (outcome.state !== 'committed') throw outcome.error
    return outcome.value
  }

  it('is one for all who ask at the same time', async () => {
    const { next: start } = await rate(({ now }) => now + 60 * second)
    const paces = Array.from({ length: 4 }, () => sharedPace(database, 7000, systemClock))
    const asked = await Promise.all(paces.map(async (pace) => await pace.turns(pace.most)))
    expect(asked.flat()).to.have.length(4 * 29)
    const { next } = await rate()
    // To the microsecond at each of the four askings.
    expect(next - start).to.be.closeTo((4 * 29 * 60 * second) / 7000, 4)
  })

  it('keeps the turns of a quarter of a second for the next mails, and asks no more often than it must', async () => {
    await rate(({ now }) => now + 60 * second)
    const pace = sharedPace(database, 7000, systemClock)
    const turns = [...(await pace.turns(3)), ...(await pace.turns(20)), ...(await pace.turns(6))]
    const { next } = await rate()
    for (const [i, at] of turns.entries())
      if (i > 0) expect(at - turns[i - 1]!).to.be.closeTo(60_000 / 7000, 0.01)
    await pace.turns(1)
    expect((await rate()).next - next).to.be.closeTo((29 * 60 * second) / 7000, 1)
  })

  it('takes turns again that were given back, as long as they are not a second late', async () => {
    let time = systemClock()
    const pace = sharedPace(database, 600, () => time)
    const turns = await pace.turns(4)
    pace.giveBack(turns.slice(2))
    expect(await pace.turns(1)).to.deep.equal([turns[2]])
    const { next } = await rate()
    time = turns[3]! + 1001
    expect(await pace.turns(1)).not.to.deep.equal([turns[3]])
    expect((await rate()).next).to.be.at.least(next + second / 10 - 1)
  })

  it('gives two who deliver at once a turn for each mail, and none is lost', async () => {
    const mails = 200
    const perMinute = 1200
    const world = await makeWorld(database)
    await world.queue(...Array.from({ length: mails }, (_, n) => warning(n)))
    // So far ahead that no turn passes while nobody asks for it.
    const { next: start } = await rate(({ now }) => now + 3000 * second)
    const deliver = async (): Promise<number> => {
      let now = systemClock()
      const { accepted } = await deliverDue(database, world.transport, {
        ...world.options,
        ...{ perMinute, clock: () => now },
        wait: async (milliseconds) => {
          const until = now + milliseconds
          await nextTick()
          now = Math.max(now, until)
        },
      })
      return accepted
    }
    const [one, other] = await Promise.all([deliver(), deliver()])
    expect(one + other).to.equal(mails)
    const turns = ((await rate()).next - start) / ((60 * second) / perMinute)
    // Each of the two may still hold the turns of its last quarter of a second.
    expect(turns).to.be.within(mails - 0.01, mails + 2 * (perMinute / 60 / 4 + 1))
  })

  it('holds for two processes over SMTP: no mail comes before its turn', async () => {
    // More than one of them claims at once.
    const mails = 200
    const perMinute = 2400
    const world = await makeWorld(database)
    await world.queue(...Array.from({ length: mails }, (_, n) => warning(n)))
    const relay = await startRelay()
    try {
      const { next: start } = await rate(({ now }) => now + 3 * second)
      const sums = await Promise.all([1, 2].map(() => deliverInChild(database, relay.port, perMinute)))
      expect(sums.reduce((sum, one) => sum + one, 0)).to.equal(mails)
      const arrivals = relay.arrivals.sort((a, b) => a - b)
      expect(arrivals).to.have.length(mails)
      // However late single mails are: never more by any instant than turns have come, give or take a clock's tick.
      for (const [i, at] of arrivals.entries())
        expect(at, `mail ${i}`).to.be.at.least(start / 1000 + i * (60_000 / perMinute) - 2)
      const turns = ((await rate()).next - start) / ((60 * second) / perMinute)
      expect(turns).to.be.at.least(mails - 0.01)
    } finally {
      await relay.close()
    }
  })
})

/** Mails that the child says were accepted. */
async function deliverInChild(database: Database, port: number, perMinute: number): Promise<number> {
  const driver = join(dirname(fileURLToPath(import.meta.url)), 'pace-driver.js')
  const { settings } = databaseUrlSettings(database)
  const told = JSON.stringify({ settings, port, perMinute })
  const child = spawn(process.execPath, [driver, told], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect(code).to.equal(0)
  return Number(out)
}

interface CountingRelay {
  readonly port: number
  /** Milliseconds since 1970, when DATA began: the mail has left. */
  readonly arrivals: number[]
  close(): Promise<void>
}

async function startRelay(): Promise<CountingRelay> {
  const arrivals: number[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onData: (stream, _session, done) => {
      arrivals.push(Date.now())
      stream.on('data', () => undefined)
      stream.on('end', () => {
        done()
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    arrivals,
    close: () =>
      new Promise((done) => {
        server.close(done)
      }),
  }
}
