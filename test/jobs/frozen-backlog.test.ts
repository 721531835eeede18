/** What was overdue at the first approval: alarms look past it, and the report shows its way to the promised day. */
import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import { approveAll } from '../approve.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { killAt, later, leavesOf } from '../engine/kill.ts'
import { insert, sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'

const day = 86_400_000
const now = Date.parse('2026-06-01T10:00:00Z')
/** Whoever was collected before the last midnight of May 2023 in Paris was overdue on that day. */
const edge = '2023-05-31 22:00:00'
const overdue = 200

async function number(database: Database, text: string): Promise<number> {
  const [row] = await database.rows({ text, values: [] })
  return Number(Object.values(row ?? {})[0])
}

const oldOnes = (database: Database, table = 'prospects', column = 'collected_at') =>
  number(database, `SELECT COUNT(*) FROM ${table} WHERE ${column} < '${edge}'`)

/** Two become due each day after the first. */
async function fill(database: Database): Promise<void> {
  const at = (start: number, i: number, step: number): string =>
    new Date(start + i * step).toISOString().slice(0, 19).replace('T', ' ')
  const rows = [
    ...Array.from({ length: overdue }, (_, i) => at(Date.parse('2019-01-01T08:00:00Z'), i, 7 * day)),
    ...Array.from({ length: 100 }, (_, i) => at(Date.parse('2023-06-01T08:00:00Z'), i, day / 2)),
    ...Array.from({ length: 60 }, (_, i) => at(Date.parse('2025-01-01T08:00:00Z'), i, day)),
  ]
  await insert(
    database,
    'prospects',
    rows.map((collected_at, id) => ({ id: id + 1, email: `p${id}@mail.example`, collected_at })),
  )
}

const policies = {
  ...siteFiles.policies,
  prospects: siteFiles.policies['prospects']!.replace('people: 2000', 'people: 30').replace(
    'percent: 100',
    'percent: 100, people: 15',
  ),
}

interface BacklogJson {
  readonly size: number
  readonly left: number
  readonly by: string
  readonly state: string
  readonly months: readonly { readonly at: string; readonly left: number | null; readonly line: number }[]
}

eachDatabase('a frozen backlog', (open) => {
  let site: Installation
  let today = now
  beforeEach(async () => {
    today = now
    site = await install(await open(), { ...siteFiles, policies }, now)
    await fill(site.database)
    await site.oubli(['run'])
  })
  afterEach(() => site.close())

  const approve = async (...more: string[]) => {
    const said = await approveAll(site, ['--no-backup', 'a test', ...more])
    await passDays(1 / 1440)
    return said
  }
  const passDays = async (days: number) => {
    today += days * day
    await setSandboxNow(site.database, today)
  }
  const night = async (days = 1) => {
    await passDays(days)
    return await site.oubli(['run', '--policy', 'prospects'])
  }
  /** Weeks in which this policy does nothing; the clock of the database must not jump. */
  const otherRuns = async (weeks: number) => {
    for (let week = 0; week < weeks; week += 1) {
      await passDays(7)
      await site.oubli(['run', '--policy', 'page-views'])
    }
  }
  const backlog = async (): Promise<BacklogJson | null> => {
    const said = await site.oubli(['report', '--json'])
    const { promises } = JSON.parse(said.out) as {
      promises: { policies: { policy: string; backlog: BacklogJson | null }[] }[]
    }
    const found = promises.flatMap((one) => one.policies).find(({ policy }) => policy === 'prospects')
    return found?.backlog ?? null
  }

  /** In the order in which they were written, as far as their minute tells. */
  const refusals = async () =>
    (await leavesOf(site.database))
      .filter(({ kind }) => kind === 'run.refused')
      .sort((a, b) => String(a['t']).localeCompare(String(b['t'])))
      .map(({ code, found, limit }) => ({ code, found, limit }))

  it('is counted at the approval, with a day that the pace can reach', async () => {
    expect(await oldOnes(site.database)).to.equal(overdue)
    const early = await approve('--backlog-by', '2026-06-07')
    expect([early.exit, early.text.slice(0, 13)]).to.deep.equal([2, 'E_BACKLOG_DAY'])
    expect(early.text)
      .to.include('200 are overdue, and at 30 a run with a run every 24 h')
      .and.include('2026-06-08')
    const said = await approve('--backlog-by', '2026-06-08')
    expect(said.out).to.match(
      /^prospects: 200 are overdue now; at 30 a run the last goes about 2026-06-08\. To be finished by 2026-06-08\.$/m,
    )
    const usual = await approve()
    expect(usual.out).to.match(/To be finished by 2026-06-15\.$/m)
    expect(await backlog()).to.include({ size: overdue, left: overdue, by: '2026-06-15', state: 'on time' })
    const rows = await number(site.database, "SELECT COUNT(*) FROM oubli_backlog WHERE policy = 'prospects'")
    expect(rows, 'the later word').to.equal(1)
  })

  it('neither raises an alarm nor needs another approval, and is left to the day that is told', async () => {
    await approve('--backlog-by', '2026-06-20')
    const first = await site.oubli(['run', '--policy', 'prospects'])
    expect([first.exit, first.out.split('\n').at(-1)]).to.deep.equal([
      0,
      'why stopped: the slice is done, 170 left, done about 7 June 2026 (30 a run)',
    ])
    for (let nights = 1; nights <= 9; nights += 1) {
      const said = await night()
      expect(said.exit, said.text).to.equal(0)
      if (nights === 2)
        expect(await backlog()).to.include({ left: await oldOnes(site.database), state: 'on time' })
    }
    expect(await oldOnes(site.database)).to.equal(0)
    expect(await backlog()).to.include({ size: overdue, left: 0, state: 'done' })
    const file = join(site.folder, 'policies/prospects.yml')
    await writeFile(file, (await readFile(file, 'utf8')).replace('3 years', '2 years'))
    const people = await number(site.database, 'SELECT COUNT(*) FROM prospects')
    expect((await night()).out).to.include('New terms were observed only')
    expect((await night()).out, 'a run later too').to.include('New terms were observed only')
    expect(await number(site.database, 'SELECT COUNT(*) FROM prospects')).to.equal(people)
  })

  it('hides nobody who is newly due: not beyond its edge, not before it, not while the approval holds', async () => {
    await approve()
    expect((await site.oubli(['run', '--policy', 'prospects'])).exit).to.equal(0)
    expect((await night()).exit).to.equal(0)
    const left = await number(site.database, 'SELECT COUNT(*) FROM prospects')
    const jump = (at: string) =>
      sql(site.database, `UPDATE prospects SET collected_at = '${at}' WHERE id BETWEEN 301 AND 320`)
    for (const at of ['2023-06-01 12:00:00', '2015-03-01 12:00:00']) {
      await jump(at)
      const said = await night()
      expect([said.exit, said.text.includes('ALARM')], said.text).to.deep.equal([4, true])
      expect(said.text).to.match(
        / warn {3}run\.refused {2}Run \w+ did nothing by prospects: E_ALARM, found \d+, limit \d+\./,
      )
      const [, found, limit] = /E_ALARM, found (\d+), limit (\d+)\./.exec(said.text) ?? []
      expect([Number(found) > 15, limit]).to.deep.equal([true, '15'])
      expect((await refusals()).at(-1)).to.deep.equal({ code: 'E_ALARM', found, limit })
      expect(await number(site.database, 'SELECT COUNT(*) FROM prospects')).to.equal(left)
      await jump('2025-01-01 12:00:00')
    }
    expect((await night()).exit, 'mended').to.equal(0)
    expect(await refusals()).to.have.length(2)
  })

  it('is not begun with where more are due by then than the approval says, and the evidence has both', async () => {
    await approve()
    await sql(
      site.database,
      "UPDATE prospects SET collected_at = '2015-03-01 12:00:00' WHERE id BETWEEN 301 AND 320",
    )
    const said = await night()
    expect([said.exit, await oldOnes(site.database)], said.text).to.deep.equal([4, overdue + 20])
    const [refusal, ...more] = await refusals()
    // Two became due that night.
    expect([refusal, more]).to.deep.equal([{ code: 'E_MORE_THAN_APPROVED', found: '222', limit: '200' }, []])
  })

  it('hides nobody behind those of it whom a killed run erased', async () => {
    await approve()
    expect((await site.oubli(['run', '--policy', 'prospects'])).exit).to.equal(0)
    await passDays(1)
    const argv = ['run', '--policy', 'prospects']
    expect(await killAt(site, { point: 'committed' }, argv)).to.equal('SIGKILL')
    const left = await number(site.database, 'SELECT COUNT(*) FROM prospects')
    await sql(
      site.database,
      "UPDATE prospects SET collected_at = '2015-03-01 12:00:00' WHERE id BETWEEN 301 AND 320",
    )
    await passDays(1)
    const said = await site.oubli(argv, { clock: () => Date.now() + later() })
    expect([said.exit, said.text.includes('ALARM')], said.text).to.deep.equal([4, true])
    expect(await number(site.database, 'SELECT COUNT(*) FROM prospects')).to.equal(left)
  })

  it('hides no jump behind those of it whom the site itself removes', async () => {
    await approve()
    expect((await site.oubli(['run', '--policy', 'prospects'])).exit).to.equal(0)
    await sql(site.database, 'DELETE FROM prospects WHERE id BETWEEN 151 AND 190')
    await sql(
      site.database,
      "UPDATE prospects SET collected_at = '2023-06-01 12:00:00' WHERE id BETWEEN 301 AND 320",
    )
    const said = await night()
    expect([said.exit, /ALARM .*2[0-9] newly due/.test(said.text)], said.text).to.deep.equal([4, true])
  })

  it('of a shorter term that was taken back before it acted hides nobody, and is shown nowhere', async () => {
    await approve()
    expect((await site.oubli(['run', '--policy', 'prospects'])).exit).to.equal(0)
    for (let nights = 1; nights < 9; nights += 1) expect((await night()).exit).to.equal(0)
    const file = join(site.folder, 'policies/prospects.yml')
    const before = await readFile(file, 'utf8')
    await writeFile(file, before.replace('3 years', '2 years'))
    await night()
    await passDays(1 / 1440)
    expect((await approve()).exit).to.equal(0)
    const frozen = await number(
      site.database,
      "SELECT MAX(entering) FROM oubli_backlog WHERE policy = 'prospects'",
    )
    expect((await backlog())?.size, 'while it is what the next run does').to.be.lessThan(overdue)
    await writeFile(file, before)
    await sql(
      site.database,
      "UPDATE prospects SET collected_at = '2015-03-01 12:00:00' WHERE id BETWEEN 301 AND 340",
    )
    expect(frozen, 'room for all of them').to.be.greaterThan(50)
    const people = await number(site.database, 'SELECT COUNT(*) FROM prospects')
    const said = await night()
    expect([said.exit, said.text.includes('ALARM')], said.text).to.deep.equal([4, true])
    expect(await number(site.database, 'SELECT COUNT(*) FROM prospects')).to.equal(people)
    expect((await backlog())?.size).to.equal(overdue)
    expect((await site.oubli(['status'])).out).to.match(/^Backlog of prospects: \d+ of 200 were left/m)
  })

  it('has its curve in the report: counted month by month, late when it is behind its line', async () => {
    await sql(site.database, 'DELETE FROM prospects WHERE id BETWEEN 201 AND 300')
    await approve('--backlog-by', '2026-08-31')
    expect((await site.oubli(['run', '--policy', 'prospects'])).exit).to.equal(0)
    await otherRuns(4)
    const july = await oldOnes(site.database)
    await night(3)
    await passDays(1)
    const found = await backlog()
    expect(found?.months.map(({ at }) => at.slice(0, 10))).to.deep.equal([
      '2026-06-01',
      '2026-06-30',
      '2026-07-31',
    ])
    expect(found?.months.map(({ left }) => left)).to.deep.equal([overdue, july, null])
    expect(found?.left).to.equal(await oldOnes(site.database))
    const page = join(site.folder, 'report.html')
    const shown = await site.oubli(['report', '--html', page])
    expect(shown.out).to.match(
      /^prospects: On 1 June 2026, 200 people were past their term\. Left now: 140\. /m,
    )
    expect(await readFile(page, 'utf8')).to.include('Left now: 140.')
    expect((await site.oubli(['status'])).out).to.match(
      /^Backlog of prospects: 170 of 200 were left when the last run began, to be finished by 2026-08-31\.$/m,
    )
    await otherRuns(8)
    expect((await backlog())?.state).to.equal('late')
    expect((await site.oubli(['report'])).out).to.include('behind the straight line')
  })

  it('of a flat table is counted by its condition', async () => {
    const { database } = site
    await insert(
      database,
      'page_views',
      Array.from({ length: 50 }, (_, id) => ({ id, ip: '10.0.0.1', visited_at: '2020-01-01 08:00:00' })),
    )
    await approve()
    await insert(
      database,
      'page_views',
      Array.from({ length: 8 }, (_, id) => ({
        id: id + 100,
        ip: '10.0.0.1',
        visited_at: '2025-06-02 08:00:00',
      })),
    )
    await passDays(3)
    const said = JSON.parse((await site.oubli(['plan', '--json', '--policy', 'page-views'])).out) as {
      policies: readonly { due: number; backlog: object }[]
    }
    expect(said.policies[0]?.due).to.equal(58)
    expect(said.policies[0]?.backlog).to.deep.equal({ overdue: 50, entering: 50, byElse: 0 })
  })
})
