/** What is the fault of no row ends the run with its reason: nobody is set aside for it, and the next run goes on. */
import { expect } from 'chai'
import { closeSync, openSync, writeSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, type MysqlSettings } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import { databaseUrlSettings, eachDatabase, eachServer } from '../databases.ts'
import { install, type Installation } from './installation.ts'
import { dumpOf, insert, sql } from './lab.ts'
import { filesWithReceipts } from './site-files.ts'

const now = Date.parse('2026-06-01T10:00:00Z')

async function addDue(database: Database): Promise<void> {
  for (let id = 1; id <= 3; id += 1) {
    const row = { id, email: `p${id}@mail.example`, first_name: 'Ada', collected_at: '2020-01-01 10:00:00' }
    await insert(database, 'prospects', [row])
    await insert(database, 'clicks', [{ id, prospect_id: id, ip: '192.0.2.7' }])
  }
}

async function observeAndApprove(one: Installation): Promise<void> {
  await one.oubli(['run'])
  await one.approve()
}

eachServer('a right that is withdrawn in mid-run', (open) => {
  let one: Installation
  let settings: MysqlSettings
  const grant = (text: string): Promise<unknown> => sql(one.database, `${text} 'narrow'@'%'`)
  before(async () => {
    one = await install(await open(), filesWithReceipts, now)
    settings = databaseUrlSettings(one.database).settings as MysqlSettings
    await sql(one.database, "CREATE USER 'narrow'@'%'")
    await grant(`GRANT REFERENCES ON ${settings.database}.* TO`)
    // Rights on tables: those on a whole schema are looked at only when a connection begins.
    const tables = await one.database.rows({
      text: 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
      values: [],
    })
    for (const { name } of tables)
      await grant(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${settings.database}.${String(name)} TO`)
    await addDue(one.database)
    await observeAndApprove(one)
    const file = join(one.folder, 'config/oubli.yml')
    const config = JSON.parse(await readFile(file, 'utf8')) as { database: { mysql: object } }
    Object.assign(config.database.mysql, { user: 'narrow' })
    await writeFile(file, JSON.stringify(config))
  })
  after(async () => {
    // The harness has closed its own connection by now.
    const server = await openDatabase({ ...settings, database: 'mysql', poolSize: 1 })
    await sql(server, "DROP USER 'narrow'@'%'")
    await server.close()
    await one.close()
  })

  it('stops the run, sets nobody aside, and the next run does them all', async () => {
    let asked = 0
    const said = await one.oubli(['run'], {
      point: async (point) => {
        if (point === 'locked' && (asked += 1) === 1)
          await grant(`REVOKE DELETE ON ${settings.database}.clicks FROM`)
      },
    })
    expect(asked, said.text).to.be.greaterThan(0)
    expect(said.exit, said.text).to.equal(1)
    expect(said.out.split('\n').at(-1)).to.equal('why stopped: prospects: not permitted')
    expect(await dumpOf(one.database, 'prospects')).to.have.length(3)
    expect(await dumpOf(one.database, 'oubli_set_aside')).to.deep.equal([])

    await grant(`GRANT DELETE ON ${settings.database}.clicks TO`)
    const next = await one.oubli(['run'])
    expect(next.exit, next.text).to.equal(0)
    expect(await dumpOf(one.database, 'prospects')).to.deep.equal([])
  })

  it('is no defect for a command either', async () => {
    await grant(`REVOKE SELECT ON ${settings.database}.prospects FROM`)
    const said = await one.oubli(['plan'])
    await grant(`GRANT SELECT ON ${settings.database}.prospects TO`)
    expect(said.exit, said.text).to.equal(1)
    expect(said.text).to.match(/^E_NOT_PERMITTED {2}\S/m)
  })
})

eachDatabase('a file with a damaged page', (open) => {
  it('is told as one: nothing is changed, and nobody is set aside', async function () {
    const database = await open()
    if (database.dialect.name !== 'sqlite') this.skip()
    const { settings } = databaseUrlSettings(database)
    const one = await install(database, filesWithReceipts, now)
    await addDue(database)
    await observeAndApprove(one)
    const [page] = await database.rows({
      text: "SELECT rootpage AS root, (SELECT page_size FROM pragma_page_size) AS size FROM sqlite_master WHERE name = 'clicks'",
      values: [],
    })
    await database.rows({ text: 'PRAGMA wal_checkpoint(TRUNCATE)', values: [] })
    const file = openSync(settings.client === 'sqlite' ? settings.file : '', 'r+')
    const size = Number(page?.['size'])
    writeSync(file, Buffer.alloc(size, 0xff), 0, size, (Number(page?.['root']) - 1) * size)
    closeSync(file)

    const said = await one.oubli(['run'])
    expect(said.exit, said.text).to.equal(1)
    expect(said.text)
      .to.match(/damaged/)
      .and.not.include('E_UNEXPECTED')
    expect(await dumpOf(database, 'prospects')).to.have.length(3)
    expect(await dumpOf(database, 'oubli_set_aside')).to.deep.equal([])
    await one.close()
  })
})
