/** Ten, a hundred, a thousand: each erases as many, is asked after, and opens the way for the next. */
import { expect } from 'chai'
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { entryFrom } from '../../audit/entry-text.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import { approved } from '../approve.ts'
import { createLab as createShop } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert, sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { clockFiles } from './clock-site.ts'
import { idsIn } from './small-site.ts'

const now = Date.parse('2026-06-01T10:00:00Z')
const people = 135

async function number(database: Database, text: string): Promise<number> {
  const [row] = await database.rows({ text, values: [] })
  return Number(Object.values(row ?? {})[0])
}

interface PilotJson {
  readonly exit: number
  readonly why_stopped: string
  readonly pilot: {
    readonly size: number
    readonly evidence: string
    readonly entries: readonly string[]
    readonly receipt: string | null
  }
}

/** The small site, with clicks that no foreign key ties. */
const loose: typeof siteFiles = {
  ...siteFiles,
  tables: siteFiles.tables.map((text) => text.replace(/, CONSTRAINT c_prospect [^)]*\) [^)]*\)/, '')),
  dataMap: siteFiles.dataMap.replace(
    '    table: clicks\n    key: id\n    of: prospect\n',
    '    table: clicks\n    key: id\n    of: prospect\n    link: { prospect_id: id }\n',
  ),
}

