/** docs/wrongly-erased.md where the rows were not erased but archived or anonymised: its words, typed as they stand. */
import { expect } from 'chai'
import { openDatabase, type MysqlSettings } from '../../db/connect.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { databaseUrlSettings, eachServer, type Open } from '../databases.ts'
import { install, type Installation, type SiteFiles } from '../engine/installation.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { expectApart, openApart, type Apart } from '../own-schema.ts'
import { backUp, done, restore, type Backup } from '../replay/restored-site.ts'
import { pageText } from './pages.ts'

const at = (day: string): number => Date.parse(`${day}T10:00:00Z`)
const page = 'docs/wrongly-erased.md'
const siteTables = ['prospects', 'clicks', 'receipts', 'old_receipts', 'members']

const policyOf = (name: string): string => siteFiles.policies[name] ?? ''

/** Receipts go into the archive at the end of their fiscal year, members lose their name after three years. */
const site: SiteFiles = {
  ...siteFiles,
  tables: [
    ...siteFiles.tables,
    'CREATE INDEX receipts_issued ON receipts (issued_on)',
    'CREATE TABLE members (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(80) NOT NULL, joined_at DATETIME NOT NULL)',
    'CREATE INDEX members_joined ON members (joined_at)',
  ],
  dataMap: `${siteFiles.dataMap.replace(
    '    of: prospect\n    personal: { holder: blank }',
    '    of: prospect\n    events:\n      fiscal_close: { column: issued_on, rounded_to: end of fiscal year }\n    personal: { holder: blank }',
  )}
  member:
    table: members
    key: id
    identity: [id, joined_at]
    subject: true
    events:
      joined: { column: joined_at }
    personal: { name: blank }
`,
  policies: {
    'old-receipts': policyOf('old-receipts').replace(
      'data: old_receipt\n',
      'data: old_receipt\nfollows: receipts-active\n',
    ),
    'receipts-active': policyOf('old-receipts')
      .replace('policy: old-receipts', 'policy: receipts-active')
      .replace('data: old_receipt', 'data: receipt')
      .replace('10 years', '1 year')
      .replace('then: erase', 'then: archive'),
    prospects: policyOf('prospects'),
    members: policyOf('prospects')
      .replace('policy: prospects', 'policy: members')
      .replace('data: prospect', 'data: member')
      .replace('counted_from: collected', 'counted_from: joined')
      .replace('then: erase', 'then: anonymise')
      .replace(/but: .*\n/, ''),
  },
}

/** What the page says of rows that were anonymised, with other names in the place of the example's. */
function setBack(schema: string): string {
  const [, text = ''] =
    /anonymised or detached\*\* are still there\. Set their columns back: `([^`]+)`/.exec(pageText(page)) ??
    []
  return text
    .replaceAll(/\bshop(?=_before\b|\.)/g, schema)
    .replaceAll('.orders', '.members')
    .replace('SET o.user_id = b.user_id WHERE b.user_id', 'SET o.name = b.name WHERE b.id')
}

for (const isApart of [false, true])
  eachServer(
    `${page}, of what was archived or anonymised, our tables ${isApart ? 'apart' : 'beside'}`,
    (open) => {
      walk(open, isApart)
    },
  )

function walk(open: Open, isApart: boolean): void {
  let apart: Apart | null = null
  let one: Installation
  let settings: MysqlSettings
  let whole: readonly unknown[]
  let backup: Backup
  const rows = () => Promise.all(siteTables.map((table) => dumpOf(one.database, table)))

  before(async () => {
    if (isApart) apart = await openApart(open)
    one = await install(apart?.database ?? (await open()), site, at('2026-06-01'))
    settings = databaseUrlSettings(one.database).settings as MysqlSettings
    await insert(one.database, 'prospects', [
      { id: 42, email: 'p42@mail.example', first_name: 'Nom42', collected_at: '2024-01-01 10:00:00' },
    ])
    await insert(one.database, 'receipts', [
      { id: 7, prospect_id: 42, number: 'R7', issued_on: '2023-05-01', holder: 'Nom42' },
    ])
    await insert(one.database, 'members', [
      { id: 42, name: 'Nom42', joined_at: '2020-01-01 10:00:00' },
      { id: 43, name: 'Nom43', joined_at: '2026-01-01 10:00:00' },
    ])
    await done(one, 'run')
    await one.approve()
    whole = await rows()
    const taken = await backUp(one.database, siteTables)
    backup = new Map([...taken].filter(([table]) => siteTables.includes(table)))
    // The schema aside, as the page makes it; the copy of one table is enough for each statement.
    const aside = `${settings.database}_before`
    await sql(one.database, `CREATE DATABASE ${aside}`)
    for (const table of ['receipts', 'members']) {
      await sql(one.database, `CREATE TABLE ${aside}.${table} LIKE ${settings.database}.${table}`)
      await sql(one.database, `INSERT INTO ${aside}.${table} SELECT * FROM ${settings.database}.${table}`)
    }
    await done(one, 'run')
  })
  after(async () => {
    const server = await openDatabase({ ...settings, database: 'mysql', poolSize: 1 })
    await sql(server, `DROP DATABASE IF EXISTS ${settings.database}_before`)
    await server.close()
    await apart?.close()
    await one.close()
  })

  const hold = async (kind: string, key: string): Promise<string> =>
    await done(
      one,
      ...['hold', 'add', kind, key, '--put-back', '--matter', '2026-31', '--because', 'changed wrongly'],
      ...['--by', 'DPO', '--review-by', '2027-06-01'],
    )
  const count = async (table: string): Promise<number> => (await dumpOf(one.database, table)).length

  it('did archive and anonymise what was due, and nothing else', async () => {
    expect([await count('receipts'), await count('old_receipts')]).to.deep.equal([0, 1])
    const names = (await dumpOf(one.database, 'members')).map(({ name }) => name)
    expect(names[0]).not.to.include('Nom')
    expect(names[1]).to.equal('Nom43')
  })

  it('puts back what was archived and what was anonymised, and no run or replay takes it again', async () => {
    expect(pageText(page)).to.include('copy them back, and delete them there in the same transaction')
    const aside = `${settings.database}_before`
    const outcome = await one.database.transaction(async (tx) => {
      for (const text of [
        `INSERT INTO receipts SELECT * FROM ${aside}.receipts WHERE id = 7`,
        "DELETE FROM old_receipts WHERE number = 'R7'",
        setBack(settings.database),
      ])
        await tx.run({ text, values: [] })
    })
    if (outcome.state !== 'committed') throw outcome.error
    expect(await rows()).to.deep.equal(whole)
    expect(await hold('member', '42')).to.match(/no replay takes them again/)
    // A receipt is nobody: no replay looks for it, and the hold alone keeps it.
    expect(await hold('receipt', '7')).to.match(
      /so no replay would take them[\s\S]*Hold [0-9a-f]{32} is set\./,
    )
    expect(await done(one, 'replay')).to.match(/nothing to replay/)
    for (const day of ['2026-06-03', '2026-06-08']) {
      await setSandboxNow(one.database, at(day))
      await done(one, 'run')
    }
    await done(one, 'replay', '--confirm')
    expect(await rows()).to.deep.equal(whole)
    if (apart !== null) await expectApart(apart)
  })

  it('stays so after the tables of the site came back from a backup of before', async () => {
    await restore(one.database, backup)
    await done(one, 'replay', '--confirm')
    expect(await rows()).to.deep.equal(whole)
  })
}
