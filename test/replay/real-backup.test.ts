/** Dump, run, restore, replay with a backup as an operator makes one; and whom its numbers are given to again. */
import { expect } from 'chai'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { SqlValue } from '../../db/session.ts'
import { eachDatabase, type Open } from '../databases.ts'
import { install, type Installation, type SiteFiles } from '../engine/installation.ts'
import { siteOf, verified } from '../engine/kill.ts'
import { dumpOf, insert } from '../engine/lab.ts'
import { dumpSite, restoreSiteFrom } from './real-backup.ts'
import { reconciled, replayed, site } from './replayed.ts'
import { done, liveOn, mailsOf, restoreSite, siteWithPastAnd, tables } from './restored-site.ts'

const numbered = ['prospects', 'users', 'members']

/** Numbers that the database gives out, and goes back to when it is restored. */
function numberedSite(dialect: string): SiteFiles {
  const key = dialect === 'sqlite' ? 'PRIMARY KEY AUTOINCREMENT' : 'AUTO_INCREMENT PRIMARY KEY'
  const plain = new RegExp(`^CREATE TABLE (${numbered.join('|')}) \\(id INTEGER NOT NULL PRIMARY KEY`)
  return {
    ...restoreSite,
    tables: restoreSite.tables.map((text) =>
      text.replace(plain, `CREATE TABLE $1 (id INTEGER NOT NULL ${key}`),
    ),
  }
}

/** The files of a site depend on the database, which is open only then. */
async function opened(open: Open): Promise<{ readonly files: SiteFiles; readonly open: Open }> {
  const database = await open()
  return { files: numberedSite(database.dialect.name), open: () => Promise.resolve(database) }
}

eachDatabase('a site that is restored from a real backup', (open) => {
  let past: Installation
  let undisturbed: Installation
  before(async function () {
    this.timeout(240_000)
    const [a, b] = [await opened(open), await opened(open)]
    past = (await siteWithPastAnd(a.open, a.files, dumpSite)).one
    undisturbed = (await siteWithPastAnd(b.open, b.files, () => Promise.resolve())).one
    expect(await site(past)).to.deep.equal(await site(undisturbed))
  })
  after(async () => {
    await past.close()
    await undisturbed.close()
  })

  it('is after the replay, and for days on, as one that was never restored', async () => {
    const mails = await mailsOf(past)
    past = await restoreSiteFrom(past)
    expect((await dumpOf(past.database, 'prospects')).map(({ id }) => Number(id))).to.deep.equal([
      201, 202, 301,
    ])
    await setSandboxNow(past.database, Date.parse('2026-07-07T10:00:00Z'))
    const refused = await past.oubli(['run'])
    expect([refused.exit, refused.text.split(' ')[0]], refused.text).to.deep.equal([4, 'E_DATABASE_OLDER'])
    const told = await replayed(past, ['--confirm'])
    expect([told.exit, told.why_stopped]).to.deep.equal([0, 'all that the log says was done again'])
    expect([told.mails_sent_before, told.mails_remembered]).to.deep.equal([2, 2])
    expect((await reconciled(past)).map(({ erased, anonymised }) => [erased, anonymised])).to.deep.equal([
      ['5', '1'],
    ])
    const people = tables.filter((table) => table !== 'page_views')
    expect(await siteOf(past.database, people)).to.deep.equal(await siteOf(undisturbed.database, people))
    await liveOn(past)
    await liveOn(undisturbed)
    expect(await site(past)).to.deep.equal(await site(undisturbed))
    expect((await mailsOf(past)).slice(0, mails.length), 'no mail left twice').to.deep.equal(mails)
    expect(await mailsOf(past)).to.have.length((await mailsOf(undisturbed)).length)
    expect(await verified(past)).to.match(/^VERIFIED/m)
  })
})

