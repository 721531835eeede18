/** A replay over more people than one page and one transaction take, by keys that are texts; and one without an identity. */
import { expect } from 'chai'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation, type SiteFiles } from '../engine/installation.ts'
import { killAt, later, verified } from '../engine/kill.ts'
import { dumpOf, insert } from '../engine/lab.ts'
import { siteFiles, siteTables } from '../engine/site-files.ts'
import { replayed, rewriteLedger } from './replayed.ts'
import { backUp, done, restore, type Backup } from './restored-site.ts'

/** More than SQLite joins with OR in one statement. */
const many = 1_100
const untold = 20
const tables = [...siteTables, 'contacts']

const files: SiteFiles = {
  tables: [
    ...siteFiles.tables,
    'CREATE TABLE contacts (email VARCHAR(190) NOT NULL PRIMARY KEY, first_name VARCHAR(80) NULL, met_at DATETIME NOT NULL)',
    'CREATE INDEX contacts_met ON contacts (met_at)',
  ],
  dataMap: `${siteFiles.dataMap.replace('identity: [id, collected_at]', 'identity: [id]')}
  contact:
    table: contacts
    key: email
    identity: [email, met_at]
    subject: true
    events:
      met: { column: met_at }
    personal: { email: unique_address, first_name: null }
`,
  policies: {
    ...siteFiles.policies,
    contacts: (siteFiles.policies['prospects'] ?? '')
      .replace('policy: prospects', 'policy: contacts')
      .replace('data: prospect', 'data: contact')
      .replace('counted_from: collected', 'counted_from: met')
      .replace(/^but: .*\n/m, ''),
  },
}

eachDatabase('a replay of many', (open) => {
  let one: Installation
  let backup: Backup
  let hold: string
  before(async function () {
    this.timeout(240_000)
    one = await install(await open(), files, Date.parse('2026-06-01T10:00:00Z'))
    await insert(
      one.database,
      'contacts',
      Array.from({ length: many + 1 }, (_, i) => ({
        ...{ email: `contact${i}@mail.example`, first_name: `Nom${i}` },
        met_at: i === many ? '2026-01-01 10:00:00' : '2020-01-01 10:00:00',
      })),
    )
    await insert(
      one.database,
      'prospects',
      [1, 2].map((id) => ({
        ...{ id, email: `prospect${id}@mail.example`, first_name: `Nom${id}` },
        collected_at: '2020-01-01 10:00:00',
      })),
    )
    await done(one, 'run')
    await one.approve()
    backup = await backUp(one.database, tables)
    const said = await one.oubli([
      ...['hold', 'add', 'contact', `contact${many}@mail.example`, '--matter', 'M', '--because', 'dispute'],
      ...['--by', 'DPO', '--review-by', '2027-01-01', '--json'],
    ])
    hold = (JSON.parse(said.out) as { hold: string }).hold
    // So that its entry is one of those that are put back first.
    await setSandboxNow(one.database, Date.parse('2026-06-01T11:00:00Z'))
    await done(one, 'run')
    // Of some people nothing was told.
    let dropped = 0
    await rewriteLedger(one, (line) =>
      'policy' in line && line.policy === 'contacts' && ++dropped <= untold ? [] : [line],
    )
    await restore(one.database, backup)
  })
  after(() => one.close())

  it('that is killed while it puts entries back still knows what the backup lacked, and ends', async () => {
    const blow = { point: 'entries put back' } as const
    expect(await killAt(one, blow, ['replay', '--confirm'])).to.equal('SIGKILL')
    const told = await replayed(one, ['--confirm'], { clock: () => Date.now() + later() })
    expect([told.exit, told.lost_holds, told.untold, told.not_found]).to.deep.equal([3, [hold], untold, 0])
    expect(told.why_stopped).to.match(
      /^replayed; 2 people are still here; 20 people could not be looked for; 1 /,
    )
    expect(await dumpOf(one.database, 'contacts')).to.have.length(untold + 1)
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  it('never takes somebody whom only a number names for the one who went', async () => {
    const told = await replayed(one)
    expect(told.policies.filter(({ policy }) => policy === 'prospects')).to.deep.equal([
      { policy: 'prospects', what: 'erased', again: 0, held: 0, restricted: 0, left: 2 },
    ])
    expect((await dumpOf(one.database, 'prospects')).map(({ id }) => id)).to.deep.equal(['1', '2'])
  })
})
