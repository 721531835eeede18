/** `warn:` is taken out of a policy: the day that its mails have named holds, and their notices end with it. */
import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Row } from '../../db/session.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation, type Said, type SiteFiles } from '../engine/installation.ts'
import { killAt, later as leases } from '../engine/kill.ts'
import { insert } from '../engine/lab.ts'
import { warnedSite } from '../mail/warned-site.ts'

const day = 86_400_000
const first = Date.parse('2026-06-01T10:00:00Z')
const site: SiteFiles = {
  ...warnedSite(25),
  tables: [
    ...warnedSite(25).tables.map((text) => text.replace('(id ', '(plan VARCHAR(20) NULL, id ')),
    'CREATE INDEX users_made ON users (created_at)',
  ],
  dataMap: warnedSite(25).dataMap.replace(
    '    events:',
    '$&\n      made: { column: created_at, slides: never }',
  ),
  mail: {
    ...{ transport: 'files', folder: '../mails', language: 'en' },
    from: { name: 'Site', address: 'notices@site.example' },
  },
}

/** Another clock, which says nothing of sign-ins. */
const kept = `policy: terminated
promise: inactivity
status: observe
data: account
keep_at_most: 3 years
counted_from: made
then: erase
per_run: { people: 500 }
purpose: customer account
legal_basis: contract
because: The small site promises this to its customers.
`

const acting = kept.replace('observe', 'enforce\napproved_by: DPO\napproved_on: 2026-05-01')

/** Another name of the very rows. */
const member = `
  member:
    table: users
    key: id
    identity: [id, created_at]
    subject: true
    events:
      made: { column: created_at, slides: never }
    personal: { email: unique_address, first_name: blank }
`

