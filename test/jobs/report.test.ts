/** The figures of the report against an independent count, written here in SQL. */
import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Point } from '../../base/point.ts'
import type { Database } from '../../db/session.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert, sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { faultsOf } from '../report/html.ts'
import { policyIn, reportOf, type Policy } from './report-read.ts'

/** A Monday; three years and a day before it, terms of three years end. */
const asOf = Date.parse('2026-06-01T10:00:00Z')

async function number(database: Database, text: string): Promise<number> {
  const [row] = await database.rows({ text, values: [] })
  return Number(Object.values(row ?? {})[0])
}

/** From 2018 to two months ago, never near the end of a month, at midday: months and years are plain to count. */
function days(many: number): readonly string[] {
  return Array.from({ length: many }, (_, i) => {
    const month = (i * 37) % 99
    const day = 2 + ((i * 11) % 24)
    return `${2018 + Math.floor(month / 12)}-${two((month % 12) + 1)}-${two(day)} 12:00:00`
  })
}

const two = (value: number): string => String(value).padStart(2, '0')

async function fill(database: Database): Promise<void> {
  const rows = days(240)
  await insert(
    database,
    'prospects',
    rows.map((collected_at, id) => ({ id, email: `p${id}@mail.example`, collected_at })),
  )
  await insert(
    database,
    'clicks',
    rows.map((_, id) => ({ id, prospect_id: (id * 7) % 240, ip: '10.0.0.1' })),
  )
  await insert(
    database,
    'receipts',
    rows.slice(0, 50).map((at, id) => ({
      id,
      prospect_id: id,
      number: `R${id}`,
      issued_on: at.slice(0, 10),
      holder: 'x',
    })),
  )
  await insert(
    database,
    'page_views',
    days(1300).map((visited_at, id) => ({ id, ip: '10.0.0.1', visited_at })),
  )
}

const reasons = ({ past_term: past }: Policy): Readonly<Record<string, number>> =>
  Object.fromEntries(past.by_reason.map(({ reason, rows }) => [reason, rows]))

