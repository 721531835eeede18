/** What a run erases counts as known to the next one, so that an alarm sees everybody who enters after it. */
import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import { approved } from '../approve.ts'
import { quickPace } from '../quick-pace.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { killAt, later } from '../engine/kill.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { warnedSite } from '../mail/warned-site.ts'
import { restoreSite } from '../replay/restored-site.ts'

const day = 86_400_000
const now = Date.parse('2026-06-01T10:00:00Z')
const mail = {
  transport: 'files',
  folder: '../mails',
  language: 'en',
  from: { name: 'Site', address: 'notices@site.example' },
}

/** Above 15 who are newly due nobody is warned or goes; `more`: what else the policy says otherwise. */
function warnedFiles(more: readonly (readonly [string, string])[]) {
  const files = warnedSite(25)
  const changes = [['percent: 100', 'percent: 100, people: 15'] as const, ...more]
  const policy = changes.reduce(
    (text, [from, to]) => text.replace(from, to),
    files.policies['inactive-accounts'] ?? '',
  )
  return { ...files, policies: { 'inactive-accounts': policy }, mail }
}

const eraseUnmailed = ['no_address: a person decides', 'no_address: erase'] as const

eachDatabase('people who go without a mail', (open) => {
  let site: Installation
  afterEach(() => site.close())

  it('make no room for others below the limit of an alarm', async () => {
    site = await install(await open(), warnedFiles([eraseUnmailed]), now)
    const user = (id: number, last_login_at: string, email: string) => ({
      ...{ id, email, first_name: `N${id}`, last_login_at, created_at: '2011-01-01 10:00:00' },
    })
    const old = '2020-01-01 10:00:00'
    await insert(site.database, 'users', [
      ...Array.from({ length: 60 }, (_, i) => user(i + 1, old, '')),
      ...Array.from({ length: 10 }, (_, i) => user(i + 101, old, `w${i}@mail.example`)),
      ...Array.from({ length: 90 }, (_, i) => user(i + 1001, '2026-05-01 10:00:00', '')),
    ])
    const people = async (): Promise<number> => (await dumpOf(site.database, 'users')).length
    await site.oubli(['run'])
    await approved(site)
    await setSandboxNow(site.database, now + 60_000)
    const first = await site.oubli(['run'])
    expect([first.exit, await people()], first.text).to.deep.equal([0, 100])
    const [row] = await site.database.rows({
      text: "SELECT left_over FROM oubli_run_policy WHERE mode = 'enforced'",
      values: [],
    })
    expect(Number(row?.['left_over'])).to.equal(0)
    await setSandboxNow(site.database, now + day)
    await sql(
      site.database,
      "UPDATE users SET last_login_at = '2020-02-01 10:00:00' WHERE id BETWEEN 1001 AND 1090",
    )
    const said = await site.oubli(['run'])
    expect([said.exit, said.text.includes('ALARM')], said.text).to.deep.equal([4, true])
    expect(await people()).to.equal(100)
  })
})

eachDatabase('people who go without a mail in a run that is killed', (open) => {
  let site: Installation
  afterEach(() => site.close())

  it('make no room for others below the limit of an alarm', async () => {
    const slice = ['people: 500', 'people: 30'] as const
    site = await install(await open(), warnedFiles([eraseUnmailed, slice]), now)
    const user = (id: number, last_login_at: string) => ({
      ...{ id, email: '', first_name: `N${id}`, last_login_at, created_at: '2011-01-01 10:00:00' },
    })
    await insert(site.database, 'users', [
      ...Array.from({ length: 90 }, (_, i) => user(i + 1, '2020-01-01 10:00:00')),
      ...Array.from({ length: 20 }, (_, i) => user(i + 1001, '2026-05-01 10:00:00')),
    ])
    const people = async (): Promise<number> => (await dumpOf(site.database, 'users')).length
    await site.oubli(['run'])
    await approved(site)
    await setSandboxNow(site.database, now + 60_000)
    const first = await site.oubli(['run'])
    expect([first.exit, await people()], first.text).to.deep.equal([0, 80])
    await setSandboxNow(site.database, now + day)
    expect(await killAt(site, { point: 'committed' })).to.equal('SIGKILL')
    const left = await people()
    expect(left).to.be.within(50, 64)
    await sql(
      site.database,
      "UPDATE users SET last_login_at = '2020-02-01 10:00:00' WHERE id > 1000 AND id < 1017",
    )
    await setSandboxNow(site.database, now + 2 * day)
    const said = await site.oubli(['run'], { clock: () => Date.now() + later() })
    expect([said.exit, said.text.includes('ALARM')], said.text).to.deep.equal([4, true])
    expect(await people()).to.equal(left)
  })
})

