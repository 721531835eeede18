import { expect } from 'chai'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { OubliError } from '../../base/errors.ts'
import { openDatabase } from '../../db/connect.ts'
import type { MysqlSettings } from '../../db/connect.ts'
import { DatabaseError, databaseError } from '../../db/database-error.ts'
import { dialectOfServer } from '../../db/dialect.ts'
import { quoteIdentifier } from '../../db/quote.ts'
import type { Database } from '../../db/session.ts'
import { toldFault } from '../../jobs/told-fault.ts'
import { databaseUrlSettings, eachDatabase, eachServer } from '../databases.ts'

const remote: MysqlSettings = { client: 'mysql', host: 'db.example.org', user: 'u', database: 'd', tls: null }

async function refusal(promise: Promise<unknown>): Promise<OubliError> {
  const error = await promise.catch((thrown: unknown) => thrown)
  if (!(error instanceof OubliError)) throw new Error('expected a refusal')
  return error
}

describe('a connection', () => {
  it('to another machine is refused without TLS, saying what to write', async () => {
    const error = await refusal(openDatabase(remote))
    expect([error.code, error.exitCode]).to.deep.equal(['E_TLS_REQUIRED', 2])
    expect(error.remedy).to.contain('verifyIdentity: true')
    for (const host of ['127.0.0.1.example.org', '10.0.0.1', 'localhost.example.org']) {
      expect((await refusal(openDatabase({ ...remote, host }))).code).to.equal('E_TLS_REQUIRED')
    }
  })

  it('that nobody answers names the place and the code, not the login', async () => {
    const settings = { ...remote, host: '127.0.0.1', port: 1, user: 'alice', password: 'secret' }
    const error = await refusal(openDatabase(settings))
    expect(error.code).to.equal('E_DATABASE_CONNECT')
    expect(error.message).to.contain('127.0.0.1:1').and.contain('ECONNREFUSED')
    expect(`${error.message} ${error.remedy}`).not.to.match(/alice|secret/)
  })

  it('knows MySQL from MariaDB and refuses what is too old', () => {
    expect(dialectOfServer('10.11.6-MariaDB-0+deb12u1').name).to.equal('mariadb')
    expect(dialectOfServer('5.5.5-10.6.0-MariaDB').name).to.equal('mariadb')
    expect(dialectOfServer('8.0.36').name).to.equal('mysql')
    for (const old of ['10.5.99-MariaDB', '8.0.0', '5.7.44-log', '', 'nonsense']) {
      expect(() => dialectOfServer(old), old).to.throw(OubliError)
    }
  })

  it('quotes identifiers, and refuses those that could end a quote or look like a placeholder', () => {
    expect(quoteIdentifier('user account')).to.equal('`user account`')
    expect(quoteIdentifier('archive.order')).to.equal('`archive`.`order`')
    for (const bad of ['a`b', '', 'a.', 'a.b.c', 'a?b', 'a\u0000', 'x'.repeat(65), 'a ']) {
      expect(() => quoteIdentifier(bad), bad).to.throw(TypeError)
    }
  })
})

eachDatabase('a new connection', (open) => {
  it('finds identifiers that are also words of SQL, and no text in place of a wrong one', async () => {
    const database = await open()
    const quote = (name: string): string => database.dialect.quote(name)
    await database.run({
      text: `CREATE TABLE ${quote('order')} (${quote('key')} INT PRIMARY KEY)`,
      values: [],
    })
    const wrong = database.rows({ text: `SELECT ${quote('nothing')} FROM ${quote('order')}`, values: [] })
    expect(await wrong.catch(() => 'refused')).to.equal('refused')
  })

  it('joins, casts and reads bytes as text where asked', async () => {
    const { dialect, ...database } = await open()
    const joined = dialect.concat("'a'", dialect.asText('12'), "'é'")
    expect(await database.rows({ text: `SELECT ${joined} AS x`, values: [] })).to.deep.equal([{ x: 'a12é' }])
  })
})