eachDatabase('the report of a small site', (open) => {
  let site: Installation
  beforeEach(async () => {
    site = await install(await open(), siteFiles, asOf)
    await fill(site.database)
  })
  afterEach(() => site.close())

  it('counts what is past its term, since when, and why it stays', async () => {
    const { database } = site
    const held = Number(
      (
        await database.rows({
          text: "SELECT id FROM prospects WHERE collected_at < '2023-06-01' ORDER BY collected_at, id LIMIT 1",
          values: [],
        })
      )[0]?.['id'],
    )
    const hold = ['hold', 'add', 'prospect', String(held), '--matter', 'm', '--because', 'b', '--by', 'DPO']
    expect((await site.oubli([...hold, '--review-by', '2027-01-01'])).exit).to.equal(0)
    await sql(database, "UPDATE prospects SET collected_at = '1970-01-01 00:00:00' WHERE id = 200")
    await sql(
      database,
      "INSERT INTO oubli_set_aside (policy, kind, key_text, attempts, last_code, since, run_id) VALUES ('prospects', 'prospect', '[\"9\"]', 1, 'E', '2026-01-01T00:00:00.000Z', 'r')",
    )
    const report = await reportOf(site, '--exact')
    const past = await number(
      database,
      "SELECT COUNT(*) FROM prospects WHERE collected_at < '2023-06-01' AND collected_at > '2000-01-01'",
    )
    const oldest = await database.rows({
      text: "SELECT MIN(collected_at) AS at FROM prospects WHERE collected_at > '2000-01-01'",
      values: [],
    })
    const prospects = policyIn(report, 'prospects')
    expect(past).to.be.greaterThan(100)
    expect(reasons(prospects)).to.deep.equal({ due: past - 1, held: 1 })
    expect(prospects.past_term.rows).to.equal(past)
    expect(prospects.in_scope).to.deep.equal({
      rows: await number(database, 'SELECT COUNT(*) FROM prospects'),
      basis: 'exact',
    })
    expect([prospects.doubtful.rows, prospects.set_aside.rows, report.holds.active]).to.deep.equal([1, 1, 1])
    // Three years and one day after the oldest, in Paris.
    const [year, month, day] = String(oldest[0]?.['at']).slice(0, 10).split('-').map(Number) as [
      number,
      number,
      number,
    ]
    const first = new Date(Date.UTC(year + 3, month - 1, day + 1)).toISOString().slice(0, 10)
    const since = prospects.past_term.by_reason.find(({ reason }) => reason === 'held')?.since ?? ''
    expect(new Date(Date.parse(since) + 2 * 3_600_000).toISOString().slice(0, 10)).to.equal(first)
    expect(prospects.state).to.equal('attention')
    const views = policyIn(report, 'page-views')
    expect(views.past_term.rows).to.equal(
      await number(database, "SELECT COUNT(*) FROM page_views WHERE visited_at < '2025-06-01'"),
    )
  })

  it('counts what will be due, month by month, and what comes next', async () => {
    const report = await reportOf(site, '--exact')
    expect(report.months).to.have.length(36)
    for (const [id, table, clock, years] of [
      ['prospects', 'prospects', 'collected_at', 3],
      ['page-views', 'page_views', 'visited_at', 1],
    ] as const) {
      const rows = await site.database.rows({
        text: `SELECT SUBSTR(${clock}, 1, 7) AS m, COUNT(*) AS n FROM ${table} WHERE ${clock} >= '${2026 - years}-06-01' GROUP BY SUBSTR(${clock}, 1, 7)`,
        values: [],
      })
      const counted = new Map(rows.map((row) => [String(row['m']), Number(row['n'])]))
      const wanted = report.months.map((_, i) => {
        const month = new Date(Date.UTC(2026 - years, 5 + i, 1)).toISOString().slice(0, 7)
        return counted.get(month) ?? 0
      })
      const { forecast, next_due: next } = policyIn(report, id)
      expect(
        forecast.map(({ rows: found }) => found),
        id,
      ).to.deep.equal(wanted)
      expect(forecast.every(({ basis }) => basis === 'exact')).to.equal(true)
      expect(wanted.reduce((sum, each) => sum + each, 0)).to.be.greaterThan(50)
      const soonest = await site.database.rows({
        text: `SELECT MIN(${clock}) AS at FROM ${table} WHERE ${clock} >= '${2026 - years}-06-01'`,
        values: [],
      })
      const [year, month, day] = String(soonest[0]?.['at']).slice(0, 10).split('-').map(Number) as [
        number,
        number,
        number,
      ]
      expect(next?.at.slice(0, 10)).to.equal(
        new Date(Date.UTC(year + years, month - 1, day)).toISOString().slice(0, 10),
      )
    }
  })

  it('puts what is kept through the last day of a month into the next month', async () => {
    const august = async () => {
      const report = await reportOf(site, '--exact')
      return ['prospects', 'page-views'].map((id) => policyIn(report, id).forecast[2]?.rows ?? 0)
    }
    const [people = 0, views = 0] = await august()
    await insert(site.database, 'prospects', [
      { id: 900, email: 'x@mail.example', collected_at: '2023-07-31 12:00:00' },
    ])
    await insert(site.database, 'page_views', [{ id: 9000, ip: null, visited_at: '2025-07-31 12:00:00' }])
    expect(await august()).to.deep.equal([people + 1, views + 1])
  })

  it('counts what was done, also by a run that was broken off before it wrote that down', async () => {
    const { database } = site
    const counts = async () => ({
      prospects: await number(database, 'SELECT COUNT(*) FROM prospects'),
      clicks: await number(database, 'SELECT COUNT(*) FROM clicks'),
      receipts: await number(database, 'SELECT COUNT(*) FROM receipts'),
      views: await number(database, 'SELECT COUNT(*) FROM page_views'),
    })
    const before = await counts()
    await site.oubli(['run'])
    await site.approve()
    await setSandboxNow(database, Date.parse('2026-06-01T10:02:00Z'))
    let committed = 0
    const broken = await site.oubli(['run', '--policy', 'prospects'], {
      point: (point: Point) => {
        if (point === 'committed' && (committed += 1) === 1) throw new Error('broken off')
        return Promise.resolve()
      },
    })
    expect(broken.exit).to.equal(1)
    const half = await counts()
    expect(half.prospects).to.be.lessThan(before.prospects)
    const first = policyIn(await reportOf(site), 'prospects')
    expect(first.done.rows).to.equal(before.prospects - half.prospects)
    expect(first.done.acts['clicks']?.['erased'] ?? 0).to.equal(before.clicks - half.clicks)
    await setSandboxNow(database, Date.parse('2026-06-01T10:05:00Z'))
    expect((await site.oubli(['run'])).exit).to.equal(0)
    const after = await counts()
    const report = await reportOf(site)
    const { done, state, last_success: last } = policyIn(report, 'prospects')
    expect(done.rows).to.equal(before.prospects - after.prospects)
    expect(done.acts).to.deep.equal({
      prospects: { erased: before.prospects - after.prospects },
      clicks: { erased: before.clicks - after.clicks },
      receipts: { archived: before.receipts - after.receipts },
    })
    expect(await number(database, 'SELECT COUNT(*) FROM old_receipts')).to.equal(
      done.acts['receipts']?.['archived'],
    )
    expect(done.again).to.deep.equal({ asked: half.prospects - after.prospects, left: 0 })
    expect([state, last]).to.deep.equal(['kept', '2026-06-01T10:05:00.000Z'])
    expect(policyIn(report, 'page-views').done.rows).to.equal(before.views - after.views)
    expect(report.runs.map((run) => run.state)).to.deep.equal(['done', 'failed', 'done'])
    const dossier = await site.oubli(['dossier', 'prospects', '--json', '--unmasked'])
    const { runs } = JSON.parse(dossier.out) as { runs: readonly { rows: string }[] }
    expect(runs.map(({ rows }) => Number(rows))).to.deep.equal([
      half.prospects - after.prospects,
      before.prospects - half.prospects,
    ])
    expect(report.runs.reduce((sum, run) => sum + run.rows, 0)).to.equal(
      before.prospects + before.views - after.prospects - after.views,
    )
  })

  it('takes what no checkpoint vouches for as waiting, as where the disk of the log is full', async () => {
    await site.oubli(['run'])
    const evidence = async () => (await reportOf(site)) as unknown as { evidence: Record<string, number> }
    const whole = (await evidence()).evidence
    expect(whole['unsealed']).to.equal(0)
    await site.database.run({
      text: 'DELETE FROM oubli_checkpoint WHERE size = ?',
      values: [BigInt(whole['size'] ?? 0)],
    })
    const { sealed = 0, unsealed = 0 } = (await evidence()).evidence
    expect(unsealed).to.be.greaterThan(0)
    expect(sealed + unsealed).to.equal(whole['sealed'])
  })

  it('tells only of the period that is asked for', async () => {
    await site.oubli(['run'])
    await setSandboxNow(site.database, asOf + 6 * 86_400_000)
    await site.oubli(['run'])
    const runs = async (...more: string[]) => (await reportOf(site, ...more)).runs.length
    expect(await runs()).to.equal(2)
    expect(await runs('--from', '2026-06-02')).to.equal(1)
    expect(await runs('--to', '2026-06-01')).to.equal(1)
    expect(await runs('--from', '2026-06-02', '--to', '2026-06-05')).to.equal(0)
    const wrong = await site.oubli(['report', '--from', '2026-06-02', '--to', '2026-06-01'])
    expect([wrong.exit, wrong.text.slice(0, 14)]).to.deep.equal([2, 'E_PERIOD_ORDER'])
  })

  it('goes by the day of the site for holds that are to be reviewed', async () => {
    const hold = ['hold', 'add', 'prospect', '1', '--matter', 'm', '--because', 'b', '--by', 'DPO']
    expect((await site.oubli([...hold, '--review-by', '2026-06-01'])).exit).to.equal(0)
    const passed = async (now: string): Promise<number> => {
      await setSandboxNow(site.database, Date.parse(now))
      return (await reportOf(site)).holds.review_passed
    }
    // Midnight in Paris.
    expect(await passed('2026-06-01T21:59:00Z')).to.equal(0)
    expect(await passed('2026-06-01T23:00:00Z')).to.equal(1)
  })

  it('looks ahead as a plan does', async () => {
    const report = await reportOf(site, '--exact', '--at', '2027-06-01')
    const past = await number(
      site.database,
      "SELECT COUNT(*) FROM prospects WHERE collected_at < '2024-06-01'",
    )
    expect(policyIn(report, 'prospects').past_term.rows).to.equal(past)
  })

  it('without --exact looks at a bounded number of rows, and says which figure is a guess', async () => {
    const views = policyIn(await reportOf(site), 'page-views')
    const sqlite = site.database.dialect.name === 'sqlite'
    expect(views.in_scope.basis).to.equal(sqlite ? 'at least' : 'estimate')
    expect(views.in_scope.rows).to.be.within(1000, 1500)
    const prospects = policyIn(await reportOf(site), 'prospects')
    expect(prospects.in_scope).to.deep.equal({ rows: 240, basis: 'exact' })
    expect(prospects.forecast.every(({ basis }) => basis === 'estimate')).to.equal(true)
    const exact = policyIn(await reportOf(site, '--exact'), 'prospects')
    expect(prospects.past_term).to.deep.equal(exact.past_term)
    expect(prospects.forecast.map(({ rows }) => rows)).to.deep.equal(exact.forecast.map(({ rows }) => rows))
  })

  it('is one page in each language, well formed, that loads nothing and hides small counts', async () => {
    await sql(
      site.database,
      "UPDATE prospects SET collected_at = '2026-01-02 12:00:00' WHERE collected_at < '2023-06-01' AND id > 2",
    )
    for (const lang of ['en', 'fr']) {
      const file = join(site.folder, `report-${lang}.html`)
      const said = await site.oubli(['report', '--exact', '--html', file, '--lang', lang])
      expect(said.exit, said.text).to.equal(0)
      const html = await readFile(file, 'utf8')
      expect(faultsOf(html)).to.deep.equal([])
      expect(html).to.match(new RegExp(`^<!doctype html>\n<html lang="${lang}">`))
      const due = policyIn(await reportOf(site, '--exact'), 'prospects').past_term.rows
      expect(due).to.be.within(1, 4)
      expect(html).to.include('&lt;5').and.not.include('undefined')
      expect(said.out).to.match(/prospects .*<5/)
      const shown = await site.oubli(['report', '--exact', '--unmasked', '--html', file, '--lang', lang])
      expect(shown.out).not.to.include('<5')
      expect(await readFile(file, 'utf8')).not.to.match(/<td class="n">&lt;/)
      if (lang === 'fr')
        expect(html).not.to.match(/\b(rows|people|stands|needs|promise|since|until|Most in)\b/)
    }
  })
})
