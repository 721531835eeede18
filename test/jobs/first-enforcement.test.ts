/** The first time that a policy acts: what has to be typed, and what is kept of it. */
import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { entryFrom } from '../../audit/entry-text.ts'
import type { PlanApprovedEntry } from '../../audit/entry.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { approved } from '../approve.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { smallMap, smallNow, smallPolicy } from './small-site.ts'

const now = Date.parse('2026-06-01T10:00:00Z')
const backup = ['--backup-taken', '2026-05-31', '--backup-kept-until', '2026-08-31']

eachDatabase('the first enforcement', (open) => {
  let site: Installation
  let plan = ''
  beforeEach(async () => {
    site = await install(await open(), siteFiles, now)
    await insert(
      site.database,
      'prospects',
      [1, 2, 3].map((id) => ({ id, email: `p${id}@mail.example`, collected_at: '2020-01-01 08:00:00' })),
    )
    await site.oubli(['run'])
    plan = (JSON.parse((await site.oubli(['plan', '--json'])).out) as { fingerprint: string }).fingerprint
  })
  afterEach(() => site.close())

  const approve = async (...more: string[]) => {
    const { exit, text, out } = await site.oubli(['approve', plan, ...more])
    return { exit, text, out, code: /^E_[A-Z_]+/m.exec(text)?.[0] ?? '' }
  }
  const entries = async (): Promise<readonly PlanApprovedEntry[]> => {
    const rows = await site.database.rows({ text: 'SELECT leaf FROM oubli_entry', values: [] })
    return rows.flatMap((row) => {
      const entry = entryFrom(String(row['leaf']))
      return entry?.kind === 'plan.approved' ? [entry] : []
    })
  }
  const left = async (): Promise<number> =>
    Number((await site.database.rows({ text: 'SELECT COUNT(*) AS n FROM prospects', values: [] }))[0]?.['n'])

  it('needs the name of each policy and a word on the backup, and says what to type', async () => {
    const bare = await approve('--by', 'DPO')
    expect([bare.exit, bare.code]).to.deep.equal([4, 'E_FIRST_ENFORCEMENT'])
    for (const name of ['prospects', 'old-receipts', 'page-views']) expect(bare.text).to.include(name)
    expect(bare.text).to.include(`oubli approve ${plan.slice(0, 16)} --policy`)
    const all = ['--policy', 'prospects', 'old-receipts', 'page-views']
    expect(await approve(...backup)).to.include({ exit: 4, code: 'E_FIRST_ENFORCEMENT' })
    expect(await approve(...all)).to.include({ exit: 4, code: 'E_FIRST_ENFORCEMENT' })
    expect(await approve('--policy', 'dragons', ...backup)).to.include({ exit: 2, code: 'E_POLICY_NAME' })
    expect(await approve(...all, '--backup-taken', '2026-05-31')).to.include({ exit: 2, code: 'E_USAGE' })
    expect(await approve(...all, ...backup, '--no-backup', 'x')).to.include({ exit: 2, code: 'E_USAGE' })
    const wrong = (taken: string, until: string) =>
      approve(...all, '--backup-taken', taken, '--backup-kept-until', until)
    expect(await wrong('2026-06-02', '2026-08-31')).to.include({ exit: 2, code: 'E_BACKUP_DAYS' })
    expect(await wrong('2026-05-01', '2026-05-31')).to.include({ exit: 2, code: 'E_BACKUP_DAYS' })
    expect(await wrong('2026-05-32', '2026-08-31')).to.include({ exit: 2, code: 'E_DAY' })
    expect(await entries()).to.deep.equal([])
    expect((await site.oubli(['run'])).text).to.include('observed only')
    expect(await left()).to.equal(3)
    expect(await wrong('2026-06-01', '2026-06-01'), 'today, until today').to.include({ exit: 0 })
  })

  it('keeps what was said, with the binary log and who would come back', async () => {
    const said = await approve('--by', 'DPO', '--policy', 'prospects', ...backup)
    expect(said.exit, said.text).to.equal(0)
    expect(said.out)
      .to.match(/^prospects: up to 3$/m)
      .and.not.match(/page-views/)
    expect(said.out).to.match(/^Backup of 2026-05-31, kept until 2026-08-31\.$/m)
    expect(said.out)
      .to.match(/would bring back 0 people/)
      .and.match(/binary log/)
    expect(said.out).to.match(/begin with ten of each, oubli run --policy prospects --pilot 10/)
    expect((await site.oubli(['run'])).exit).to.equal(0)
    expect(await left()).to.equal(0)
    const [first] = await entries()
    expect(first?.most).to.deep.equal({ prospects: '3' })
    expect(first?.first?.backup).to.deep.equal({ taken: '2026-05-31', kept_until: '2026-08-31' })
    expect(first?.first?.comes_back).to.equal('0')
    expect(Object.keys(first?.first?.policies ?? {})).to.deep.equal(['prospects'])
    const second = await approve(
      '--policy',
      'page-views',
      '--backup-taken',
      '2026-06-01',
      '--backup-kept-until',
      '2026-07-01',
    )
    expect(second.out, 'three went today').to.match(/would bring back 3 people/)
    const rows = await site.database.rows({
      text: 'SELECT enforcement FROM oubli_approval ORDER BY approved_at, id',
      values: [],
    })
    const kept = rows.map(
      (row) => JSON.parse(String(row['enforcement'])) as { comesBack: number; restore: string },
    )
    expect(kept.map(({ comesBack }) => comesBack)).to.have.members([0, 3])
    for (const { restore } of kept) expect(restore).to.include('oubli replay')
  })

  it('lets the others go on observing, and an approval for some leaves an older one for others alone', async () => {
    await approve('--policy', 'prospects', '--no-backup', 'a copy of the site')
    const other = await approve('--policy', 'page-views', '--no-backup', 'a copy of the site')
    expect(other.out).to.include('No backup: a copy of the site')
    const run = JSON.parse((await site.oubli(['run', '--json'])).out) as {
      policies: readonly { policy: string; standing: { mode: string } }[]
    }
    expect(
      Object.fromEntries(run.policies.map(({ policy, standing }) => [policy, standing.mode])),
    ).to.deep.equal({
      prospects: 'enforced',
      'page-views': 'enforced',
      'old-receipts': 'observed',
    })
    expect((await entries()).map(({ first }) => first?.backup)).to.deep.equal([null, null])
    expect(JSON.stringify(await entries()), 'the reason is free text').not.to.include('copy')
  })

  it('refuses a policy that only observes, and a plan in which all do', async () => {
    const file = (name: string) => join(site.folder, 'policies', `${name}.yml`)
    const observe = async (name: string) => {
      const text = await readFile(file(name), 'utf8')
      await writeFile(file(name), text.replace('status: enforce', 'status: observe'))
    }
    await observe('prospects')
    await site.oubli(['run'])
    plan = (JSON.parse((await site.oubli(['plan', '--json'])).out) as { fingerprint: string }).fingerprint
    const named = await approve('--policy', 'prospects', 'page-views', ...backup)
    expect(named).to.include({ exit: 2, code: 'E_POLICY_OBSERVES' })
    expect(named.text).to.include('found prospects')
    await observe('page-views')
    await observe('old-receipts')
    await site.oubli(['run'])
    plan = (JSON.parse((await site.oubli(['plan', '--json'])).out) as { fingerprint: string }).fingerprint
    expect(await approve('--by', 'DPO')).to.include({ exit: 2, code: 'E_POLICY_OBSERVES' })
    expect(await entries()).to.deep.equal([])
  })

  it('says which words apply to nothing, and refuses days that cannot be true all the same', async () => {
    await approved(site)
    await site.oubli(['run'])
    await setSandboxNow(site.database, now + 86_400_000)
    const taken = (day: string, until: string) => ['--backup-taken', day, '--backup-kept-until', until]
    expect(await approve(...taken('2031-01-01', '2031-02-01'))).to.include({ exit: 2, code: 'E_BACKUP_DAYS' })
    expect(await approve(...taken('2026-05-01', '2001-01-01'))).to.include({ exit: 2, code: 'E_BACKUP_DAYS' })
    expect(await approve('--backlog-by', '2026-06-01')).to.include({ exit: 2, code: 'E_BACKLOG_DAY' })
    expect(await entries()).to.have.length(1)
    const said = await approve(...taken('2026-06-01', '2026-12-01'), '--backlog-by', '2026-12-01')
    expect(said.exit, said.text).to.equal(0)
    expect(said.out)
      .to.match(/^--backlog-by 2026-12-01 applies to nothing/m)
      .and.match(/^The word on the backup was not kept/m)
    const plain = await approve('--by', 'DPO')
    expect(plain.out).not.to.match(/applies to nothing|was not kept/)
  })

  it('is over once the policies act: later approvals need nothing but the plan', async () => {
    await approved(site)
    expect((await site.oubli(['run'])).exit).to.equal(0)
    await setSandboxNow(site.database, now + 86_400_000)
    const later = await approve('--by', 'DPO')
    expect(later.exit, later.text).to.equal(0)
    expect(later.out).not.to.match(/Backup|backup/)
    expect((await entries()).filter(({ first }) => first !== undefined)).to.have.length(1)
  })
})

