/** What a run leaves in the binary log of a MariaDB that keeps statements and whole rows in it. */
import { expect } from 'chai'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Database } from '../../db/session.ts'
import { openOn, startMariaDb } from '../databases.ts'
import { install, type Installation, type SiteFiles } from '../engine/installation.ts'
import { insert, sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import type { MariaDbServer } from '../mariadb-server.ts'

const warn = `warn:
  when: before the term
  days_before_erasure: [30]
  minimum_notice: 30 days
  template: inactivity-warning
  if_unreachable: { refusals: 2 on different days, wait: 90 days, finally: erase }
  no_address: a person decides
`

/** The site of the other tests, members whose key is a text, and customers who are warned by mail. */
const site: SiteFiles = {
  ...siteFiles,
  tables: [
    ...siteFiles.tables,
    'CREATE TABLE members (code VARCHAR(40) NOT NULL PRIMARY KEY, email VARCHAR(190) NOT NULL, street VARCHAR(80) NULL, seen_at DATETIME NOT NULL)',
    'CREATE INDEX members_seen ON members (seen_at)',
    'CREATE TABLE customers (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NOT NULL, first_name VARCHAR(80) NULL, seen_at DATETIME NULL, made_at DATETIME NOT NULL)',
    'CREATE INDEX customers_seen ON customers (seen_at)',
    'CREATE INDEX customers_made ON customers (made_at)',
  ],
  dataMap: `${siteFiles.dataMap}
  member:
    table: members
    key: code
    subject: true
    events:
      seen: { column: seen_at }
    personal: { email: unique_address, street: null }
  customer:
    table: customers
    key: id
    subject: true
    contact: { email: email, name: first_name }
    events:
      seen: { column: seen_at, never: [null], else: made_at, slides: by the person }
    personal: { email: unique_address, first_name: null }
`,
  policies: {
    ...siteFiles.policies,
    members: (siteFiles.policies['prospects'] ?? '')
      .replace('policy: prospects', 'policy: members')
      .replace('data: prospect', 'data: member')
      .replace('counted_from: collected', 'counted_from: seen')
      .replace('then: erase', 'then: anonymise')
      .replace(/but: .*\n/, ''),
    customers: (siteFiles.policies['prospects'] ?? '')
      .replace('policy: prospects', 'policy: customers')
      .replace('promise: prospects', 'promise: inactivity')
      .replace('data: prospect', 'data: customer')
      .replace('counted_from: collected', 'counted_from: seen')
      .replace(/but: .*\n/, warn)
      .replace('people: 2000', 'people: 2000, mails: 2000'),
  },
}

const planted = {
  key: 'KEYOFMEMBER1',
  receipt: 'RECEIPT0815',
  email: 'planted@mail.example',
  name: 'Plantagenet',
  street: 'Rue des Semis 7',
  holder: 'Holder Semis',
  ip: '192.0.2.77',
}

/** The address of whoever is warned, and words of the mail: statements have its bytes in hexadecimal digits. */
const greeting = 'Hello Ada,'
const mailed = { address: 'warned@mail.example', text: greeting }
const inStatement = { ...mailed, text: Buffer.from(greeting).toString('hex') }

/** Event types of the log (MariaDB, `log_event.h`). */
const annotate = 160
const [insertRows, updateRows, deleteRows] = [23, 24, 25]

describe('the binary log of a server that keeps all it can', function () {
  this.timeout(240_000)
  let server: MariaDbServer
  before(async () => {
    server = await startMariaDb({
      flags: [
        '--log-bin=bin',
        '--binlog-format=ROW',
        '--binlog-row-image=FULL',
        '--binlog-annotate-row-events=ON',
      ],
    })
  })
  after(() => server.stop())

  it('holds a key that is a text, and each mail with its address, in statements of an account that may not switch it', async () => {
    const { events, doctor } = await runAs(false)
    const statements = events.filter(({ type }) => type === annotate)
    expect(statements.length, 'statements').to.be.greaterThan(10)
    expect(inAny(statements), 'a key that is a text, and nothing else of a row').to.deep.equal(['key'])
    expect(inAny(statements, inStatement), 'a mail that is queued').to.deep.equal(['address', 'text'])
    // What is searched for would be found: these are whole rows.
    expect(inAny(events.filter(isRows))).to.have.members(Object.keys(planted))
    expect(doctor).to.match(
      /the binary log keeps each row .*whole, and its statements.*grant it BINLOG ADMIN/,
    )
  })

  it('holds rows that are new, keys, and no statement of an account that may switch it', async () => {
    const { events, doctor } = await runAs(true)
    expect(events.filter(({ type }) => type === annotate)).to.deep.equal([])
    // The archive and a mail that is queued are new: their rows cannot be written without their values.
    const others = events.filter(({ type }) => type !== insertRows)
    expect(inAny(others, { ...inStatement, raw: greeting }), 'a mail').to.deep.equal([])
    expect(inAny(events.filter(isRows))).to.have.members(['key', 'receipt', 'holder'])
    expect(inAny(others).filter((name) => name !== 'key')).to.deep.equal([])
    expect(doctor).not.to.match(/the binary log keeps/)
  })

  /** The events of a run, whose account may switch what its sessions write, or not. */
  async function runAs(
    may: boolean,
  ): Promise<{ readonly events: readonly LogEvent[]; readonly doctor: string }> {
    const name = `shop_${String(may)}`
    const admin = await openOn(server.settings('mysql'))
    await sql(admin, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`)
    const database = await openOn(server.settings(name))
    const one = await install(database, site, Date.parse('2026-06-01T10:00:00Z'))
    try {
      await useGranted(one, database, name, may)
      await one.oubli(['run'])
      await plant(database)
      await one.approve()
      await sql(admin, 'FLUSH BINARY LOGS')
      const done = await one.oubli(['run'])
      expect(done.exit, done.text).to.equal(0)
      await sql(admin, 'FLUSH BINARY LOGS')
      const left = await database.rows({ text: 'SELECT code, email, street FROM members', values: [] })
      expect(left.map(({ code, street }) => [code, street])).to.deep.equal([[planted.key, null]])
      const events = await lastLog(server)
      return { events, doctor: (await one.oubli(['doctor'])).text }
    } finally {
      await one.close()
      await database.close()
      await admin.close()
    }
  }
})

async function useGranted(one: Installation, database: Database, user: string, may: boolean): Promise<void> {
  const printed = await one.oubli(['grants', '--user', user, '--host', '%'])
  const statements = printed.out.replaceAll('…', 'a-password').split('\n')
  for (const text of statements.filter((line) => /^(CREATE|GRANT)/.test(line)))
    await sql(database, text.replace(/;$/, ''))
  const [row] = await database.rows({ text: 'SELECT DATABASE() AS name', values: [] })
  await sql(database, `GRANT SELECT ON ${String(row?.['name'])}.oubli_sandbox TO '${user}_run'@'%'`)
  if (may) await sql(database, `GRANT BINLOG ADMIN ON *.* TO '${user}_run'@'%'`)
  const file = join(one.folder, 'config/oubli.yml')
  const config = JSON.parse(await readFile(file, 'utf8')) as { database: { mysql: Record<string, unknown> } }
  await writeFile(join(one.folder, 'password'), 'a-password', { mode: 0o600 })
  Object.assign(config.database.mysql, { user: `${user}_run`, password_file: '../password' })
  await writeFile(file, JSON.stringify(config))
}

async function plant(database: Database): Promise<void> {
  const { key, email, name, street, holder, receipt, ip } = planted
  await insert(database, 'members', [{ code: key, email, street, seen_at: '2020-01-01 10:00:00' }])
  await insert(database, 'prospects', [
    { id: 1, email, first_name: name, collected_at: '2020-01-01 10:00:00' },
  ])
  await insert(database, 'customers', [
    {
      ...{ id: 1, email: mailed.address, first_name: 'Ada' },
      ...{ seen_at: '2023-06-10 10:00:00', made_at: '2020-06-10 10:00:00' },
    },
  ])
  await insert(database, 'clicks', [{ id: 1, prospect_id: 1, ip }])
  await insert(database, 'receipts', [
    { id: 1, prospect_id: 1, number: receipt, issued_on: '2019-05-01', holder },
  ])
  await insert(database, 'page_views', [{ id: 1, ip, visited_at: '2020-01-01 10:00:00' }])
}

interface LogEvent {
  readonly type: number
  readonly body: Buffer
}

function isRows({ type }: LogEvent): boolean {
  return [insertRows, updateRows, deleteRows].includes(type)
}

/** Names of the planted values that stand in one of them. */
function inAny(
  events: readonly LogEvent[],
  values: Readonly<Record<string, string>> = planted,
): readonly string[] {
  return Object.entries(values)
    .filter(([, value]) => events.some(({ body }) => body.includes(value)))
    .map(([name]) => name)
}

/** The last log that is closed, event by event: four bytes of magic, then heads of 19 bytes with type and length. */
async function lastLog(server: MariaDbServer): Promise<readonly LogEvent[]> {
  const folder = join(dirname(server.socketPath), 'data')
  const files = (await readdir(folder)).filter((name) => /^bin\.\d+$/.test(name)).sort()
  const bytes = await readFile(join(folder, files.at(-2) ?? ''))
  const events: LogEvent[] = []
  for (let at = 4; at < bytes.length; at += bytes.readUInt32LE(at + 9))
    events.push({ type: bytes[at + 4] ?? 0, body: bytes.subarray(at + 19, at + bytes.readUInt32LE(at + 9)) })
  return events
}