eachDatabase('first mails of a run that is killed', (open) => {
  let site: Installation
  afterEach(() => site.close())

  it('make no room for others below the limit of an alarm', async () => {
    site = await install(await open(), warnedFiles([['mails: 2000', 'mails: 20']]), now)
    await insert(
      site.database,
      'users',
      Array.from({ length: 150 }, (_, i) => ({
        ...{ id: i + 1, email: `w${i}@mail.example`, first_name: `N${i}`, created_at: '2011-01-01 10:00:00' },
        last_login_at: i < 100 ? '2020-01-01 10:00:00' : '2026-05-01 10:00:00',
      })),
    )
    const queued = async (): Promise<number> => (await dumpOf(site.database, 'oubli_warning')).length
    await site.oubli(['run'])
    await approved(site)
    await setSandboxNow(site.database, now + 60_000)
    const first = await site.oubli(['run'])
    expect([first.exit, await queued()], first.text).to.deep.equal([0, 20])
    await setSandboxNow(site.database, now + day)
    expect(await killAt(site, { point: 'warning committed', time: 18 })).to.equal('SIGKILL')
    const before = await queued()
    expect(before).to.be.within(37, 39)
    await sql(site.database, "UPDATE users SET last_login_at = '2020-02-01 10:00:00' WHERE id > 134")
    await setSandboxNow(site.database, now + 2 * day)
    const said = await site.oubli(['run'], { clock: () => Date.now() + later() })
    expect([said.exit, said.text.includes('ALARM')], said.text).to.deep.equal([4, true])
    expect(await queued()).to.equal(before)
  })
})

