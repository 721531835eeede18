/** Which runs an alarm compares with: none under other terms, and none from before a backup was restored. */
import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalText, type Canonical } from '../../base/canonical.ts'
import type { Database } from '../../db/session.ts'
import { sha256 } from '../../plan/fingerprint.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { leavesOf } from '../engine/kill.ts'
import { insert, sql } from '../engine/lab.ts'
import { siteFiles, siteTables } from '../engine/site-files.ts'
import { backUp, restore } from '../replay/restored-site.ts'

const day = 86_400_000
const now = Date.parse('2026-06-01T10:00:00Z')

const restriction = '    restricted: { holder: [frozen] }\n'
const dataMap = siteFiles.dataMap.replace('    exempt: { number', `${restriction}$&`)

/** As a version left it that did not note who is spared by what stands elsewhere. */
async function notedLess(database: Database): Promise<string> {
  const text = "SELECT terms FROM oubli_terms WHERE policy = 'prospects'"
  const [row] = await database.rows({ text, values: [] })
  const { spares, ...former } = JSON.parse(String(row?.['terms'])) as Readonly<Record<string, Canonical>>
  expect(spares).to.be.an('object')
  const hash = sha256(former)
  for (const table of ['oubli_terms', 'oubli_backlog', 'oubli_run_policy'])
    await database.run({
      text: `UPDATE ${table} SET terms_hash = ? WHERE policy = 'prospects'`,
      values: [hash],
    })
  await database.run({
    text: "UPDATE oubli_terms SET terms = ? WHERE policy = 'prospects'",
    values: [canonicalText(former)],
  })
  return hash
}

/** 30 go in a run, and above 15 who are newly due nobody does. */
const policies = {
  ...siteFiles.policies,
  prospects: siteFiles.policies['prospects']!.replace('people: 2000', 'people: 30').replace(
    'percent: 100',
    'percent: 100, people: 15',
  ),
}

