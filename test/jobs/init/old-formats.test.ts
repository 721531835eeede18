/** How older programs write: zero dates, texts in bytes, days as numbers, engines that cannot roll back. */
import { expect } from 'chai'
import { eachDatabase, eachServer } from '../../databases.ts'
import { insert, openSite, type Site } from './site.ts'

const tables = [
  'CREATE TABLE jos_users (id INT NOT NULL PRIMARY KEY, email VARCHAR(100) NOT NULL, password VARCHAR(100) NOT NULL, ' +
    "registerDate DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00', " +
    "lastvisitDate DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00', params TEXT NOT NULL, `adr.street` VARCHAR(60) NULL, " +
    'KEY r (registerDate), KEY l (lastvisitDate))',
  'CREATE TABLE jos_wiki_user (user_id INT NOT NULL PRIMARY KEY, user_name VARBINARY(255) NOT NULL, ' +
    'user_email TINYBLOB NOT NULL, user_password TINYBLOB NOT NULL, user_registration BINARY(14) NULL)',
  'CREATE TABLE jos_visits (id INT NOT NULL PRIMARY KEY, day INT NOT NULL, ip CHAR(15) NOT NULL) ENGINE=MyISAM',
  'CREATE TABLE jos_guests (id INT NOT NULL PRIMARY KEY, day INT NOT NULL, phone VARCHAR(20) NOT NULL, extra JSON NULL)',
  'CREATE TABLE `jos_old clients` (id INT NOT NULL PRIMARY KEY, `e mail` VARCHAR(80), `user id` INT NOT NULL)',
]

eachServer('init on what older programs wrote', (open) => {
  let site: Site
  let map: string
  before(async () => {
    const database = await open()
    for (const text of tables) await database.run({ text, values: [] })
    const utf8 = new TextEncoder()
    for (let i = 1; i < 9; i += 1) {
      const day = `2019-0${String(i)}-11`
      await insert(database, 'jos_users', {
        id: i,
        email: `a${String(i)}@mail.example`,
        password: 'x',
        registerDate: `${day} 10:00:00`,
        lastvisitDate: i % 2 === 0 ? '0000-00-00 00:00:00' : `${day} 11:00:00`,
        params: '{"phone": 1}',
      })
      await insert(database, 'jos_wiki_user', {
        user_id: i,
        user_name: utf8.encode('Ada'),
        user_email: utf8.encode(`w${String(i)}@mail.example`),
        user_password: utf8.encode(':pbkdf2:'),
        user_registration: utf8.encode(`${day.replaceAll('-', '')}120000`),
      })
      await insert(database, 'jos_visits', { id: i, day: 20190101 + i, ip: '192.0.2.1' })
      await insert(database, 'jos_guests', { id: i, day: 20190101 + i, phone: '+33199001234', extra: null })
    }
    site = await openSite(database)
    expect((await site.oubli('init', '--from-db')).exit).to.equal(0)
    map = (await site.files()).get('data-map.yml') ?? ''
  })
  after(() => site.close())

  it('knows what stands for never', () => {
    expect(map).to.include(
      'latest_of: [{ column: lastvisitDate, never: [null, "0000-00-00 00:00:00"] }]\n        else: registerDate',
    )
    expect(map).to.include('todo: params is JSON with personal keys: phone.')
  })

  it('says of clocks that it cannot read how they look, and proposes no policy by them', async () => {
    expect(map).to.match(/the clock user_registration cannot be read as it is \(bytes\)/)
    expect(map).to.match(/the clock day cannot be read as it is \(a day as a number\)/)
    expect(map).to.match(/no policy is proposed: no column that can be read says from when a row counts/)
    expect([...(await site.files()).keys()].sort()).to.deep.equal(['data-map.yml', 'inactive-user.yml'])
  })

  it('lists what no erasure could be undone in, with what was seen there', () => {
    expect(map).to.match(/^# {3}jos_visits: ip\. it is not InnoDB/m)
    expect(map).to.match(/^# {3}jos_old clients: e mail\. the name of the table or of its key cannot stand/m)
    expect(map).to.include('columns with names that this file cannot carry: adr.street.')
  })

  it('is read by lint and by a plan', async () => {
    expect((await site.oubli('migrate')).exit).to.equal(0)
    const linted = await site.oubli('lint')
    expect(linted.exit, linted.out).to.equal(0)
    const said = await site.oubli('plan', '--json')
    expect(said.exit, said.out).to.equal(0)
  })
})

eachDatabase('init on zero dates in texts', (open) => {
  it('says what stands for never, as it is written', async () => {
    const database = await open()
    const text =
      'CREATE TABLE users (id INT NOT NULL PRIMARY KEY, email VARCHAR(100) NOT NULL, password VARCHAR(100) NOT NULL, '
    for (const one of [
      `${text}created VARCHAR(10) NOT NULL, last_visit VARCHAR(19) NOT NULL, last_login CHAR(14) NOT NULL)`,
      'CREATE INDEX u_visit ON users (last_visit)',
      'CREATE INDEX u_created ON users (created)',
    ])
      await database.run({ text: one, values: [] })
    for (let i = 1; i < 9; i += 1)
      await insert(database, 'users', {
        ...{ id: i, email: `a${String(i)}@mail.example`, password: 'x' },
        created: i === 8 ? '0000-00-00' : `2019-0${String(i)}-11`,
        last_visit: i % 2 === 0 ? '0000-00-00 00:00:00' : `2019-0${String(i)}-11 11:00:00`,
        last_login: i % 3 === 0 ? '0' : `20190${String(i)}11110000`,
      })
    const site = await openSite(database)
    try {
      expect((await site.oubli('init', '--from-db')).exit).to.equal(0)
      const map = (await site.files()).get('data-map.yml') ?? ''
      expect(map).to.include(
        '          - { column: last_visit, format: datetime, never: [null, "0000-00-00 00:00:00"] }\n' +
          '          - { column: last_login, format: 14 digits, never: [null, "0"] }\n' +
          '        else: { column: created, format: date, never: [null, "0000-00-00"] }',
      )
      expect((await site.oubli('migrate')).exit).to.equal(0)
      const said = await site.oubli('plan', '--json')
      expect([said.exit, said.out.includes('"no clock":')], said.out).to.deep.equal([0, false])
    } finally {
      await site.close()
    }
  })
})
