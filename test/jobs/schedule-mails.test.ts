/** A relay that takes nothing: under the scheduler no exit code says so, and yet somebody must hear of it. */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { isoInstant, systemClock } from '../../base/clock.ts'
import { loadSettings } from '../../config/load.ts'
import { lastSuccesses } from '../../db/own/successes.ts'
import type { JobContext } from '../../jobs/context.ts'
import { openContext } from '../../jobs/open.ts'
import { wakeUp, type JobLine } from '../../jobs/schedule.ts'
import { eachDatabase } from '../databases.ts'
import { insert } from '../engine/lab.ts'
import { bouncesSite, day, silent, start, type BouncesSite } from '../mail/bounces-site.ts'
import { scriptedServer, type Fault, type ScriptedServer } from '../mail/scripted-smtp.ts'

const jobs: readonly JobLine[] = [
  { job: 'warn', line: '0 9 * * 1-4' },
  { job: 'deliver', line: '*/5 * * * *' },
  { job: 'purge', line: '30 4 * * *' },
]
const minutes = 1 / (24 * 60)

eachDatabase('mails that do not leave, under the scheduler', (open) => {
  let relay: ScriptedServer
  let site: BouncesSite
  let ctx: JobContext & { readonly close: () => Promise<void> }
  const said: string[] = []
  before(async () => {
    relay = await scriptedServer()
    site = await bouncesSite(await open(), relay)
    const { folder } = site.one
    const settings = await loadSettings({ file: join(folder, 'config/oubli.yml'), env: {}, cwd: folder })
    ctx = await openContext(settings, {
      clock: systemClock,
      random: (bytes) => randomBytes(bytes),
      stop: () => null,
      writeLog: (text) => void said.push(text),
    })
    await insert(ctx.database, 'users', [silent(1)])
    await site.run('run')
    await site.one.approve()
  })
  after(async () => {
    await ctx.close()
    await site.one.close()
    await relay.close()
  })

  /** What the log says at level `warn` and above of a wake-up on that day. */
  async function wake(days: number, fault: Fault): Promise<readonly string[]> {
    relay.fault = fault
    await site.at(days)
    said.splice(0)
    await wakeUp(ctx, jobs)
    return said.filter((line) => / {2}(?:warn |error) {2}/.test(line))
  }
  const success = async () => {
    const until = isoInstant(start + 100 * day)
    return (await lastSuccesses(ctx.database, until, new Set(['inactive-accounts']))).get('inactive-accounts')
  }

  it('is a warning of each delivery, also of a few mails, and no purge meanwhile is a success', async () => {
    expect((await wake(0, 'none')).join('\n')).not.to.include('why.stopped')
    expect(await success()).to.equal(isoInstant(start))
    await insert(ctx.database, 'users', [silent(2), silent(3)])
    const loud = (await wake(2, 'MAIL 550')).join('\n')
    expect(loud).to.match(/ warn {3}why\.stopped {2}deliver ended with exit code 4.*relay cannot be reached/)
    expect(await success(), 'the day before the relay refused').to.equal(isoInstant(start))
    expect((await wake(2 + 10 * minutes, 'none')).join('\n')).not.to.include('why.stopped')
    await wake(3, 'none')
    expect(await success()).to.equal(isoInstant(start + 3 * day))
  })
})