eachDatabase('what a slice left behind', (open) => {
  let site: Installation
  let today = now
  /** Approved, and nobody gone yet. */
  let untouched: Awaited<ReturnType<typeof backUp>>
  beforeEach(async () => {
    today = now
    site = await install(await open(), { ...siteFiles, dataMap, policies }, now)
    const old = (i: number): string =>
      new Date(Date.parse('2019-01-01T08:00:00Z') + i * 7 * day).toISOString()
    const rows = Array.from({ length: 200 }, (_, i) => old(i).slice(0, 19).replace('T', ' '))
    const young = Array.from({ length: 60 }, () => '2025-01-01 08:00:00')
    await insert(
      site.database,
      'prospects',
      [...rows, ...young].map((collected_at, id) => ({
        id: id + 1,
        email: `p${id}@mail.example`,
        collected_at,
      })),
    )
    await site.oubli(['run'])
    await approve()
    untouched = await backUp(site.database, siteTables)
    expect((await night()).out).to.include('170 left')
  })
  afterEach(() => site.close())

  const passDays = async (days: number) => {
    today += days * day
    await setSandboxNow(site.database, today)
  }
  const approve = async () => {
    await site.approve()
    await passDays(1 / 1440)
  }
  const night = async () => {
    await passDays(1)
    return await site.oubli(['run', '--policy', 'prospects'])
  }
  const people = async (): Promise<number> =>
    (await site.database.rows({ text: 'SELECT id FROM prospects', values: [] })).length
  /** Their dates are lost all at once. */
  const importWrongDates = (most: number) =>
    sql(
      site.database,
      `UPDATE prospects SET collected_at = '2015-01-01 08:00:00' WHERE id BETWEEN 201 AND ${most}`,
    )

  it('under a shorter term hides nobody once the term is longer', async () => {
    const file = join(site.folder, 'policies/prospects.yml')
    await writeFile(
      file,
      (await readFile(file, 'utf8'))
        .replace('3 years', '4 years')
        .replace('promises this.', 'promises four years of patience to everybody.'),
    )
    // Of those who were left, 21 have some time more now.
    await importWrongDates(220)
    const before = await people()
    const said = await night()
    expect([said.exit, await people()], said.text).to.deep.equal([4, before])
    expect(said.text).to.match(
      /ALARM +prospects: 169 newly due \(all that are due, as the terms changed since the last run\)/,
    )
    await approve()
    for (let nights = 1; nights <= 2; nights += 1) expect((await night()).exit).to.equal(0)
    expect(await people(), 'from then on the runs are compared again').to.equal(before - 60)
    await importWrongDates(240)
    expect((await night()).out).to.match(/ALARM +prospects: 2\d newly due since the last run/)
  })

  it('is told in the evidence when other terms begin to act: new, weaker, stronger', async () => {
    const file = join(site.folder, 'policies/prospects.yml')
    const first = (await readFile(file, 'utf8')).replace(
      'promises this.',
      'promises four years of patience to everybody.',
    )
    for (const years of [4, 2]) {
      await writeFile(file, first.replace('3 years', `${years} years`))
      await night()
      await approve()
      const said = await night()
      expect(said.exit, said.text).to.equal(0)
    }
    const changes = (await leavesOf(site.database))
      .filter(({ kind }) => kind === 'terms.changed')
      .filter(({ policy }) => (policy as { readonly id: string }).id === 'prospects')
      .sort((a, b) => String(a['t']).localeCompare(String(b['t'])))
    expect(changes.map(({ change }) => change)).to.deep.equal(['new', 'weaker', 'stronger'])
    const terms = changes.map(({ policy }) => (policy as { readonly terms: string }).terms)
    expect(changes.map(({ before }) => before)).to.deep.equal([null, terms[0], terms[1]])
  })

  it('is compared with after an update that notes more of the terms', async () => {
    const hash = await notedLess(site.database)
    for (const left of [140, 110]) {
      const said = await night()
      expect([said.exit, said.out], said.text).to.satisfy(
        ([exit, out]: [number, string]) => exit === 0 && out.includes(`${left} left`),
      )
    }
    const text = "SELECT terms_hash, terms FROM oubli_terms WHERE policy = 'prospects'"
    const noted = await site.database.rows({ text, values: [] })
    expect(noted.map((row) => row['terms_hash'])).to.deep.equal([hash])
    expect(noted[0]?.['terms']).to.include('"spares"')
  })

  it('does not go once what spares it is taken away, whatever stands in the policy', async () => {
    await notedLess(site.database)
    expect((await night()).exit).to.equal(0)
    const before = await people()
    await writeFile(join(site.folder, 'policies/data-map.yml'), siteFiles.dataMap)
    const said = await night()
    expect(await people(), said.text).to.equal(before)
    await approve()
    expect((await night()).exit).to.equal(0)
    expect(await people()).to.equal(before - 30)
  })

  it('before a restored backup hides nobody after it, whatever was approved then', async () => {
    await approve()
    const backup = await backUp(site.database, siteTables)
    for (let nights = 1; nights <= 4; nights += 1) expect((await night()).exit).to.equal(0)
    expect(await people()).to.equal(110)
    await restore(site.database, backup)
    expect(await people()).to.equal(230)
    expect((await site.oubli(['replay', '--confirm', '--at-most', '120'])).exit).to.equal(0)
    expect(await people()).to.equal(110)
    await importWrongDates(220)
    const said = await night()
    expect([said.exit, await people()], said.text).to.deep.equal([4, 110])
    expect(said.text).to.match(
      /ALARM +prospects: 70 newly due \(all that are due, as a backup was restored since the last run\)/,
    )
    await approve()
    for (let nights = 1; nights <= 2; nights += 1) expect((await night()).exit).to.equal(0)
    expect(await people()).to.equal(50)
  })

  it('before a restored backup raises no alarm where little is left', async () => {
    const backup = await backUp(site.database, siteTables)
    for (let nights = 1; nights <= 6; nights += 1) expect((await night()).exit).to.equal(0)
    await restore(site.database, backup)
    expect((await site.oubli(['replay', '--confirm', '--at-most', '170'])).exit).to.equal(0)
    const said = await night()
    expect([said.exit, await people()], said.text).to.deep.equal([0, 60])
  })

  it('that a backup knows nothing of lets nobody go under the approval that came back with it', async () => {
    await restore(site.database, untouched)
    expect((await site.oubli(['replay', '--confirm', '--at-most', '30'])).exit).to.equal(0)
    expect(await people()).to.equal(230)
    await importWrongDates(229)
    const said = await night()
    expect(await people(), said.text).to.equal(230)
    await approve()
    expect((await night()).exit).to.equal(0)
    expect(await people()).to.equal(200)
  })
})