eachServer('a session of a server', (open) => {
  let database: Database
  before(async () => {
    database = await open()
  })

  it('is set as everything here expects', async () => {
    const [row] = await database.rows({
      text:
        'SELECT @@time_zone AS z, @@sql_mode AS m, @@innodb_lock_wait_timeout AS w, @@lock_wait_timeout AS l, ' +
        '@@sql_safe_updates AS s, @@character_set_results AS c',
      values: [],
    })
    expect(row).to.deep.include({ z: '+00:00', w: '3', l: '5', s: '1', c: 'utf8mb4' })
    expect(String(row?.['m'])).to.contain('STRICT_ALL_TABLES').and.not.to.contain('NO_ZERO')
    if (database.dialect.name === 'mariadb') {
      const wished =
        '@@tx_isolation AS i, @@binlog_annotate_row_events AS a, @@binlog_row_image AS r, ' +
        '@@in_predicate_conversion_threshold AS l'
      const [more] = await database.rows({ text: `SELECT ${wished}`, values: [] })
      expect(more).to.deep.equal({ i: 'READ-COMMITTED', a: '0', r: 'MINIMAL', l: '0' })
    }
  })

  it('is so whatever the server gives to new ones', async () => {
    const given = { foreign_key_checks: 0, sql_select_limit: 1, autocommit: 0, completion_type: 1 }
    for (const [name, value] of Object.entries(given))
      await database.run({ text: `SET GLOBAL ${name} = ${value}`, values: [] })
    const other = await openDatabase(databaseUrlSettings(database).settings)
    try {
      const [row] = await other.rows({
        text: 'SELECT @@foreign_key_checks AS f, @@autocommit AS a, @@completion_type AS c',
        values: [],
      })
      expect(row).to.deep.equal({ f: '1', a: '1', c: 'NO_CHAIN' })
      expect(await other.rows({ text: 'SELECT 1 AS x UNION SELECT 2', values: [] })).to.have.length(2)
    } finally {
      for (const name of Object.keys(given))
        await database.run({ text: `SET GLOBAL ${name} = DEFAULT`, values: [] })
      await other.close()
    }
  })

  it('reads dates as they are stored, also those that are none', async () => {
    await database.run({
      text: 'CREATE TABLE dates (id INT PRIMARY KEY, d DATE, t DATETIME(6), s TIMESTAMP NULL)',
      values: [],
    })
    await database.run({
      text: "INSERT INTO dates VALUES (1, '0000-00-00', '0000-00-00 00:00:00', NULL), (2, '2026-03-29', '2026-03-29 02:30:00.123456', '2026-03-29 02:30:00')",
      values: [],
    })
    const rows = await database.rows({ text: 'SELECT * FROM dates ORDER BY id', values: [] })
    expect(rows).to.deep.equal([
      { id: '1', d: '0000-00-00', t: '0000-00-00 00:00:00.000000', s: null },
      { id: '2', d: '2026-03-29', t: '2026-03-29 02:30:00.123456', s: '2026-03-29 02:30:00' },
    ])
  })

  it('gives every type as text, bits as a number and bytes as bytes', async () => {
    await database.run({
      text: "CREATE TABLE kinds (id INT PRIMARY KEY, y YEAR, b BIT(1), e ENUM('on','off'), f DOUBLE, j JSON, v VARBINARY(4), t TIME, u BIGINT UNSIGNED)",
      values: [],
    })
    await database.run({
      text: "INSERT INTO kinds VALUES (1, 2026, 1, 'on', 1.5, '{\"a\": 1}', X'00ff', '10:11:12', 18446744073709551615)",
      values: [],
    })
    const [row] = await database.rows({ text: 'SELECT * FROM kinds', values: [] })
    const { v, ...texts } = row ?? {}
    expect(texts).to.deep.equal({
      id: '1',
      y: '2026',
      b: '1',
      e: 'on',
      f: '1.5',
      j: '{"a": 1}',
      t: '10:11:12',
      u: '18446744073709551615',
    })
    expect([...(v as Uint8Array)]).to.deep.equal([0, 255])
  })

  it('never takes two statements for one, nor reads a file of this machine', async () => {
    const two = database.rows({ text: 'SELECT 1; SELECT 2', values: [] })
    expect(await two.catch(() => 'refused')).to.equal('refused')
    await database.run({ text: 'CREATE TABLE loot (line TEXT)', values: [] })
    const text = "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE loot"
    const load = await database.run({ text, values: [] }).catch((error: unknown) => error)
    // The server's own refusal: the connection does not even offer to read files.
    expect(load).to.be.instanceOf(DatabaseError)
    expect((load as DatabaseError).errno).to.be.oneOf([1148, 3948, 4166])
  })

  it('does not cut what does not fit when it inserts what is new', async () => {
    await database.run({ text: 'CREATE TABLE short (id INT PRIMARY KEY, name VARCHAR(3))', values: [] })
    const insert = database.dialect.insertIgnore('short', ['id', 'name'])
    const outcome = await database.transaction((tx) => tx.run({ text: insert, values: [1, 'too long'] }))
    expect(outcome.state).to.equal('rolled back')
    expect(await database.rows({ text: 'SELECT id FROM short', values: [] })).to.deep.equal([])
  })

  for (const zone of ['UTC', 'Europe/Paris', 'America/New_York']) {
    it(`reads and writes the same time on a machine in ${zone}`, async () => {
      const table = `at_${zone.replace(/\W/g, '_')}`
      await database.run({
        text: `CREATE TABLE ${table} (id INT PRIMARY KEY, d DATETIME, s TIMESTAMP NULL)`,
        values: [],
      })
      const door = new URL('../../db/connect.js', import.meta.url).href
      const script = `
        const { openDatabase } = await import(${JSON.stringify(door)})
        const database = await openDatabase(JSON.parse(process.argv[1]))
        const time = '2026-07-01 12:00:00'
        await database.run({ text: 'INSERT INTO ${table} VALUES (1, ?, ?)', values: [time, time] })
        const rows = await database.rows({ text: 'SELECT d, s, UNIX_TIMESTAMP(s) AS u FROM ${table}', values: [] })
        process.stdout.write(JSON.stringify(rows))
        await database.close()`
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--input-type=module', '-e', script, JSON.stringify(databaseUrlSettings(database).settings)],
        { env: { ...process.env, TZ: zone } },
      )
      const time = '2026-07-01 12:00:00'
      const seconds = String(Date.parse('2026-07-01T12:00:00Z') / 1000)
      expect(JSON.parse(stdout)).to.deep.equal([{ d: time, s: time, u: seconds }])
    })
  }
})