const lines = (data: string, event: string, of: string) =>
  `data: ${data}\nkeep_at_most: 3 years\ncounted_from: ${event}\nthen: erase\nper_run: { ${of}: 500 }\nstop_above: { percent: 100 }`

eachDatabase('the first enforcement of a policy that erases accounts unwarned', (open) => {
  let site: Installation
  beforeEach(async () => {
    const files = {
      tables: [
        'CREATE TABLE clients (id INTEGER NOT NULL PRIMARY KEY, created_at DATETIME NOT NULL)',
        'CREATE INDEX clients_created ON clients (created_at)',
        'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, seen_at DATETIME NOT NULL)',
        'CREATE INDEX visits_seen ON visits (seen_at)',
      ],
      dataMap: smallMap(`  client:
    category: account
    table: clients
    key: id
    identity: [id, created_at]
    subject: true
    events:
      created: { column: created_at }
  visit:
    category: app_log
    table: visits
    key: id
    events:
      seen: { column: seen_at }
`),
      policies: {
        clients: smallPolicy('clients', lines('client', 'created', 'people')),
        visits: smallPolicy('visits', lines('visit', 'seen', 'rows')),
      },
    }
    site = await install(await open(), files, smallNow)
    await insert(site.database, 'clients', [{ id: 1, created_at: '2015-01-01 10:00:00' }])
    await site.oubli(['run'])
  })
  afterEach(() => site.close())

  const edit = async (from: string, to: string, file = 'data-map.yml'): Promise<void> => {
    const path = join(site.folder, `policies/${file}`)
    await writeFile(path, (await readFile(path, 'utf8')).replace(from, to))
  }
  const unsaid = '{ column: created_at }'
  const fixed = '{ column: created_at, slides: never }'
  const approve = async (...policies: string[]) => {
    const { fingerprint } = JSON.parse((await site.oubli(['plan', '--json'])).out) as { fingerprint: string }
    return await site.oubli(['approve', fingerprint, '--no-backup', 'x', '--policy', ...policies])
  }

  it('waits for a word on who moves the date; others do not', async () => {
    const refused = await approve('clients', 'visits')
    expect(refused.exit, refused.text).to.equal(4)
    for (const word of ['E_FIRST_UNWARNED', 'clients (counted from "created")', '`warn:`', '`slides: never`'])
      expect(refused.text).to.include(word)
    expect((await approve('visits')).exit).to.equal(0)
    await edit(unsaid, fixed)
    expect((await approve('clients')).exit, 'without another run').to.equal(0)
  })

  it('is asked for new terms as well', async () => {
    await edit(unsaid, fixed)
    await approved(site)
    await site.oubli(['run'])
    await edit(fixed, unsaid)
    await edit('keep_at_most: 3 years', 'keep_at_most: 2 years', 'clients.yml')
    await setSandboxNow(site.database, smallNow + 86_400_000)
    await site.oubli(['run'])
    const refused = await approve('clients')
    expect(refused.exit, refused.text).to.equal(4)
    expect(refused.text).to.include('E_FIRST_UNWARNED')
  })

  it('is the only time that it waits', async () => {
    await edit(unsaid, fixed)
    await approved(site)
    await site.oubli(['run'])
    await edit(fixed, unsaid)
    await insert(site.database, 'clients', [{ id: 2, created_at: '2015-01-01 10:00:00' }])
    await setSandboxNow(site.database, smallNow + 86_400_000)
    const run = await site.oubli(['run'])
    expect(run.exit, run.text).to.equal(0)
    const left = await site.database.rows({ text: 'SELECT id FROM clients', values: [] })
    expect(left).to.deep.equal([])
    expect((await approve('clients')).exit).to.equal(0)
  })
})