eachDatabase('a pilot', (open) => {
  let site: Installation
  beforeEach(async () => {
    site = await install(await open(), loose, now)
    const ids = Array.from({ length: people }, (_, i) => i + 1)
    const day = (id: number): string => `2020-01-${String(1 + (id % 28)).padStart(2, '0')} 08:00:00`
    await insert(
      site.database,
      'prospects',
      ids.map((id) => ({ id, email: `p${id}@mail.example`, collected_at: day(id) })),
    )
    await insert(
      site.database,
      'clicks',
      ids.map((id) => ({ id, prospect_id: id, ip: '10.0.0.1' })),
    )
    await insert(
      site.database,
      'page_views',
      ids.map((id) => ({ id, ip: '10.0.0.1', visited_at: day(id) })),
    )
    await site.oubli(['run'])
    await approved(site)
  })
  afterEach(() => site.close())

  const pilot = (size: number, ...more: string[]) =>
    site.oubli(['run', '--policy', 'prospects', '--pilot', String(size), ...more])
  const left = () => number(site.database, 'SELECT COUNT(*) FROM prospects')

  it('of ten erases ten whole people, asks after them, proves them, and stops', async () => {
    const said = await pilot(10)
    expect(said.exit, said.text).to.equal(0)
    expect([await left(), await number(site.database, 'SELECT COUNT(*) FROM clicks')]).to.deep.equal([
      125, 125,
    ])
    expect(
      await number(
        site.database,
        'SELECT COUNT(*) FROM clicks WHERE prospect_id NOT IN (SELECT id FROM prospects)',
      ),
    ).to.equal(0)
    expect(await number(site.database, 'SELECT COUNT(*) FROM page_views')).to.equal(people)
    const lines = said.out.split('\n')
    expect(lines.filter((line) => /^[0-9a-f]{32} {2}A person was erased on /.test(line))).to.have.length(10)
    expect(lines.some((line) => line.startsWith('c2sp.org/tlog-proof'))).to.equal(true)
    expect(lines.at(-2)).to.equal('Next: oubli run --policy prospects --pilot 100')
    expect(lines.at(-1)).to.equal(
      'why stopped: a pilot of 10, 10 done and nothing of them left, 125 still due',
    )
    const rows = await site.database.rows({ text: 'SELECT leaf FROM oubli_entry', values: [] })
    const ends = rows
      .map((row) => entryFrom(String(row['leaf'])))
      .flatMap((entry) => (entry?.kind === 'run.finished' ? [entry] : []))
    expect(ends.map(({ pilot: size }) => size)).to.have.members([undefined, '10'])
    const report = JSON.parse((await site.oubli(['report', '--json'])).out) as {
      readonly runs: readonly { readonly pilot: number | null }[]
    }
    expect(report.runs.map((run) => run.pilot)).to.have.members([null, 10])
  })

  it('is clean by its own people, whatever lies among the mails that came back', async () => {
    const settings = join(site.folder, 'config/oubli.yml')
    const set = JSON.parse(await readFile(settings, 'utf8')) as { mail?: object }
    await mkdir(join(site.folder, 'bounces'))
    await writeFile(
      settings,
      JSON.stringify({ ...set, mail: { ...set.mail, bounces: { folder: '../bounces' } } }),
    )
    const stray = join(site.folder, 'bounces/mbox')
    await writeFile(stray, 'From somebody Mon Jun  1 10:00:00 2026\n\nNo mail of ours.\n')
    await utimes(stray, 1, 1)
    const said = await pilot(10)
    expect(said.exit, said.text).to.equal(0)
    expect(said.text, 'it is told').to.match(/bounces\.left/)
    expect((await site.oubli(['status'])).out).to.match(/^Pilot of prospects: 10 on \S+, clean\.$/m)
    expect((await pilot(100)).exit).to.equal(0)
    expect((await site.oubli(['run'])).exit, 'a whole run waits for somebody to look').to.equal(3)
  })

  it('of a flat table takes ten rows as well', async () => {
    // The second of June in Paris.
    await setSandboxNow(site.database, Date.parse('2026-06-01T22:30:00Z'))
    const said = await site.oubli(['run', '--policy', 'page-views', '--pilot', '10', '--json'])
    const told = JSON.parse(said.out) as PilotJson
    expect([said.exit, told.exit, told.pilot.evidence], said.text).to.deep.equal([0, 0, 'verified'])
    expect(await number(site.database, 'SELECT COUNT(*) FROM page_views')).to.equal(people - 10)
    expect(told.pilot.entries.length).to.be.greaterThan(0)
    expect((await site.oubli(['status'])).out).to.match(/^Pilot of page-views: 10 on 2026-06-02, clean\.$/m)
    expect((await site.oubli(['run', '--policy', 'page-views', '--pilot', '100'])).exit).to.equal(0)
    const checked = await site.oubli(['audit', 'receipt', told.pilot.entries[0] ?? ''])
    expect(checked.out).to.match(/^c2sp\.org\/tlog-proof/)
    expect(told.pilot.receipt).to.match(/^c2sp\.org\/tlog-proof/)
  })

  it('of a hundred waits for a clean one of ten, and a thousand for a hundred', async () => {
    const early = await pilot(100)
    expect([early.exit, early.text.slice(0, 13)]).to.deep.equal([4, 'E_PILOT_ORDER'])
    expect((await pilot(1000)).exit).to.equal(4)
    expect(await left()).to.equal(people)
    expect((await pilot(10)).exit).to.equal(0)
    expect((await pilot(1000)).exit, 'not over a hundred').to.equal(4)
    const hundred = await pilot(100)
    expect(hundred.exit, hundred.text).to.equal(0)
    expect(await left()).to.equal(people - 110)
    const rest = await pilot(1000)
    expect([rest.exit, await left()], rest.text).to.deep.equal([0, 0])
    expect(rest.out).to.include('Next: a whole run.')
    const status = (await site.oubli(['status'])).out
    expect(status).to.match(/^Pilot of prospects: 1,000 on 2026-06-01, clean\.$/m)
  })

  it('that found something left is not clean, until one of the same size is', async () => {
    const planted = await site.oubli(['run', '--policy', 'prospects', '--pilot', '10'], {
      point: async (point) => {
        if (point === 'committed')
          await sql(site.database, "INSERT INTO clicks SELECT 900 + COUNT(*), 28, '10.0.0.1' FROM clicks")
      },
    })
    expect(planted.exit, planted.text).to.equal(3)
    expect(planted.out).not.to.include('Next:')
    expect((await site.oubli(['status'])).out).to.match(
      /Pilot of prospects: 10 on .* not clean \(something left\)/,
    )
    const refused = await pilot(100)
    expect([refused.exit, refused.text.slice(0, 13)]).to.deep.equal([4, 'E_PILOT_ORDER'])
    expect(refused.text).to.include('still there')
    expect(await left()).to.equal(people - 10)
    await setSandboxNow(site.database, now + 60_000)
    expect((await pilot(10)).exit).to.equal(0)
    expect((await pilot(100)).exit).to.equal(0)
  })

  it('that broke off takes the place of a clean one before it', async () => {
    expect((await pilot(10)).exit).to.equal(0)
    await setSandboxNow(site.database, now + 60_000)
    const broken = await site.oubli(['run', '--policy', 'prospects', '--pilot', '10'], {
      point: (point) => (point === 'committed' ? Promise.reject(new Error('gone')) : Promise.resolve()),
    })
    expect(broken.exit, broken.text).to.equal(1)
    const refused = await pilot(100)
    expect([refused.exit, refused.text.slice(0, 13)], refused.text).to.deep.equal([4, 'E_PILOT_ORDER'])
    expect(refused.text).to.include('interrupted')
    await setSandboxNow(site.database, now + 120_000)
    expect((await pilot(10)).exit).to.equal(0)
    expect((await pilot(100)).exit).to.equal(0)
  })

  it('is not clean with fewer than its number while more were due', async () => {
    expect((await pilot(10)).exit).to.equal(0)
    await sql(site.database, "UPDATE oubli_run_policy SET done = 3 WHERE run_id >= '' AND done = 10")
    const refused = await pilot(100)
    expect([refused.exit, refused.text.slice(0, 13)]).to.deep.equal([4, 'E_PILOT_ORDER'])
    expect(refused.text).to.include('fewer than its number')
    expect((await site.oubli(['status'])).out).to.match(
      /Pilot of prospects: 10 on .* not clean \(fewer done\)/,
    )
  })

  it('opens no way under other terms, however clean it was', async () => {
    expect((await pilot(10)).exit).to.equal(0)
    const file = join(site.folder, 'policies/prospects.yml')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('keep_at_most: 3 years', 'keep_at_most: 2 years'))
    expect(await readFile(file, 'utf8')).not.to.equal(text)
    await site.oubli(['run'])
    await approved(site)
    const refused = await pilot(100)
    expect([refused.exit, refused.text.slice(0, 13)], refused.text).to.deep.equal([4, 'E_PILOT_ORDER'])
    expect(refused.text).to.include('found that there was none under these terms')
    expect(await left()).to.equal(people - 10)
  })

  it('proves nothing when nothing was due', async () => {
    const nothing = await site.oubli(['run', '--policy', 'old-receipts', '--pilot', '10'])
    expect([nothing.exit, nothing.out.includes('Next:')], nothing.text).to.deep.equal([0, false])
    const next = await site.oubli(['run', '--policy', 'old-receipts', '--pilot', '100'])
    expect(next.text).to.include('E_PILOT_ORDER').and.include('nothing was due')
  })

  it('is clean beside a problem of another policy', async () => {
    await sql(
      site.database,
      'CREATE TABLE beside (id INTEGER PRIMARY KEY, view_id INTEGER, FOREIGN KEY (view_id) REFERENCES page_views (id))',
    )
    await approved(site)
    const said = await pilot(10)
    expect([said.exit, said.text.includes('why stopped: a pilot of 10')], said.text).to.deep.equal([0, true])
    expect((await pilot(100)).exit, 'the next').to.equal(0)
    const whole = await site.oubli(['run', '--only', 'purge'])
    expect([whole.exit, whole.text.includes('data map does not fit')], whole.text).to.deep.equal([4, true])
  })

  it('does not open the way when the evidence was changed', async () => {
    expect((await pilot(10)).exit).to.equal(0)
    await sql(
      site.database,
      `UPDATE oubli_entry SET leaf = REPLACE(leaf, '"pilot":"10"', '"pilot":"11"') WHERE id >= ''`,
    )
    const refused = await pilot(100)
    expect([refused.exit, refused.text.includes('does not verify')]).to.deep.equal([4, true])
    expect(await left()).to.equal(people - 10)
  })

  it('needs one policy, one of three sizes, and terms that may act', async () => {
    for (const argv of [
      ['run', '--pilot', '10'],
      ['run', '--policy', 'prospects', '--pilot', '11'],
      ['run', '--policy', 'prospects', '--pilot', '10', '--only', 'purge'],
      ['run', '--policy', 'dragons', '--pilot', '10'],
    ])
      expect((await site.oubli(argv)).exit, argv.join(' ')).to.equal(2)
    expect(await left()).to.equal(people)
  })
})

