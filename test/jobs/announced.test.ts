/** The first mail as it leaves: it announces what the policy does, and names no sign-in that was an order. */
import { expect } from 'chai'
import { simpleParser } from 'mailparser'
import { cp, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../config/files.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation, type SiteFiles } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { warnedSite } from '../mail/warned-site.ts'

const site: SiteFiles = {
  ...warnedSite(25),
  mail: {
    ...{ transport: 'files', folder: '../mails', language: 'en' },
    from: { name: 'Site', address: 'notices@site.example' },
  },
}

function edited(change: (policy: string) => string): SiteFiles['policies'] {
  return { 'inactive-accounts': change(site.policies['inactive-accounts'] ?? '') }
}

/** An order is a sign of life, and the later one. */
const withOrders: SiteFiles = {
  ...site,
  tables: [
    ...site.tables,
    'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, placed_at DATETIME NOT NULL, FOREIGN KEY (user_id) REFERENCES users (id))',
    'CREATE INDEX orders_user ON orders (user_id, placed_at)',
  ],
  dataMap: `${site.dataMap.replace('[last_login_at]', '[last_login_at, orders.placed_at]')}
  order:
    table: orders
    key: id
    of: account
`,
}

const archived = `policy: old-accounts
promise: inactivity
status: observe
data: old_account
keep_at_most: 5 years
counted_from: made
then: erase
per_run: { rows: 500 }
purpose: defence of claims
legal_basis: legitimate interests
because: The small site may have to prove what was agreed.
`

eachDatabase('the first mail', (open) => {
  let one: Installation
  afterEach(() => one.close())

  async function told(files: SiteFiles, orders: readonly string[] = []): Promise<string> {
    one = await install(await open(), files, Date.parse('2026-06-01T10:00:00Z'))
    await insert(one.database, 'users', [
      {
        ...{ id: 1, email: 'user1@mail.example', first_name: 'Nom1' },
        ...{ last_login_at: '2022-01-20 10:00:00', created_at: '2015-01-01 10:00:00' },
      },
    ])
    if (orders.length > 0)
      await insert(
        one.database,
        'orders',
        orders.map((placed_at, id) => ({ id, user_id: 1, placed_at })),
      )
    await one.oubli(['run'])
    await one.approve()
    const said = await one.oubli(['run'])
    const mails = (await readdir(join(one.folder, 'mails'))).filter((name) => name.endsWith('.eml'))
    expect(mails, said.text).to.have.length(1)
    const { text = '' } = await simpleParser(await readFile(join(one.folder, 'mails', mails[0] ?? '')))
    return text
  }

  it('of a policy that anonymises promises no deletion', async () => {
    const text = await told({
      ...site,
      policies: edited((policy) => policy.replace('then: erase', 'then: anonymise')),
    })
    expect(text).to.contain('take out of it everything that leads to you')
    expect(text).to.contain('en retirerons tout ce qui mène à vous')
    expect(text).not.to.match(/delet|suppr/i)
  })

  for (const act of ['anonymise', 'archive'] as const)
    it(`is never one that promises a deletion where the policy says ${act}`, async () => {
      const policies = edited((policy) => policy.replace('then: erase', `then: ${act}`))
      const dataMap = `${site.dataMap}    archive: { into: old_account, columns: { id: id, created_at: created_at } }
  old_account:
    table: old_users
    key: id
    events: { made: { column: created_at } }
`
      const tables = [
        ...site.tables,
        'CREATE TABLE old_users (id INTEGER NOT NULL PRIMARY KEY, created_at DATETIME NOT NULL)',
        'CREATE INDEX old_users_made ON old_users (created_at)',
      ]
      const files = { ...site, policies: { ...policies, old: archived }, dataMap, tables }
      one = await install(await open(), files, Date.parse('2026-06-01T10:00:00Z'))
      const templates = join(one.folder, 'templates')
      await cp(join(packageRoot(), 'templates'), templates, { recursive: true })
      const instead = { env: { OUBLI_TEMPLATES: templates } }
      const before = await one.oubli(['plan'], instead)
      expect(before.text).not.to.contain('E_TEMPLATE')
      const [fingerprint = ''] = /[0-9a-f]{16}/.exec(before.text) ?? []
      const path = join(templates, 'fr/inactivity-warning.txt.hbs')
      // As a copy from before the words followed the act.
      const own = await readFile(path, 'utf8')
      await writeFile(path, own.replace(/if (?:anonymises|archives)/g, 'if none'))
      for (const words of [
        ['plan'],
        ['doctor'],
        ['approve', fingerprint, '--by', 'DPO'],
        ['run'],
        ['mail', 'deliver'],
      ]) {
        const said = await one.oubli(words, instead)
        expect(said.exit, said.text).to.equal(2)
        expect(said.text, words.join(' '))
          .to.contain('E_TEMPLATE_ACT')
          .and.to.contain('fr/inactivity-warning')
        expect(said.text).to.contain(`{{#if ${act === 'anonymise' ? 'anonymises' : 'archives'}}}`)
      }
    })

  it('says of an order that the account was used then', async () => {
    const text = await told(withOrders, ['2019-03-01 10:00:00', '2023-04-10 10:00:00'])
    expect(text).to.contain('the account was last used in April 2023.')
    expect(text).to.contain('utilisé pour la dernière fois en avril 2023.')
    expect(text).not.to.match(/sign-in was|date de|2022/)
  })

  it('is not written where only some columns change', async () => {
    const fields = 'then: truncate fields\nfields: [first_name]'
    one = await install(
      await open(),
      { ...site, policies: edited((policy) => policy.replace('then: erase', fields)) },
      Date.parse('2026-06-01T10:00:00Z'),
    )
    const said = await one.oubli(['run'])
    expect(said.exit, said.text).to.equal(2)
    expect(said.text).to.contain('E_WARN_WITHOUT_WORDS')
  })
})
