import { expect } from 'chai'
import { migrate } from '../../db/migrate.ts'
import type { Database } from '../../db/session.ts'
import type { JobContext } from '../../jobs/context.ts'
import { runSlot, startingDeadline } from '../../jobs/slots.ts'
import { eachDatabase } from '../databases.ts'

const line = '30 4 * * *'
const slot = Date.parse('2026-01-10T03:30:00Z')

eachDatabase('a slot', (open) => {
  let database: Database
  let ctx: JobContext
  const events: string[] = []
  before(async () => {
    database = await open()
    await migrate(database)
    ctx = {
      database,
      settings: { schedule: { zone: 'Europe/Paris' } },
      log: { event: (code: string) => void events.push(code) },
    } as unknown as JobContext
  })

  it('is run by one of eight that wake up at once, and never again', async () => {
    let ran = 0
    const work = () => Promise.resolve((ran += 1))
    const wake = () => runSlot(ctx, 'purge', line, slot + 60_000, work)
    const outcomes = await Promise.all(Array.from({ length: 8 }, wake))
    expect(outcomes.map(({ state }) => state).sort()).to.deep.equal([
      'not ours',
      'not ours',
      'not ours',
      'not ours',
      'not ours',
      'not ours',
      'not ours',
      'ran',
    ])
    expect(ran).to.equal(1)
    expect((await wake()).state).to.equal('not ours')
  })

  it('is caught up once within its deadline, and afterwards told as missed once', async () => {
    const work = () => Promise.resolve('done')
    const day = 86_400_000
    const late = await runSlot(ctx, 'verify', line, slot + startingDeadline, work)
    expect(late.state).to.equal('ran')
    const tooLate = slot + day + startingDeadline + 1
    expect((await runSlot(ctx, 'verify', line, tooLate, work)).state).to.equal('missed')
    expect((await runSlot(ctx, 'verify', line, tooLate, work)).state).to.equal('not ours')
    expect(events).to.deep.equal(['slot.missed'])
  })
})