eachDatabase('a run that breaks', (open) => {
  let site: Installation
  afterEach(() => site.close())

  const people = async (): Promise<number> => (await dumpOf(site.database, 'prospects')).length
  const recorded = async (policy: string): Promise<number> => {
    const text = "SELECT run_id FROM oubli_run_policy WHERE mode = 'enforced' AND policy = ?"
    return (await site.database.rows({ text, values: [policy] })).length
  }
  /** Whose due rows go 30 a run, and above 15 newly due nothing goes. */
  const prospects = siteFiles.policies['prospects']!.replace('people: 2000', 'people: 30').replace(
    'percent: 100',
    'percent: 100, people: 15',
  )
  const fill = () =>
    insert(
      site.database,
      'prospects',
      Array.from({ length: 100 }, (_, id) => ({
        ...{ id: id + 1, email: `p${id}@mail.example` },
        collected_at: id < 80 ? '2020-01-01 08:00:00' : '2026-01-01 08:00:00',
      })),
    )

  it('for want of a sender has erased nobody before', async () => {
    const { 'inactive-accounts': accounts = '', ...others } = restoreSite.policies
    const telling = accounts
      .replace('policy: inactive-accounts', 'policy: zz-accounts')
      .replace(
        'no_address: a person decides',
        'no_address: a person decides\n  variant: bare\n  then_tell: { template: erased, within: 5 days }',
      )
    const policies = { ...others, prospects, 'zz-accounts': telling }
    site = await install(await open(), { ...restoreSite, policies }, now)
    await fill()
    await site.oubli(['run'])
    await approved(site)
    const file = join(site.folder, 'config/oubli.yml')
    const settings = JSON.parse(await readFile(file, 'utf8')) as { readonly mail: object }
    await writeFile(file, JSON.stringify({ ...settings, mail: { ...settings.mail, from: undefined } }))
    await setSandboxNow(site.database, now + 60_000)
    const said = await site.oubli(['run', '--only', 'purge'])
    expect(said.text).to.include('E_NO_SENDER')
    expect([await people(), await recorded('prospects')]).to.deep.equal([100, 0])
    await writeFile(file, JSON.stringify(settings))
    await setSandboxNow(site.database, now + 120_000)
    expect((await site.oubli(['run', '--only', 'purge'])).exit).to.equal(0)
    expect([await people(), await recorded('prospects')]).to.deep.equal([70, 1])
  })

  it('has written down what the policies before did, what the broken one did until there, and its terms', async () => {
    const { 'page-views': views = '', ...others } = siteFiles.policies
    const last = views.replace('policy: page-views', 'policy: zz-views')
    site = await install(
      await open(),
      { ...siteFiles, policies: { ...others, prospects, 'zz-views': last } },
      now,
    )
    await fill()
    await site.oubli(['run'])
    await approved(site)
    await setSandboxNow(site.database, now + 60_000)
    let isBroken = false
    const said = await site.oubli(['run'], {
      point: (point) => {
        if (isBroken || point !== 'committed') return Promise.resolve()
        isBroken = true
        return Promise.reject(new Error('the run breaks here'))
      },
    })
    expect([isBroken, said.exit === 0, await people()], said.text).to.deep.equal([true, false, 75])
    expect([await recorded('prospects'), await recorded('old-receipts')]).to.deep.equal([1, 1])
    expect(await recorded('zz-views'), 'those after it, too').to.equal(1)
    const [row] = await site.database.rows({
      text: "SELECT p.due, p.done, p.left_over, s.acts FROM oubli_run_policy p JOIN oubli_run_result s ON s.run_id = p.run_id AND s.policy = p.policy WHERE p.mode = 'enforced' AND p.policy = 'prospects'",
      values: [],
    })
    expect([row?.['due'], row?.['done'], row?.['left_over']].map(Number)).to.deep.equal([80, 25, 55])
    expect(JSON.parse(String(row?.['acts']))).to.deep.equal({ prospects: { erased: '25' } })
    const [failed] = await site.database.rows({
      text: "SELECT why_stopped FROM oubli_run WHERE state = 'failed'",
      values: [],
    })
    expect(failed?.['why_stopped']).to.equal('prospects: unexpected error')
    const [terms] = await site.database.rows({
      text: "SELECT in_force_since FROM oubli_terms WHERE policy = 'prospects'",
      values: [],
    })
    expect(terms?.['in_force_since']).not.to.equal(null)
    const report = JSON.parse((await site.oubli(['report', '--json'])).out) as {
      promises: { policies: { policy: string; done: { rows: number } }[] }[]
    }
    const found = report.promises.flatMap((one) => one.policies).find((one) => one.policy === 'prospects')
    expect(found?.done.rows, JSON.stringify(found)).to.equal(25)
  })

  it('has done as many rows as went of its own table, whatever left with them', async () => {
    const views = siteFiles.policies['page-views']!
    const dataMap = `${siteFiles.dataMap}  view_part:
    table: view_parts
    key: id
    of: page_view
    personal: { ip: blank }
`
    const parts =
      'CREATE TABLE view_parts (id INTEGER NOT NULL PRIMARY KEY, view_id INTEGER NOT NULL, ip VARCHAR(45) NULL, CONSTRAINT v_view FOREIGN KEY (view_id) REFERENCES page_views (id))'
    const tables = [...siteFiles.tables, parts, 'CREATE INDEX view_parts_view ON view_parts (view_id)']
    const pace = { ...quickPace, rows_per_commit: { min: 10, max: 10 } }
    site = await install(
      await open(),
      { ...siteFiles, tables, dataMap, policies: { 'page-views': views }, pace },
      now,
    )
    const ids = Array.from({ length: 40 }, (_, i) => i + 1)
    await insert(
      site.database,
      'page_views',
      ids.map((id) => ({ id, ip: '192.0.2.7', visited_at: '2024-01-01 10:00:00' })),
    )
    await insert(
      site.database,
      'view_parts',
      ids.flatMap((id) => [0, 1, 2].map((nr) => ({ id: id * 10 + nr, view_id: id, ip: '192.0.2.7' }))),
    )
    await site.oubli(['run'])
    await approved(site)
    await setSandboxNow(site.database, now + 60_000)
    let commits = 0
    const said = await site.oubli(['run'], {
      point: (point) => {
        if (point === 'committed' || point === 'flat rows committed') commits += 1
        return commits === 2 ? Promise.reject(new Error('the run breaks here')) : Promise.resolve()
      },
    })
    const left = (await dumpOf(site.database, 'page_views')).length
    expect([said.exit === 0, left < 40, left > 0], said.text).to.deep.equal([false, true, true])
    const [row] = await site.database.rows({
      text: "SELECT due, done, left_over FROM oubli_run_policy WHERE mode = 'enforced'",
      values: [],
    })
    expect([row?.['due'], row?.['done'], row?.['left_over']].map(Number)).to.deep.equal([40, 40 - left, left])
  })
})