eachDatabase('a pilot of a flat table whose keys are texts', (open) => {
  it('takes ten, and leaves the rest to the next run', async () => {
    const shop = await createShop(await open())
    try {
      await sql(shop.database, "UPDATE cookies SET first_set_at = '2025-01-05 08:00:00' WHERE id >= ''")
      const cookies = () => number(shop.database, 'SELECT COUNT(*) FROM cookies')
      const before = await cookies()
      expect(before).to.be.greaterThan(20)
      await shop.oubli(['migrate'])
      await shop.oubli(['run'])
      await approved(shop)
      const said = await shop.oubli(['run', '--policy', 'cookies', '--pilot', '10'])
      expect(said.exit, said.out + said.err).to.equal(0)
      expect(said.out).to.include('a pilot of 10, 10 done and nothing of them left')
      expect(await cookies()).to.equal(before - 10)
    } finally {
      await shop.close()
    }
  })
})

eachDatabase('a pilot of a policy that warns', (open) => {
  it('erases nobody whose notice has not run, and sends no mail', async () => {
    const shop = await createShop(await open())
    try {
      await shop.oubli(['migrate'])
      await shop.oubli(['run'])
      await approved(shop)
      const users = await number(shop.database, 'SELECT COUNT(*) FROM users')
      const said = await shop.oubli(['run', '--policy', 'inactive-accounts', '--pilot', '10'])
      expect(said.exit, said.out + said.err).to.equal(0)
      expect(said.out).to.include('a pilot of 10, 0 done')
      expect(await number(shop.database, 'SELECT COUNT(*) FROM users')).to.equal(users)
      expect(await number(shop.database, 'SELECT COUNT(*) FROM oubli_outbox')).to.equal(0)
    } finally {
      await shop.close()
    }
  })
})