eachDatabase('the day that a mail has announced', (open) => {
  let one: Installation
  afterEach(() => one.close())

  const at = (days: number): Promise<void> => setSandboxNow(one.database, first + days * day)
  const rows = (text: string): Promise<readonly Row[]> => one.database.rows({ text, values: [] })
  const ids = async (text: string): Promise<readonly number[]> =>
    (await rows(text)).map((row) => Number(Object.values(row)[0]))
  const people = (): Promise<readonly number[]> => ids('SELECT id FROM users ORDER BY id')
  const noticed = (): Promise<readonly number[]> =>
    ids('SELECT DISTINCT subject_id FROM oubli_warning ORDER BY subject_id')

  /** Three people are told that they go after 7 July 2026. */
  async function warned(files: SiteFiles = site): Promise<void> {
    one = await install(await open(), files, first)
    const silent = (id: number) => ({
      ...{ id, email: `user${id}@mail.example`, first_name: 'Nom' },
      ...{ last_login_at: `2022-01-2${id} 10:00:00`, created_at: '2015-01-01 10:00:00' },
    })
    await insert(one.database, 'users', [1, 2, 3].map(silent))
    await one.oubli(['run'])
    await one.approve()
    await done('run')
    const told = await rows('SELECT state, announced FROM oubli_warning')
    expect(told.map(({ state }) => state)).to.deep.equal(['accepted', 'accepted', 'accepted'])
    expect(told[0]?.['announced']).to.match(/^2026-07-06T22:00/)
  }

  async function done(...words: readonly string[]): Promise<Said> {
    const said = await one.oubli(words)
    expect(said.exit, said.text).to.equal(0)
    return said
  }

  /** As E_WARN_WITHOUT_WORDS asks: the data changes, the mails go away. */
  async function edit(change: (policy: string) => string): Promise<void> {
    const path = join(one.folder, 'policies/inactive-accounts.yml')
    await writeFile(path, change(await readFile(path, 'utf8')))
  }
  async function editMap(change: (map: string) => string): Promise<void> {
    const path = join(one.folder, 'policies/data-map.yml')
    await writeFile(path, change(await readFile(path, 'utf8')))
  }
  const add = (name: string, policy: string): Promise<void> =>
    writeFile(join(one.folder, `policies/${name}.yml`), policy)
  /** The mail to this person has not left. */
  async function unsent(id: number): Promise<void> {
    const key = `["${id}"]`
    for (const text of [
      "UPDATE oubli_warning SET state = 'open', accepted_at = NULL WHERE kind = 'account' AND key_text = ?",
      "UPDATE oubli_outbox SET state = 'deferred', address = 'a@mail.example', message = 'Dear', transport_called_at = NULL, accepted_at = NULL, ended_at = NULL, not_before = '2027-01-01T00:00:00.000Z' WHERE kind = 'account' AND key_text = ?",
    ])
      await one.database.run({ text, values: [key] })
  }
  const withoutWarn = (policy: string): string =>
    policy.replace('then: erase', 'then: anonymise').replace(/warn:\n(?: {2}.*\n)*/, '')

  async function approve(...more: readonly string[]): Promise<Said> {
    const fingerprint = /oubli approve ([0-9a-f]+)/.exec((await one.oubli(['plan'])).text)?.[1] ?? ''
    return await done('approve', fingerprint, '--by', 'DPO', ...more)
  }

  const later = ['run', '--accept-clock-gap'] as const
  const back = (id: number): Promise<number> =>
    one.database.run({
      text: 'UPDATE users SET last_login_at = ? WHERE id = ?',
      values: ['2026-06-03 10:00:00', id],
    })
  const named = (): Promise<readonly number[]> =>
    ids("SELECT id FROM users WHERE first_name = 'Nom' ORDER BY id")

  it('holds although the policy does not warn any more', async () => {
    await warned()
    await edit(withoutWarn)
    await at(3)
    const told = '3 wait for the day that a mail has announced to them'
    expect((await done('plan')).text)
      .to.contain('warned, not yet due: 3')
      .and.to.contain(told)
    await done('run')
    expect((await approve()).text)
      .to.contain('inactive-accounts: up to 0')
      .and.to.contain(told)
    await done('run')
    await at(35)
    await done(...later)
    expect(await named()).to.deep.equal([1, 2, 3])
    expect(await noticed()).to.deep.equal([1, 2, 3])
    await at(36)
    await done('run')
    expect(await named()).to.deep.equal([])
    expect(await noticed()).to.deep.equal([])
    expect((await done('plan')).text).not.to.contain('a mail has announced')
  })

  it('holds under another name that warns nobody', async () => {
    await warned()
    await edit((policy) =>
      policy
        .replace('policy: inactive-accounts', 'policy: silent-people')
        .replace(/warn:\n(?: {2}.*\n)*/, '')
        .replace('counted_from: last_login', 'counted_from: made'),
    )
    await at(3)
    await done('run')
    await approve('--policy', 'silent-people', '--no-backup', 'a test')
    await done('run')
    await at(35)
    await done(...later)
    expect(await people()).to.deep.equal([1, 2, 3])
    await at(36)
    await done('run')
    expect(await people()).to.deep.equal([])
  })

  it('holds although the policy got a longer term, against another one that comes before it', async () => {
    await warned()
    await edit((policy) => policy.replace('keep_at_most: 3 years', 'keep_at_most: 5 years'))
    await at(3)
    await back(2)
    await add('terminated', acting)
    await done('run')
    await approve('--policy', 'terminated', '--no-backup', 'a test')
    await done('run')
    expect(await people(), 'who came back waits for no day').to.deep.equal([1, 3])
    expect(await noticed()).to.deep.equal([1, 3])
    await at(35)
    await done(...later)
    expect(await people()).to.deep.equal([1, 3])
    await at(36)
    await done('run')
    expect(await people()).to.deep.equal([])
  })

  it('stands in no notice of a longer term once it is past, and waits in no mail that has not left', async () => {
    await warned()
    await unsent(3)
    await edit((policy) => policy.replace('keep_at_most: 3 years', 'keep_at_most: 5 years'))
    await at(3)
    await done('run')
    expect(await noticed()).to.deep.equal([1, 2])
    expect(await rows('SELECT state FROM oubli_outbox WHERE key_text = \'["3"]\'')).to.deep.equal([
      { state: 'cancelled' },
    ])
    await at(36)
    await done(...later)
    expect(await noticed()).to.deep.equal([])
    expect(await people()).to.deep.equal([1, 2, 3])
  })

  it('holds in the very night in which the first mails leave, against another policy', async () => {
    one = await install(await open(), site, first)
    const old = { last_login_at: '2022-01-21 10:00:00', created_at: '2015-01-01 10:00:00' }
    await insert(one.database, 'users', [{ id: 1, email: 'user1@mail.example', first_name: 'Nom', ...old }])
    await add('terminated', acting)
    await one.oubli(['run'])
    await approve('--policy', 'inactive-accounts', '--policy', 'terminated', '--no-backup', 'a test')
    await done('run')
    expect(await noticed()).to.deep.equal([1])
    expect(await people()).to.deep.equal([1])
  })

  it('stands in no notice of somebody who came back, nor in any once it is past', async () => {
    await warned()
    await edit(withoutWarn)
    await at(3)
    await back(2)
    await done('run')
    expect(await noticed()).to.deep.equal([1, 3])
    expect(await ids('SELECT COUNT(*) FROM oubli_person_status')).to.deep.equal([2])
    await at(40)
    await done(...later)
    expect(await noticed()).to.deep.equal([])
    expect(await ids('SELECT COUNT(*) FROM oubli_refusal')).to.deep.equal([0])
    expect(await people()).to.deep.equal([1, 2, 3])
  })

  it('holds for whoever signs in as the mail asked, where another policy alone counts from that', async () => {
    await warned()
    const original = await readFile(join(one.folder, 'policies/inactive-accounts.yml'), 'utf8')
    await edit((policy) =>
      policy.replace(/warn:\n(?: {2}.*\n)*/, '').replace('counted_from: last_login', 'counted_from: made'),
    )
    const other = original.replace('policy: inactive-accounts', 'policy: inactive-people')
    await writeFile(join(one.folder, 'policies/inactive-people.yml'), other.replace('enforce', 'observe'))
    await at(3)
    await back(2)
    await done('run')
    await approve()
    await done('run')
    expect(await noticed()).to.deep.equal([1, 2, 3])
    await at(35)
    await done(...later)
    expect(await people()).to.deep.equal([1, 2, 3])
    await at(36)
    await done('run')
    expect(await people()).to.deep.equal([])
  })

  for (const [what, files] of [
    ['renamed', (policy: string) => policy.replace('policy: inactive-accounts', 'policy: inactive-people')],
    ['removed', (policy: string) => policy.replace(/^[^]*$/, kept)],
  ] as const)
    it(`is taken back as well where the policy was ${what}`, async () => {
      await warned()
      await edit(files)
      await at(3)
      await back(3)
      await done('run', '--policy', what === 'renamed' ? 'inactive-people' : 'terminated')
      expect(await noticed(), 'another policy is no matter of this run').to.deep.equal([1, 2, 3])
      await done('run')
      expect(await noticed()).to.deep.equal(what === 'renamed' ? [1, 2] : [1, 2, 3])
      await at(40)
      await done(...later)
      expect(await noticed()).to.deep.equal([])
    })

  it('holds although the policy concerns others by now, beside one that warns nobody', async () => {
    await warned()
    await one.database.run({ text: "UPDATE users SET plan = 'trial' WHERE id > 0", values: [] })
    await edit((policy) => policy.replace('then: erase', 'only: { plan: [paid] }\n$&'))
    await add('terminated', acting.replace('then: erase', 'only: { plan: [trial] }\n$&'))
    await at(3)
    await back(2)
    await done('run')
    expect(await noticed(), 'who came back reads no notice').to.deep.equal([1, 3])
    const both = ['--policy', 'inactive-accounts', '--policy', 'terminated']
    expect((await approve(...both, '--no-backup', 'a test')).text).to.contain('terminated: up to 1')
    await done('run')
    await at(35)
    await done(...later)
    expect(await people()).to.deep.equal([1, 3])
    expect(await noticed()).to.deep.equal([1, 3])
    await at(36)
    await done('run')
    expect(await people()).to.deep.equal([])
    expect(await noticed()).to.deep.equal([])
  })

  it('was not said by a mail that waits for somebody whom the policy does not concern any more', async () => {
    await warned()
    await one.database.run({ text: "UPDATE users SET plan = 'trial' WHERE id > 0", values: [] })
    await unsent(3)
    await edit((policy) => policy.replace('then: erase', 'only: { plan: [paid] }\n$&'))
    await at(3)
    await done('run')
    expect(await noticed()).to.deep.equal([1, 2])
    expect(await rows('SELECT state, address FROM oubli_outbox WHERE key_text = \'["3"]\'')).to.deep.equal([
      { state: 'cancelled', address: null },
    ])
  })

  it('holds against a policy on another kind of these rows, which leaves nothing of the mails', async () => {
    await warned()
    await unsent(3)
    await editMap((map) => map + member)
    await add('terminated', acting.replace('data: account', 'data: member'))
    await at(3)
    await done('run')
    await approve('--policy', 'terminated', '--no-backup', 'a test')
    await done('run', '--only', 'purge')
    expect(await people()).to.deep.equal([1, 2])
    expect(await noticed()).to.deep.equal([1, 2])
    expect(await ids('SELECT COUNT(*) FROM oubli_outbox')).to.deep.equal([2])
    await at(35)
    await done(...later)
    expect(await people()).to.deep.equal([1, 2])
    await at(36)
    await done('run', '--policy', 'terminated')
    expect(await people()).to.deep.equal([])
    for (const table of ['oubli_warning', 'oubli_outbox', 'oubli_pending_deletions'])
      expect(await ids(`SELECT COUNT(*) FROM ${table}`), table).to.deep.equal([0])
  })

  it('holds although the kind has another name', async () => {
    await warned()
    await edit(() => acting.replace('data: account', 'data: member'))
    await editMap((map) => map.replace(/^ {2}account:[^]*$/m, member.trimStart().replace(/^/, '  ')))
    await at(3)
    await done('run')
    await approve('--policy', 'terminated', '--no-backup', 'a test')
    await done('run')
    await at(35)
    await done(...later)
    expect(await people()).to.deep.equal([1, 2, 3])
    await at(36)
    await done('run')
    expect(await people()).to.deep.equal([])
    expect(await noticed()).to.deep.equal([])
  })

  it('was said by a mail of which nobody knows yet what the relay answered', async () => {
    one = await install(await open(), site, first)
    const old = { last_login_at: '2022-01-21 10:00:00', created_at: '2015-01-01 10:00:00' }
    await insert(one.database, 'users', [{ id: 1, email: 'user1@mail.example', first_name: 'Nom', ...old }])
    await add('terminated', acting)
    await one.oubli(['run'])
    await approve('--policy', 'inactive-accounts', '--policy', 'terminated', '--no-backup', 'a test')
    await done('run', '--only', 'warn')
    expect(await killAt(one, { point: 'call marked' }, ['mail', 'deliver'])).to.equal('SIGKILL')
    expect(await rows('SELECT state FROM oubli_outbox')).to.deep.equal([{ state: 'claimed' }])
    const purged = await one.oubli(['run', '--only', 'purge'], { clock: () => Date.now() + leases() })
    expect(purged.exit, purged.text).to.equal(0)
    expect(await people()).to.deep.equal([1])
  })

  it('stays as it is while the policy warns and cannot be planned', async () => {
    await warned()
    await one.database.run({ text: 'ALTER TABLE users RENAME COLUMN first_name TO given_name', values: [] })
    await at(40)
    await one.oubli([...later])
    expect(await noticed()).to.deep.equal([1, 2, 3])
  })
})
