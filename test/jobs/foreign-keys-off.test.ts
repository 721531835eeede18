/** A server that gives its connections no foreign keys to check, as after an import: nothing would hold the site back. */
import { expect } from 'chai'
import type { Database } from '../../db/session.ts'
import { eachServer } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { backUp, done, restore, restoreSite } from '../replay/restored-site.ts'

/** The setting belongs to the whole server: whatever becomes of the work, it is put back. */
async function withoutChecks<T>(database: Database, work: () => Promise<T>): Promise<T> {
  await sql(database, 'SET GLOBAL foreign_key_checks = 0')
  try {
    return await work()
  } finally {
    await sql(database, 'SET GLOBAL foreign_key_checks = 1')
  }
}

eachServer('a server that checks no foreign keys', (open) => {
  let one: Installation
  before(async () => {
    one = await install(await open(), restoreSite, Date.parse('2026-06-01T10:00:00Z'))
    const silent = { joined_at: '2019-01-01 10:00:00', left_at: '2020-01-01 10:00:00' }
    await insert(one.database, 'members', [{ id: 5, name: 'Nom5', ...silent }])
    await done(one, 'run')
    await one.approve()
  })
  after(() => one.close())

  const refused = async (...argv: readonly string[]): Promise<void> => {
    const said = await withoutChecks(one.database, () => one.oubli(argv))
    expect(said.exit, said.text).to.equal(4)
    expect(said.text)
      .to.include('E_FOREIGN_KEYS_OFF')
      .and.to.include('SET GLOBAL foreign_key_checks = 1')
      .and.to.include('restart what keeps connections')
    expect(await dumpOf(one.database, 'members')).to.have.length(1)
  }

  it('is told by doctor, and erased from by nobody until it does', async () => {
    const said = await withoutChecks(one.database, () => one.oubli(['doctor']))
    expect(said.exit, said.text).to.equal(4)
    expect(said.text).to.match(/foreign keys.*SET GLOBAL foreign_key_checks = 1/s)
    expect((await one.oubli(['doctor'])).text).to.not.include('foreign_key_checks')
    const backup = await backUp(one.database)
    await refused('run')
    await done(one, 'run')
    expect(await dumpOf(one.database, 'members')).to.deep.equal([])
    await restore(one.database, backup)
    await refused('replay', '--confirm')
    await done(one, 'replay', '--confirm')
    expect(await dumpOf(one.database, 'members')).to.deep.equal([])
  })
})
