/** `oubli init --from-db` on a site that keeps sign-ins and telephone numbers inside JSON. */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import type { Proposed } from '../../../jobs/init.ts'
import { eachDatabase } from '../../databases.ts'
import { jsonSite } from './more-sites.ts'
import { build, openSite, type Site } from './site.ts'

eachDatabase('init on JSON', (open) => {
  const mark = `zq${randomBytes(5).toString('hex')}`
  let site: Site
  let map: string
  before(async () => {
    const database = await open()
    await build(database, jsonSite, mark)
    site = await openSite(database)
    const said = await site.oubli('init', '--from-db')
    expect(said.exit, said.err).to.equal(0)
    map = (await site.files()).get('data-map.yml') ?? ''
  })
  after(() => site.close())

  it('proposes a clock at its place, for a person to look at', () => {
    expect(map).to.include(
      'latest_of:\n          - created_at\n' +
        '          - { column: settings, path: $.last_login, format: epoch seconds, never: [null, "0"] } # todo: an act of the person?\n' +
        '          - { column: devices.data, path: $.lastSeen, format: iso text } # todo: an act of the person?\n' +
        '        else: created_at',
    )
  })

  it('says so where a key promises a clock whose place it must not name', () => {
    expect(map.replace(/\n *# /g, ' ')).to.include(
      'todo: deep is JSON with lastseen, and the sample does not show a time that can be read there.',
    )
  })

  it('takes what is personal out of documents that hold more, and no part of what it could not read', () => {
    const [, own = ''] = /table: accounts[\s\S]*? personal:\n([\s\S]*?)\n(?! {6})/.exec(map) ?? []
    expect(own.split('\n').map((line) => line.trim())).to.include.members([
      'prefs: { without: [$.lastName, $.profile.phone] } # todo: JSON or packed data?',
      'contact_data: null # todo: JSON or packed data?',
      'half: null # todo: JSON or packed data?',
      'deep: null # todo: JSON or packed data?',
      'listed: null # todo: JSON or packed data?',
    ])
    expect(map).to.include('prefs: only the places in the list leave the documents.')
  })

  it('writes no value of a row and no key but those of its lists', async () => {
    for (const [name, text] of await site.files()) expect(text, name).not.to.include(mark)
  })

  it('proposes what a plan reads, and that spares who was there', async () => {
    expect((await site.oubli('migrate')).exit).to.equal(0)
    const linted = await site.oubli('lint')
    expect(linted.exit, linted.out).to.equal(0)
    const said = await site.oubli('plan', '--json')
    expect(said.exit, said.out).to.equal(0)
    const { policies } = JSON.parse(said.out) as { policies: readonly { due: number; to_warn?: number }[] }
    expect(policies).to.have.length(1)
    expect(said.out).to.include('"active":4')
  })

  it('again, tells signs of life and places that came since, and no value', async () => {
    const { database } = site
    const put = async (text: string): Promise<void> => {
      await database.run({ text, values: [] })
    }
    expect((await site.oubli('init', '--from-db')).out).to.match(/^Nothing new/)
    await put('ALTER TABLE accounts ADD last_app_login DATETIME NULL')
    await put("UPDATE accounts SET last_app_login = '2026-05-30 08:00:00' WHERE id > 0")
    await put(
      'CREATE TABLE account_sessions (id INT NOT NULL PRIMARY KEY, account_id INT NOT NULL, started_at DATETIME NOT NULL, ' +
        'FOREIGN KEY (account_id) REFERENCES accounts (id))',
    )
    const said = await site.oubli('init', '--from-db', '--json')
    expect((JSON.parse(said.out) as Proposed).clocks).to.deep.equal([
      'account.last_app_login',
      'account.account_sessions.started_at',
    ])
    const added = (await site.files()).get('data-map.additions.txt') ?? ''
    expect(added).to.match(/^ {4}# todo: last_app_login can be a sign of life as well/m)
    expect(added).to.match(/^ {4}# todo: account_sessions\.started_at can be a sign of life as well/m)
    expect(added).not.to.include('2026-05-30')
    const human = (await site.oubli('init', '--from-db')).out
    expect(human).to.match(
      /signs of life that no clock reads: account\.last_app_login, account\.account_sess/,
    )
  })
})
