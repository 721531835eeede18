/** Runs whose time is over before a policy did anything: they are no success of it, and it comes first in the next. */
import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Point } from '../../base/point.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { until } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation, type Said } from '../engine/installation.ts'
import { killAt, later } from '../engine/kill.ts'
import { siteFiles } from '../engine/site-files.ts'
import { addDue, day, start } from '../engine/twins.ts'
import { quickPace } from '../quick-pace.ts'
import { policyIn, reportOf } from './report-read.ts'

const acting = ['page-views', 'prospects'] as const
const pace = { ...quickPace, pause_file: '../pause' }

eachDatabase('a policy that a run does not come to', (open) => {
  let site: Installation
  beforeEach(async () => {
    site = await install(await open(), { ...siteFiles, pace }, start)
    await addDue(site.database, 1)
    await site.oubli(['run'])
    await site.approve()
    expect((await site.oubli(['run'])).exit).to.equal(0)
  })
  afterEach(() => site.close())

  async function dayOf(n: number): Promise<void> {
    await setSandboxNow(site.database, start + n * day)
    await addDue(site.database, n * 100)
  }

  /** Its time is over with the first transaction. */
  async function shortRun(): Promise<Said> {
    let ahead = 0
    const point = (reached: Point): Promise<void> => {
      if (reached === 'committed' || reached === 'flat rows committed') ahead = 61 * 60_000
      return Promise.resolve()
    }
    const said = await site.oubli(['run'], { point, clock: () => Date.now() + ahead })
    expect(said.exit, said.text).to.equal(0)
    expect(said.out.split('\n').at(-1)).to.match(/^why stopped: the time of this run is used up, \d left/)
    return said
  }

  /** Days after the start. */
  async function lasts(): Promise<readonly (number | null)[]> {
    const report = await reportOf(site)
    return acting.map((id) => {
      const last = policyIn(report, id).last_success
      return last === null ? null : (Date.parse(last) - start) / day
    })
  }

  async function matters(): Promise<readonly string[]> {
    const { matters: found } = await reportOf(site)
    return found.map(({ code, policies, rows }) => `${code} ${policies.join(' ')} ${rows}`)
  }

  it('is not called done, and the next run begins with it', async () => {
    await dayOf(1)
    const said = await shortRun()
    expect(await lasts()).to.deep.equal([1, 0])
    expect(await matters()).to.include('noTurn prospects 2')
    expect((await matters()).join('; ')).not.to.include('backlog')
    expect(said.out).to.include('No turn before the time was used up, first in the next run: prospects')
    await dayOf(2)
    await site.oubli(['run', '--policy', 'old-receipts'])
    const next = await site.oubli(['run'])
    expect(next.exit, next.text).to.equal(0)
    expect(await lasts()).to.deep.equal([2, 2])
    expect(await matters()).to.deep.equal((await matters()).filter((one) => !one.startsWith('noTurn')))
    const log = await readFile(join(site.folder, 'oubli.log'), 'utf8')
    const order = [...log.matchAll(/policy\.done {2}([a-z-]+): /g)].map(([, policy]) => policy)
    expect(order.slice(-3)).to.deep.equal(['prospects', 'page-views', 'old-receipts'])
  })

  it('gets its turn, however long another one takes each night', async () => {
    const turns: (readonly (number | null)[])[] = []
    for (const n of [1, 2, 3]) {
      await dayOf(n)
      await shortRun()
      turns.push(await lasts())
    }
    expect(turns).to.deep.equal([
      [1, 0],
      [1, 2],
      [3, 2],
    ])
  })

  it('gets its turn, though the process is killed at another one each night', async () => {
    const due = () => countOf("SELECT COUNT(*) AS found FROM prospects WHERE collected_at < '2021-01-01'")
    await dayOf(1)
    expect(await killAt(site, { point: 'flat rows committed' })).to.equal('SIGKILL')
    expect(await due()).to.equal(2)
    await dayOf(2)
    expect(await killAt(site, { point: 'flat rows committed', ahead: later() })).to.equal('SIGKILL')
    expect(await due()).to.equal(0)
    expect((await site.oubli(['run'], { clock: () => Date.now() + later(2) })).exit).to.equal(0)
  })

  async function countOf(text: string): Promise<number> {
    return Number((await site.database.rows({ text, values: [] }))[0]?.['found'])
  }

  it('has no success in a run that was paused until its end, and the report says so', async () => {
    await dayOf(1)
    await site.oubli(['pause', '--by', 'Night watch'])
    let ahead = 0
    const running = site.oubli(['run'], { clock: () => Date.now() + ahead })
    await until('held', async () => {
      const { atWork } = JSON.parse((await site.oubli(['status', '--json'])).out) as {
        readonly atWork: { readonly state: string } | null
      }
      return atWork?.state === 'paused'
    })
    ahead = 61 * 60_000
    expect((await running).exit).to.equal(0)
    expect(await lasts()).to.deep.equal([0, 0])
    expect(await matters()).to.include('paused page-views prospects 4')
    expect((await matters()).join('; ')).not.to.include('backlog')
    await setSandboxNow(site.database, start + 9 * day)
    expect((await matters()).map((one) => one.split(' ')[0])).to.include('noRun')
  })
})
