/** Dropping partitions as a person meets it: the plan names them, a run drops them, with the printed rights. */
import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, type MysqlSettings } from '../../db/connect.ts'
import { databaseUrlSettings, eachDatabase, eachServer } from '../databases.ts'
import { install, type Installation } from './installation.ts'
import { leavesOf } from './kill.ts'
import { sql } from './lab.ts'
import { fillYears, partitionedSite, partitionsOf, provenRows } from './partitioned.ts'

const start = Date.parse('2026-06-01T10:00:00Z')

eachServer('a site with a table in partitions', (open) => {
  let one: Installation
  let settings: MysqlSettings
  before(async () => {
    one = await install(await open(), partitionedSite, start)
    settings = databaseUrlSettings(one.database).settings as MysqlSettings
    const printed = await one.oubli(['grants', '--user', 'cut', '--host', '%'])
    const statements = printed.out
      .replaceAll('…', 'a-password')
      .split('\n')
      .filter((line) => /^(CREATE|GRANT)/.test(line))
    for (const text of statements) await sql(one.database, text.replace(/;$/, ''))
    await sql(one.database, `GRANT SELECT ON ${settings.database}.oubli_sandbox TO 'cut_run'@'%'`)
    await asWorker()
    await fillYears(one.database)
  })
  after(async () => {
    const server = await openDatabase({ ...settings, database: 'mysql', poolSize: 1 })
    for (const suffix of ['plan', 'run', 'migrate'])
      await sql(server, `DROP USER IF EXISTS 'cut_${suffix}'@'%'`)
    await server.close()
    await one.close()
  })

  it('is told in the plan what will be dropped, and what is in doubt', async () => {
    await sql(one.database, "INSERT INTO views (id, seen_at) VALUES (7, '2009-05-05')")
    const said = await one.oubli(['plan'])
    expect(said.exit, said.text).to.equal(0)
    expect(said.text).to.include('partition p2020 (2 rows) will be dropped')
    expect(said.text).to.include('partition p2019 is not dropped whole: a date in it cannot be true')
    expect(said.text).not.to.include('p2023')
    const french = await one.oubli(['plan', '--lang', 'fr'])
    expect(french.text).to.include('la partition p2020 (2 lignes) sera supprimée')
  })

  it('drops nothing while new terms are only observed', async () => {
    expect((await one.oubli(['run'])).exit).to.equal(0)
    expect(await partitionsOf(one.database)).to.include('p2020')
  })

  it('loses partitions and single rows in one run, with no more than the printed rights', async () => {
    await one.approve()
    const said = await one.oubli(['run'])
    expect(said.exit, said.text).to.equal(0)
    expect(said.text).to.match(/views +acted +9 .* 9 +views 9 erased/)
    expect(await partitionsOf(one.database)).to.deep.equal(['p2019', 'p2023', 'p2024', 'rest'])
    const checked = (await leavesOf(one.database)).filter(({ kind }) => kind === 'purge.checked')
    expect(checked.map(({ done, asked, left }) => ({ done, asked, left }))).to.deep.equal([
      { done: '9', asked: '9', left: { views: '0' } },
    ])
    // Two of the partition in doubt and one of 2023 go by themselves.
    expect(await provenRows(one.database)).to.deep.equal([2, 2, 2, 3])
    const rows = await one.database.rows({ text: 'SELECT id FROM views ORDER BY id', values: [] })
    expect(rows.map(({ id }) => id)).to.deep.equal(['7', '20231', '20240', '20241'])
    const key = join(one.folder, 'keys/signing-key.verifier')
    expect((await one.oubli(['audit', 'verify', '--key', key])).text).to.match(/^VERIFIED/m)
  })

  it('loses rows one by one where the right to drop is missing', async () => {
    await sql(one.database, `REVOKE DROP ON ${settings.database}.views FROM 'cut_run'@'%'`)
    await sql(one.database, 'DELETE FROM views WHERE id = 7')
    await fillYears(one.database, ['2018'])
    const said = await one.oubli(['run'])
    expect(said.exit, said.text).to.equal(0)
    expect(await partitionsOf(one.database)).to.deep.equal(['p2019', 'p2023', 'p2024', 'rest'])
    expect(await provenRows(one.database)).to.deep.equal([2, 2, 2, 2, 3])
  })

  async function asWorker(): Promise<void> {
    const file = join(one.folder, 'config/oubli.yml')
    const config = JSON.parse(await readFile(file, 'utf8')) as {
      database: { mysql: Record<string, unknown> }
    }
    await writeFile(join(one.folder, 'password'), 'a-password', { mode: 0o600 })
    Object.assign(config.database.mysql, { user: 'cut_run', password_file: '../password' })
    await writeFile(file, JSON.stringify(config))
  }
})

eachDatabase('a table without partitions that should have some', (open) => {
  it('is worked row by row, and the plan says so', async () => {
    const tables = [
      'CREATE TABLE views (id INTEGER NOT NULL, user_id INTEGER NOT NULL DEFAULT 1, seen_at DATETIME NOT NULL, PRIMARY KEY (id, seen_at))',
      'CREATE INDEX views_seen ON views (seen_at)',
    ]
    const one = await install(await open(), { ...partitionedSite, tables }, start)
    await fillYears(one.database)
    expect((await one.oubli(['plan'])).text).to.include('W_PARTITION_NONE')
    await one.oubli(['run'])
    await one.approve()
    expect((await one.oubli(['run'])).exit).to.equal(0)
    expect(await provenRows(one.database)).to.deep.equal([9])
    await one.close()
  })
})