eachDatabase('a newcomer after a restored backup', (open) => {
  let one: Installation
  const gone = { prospects: 0, users: 0, members: 0 }

  async function register(
    table: keyof typeof gone,
    row: Readonly<Record<string, SqlValue>>,
  ): Promise<number> {
    await insert(one.database, table, [row])
    const [last] = await one.database.rows({ text: `SELECT MAX(id) AS id FROM ${table}`, values: [] })
    return Number(last?.['id'])
  }
  const at = (day: string): Promise<void> => setSandboxNow(one.database, Date.parse(`${day}T10:00:00Z`))
  const row = async (table: string, id: number) =>
    (await dumpOf(one.database, table)).find((each) => Number(each['id']) === id)
  /** Texts of the mails to an address. */
  async function mailsTo(address: string): Promise<readonly string[]> {
    const names = await readdir(join(one.folder, 'mails'))
    const texts = await Promise.all(names.map((name) => readFile(join(one.folder, 'mails', name), 'utf8')))
    return texts.filter((text) => text.includes(`To: ${address}`) || text.includes(`<${address}>`))
  }

  /** Without a number: the database gives one. */
  const numbering = (id: number | null) => (id === null ? {} : { id })
  const prospect = (id: number | null = null) => ({
    ...numbering(id),
    ...{ email: 'erased@mail.example', first_name: 'Alt', collected_at: '2020-01-01 10:00:00' },
  })
  const member = (id: number | null, joined: string) => ({
    ...numbering(id),
    ...{ name: 'Alt', joined_at: `${joined} 10:00:00`, left_at: '2026-01-01 10:00:00' },
  })
  const user = (id: number | null, login: string) => ({
    ...numbering(id),
    ...{ email: `user${id ?? ''}@mail.example`, first_name: 'Alt' },
    ...{ last_login_at: `${login} 10:00:00`, created_at: '2015-01-01 10:00:00' },
  })

  beforeEach(async () => {
    const { open: again, files } = await opened(open)
    one = await install(await again(), files, Date.parse('2026-06-01T10:00:00Z'))
    // Some under each policy, so that all of them act before the backup.
    await insert(one.database, 'prospects', [prospect(1)])
    await insert(one.database, 'members', [member(1, '2020-01-01')])
    await insert(one.database, 'users', [user(6, '2023-06-20'), user(7, '2023-07-02')])
    await done(one, 'run')
    await one.approve()
    await done(one, 'run')
    await dumpSite(one)
    // Who registers from here on has a number that the backup gives out again.
    gone.prospects = await register('prospects', prospect())
    gone.users = await register('users', user(null, '2023-07-01'))
    gone.members = await register('members', member(null, '2020-01-01'))
    await at('2026-06-03')
    await done(one, 'run')
    expect(await row('prospects', gone.prospects)).to.equal(undefined)
    expect((await row('members', gone.members))?.['name']).not.to.equal('Alt')
    expect(await mailsTo('user@mail.example')).to.have.length(1)
    expect(await mailsTo('user7@mail.example')).to.have.length(1)
    one = await restoreSiteFrom(one)
    await at('2026-06-04')
  })
  afterEach(() => one.close())

  it('who gets the number of somebody erased, or their address, stays', async () => {
    const fresh = { email: 'erased@mail.example', first_name: 'Neu', collected_at: '2026-06-03 20:00:00' }
    expect(await register('prospects', fresh), 'the same number again').to.equal(gone.prospects)
    const other = await register('prospects', fresh)
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, told.going]).to.deep.equal([0, 0])
    for (const id of [gone.prospects, other])
      expect((await row('prospects', id))?.['first_name']).to.equal('Neu')
    await done(one, 'run')
    expect(await dumpOf(one.database, 'prospects')).to.have.length(2)
  })

  it('who gets the number of somebody anonymised keeps their name, until a run finds them due', async () => {
    const joined = (joined_at: string) => ({ name: 'Neu', joined_at, left_at: '2026-01-01 10:00:00' })
    expect(await register('members', joined('2020-03-03 10:00:00')), 'the same number again').to.equal(
      gone.members,
    )
    const other = await register('members', joined('2026-06-03 20:00:00'))
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, told.going]).to.deep.equal([0, 0])
    for (const id of [gone.members, other]) expect((await row('members', id))?.['name']).to.equal('Neu')
    // No mark of the one who was anonymised hides who is due by their own dates.
    await done(one, 'run')
    expect((await row('members', gone.members))?.['name']).not.to.equal('Neu')
    expect((await row('members', other))?.['name']).to.equal('Neu')
  })

  it('who gets the number and the address of somebody warned counts as not warned, and has mails of their own', async () => {
    const newcomer = (email: string) => ({
      ...{
        email,
        first_name: 'Neu',
        last_login_at: '2023-07-01 11:00:00',
        created_at: '2016-06-06 10:00:00',
      },
    })
    expect(await register('users', newcomer('user@mail.example')), 'the same number again').to.equal(
      gone.users,
    )
    // The address of somebody whom the backup has, and whose mail it does not know.
    const other = await register('users', newcomer('user7@mail.example'))
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, told.going], told.why_stopped).to.deep.equal([0, 0])
    expect([told.mails_sent_before, told.mails_remembered], 'of users 6 and 7 alone').to.deep.equal([2, 1])
    const warned = async () =>
      (await dumpOf(one.database, 'oubli_warning')).map(({ key_text }) => String(key_text)).sort()
    expect(await warned()).to.deep.equal(['["6"]', '["7"]'])
    const pending = await one.database.rows({ text: 'SELECT * FROM oubli_pending_deletions', values: [] })
    expect(pending).to.have.length(2)
    await done(one, 'run')
    expect(await mailsTo('user@mail.example'), 'theirs').to.have.length(2)
    expect(await mailsTo('user7@mail.example'), 'theirs, and none again to user 7').to.have.length(2)
    expect(await warned()).to.deep.equal([`["${gone.users}"]`, `["${other}"]`, '["6"]', '["7"]'].sort())
    // On the day that was told to somebody else they stay, on their own they go.
    for (const day of ['2026-06-11', '2026-06-18', '2026-06-25', '2026-07-02', '2026-07-09']) {
      await at(day)
      await done(one, 'run')
    }
    const left = (await dumpOf(one.database, 'users')).map(({ id }) => Number(id))
    expect(left).to.deep.equal([gone.users, other])
    await at('2026-07-10')
    await done(one, 'run')
    expect(await dumpOf(one.database, 'users')).to.deep.equal([])
  })
})