eachServer('an account of a server', (open) => {
  let root: Database
  let settings: MysqlSettings
  before(async () => {
    root = await open()
    const url = databaseUrlSettings(root)
    if (url.settings.client === 'sqlite') throw new Error('expected a server')
    settings = url.settings
  })
  const sql = (text: string) => root.run({ text, values: [] })
  async function account(name: string, limit: string): Promise<void> {
    await sql(`CREATE USER '${name}'@'%' IDENTIFIED BY 'first' ${limit}`)
    await sql(`GRANT ALL ON ${root.dialect.quote(settings.database)}.* TO '${name}'@'%'`)
  }
  const one = { text: 'SELECT 1 AS one', values: [] }

  it('with no connection to spare is the fault of no row, and works again once it has', async () => {
    await account('narrow', 'WITH MAX_USER_CONNECTIONS 1')
    const database = await openDatabase({ ...settings, user: 'narrow', password: 'first' })
    const seen = await database.transaction(async (tx) => {
      await tx.rows(one)
      return await database.rows(one).catch((error: unknown) => error)
    })
    const error = seen.state === 'committed' ? seen.value : seen.error
    if (!(error instanceof DatabaseError)) throw new Error('expected an error of the database')
    expect([error.kind, error.phase, error.errno]).to.deep.equal(['connection lost', 'connect', 1226])
    const told = toldFault(error)
    expect(told).to.be.instanceOf(OubliError).and.to.include({ code: 'E_DATABASE_CONNECT', exitCode: 1 })
    expect(await database.rows(one)).to.deep.equal([{ one: '1' }])
    await database.close()
    await sql("DROP USER 'narrow'@'%'")
  })

  it('whose password is changed gets in by the new one with its next connection', async () => {
    await account('rotated', '')
    let password = 'first'
    const mine = Object.defineProperty({ ...settings, user: 'rotated' }, 'password', { get: () => password })
    const database = await openDatabase(mine)
    await sql("ALTER USER 'rotated'@'%' IDENTIFIED BY 'second'")
    const second = (): Promise<unknown> =>
      database
        .transaction(async (tx) => {
          await tx.rows(one)
          return await database.rows(one).catch((error: unknown) => error)
        })
        .then((seen) => (seen.state === 'committed' ? seen.value : seen.error))
    expect(await second()).to.include({ kind: 'connection lost', errno: 1045 })
    password = 'second'
    expect(await second()).to.deep.equal([{ one: '1' }])
    await database.close()
    await sql("DROP USER 'rotated'@'%'")
  })
})

describe('a server that is gone', () => {
  it('is not told as one that refused us', () => {
    const told = (thrown: object, phase: 'connect' | 'statement') => {
      const error = toldFault(databaseError(thrown, phase))
      return error instanceof OubliError ? error.code : error
    }
    expect(told({ code: 'ECONNREFUSED', errno: -111 }, 'connect')).to.equal('E_DATABASE_LOST')
    expect(told({ code: 'PROTOCOL_CONNECTION_LOST' }, 'connect')).to.equal('E_DATABASE_LOST')
    expect(told({ code: 'ER_SERVER_SHUTDOWN', errno: 1053 }, 'statement')).to.equal('E_DATABASE_LOST')
  })
})
