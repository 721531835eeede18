/** When the report says that a policy last succeeded, and when it says that one is silent. */
import { expect } from 'chai'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation, type Instead } from '../engine/installation.ts'
import { sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { addDue, day, start } from '../engine/twins.ts'
import { policyIn, reportOf } from './report-read.ts'

/** More than twenty people who are newly due want a look. */
const files = {
  ...siteFiles,
  policies: {
    ...siteFiles.policies,
    prospects: siteFiles.policies['prospects']!.replace('percent: 100', 'percent: 100, people: 20'),
  },
}

eachDatabase('the last success in the report', (open) => {
  let site: Installation
  let from = 1
  beforeEach(async () => {
    site = await install(await open(), files, start)
    await addDue(site.database, from)
    await site.oubli(['run'])
    await site.approve()
  })
  afterEach(() => site.close())

  const runOn = async (days: number, argv: readonly string[], exit: number, instead: Instead = {}) => {
    await setSandboxNow(site.database, start + days * day)
    const said = await site.oubli(argv, instead)
    expect(said.exit, said.text).to.equal(exit)
  }
  /** Days after the start. */
  const lasts = async (): Promise<readonly (number | null)[]> => {
    const report = await reportOf(site)
    return ['prospects', 'page-views'].map((id) => {
      const last = policyIn(report, id).last_success
      return last === null ? null : (Date.parse(last) - start) / day
    })
  }
  const matters = async (...more: string[]): Promise<readonly string[]> =>
    (await reportOf(site, ...more)).matters.map(({ code }) => code)

  it('stays where a run only warns', async () => {
    await runOn(0, ['run'], 0)
    await runOn(2, ['run', '--only', 'warn', '--policy', 'prospects'], 0)
    expect(await lasts()).to.deep.equal([0, 0])
  })

  it('moves for a policy that did its part, whatever stopped another', async () => {
    const { database } = site
    await runOn(0, ['run'], 0)
    for (let added = 0; added < 15; added += 1) await addDue(database, (from += 100))
    await runOn(1, ['run'], 4)
    expect(await lasts(), 'an alarm').to.deep.equal([0, 1])
    await sql(database, `DELETE FROM clicks WHERE id >= 0`)
    await sql(database, `DELETE FROM receipts WHERE id >= 0`)
    await sql(database, `DELETE FROM prospects WHERE id >= 0`)
    const fails = database.dialect.locksRows
      ? "SIGNAL SQLSTATE '45000'"
      : "BEGIN SELECT RAISE(ABORT, 'no'); END"
    await sql(database, `CREATE TRIGGER keeps BEFORE DELETE ON clicks FOR EACH ROW ${fails}`)
    await addDue(database, (from += 100))
    await runOn(2, ['run'], 3)
    expect(await lasts(), 'rows that fail').to.deep.equal([0, 2])
    await sql(database, 'DROP TRIGGER keeps')
    await addDue(database, (from += 100))
    await runOn(3, ['run'], 3, { stop: () => 'interrupted by SIGTERM' })
    expect(await lasts(), 'a signal').to.deep.equal([0, 2])
    await runOn(4, ['run'], 0)
    expect(await lasts()).to.deep.equal([4, 4])
  })

  it('is not missed of a policy that was approved today, nor on a day that is yet to come', async () => {
    expect(await lasts()).to.deep.equal([null, null])
    expect(await matters()).not.to.include('noRun')
    await runOn(0, ['run'], 0)
    const ahead = new Date(start + 20 * day).toISOString().slice(0, 10)
    expect(await matters('--at', ahead)).not.to.include('noRun')
    await setSandboxNow(site.database, start + 8 * day)
    expect(await matters()).not.to.include('noRun')
    await setSandboxNow(site.database, start + 9 * day)
    expect(await matters()).to.include('noRun')
  })

  it('is missed after a week of a policy whose runs never came to their end', async () => {
    const broken: Instead = {
      point: (point) => (point === 'flat rows committed' ? refuse() : Promise.resolve()),
    }
    await runOn(0, ['run'], 1, broken)
    expect(await lasts()).to.deep.equal([null, null])
    expect(await matters()).not.to.include('noRun')
    await setSandboxNow(site.database, start + 9 * day)
    expect(await matters()).to.include('noRun')
  })
})

function refuse(): Promise<never> {
  return Promise.reject(new Error('broken off'))
}
