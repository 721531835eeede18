/** Leases are kept by the clock of the database: hosts whose own clocks differ agree on who is at work. */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { OubliError } from '../../base/errors.ts'
import { migrate } from '../../db/migrate.ts'
import { writeBeat } from '../../db/own/beat.ts'
import { release, takeLease } from '../../db/own/lease.ts'
import type { Database } from '../../db/session.ts'
import type { JobContext } from '../../jobs/context.ts'
import { withLease } from '../../jobs/lease.ts'
import { createLab, type Lab } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'

/** Well within what `doctor` lets pass, and longer than a lease lives. */
const skew = 90_000

eachDatabase('a lease between hosts whose clocks differ', (open) => {
  let database: Database
  /** `ahead`: of the database, in milliseconds. */
  const host = (ahead: number): JobContext =>
    ({
      database,
      clock: () => Date.now() + ahead,
      ports: {
        random: (bytes: number) => randomBytes(bytes),
        sleep: () => Promise.resolve(),
      },
    }) as unknown as JobContext
  const taken = (ctx: JobContext, name: string): Promise<string> =>
    withLease(ctx, name, () => Promise.resolve('taken')).catch((error: unknown) =>
      error instanceof OubliError ? error.code : 'another error',
    )
  before(async () => {
    database = await open()
    await migrate(database)
  })

  for (const [what, holder, other] of [
    ['the other is fast', 0, skew],
    ['the holder is slow', -skew, 0],
    ['the other is slow', 0, -skew],
  ] as const)
    it(`stays with its holder: ${what}`, async () => {
      await withLease(host(holder), 'run', async (lease) => {
        expect(await taken(host(other), 'run')).to.equal('E_BUSY')
        await lease.stillOurs()
        expect(await taken(host(other), 'run')).to.equal('E_BUSY')
      })
      expect(await taken(host(other), 'run')).to.equal('taken')
    })

  it('goes to the next a minute after its holder was heard of, however fast that one was', async () => {
    const dead = { name: 'seal', owner: 'dead', now: Date.now() - 61_000, ttlMs: 60_000 }
    expect(await takeLease(database, dead)).not.to.equal(null)
    expect(await taken(host(-skew), 'seal')).to.equal('taken')
  })
})

eachDatabase('a host whose clock is fast', (open) => {
  let lab: Lab
  before(async () => {
    lab = await createLab(await open(), 20)
    await lab.oubli(['migrate'])
    // From here on its time is that of the server.
    await lab.database.run({ text: 'DROP TABLE oubli_sandbox', values: [] })
  })
  after(() => lab.close())

  it('sees the run at work on another one, stops it, and begins none beside it', async () => {
    const holder = { name: 'run', owner: 'another host' }
    await takeLease(lab.database, { ...holder, now: Date.now(), ttlMs: 60_000 })
    const fast = { clock: () => Date.now() + skew }
    const status = JSON.parse((await lab.oubli(['status', '--json'], fast)).out) as { running: boolean }
    expect(status.running).to.equal(true)
    expect((await lab.oubli(['run'], fast)).exit).to.equal(5)
    await writeBeat(lab.database, {
      ...{ beat: 1, run: 'r'.repeat(32), at: new Date().toISOString(), policy: null, done: 0, due: 0 },
      ...{ perSecond: null, batchSize: 0, writers: 1, state: 'working', reason: null },
    })
    expect((await lab.oubli(['stop'], fast)).out).not.to.include('No run is at work')
    await release(lab.database, holder)
    const free = JSON.parse((await lab.oubli(['status', '--json'], fast)).out) as { running: boolean }
    expect(free.running).to.equal(false)
    expect((await lab.oubli(['stop'], fast)).out).to.include('No run is at work')
  })
})
