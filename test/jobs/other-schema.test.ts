/** An archive in another schema of the same server: planned, filled, emptied and proven with the printed rights. */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, type MysqlSettings } from '../../db/connect.ts'
import { databaseUrlSettings, eachDatabase, eachServer } from '../databases.ts'
import { install, type Installation, type SiteFiles } from '../engine/installation.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { expectApart, openApart, type Apart } from '../own-schema.ts'

const start = Date.parse('2026-06-01T10:00:00Z')

function archivingInto(schema: string): SiteFiles {
  const table = `${schema}.old_receipts`
  return {
    ...siteFiles,
    tables: siteFiles.tables.filter((text) => !text.includes('old_receipts')),
    dataMap: siteFiles.dataMap.replace('table: old_receipts', `table: ${table}`),
  }
}

eachServer('an archive in another schema', (open) => {
  const user = `far_${randomBytes(3).toString('hex')}`
  let apart: Apart
  let one: Installation
  let far: string
  before(async () => {
    const other = await open()
    far = (databaseUrlSettings(other).settings as MysqlSettings).database
    for (const text of siteFiles.tables.filter((one) => one.includes('old_receipts'))) await sql(other, text)
    // Of another program: nothing ties these to the site.
    await sql(other, 'CREATE TABLE contacts (id INT PRIMARY KEY, email VARCHAR(190), prospect_id INT)')
    await sql(other, 'CREATE TABLE visits (id INT PRIMARY KEY, prospect_id INT, seen_at DATETIME)')
    apart = await openApart(open)
    one = await install(apart.database, archivingInto(far), start)
    await as(null)
    const said = await one.oubli(['grants', '--user', user, '--host', '%'])
    expect(said.exit, said.text).to.equal(0)
    const lines = said.out.replaceAll('…', 'a-password').split('\n')
    for (const line of lines) if (/^(CREATE|GRANT)/.test(line)) await sql(apart.site, line.replace(/;$/, ''))
    for (const suffix of ['plan', 'run'])
      await sql(apart.site, `GRANT SELECT ON ${own()}.oubli_sandbox TO '${user}_${suffix}'@'%'`)
  })
  after(async () => {
    await one.close()
    await apart.close()
    const server = await openDatabase({ ...apart.settings, database: 'mysql', poolSize: 1 })
    for (const suffix of ['plan', 'run', 'migrate'])
      await sql(server, `DROP USER IF EXISTS '${user}_${suffix}'@'%'`)
    await server.close()
  })

  const own = (): string => apart.settings.ownSchema ?? ''
  const archived = async () => (await dumpOf(apart.site, `${far}.old_receipts`)).map(({ number }) => number)

  async function checks(): Promise<readonly { readonly name: string; readonly text: string }[]> {
    return JSON.parse((await one.oubli(['doctor', '--json'])).out) as { name: string; text: string }[]
  }

  /** Null: the administrator. */
  async function as(suffix: 'plan' | 'run' | null): Promise<void> {
    const file = join(one.folder, 'config/oubli.yml')
    const config = JSON.parse(await readFile(file, 'utf8')) as {
      database: { mysql: Record<string, unknown> }
    }
    await writeFile(join(one.folder, 'password'), 'a-password', { mode: 0o600 })
    const login =
      suffix === null
        ? { user: apart.settings.user, password_file: undefined }
        : { user: `${user}_${suffix}`, password_file: '../password' }
    Object.assign(config.database.mysql, login)
    await writeFile(file, JSON.stringify(config))
  }

  it('is found by the printed accounts, and what else stands there is no matter of theirs', async () => {
    for (const suffix of ['plan', 'run'] as const) {
      await as(suffix)
      const found = await checks()
      const of = (name: string) => found.filter((check) => check.name === name).map(({ text }) => text)
      expect(of('rights'), suffix).to.deep.equal([`${user}_${suffix}@%: what the plan needs`])
      expect(of('policies').join(), suffix).to.match(/^3 of 3 fit the database/)
      expect(found.map(({ text }) => text).join('\n')).not.to.match(/contacts|visits/)
      const clocks = await one.oubli(['doctor', '--clocks'])
      expect(clocks.text).not.to.match(/contacts|visits/)
    }
  })

  it('takes what is archived and gives back what is due, in the transaction of the site', async () => {
    await insert(apart.site, 'prospects', [
      { id: 1, email: 'a@mail.example', first_name: 'Ada', collected_at: '2020-01-01 10:00:00' },
    ])
    await insert(apart.site, 'receipts', [
      { id: 1, prospect_id: 1, number: 'R1', issued_on: '2019-05-01', holder: 'Ada' },
    ])
    await insert(apart.site, `${far}.old_receipts`, [
      { number: 'R0', issued_on: '2012-05-01', holder: 'Old' },
      { number: 'R2', issued_on: '2024-05-01', holder: 'New' },
    ])
    await as('run')
    expect((await one.oubli(['run'])).exit).to.equal(0)
    await as('plan')
    const plan = await one.oubli(['plan'])
    expect(plan.exit, plan.text).to.equal(0)
    await as('run')
    await one.approve()
    const said = await one.oubli(['run'])
    expect(said.exit, said.text).to.equal(0)
    expect(await dumpOf(apart.site, 'prospects')).to.deep.equal([])
    expect(await dumpOf(apart.site, 'receipts')).to.deep.equal([])
    expect(await archived()).to.deep.equal(['R1', 'R2'])
    const key = join(one.folder, 'keys/signing-key.verifier')
    expect((await one.oubli(['audit', 'verify', '--key', key])).text).to.match(/^VERIFIED/m)
    await expectApart(apart)
  })

  it('loses nothing and gains nothing where its side of the transaction fails', async () => {
    await insert(apart.site, 'prospects', [
      { id: 3, email: 'c@mail.example', first_name: 'Cleo', collected_at: '2020-01-01 10:00:00' },
    ])
    await insert(apart.site, 'receipts', [
      { id: 3, prospect_id: 3, number: 'R3', issued_on: '2019-05-01', holder: 'Cleo' },
      // Its number is in the archive already.
      { id: 4, prospect_id: 3, number: 'R2', issued_on: '2019-05-01', holder: 'Cleo' },
    ])
    const said = await one.oubli(['run'])
    expect(said.exit, said.text).to.equal(3)
    expect(await dumpOf(apart.site, 'prospects')).to.have.length(1)
    expect(await dumpOf(apart.site, 'receipts')).to.have.length(2)
    expect(await archived()).to.deep.equal(['R1', 'R2'])
  })

  it('refuses a policy when a table there begins to refer to rows that go', async () => {
    const site = apart.settings.database
    await sql(
      apart.site,
      `CREATE TABLE ${far}.notes (id INT PRIMARY KEY, who INTEGER, FOREIGN KEY (who) REFERENCES ${site}.prospects (id))`,
    )
    try {
      const found = (await checks()).map(({ text }) => text).join('\n')
      expect(found).to.include(`prospects, ${far}.notes.who  E_UNCLASSIFIED_KEY`)
    } finally {
      await sql(apart.site, `DROP TABLE ${far}.notes`)
    }
  })

  it('is missed, with what may be in the way, by an account without a right on it', async () => {
    await sql(apart.site, `REVOKE REFERENCES ON ${far}.* FROM '${user}_plan'@'%'`)
    await sql(apart.site, `REVOKE ALL PRIVILEGES ON ${far}.old_receipts FROM '${user}_plan'@'%'`)
    await as('plan')
    const said = await one.oubli(['doctor'])
    expect(said.exit, said.text).to.equal(4)
    expect(said.text).to.match(/E_UNKNOWN_TABLE .*old_receipts".* such as REFERENCES\./)
  })
})

eachDatabase('an archive in another schema of a file', (open) => {
  it('is refused: SQLite has none', async function () {
    const database = await open()
    if (database.dialect.name !== 'sqlite') this.skip()
    const one = await install(database, archivingInto('archive'), start)
    const said = await one.oubli(['doctor'])
    expect(said.exit, said.text).to.equal(4)
    expect(said.text).to.match(/archive\.old_receipts {2}E_NO_SCHEMAS {2}SQLite has no other schemas/)
    await one.close()
  })
})
