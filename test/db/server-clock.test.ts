import { expect } from 'chai'
import { OubliError } from '../../base/errors.ts'
import { migrate } from '../../db/migrate.ts'
import { createSandbox, isSandbox, serverNow, setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import { eachDatabase } from '../databases.ts'

const later = Date.parse('2031-05-06T07:08:09.123Z')

async function refusal(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => 'not refused',
    (error: unknown) => (error instanceof OubliError ? error.code : 'another error'),
  )
}

async function run(database: Database, text: string): Promise<void> {
  await database.run({ text, values: [] })
}

eachDatabase('the clock of the database', (open) => {
  it('is the time of the server', async () => {
    const database = await open()
    expect(Math.abs((await serverNow(database)) - Date.now())).to.be.below(5000)
    expect(await isSandbox(database)).to.equal(false)
  })

  it('can be shifted in a sandbox, again and again', async () => {
    const database = await open()
    await createSandbox(database)
    expect(Math.abs((await serverNow(database)) - Date.now())).to.be.below(5000)
    await setSandboxNow(database, later - 5)
    await setSandboxNow(database, later)
    expect(await serverNow(database)).to.equal(later)
    expect(await isSandbox(database)).to.equal(true)
    await migrate(database)
  })

  it('cannot be shifted where other tables were there first', async () => {
    const database = await open()
    await run(database, 'CREATE TABLE user_account (id INT PRIMARY KEY)')
    expect(await refusal(createSandbox(database))).to.equal('E_SANDBOX')
    expect(await refusal(setSandboxNow(database, later))).to.equal('E_SANDBOX')
    expect(await isSandbox(database)).to.equal(false)
  })

  it('refuses a shifted time beside a missing or wrong marker', async () => {
    const database = await open()
    await run(database, 'CREATE TABLE oubli_sandbox (name VARCHAR(64) PRIMARY KEY, value TEXT)')
    await run(database, "INSERT INTO oubli_sandbox VALUES ('now', '2031-05-06T07:08:09.123Z')")
    expect(await refusal(serverNow(database))).to.equal('E_SANDBOX')
    await run(database, "INSERT INTO oubli_sandbox VALUES ('created by', 'somebody else')")
    expect(await refusal(serverNow(database))).to.equal('E_SANDBOX')
    expect(await refusal(setSandboxNow(database, later))).to.equal('E_SANDBOX')
  })

  it('refuses a shifted time that is no instant', async () => {
    const database = await open()
    await createSandbox(database)
    await run(database, "INSERT INTO oubli_sandbox VALUES ('now', 'tomorrow')")
    expect(await refusal(serverNow(database))).to.equal('E_CLOCK_UNREADABLE')
  })
})