eachDatabase('a pilot of people of whom one came back after the approval', (open) => {
  it('is refused by a sign of life that the clock does not read, and erases nobody', async () => {
    const one = await install(await open(), clockFiles(), now)
    try {
      const ids = Array.from({ length: 12 }, (_, i) => i + 1)
      const then = '2020-01-01 08:00:00'
      const row = (id: number) => ({
        ...{ id, email: `m${id}@mail.example`, created_at: then, last_seen_at: then },
      })
      await insert(one.database, 'members', ids.map(row))
      await one.oubli(['run'])
      await approved(one)
      await insert(one.database, 'orders', [{ id: 1, member_id: 12, placed_at: '2026-05-31 08:00:00' }])
      const pilot = () => one.oubli(['run', '--policy', 'members', '--pilot', '10'])
      const refused = await pilot()
      expect(refused.exit, refused.text).to.equal(4)
      expect(refused.text).to.match(/E_CLOCK_CONTRADICTED {2}members: .*orders\.placed_at 1 \(2026: 1\)/)
      expect(await idsIn(one.database, 'members')).to.deep.equal(ids)
      const reason = 'Orders are written by an import, not by the people.'
      await writeFile(
        join(one.folder, 'policies/data-map.yml'),
        clockFiles([`orders.placed_at: ${reason}`]).dataMap,
      )
      await approved(one)
      const said = await pilot()
      expect(said.exit, said.text).to.equal(0)
      expect(await idsIn(one.database, 'members')).to.have.length(2)
    } finally {
      await one.close()
    }
  })
})
