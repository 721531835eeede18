/** A key that is typed with a separator, or that is no number, is nobody's: it must not name somebody else. */
import { expect } from 'chai'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { dumpOf, insert } from '../engine/lab.ts'
import { warnedSite } from '../mail/warned-site.ts'
import { smallNow, smallPolicy } from './small-site.ts'

const warned = warnedSite(25)
const files = {
  tables: [
    ...warned.tables,
    'CREATE TABLE clients (login VARCHAR(80) NOT NULL PRIMARY KEY, created_at DATETIME NOT NULL)',
    'CREATE INDEX clients_created ON clients (created_at)',
  ],
  dataMap: `${warned.dataMap}
  client:
    table: clients
    key: login
    identity: [login, created_at]
    subject: true
    events:
      created: { column: created_at }
    exempt: { login: The key of a client. }
`,
  policies: {
    ...warned.policies,
    clients: smallPolicy(
      'clients',
      'data: client\nkeep_at_most: 3 years\ncounted_from: created\nthen: erase\nper_run: { people: 500 }\nstop_above: { percent: 100 }',
    ),
  },
}
const hold = ['--matter', 'm', '--because', 'b', '--by', 'DPO', '--review-by', '2027-05-01']
const keep = ['--because', 'phoned', '--by', 'Support']

eachDatabase('a key that somebody types', (open) => {
  let one: Installation
  before(async () => {
    one = await install(await open(), files, smallNow)
    await insert(
      one.database,
      'users',
      [1, 2, 2024].map((id) => ({
        ...{ id, email: `user${id}@mail.example`, first_name: `Nom${id}` },
        ...{ last_login_at: '2023-06-20 10:00:00', created_at: '2015-01-01 10:00:00' },
      })),
    )
    await insert(one.database, 'clients', [{ login: 'Martin', created_at: '2015-01-01 10:00:00' }])
  })
  after(() => one.close())

  const commands = (kind: string, key: string) => ({
    hold: ['hold', 'add', kind, key, ...hold],
    keep: ['request', 'keep', kind, key, ...keep],
    explain: ['explain', kind, key, '--for-the-person'],
    receipt: ['audit', 'receipt', '--person', kind, key],
  })
  const codes = async (kind: string, key: string): Promise<Readonly<Record<string, string | undefined>>> => {
    const found: Record<string, string | undefined> = {}
    for (const [name, argv] of Object.entries(commands(kind, key))) {
      const said = await one.oubli(argv)
      expect(said.exit, `${name} ${key}: ${said.text}`).to.be.oneOf([2, 4])
      found[name] = /E_[A-Z_]+/.exec(said.text)?.[0]
      for (const table of ['oubli_hold', 'oubli_kept'])
        expect(await dumpOf(one.database, table), `${name} ${key}`).to.deep.equal([])
    }
    return found
  }

  it('is refused with more or fewer values than the key has', async () => {
    const parts = { hold: 'E_KEY_PARTS', keep: 'E_KEY_PARTS', explain: 'E_KEY_PARTS' }
    expect(await codes('account', '1,234')).to.deep.equal({ ...parts, receipt: 'E_NOT_ERASED' })
    expect(await codes('client', 'Martin, Paul')).to.deep.equal({ ...parts, receipt: 'E_NOT_ERASED' })
    const said = await one.oubli(commands('account', '1,234').hold)
    expect(said.text).to.include('the key of "account": expected 1 value(s) (id), found 2')
  })

  it('is refused where the database would take it for the number of somebody else', async () => {
    expect(await codes('account', '2e0')).to.deep.equal({
      ...{ hold: 'E_KEY_ANOTHER', keep: 'E_KEY_ANOTHER', explain: 'E_KEY_ANOTHER' },
      receipt: 'E_NOT_ERASED',
    })
    for (const key of ['2024-0017', '1 234', '2.0', '1;2']) await codes('account', key)
  })

  it('names whom it means', async () => {
    for (const [kind, key, stored] of [
      ['account', '2', '["2"]'],
      ['account', '01', '["1"]'],
      ['client', 'Martin', '["Martin"]'],
    ] as const) {
      const said = await one.oubli(commands(kind, key).hold)
      expect(said.exit, said.text).to.equal(0)
      expect((await dumpOf(one.database, 'oubli_hold')).map(({ key_text }) => key_text)).to.include(stored)
      expect((await one.oubli(commands(kind, key).explain)).exit).to.equal(0)
    }
  })
})
