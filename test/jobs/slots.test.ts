import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { OubliError } from '../../base/errors.ts'
import { migrate } from '../../db/migrate.ts'
import type { Database } from '../../db/session.ts'
import type { JobContext } from '../../jobs/context.ts'
import { mostTries, runSlot, startingDeadline } from '../../jobs/slots.ts'
import { eachDatabase } from '../databases.ts'

const line = '30 4 * * *'
const slot = Date.parse('2026-01-10T03:30:00Z')
const day = 86_400_000
const done = () => Promise.resolve('done' as const)

eachDatabase('a slot', (open) => {
  let database: Database
  let ctx: JobContext
  const events: string[] = []
  before(async () => {
    database = await open()
    await migrate(database)
    ctx = {
      database,
      clock: () => slot,
      ports: { random: (bytes: number) => randomBytes(bytes) },
      settings: { schedule: { zone: 'Europe/Paris' } },
      log: { event: (code: string) => void events.push(code) },
    } as unknown as JobContext
  })

  it('is run by one of eight that wake up at once, and never again', async () => {
    let ran = 0
    const wake = () =>
      runSlot(ctx, 'purge', line, slot + 60_000, async () => {
        ran += 1
        return await done()
      })
    const outcomes = await Promise.all(Array.from({ length: 8 }, wake))
    const states = outcomes.map(({ state }) => state).sort()
    expect(states).to.deep.equal([...Array.from({ length: 7 }, () => 'not ours'), 'ran'])
    expect(ran).to.equal(1)
    expect((await wake()).state).to.equal('not ours')
  })

  it('is caught up once within its deadline, and afterwards told as missed once', async () => {
    expect((await runSlot(ctx, 'verify', line, slot + startingDeadline, done)).state).to.equal('ran')
    const tooLate = slot + day + startingDeadline + 1
    expect((await runSlot(ctx, 'verify', line, tooLate, done)).state).to.equal('missed')
    expect((await runSlot(ctx, 'verify', line, tooLate, done)).state).to.equal('not ours')
    expect(events).to.deep.equal(['slot.missed'])
  })

  it('takes those before it along into the log, once, where an outage was longer than a day', async () => {
    const told: object[] = []
    const heard = {
      ...ctx,
      log: { event: (code: string, fields: object) => void told.push({ code, ...fields }) },
    } as unknown as JobContext
    const iso = (at: number): string => new Date(at).toISOString()
    const wake = async (job: string, cron: string, now: number) =>
      (await runSlot(heard, job, cron, now, done)).state
    expect(await wake('nightly', line, slot + 60_000)).to.equal('ran')
    expect(await wake('nightly', line, slot + day)).to.equal('ran')
    expect(told).to.deep.equal([])
    const hours = 3_600_000
    const after = slot + 4 * day + 4 * hours
    expect([await wake('nightly', line, after), await wake('nightly', line, after)]).to.deep.equal([
      'ran',
      'not ours',
    ])
    const gap = { code: 'slot.missed', job: 'nightly', slot: iso(slot + 3 * day), last: iso(slot + day) }
    expect(told.splice(0)).to.deep.equal([gap])
    expect(await wake('nightly', line, after + day)).to.equal('ran')
    // Moved by an hour: nobody missed anything.
    expect(await wake('nightly', '30 5 * * *', after + 2 * day)).to.equal('ran')
    const often = '*/5 * * * *'
    for (const now of [slot, slot + 6 * hours]) expect(await wake('often', often, now)).to.equal('ran')
    expect(told).to.deep.equal([])
    expect(await wake('often', often, slot + 3 * day)).to.equal('ran')
    expect(told).to.have.length(1)
  })

  it('is tried again after a failure, so often and no more', async () => {
    const unfinished = () => Promise.resolve('unfinished' as const)
    for (let left = mostTries - 1; left >= 0; left -= 1)
      expect(await runSlot(ctx, 'warn', line, slot, unfinished)).to.include({ state: 'failed', left })
    expect((await runSlot(ctx, 'warn', line, slot, done)).state).to.equal('not ours')
  })

  it('is given back without a try while another run holds the lease', async () => {
    const busy = () => Promise.reject(new OubliError('busy', 'E_BUSY', 'held', ''))
    for (let tries = 0; tries <= mostTries; tries += 1) {
      const code: unknown = await runSlot(ctx, 'deliver', line, slot, busy).catch((error: unknown) =>
        error instanceof OubliError ? error.code : error,
      )
      expect(code).to.equal('E_BUSY')
    }
    expect((await runSlot(ctx, 'deliver', line, slot, done)).state).to.equal('ran')
  })
})
