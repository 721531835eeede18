/** `explain --for-the-person`: what hangs on an account can go at a time of its own, and the person is told so. */
import { expect } from 'chai'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { silent, start } from '../mail/bounces-site.ts'
import { warnedSite } from '../mail/warned-site.ts'

const site = warnedSite(0)
const account = site.policies['inactive-accounts'] ?? ''

const files = {
  tables: [
    ...site.tables,
    'CREATE TABLE sessions (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, ip VARCHAR(45) NULL, seen_at DATETIME NOT NULL, CONSTRAINT s_user FOREIGN KEY (user_id) REFERENCES users (id))',
    'CREATE INDEX sessions_user ON sessions (user_id)',
    'CREATE INDEX sessions_seen ON sessions (seen_at)',
    'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, ip VARCHAR(45) NULL, seen_at DATETIME NOT NULL)',
    'CREATE INDEX visits_seen ON visits (seen_at)',
  ],
  dataMap: `${site.dataMap}
  session:
    label: { en: sessions, fr: sessions, gender: f }
    table: sessions
    key: id
    of: account
    events: { seen: { label: { en: the session, fr: la session }, column: seen_at } }
    personal: { ip: truncated_ip }
  visit:
    category: app_log
    table: visits
    key: id
    events: { seen: { column: seen_at } }
    personal: { ip: truncated_ip }
`,
  policies: {
    'inactive-accounts': account,
    'old-sessions': short('old-sessions', 'session'),
    'old-visits': short('old-visits', 'visit'),
  },
  mail: { transport: 'files', folder: '../mails', from: { name: 'Site', address: 'notices@site.example' } },
}

function short(id: string, data: string): string {
  return account
    .replace('policy: inactive-accounts', `policy: ${id}`)
    .replace('data: account', `data: ${data}`)
    .replace('3 years', '6 months')
    .replace('counted_from: last_login', 'counted_from: seen')
    .replace(/warn:\n(?: {2}.*\n)*/, '')
    .replace('per_run: { people: 500, mails: 2000 }', 'per_run: { rows: 500 }')
}

eachDatabase('what belongs to a person and has terms of its own', (open) => {
  let one: Installation
  before(async () => {
    one = await install(await open(), files, start)
    await insert(one.database, 'users', [silent(1)])
  })
  after(() => one.close())

  const said = async (...more: readonly string[]): Promise<string> => {
    const told = await one.oubli(['explain', 'account', '1', '--for-the-person', ...more])
    expect(told.exit, told.text).to.equal(0)
    return told.out
  }

  it('is told in English, without what is nobody’s', async () => {
    expect((await said()).split('\n').slice(-2)).to.deep.equal([
      'What belongs to it has terms of its own:',
      '- Sessions are erased six months after the session.',
    ])
  })

  it('is told in French', async () => {
    expect((await said('--lang', 'fr')).split('\n').slice(-2)).to.deep.equal([
      'Ce qui en dépend a ses propres délais\u00a0:',
      '- Les sessions sont effacées six mois après la session.',
    ])
  })

  it('is told to programs', async () => {
    const { below } = JSON.parse(await said('--json')) as { readonly below: readonly { policy: string }[] }
    expect(below.map(({ policy }) => policy)).to.deep.equal(['old-sessions'])
  })

  it('is no heading over nothing', async () => {
    await writeFile(join(one.folder, 'policies/old-sessions.yml'), short('old-sessions', 'visit'))
    await rm(join(one.folder, 'policies/old-visits.yml'))
    expect(await said())
      .to.include('What applies to you')
      .and.not.to.include('What belongs to it')
  })
})
