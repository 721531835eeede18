/** A policy that says so afterwards: from the warning over the erasure to the last mail. */
import { expect } from 'chai'
import { simpleParser, type AddressObject, type ParsedMail } from 'mailparser'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation, type SiteFiles } from '../engine/installation.ts'
import { killAt, later, leavesOf, verified } from '../engine/kill.ts'
import { dumpOf, insert } from '../engine/lab.ts'
import { warnedSite } from '../mail/warned-site.ts'
import { replayed } from '../replay/replayed.ts'
import { backUp, restore } from '../replay/restored-site.ts'

const at = (day: string): number => Date.parse(`${day}T10:00:00Z`)
const erasing = '2026-07-07'

/** Its warnings are bare; the mail after the erasure is kept for five days. */
function tellingSite(): SiteFiles {
  const site = warnedSite(25)
  const policy = site.policies['inactive-accounts'] ?? ''
  return {
    ...site,
    mail: {
      transport: 'files',
      folder: '../mails',
      language: 'en',
      from: { name: 'Site', address: 'notices@site.example' },
    },
    policies: {
      'inactive-accounts': policy.replace(
        'no_address: a person decides',
        'no_address: a person decides\n  variant: bare\n  then_tell: { template: erased, within: 5 days }',
      ),
    },
  }
}

eachDatabase('a policy that tells afterwards', (open) => {
  let one: Installation

  /** Warned, and one day before the erasure. */
  beforeEach(async function () {
    this.timeout(600_000)
    one = await install(await open(), tellingSite(), at('2026-06-01'))
    const user = (id: number, email: string, login: string) => ({
      ...{ id, email, first_name: `Nom${id}`, last_login_at: `${login} 10:00:00` },
      created_at: `20${10 + id}-03-05 10:00:00`,
    })
    await insert(one.database, 'users', [
      user(1, 'both@mail.example', '2023-06-20'),
      user(2, 'both@mail.example', '2023-06-21'),
      user(3, 'here@mail.example', '2026-05-01'),
    ])
    await run('run')
    await one.approve()
    await run('run')
    for (const day of ['2026-06-07', '2026-06-13', '2026-06-19', '2026-06-25', '2026-07-01', '2026-07-06'])
      await on(day, 'run')
    expect(await mails()).to.have.length(2)
  })
  afterEach(() => one.close())

  async function run(...argv: readonly string[]): Promise<string> {
    const said = await one.oubli(argv)
    expect(said.exit, said.text).to.equal(0)
    return said.text
  }

  async function on(day: string, ...argv: readonly string[]): Promise<string> {
    await setSandboxNow(one.database, at(day))
    return await run(...argv)
  }

  const waiting = () => one.database.rows({ text: "SELECT * FROM oubli_outbox WHERE kind = ''", values: [] })
  const people = async () => (await dumpOf(one.database, 'users')).map(({ id }) => Number(id))

  async function mails(): Promise<readonly ParsedMail[]> {
    const names = (await readdir(join(one.folder, 'mails'))).filter((name) => name.endsWith('.eml'))
    return await Promise.all(
      names.map(async (name) => simpleParser(await readFile(join(one.folder, 'mails', name)))),
    )
  }

  async function told(): Promise<readonly ParsedMail[]> {
    return (await mails()).filter(({ subject }) => subject?.includes('has been deleted'))
  }

  async function endings() {
    const leaves = (await leavesOf(one.database)).filter(({ kind }) => kind === 'telling.ended')
    return leaves.map(({ how, count }) => ({ how, count }))
  }

  it('keeps address and bytes in the transaction that erases, and nothing else of the person', async () => {
    await on(erasing, 'run')
    expect(await people()).to.deep.equal([3])
    const rows = await waiting()
    expect(rows.map(({ state, address }) => ({ state, address }))).to.deep.equal([
      { state: 'queued', address: 'both@mail.example' },
      { state: 'queued', address: 'both@mail.example' },
    ])
    for (const { key_text, message } of rows) {
      expect(key_text).to.match(/^[0-9a-f]{64}$/)
      expect(Buffer.from(message as Uint8Array).toString('latin1')).not.to.match(/Nom\d/)
    }
    expect(await dumpOf(one.database, 'oubli_warning')).to.deep.equal([])
    expect(await dumpOf(one.database, 'oubli_outbox')).to.have.length(2)
  })

  it('sends one mail for each account, once, and then nothing of the person is left', async () => {
    await on(erasing, 'run')
    expect(await run('mail', 'deliver')).to.contain('mail: 2 accepted')
    await run('mail', 'deliver')
    await on('2026-07-08', 'run')
    const found = await told()
    expect(found.map(({ to }) => (to as AddressObject).text)).to.deep.equal([
      'both@mail.example',
      'both@mail.example',
    ])
    for (const { text } of found) {
      expect(text).to.contain('was deleted on 7 July 2026').and.to.contain('within 5 days')
      expect(text).not.to.match(/Nom\d/)
    }
    expect(await dumpOf(one.database, 'oubli_outbox')).to.deep.equal([])
    expect((await endings()).reduce((sum, { count }) => sum + Number(count), 0)).to.equal(2)
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  it('warned without a name, and with what the address becomes', async () => {
    for (const { subject, text } of await mails()) {
      expect(subject).to.contain('Petit Site: sign in by 6 July 2026')
      expect(text).to.contain('until Monday 6 July 2026 at 23:59, Paris time')
      expect(text)
        .to.contain('remove the address too, within 5 days')
        .and.not.match(/Nom\d|2023|201\d/)
    }
  })

  it('tells nobody when the erasure is rolled back, and once when it is done later', async () => {
    await setSandboxNow(one.database, at(erasing))
    let failed = false
    await one.oubli(['run'], {
      point: (point) => {
        if (failed || point !== 'before commit') return Promise.resolve()
        failed = true
        return Promise.reject(new Error('the batch fails here'))
      },
    })
    expect(failed).to.equal(true)
    const before = await people()
    expect(await waiting()).to.have.length(3 - before.length)
    await on('2026-07-08', 'run')
    await on('2026-07-09', 'run')
    expect([await people(), await told()]).to.satisfy(
      ([left, mails]: [number[], ParsedMail[]]) => left.length === 1 && mails.length === 2,
    )
  })

  it('tells nobody when it is killed in the erasing transaction', async function () {
    this.timeout(600_000)
    await setSandboxNow(one.database, at(erasing))
    expect(await killAt(one, { point: 'before commit' })).to.equal('SIGKILL')
    expect(await people()).to.deep.equal([1, 2, 3])
    expect(await waiting()).to.deep.equal([])
    await setSandboxNow(one.database, at(erasing) + later())
    const said = await one.oubli(['run'], { clock: () => Date.now() + later() })
    expect(said.exit, said.text).to.equal(0)
    expect(await waiting()).to.have.length(2)
  })

  it('lets the address go after five days, also when nothing was ever delivered', async () => {
    await on(erasing, 'run')
    await on('2026-07-11', 'run', '--only', 'purge')
    expect(await waiting()).to.have.length(2)
    await on('2026-07-12', 'run', '--only', 'purge')
    expect(await dumpOf(one.database, 'oubli_outbox')).to.deep.equal([])
    expect(await endings()).to.deep.equal([{ how: 'abandoned', count: '2' }])
    expect(await run('mail', 'deliver')).to.contain('mail: 0 accepted')
    expect(await told()).to.deep.equal([])
  })

  it('tells nobody twice after a backup from before the erasure', async () => {
    const backup = await backUp(one.database, ['users'])
    await on(erasing, 'run')
    await run('mail', 'deliver')
    expect(await told()).to.have.length(2)
    await restore(one.database, backup)
    expect(await people()).to.deep.equal([1, 2, 3])
    const again = await replayed(one, ['--confirm'])
    expect([again.exit, again.why_stopped]).to.deep.equal([0, 'all that the log says was done again'])
    expect(await people()).to.deep.equal([3])
    expect(await waiting()).to.deep.equal([])
    await on('2026-07-08', 'run')
    expect(await told()).to.have.length(2)
  })

  it('tells nobody twice after a backup in which the mail still waits', async () => {
    await on(erasing, 'run')
    const backup = await backUp(one.database, ['users'])
    await run('mail', 'deliver')
    await restore(one.database, backup)
    expect(await waiting()).to.have.length(2)
    expect((await one.oubli(['mail', 'deliver'])).exit).to.equal(4)
    const again = await replayed(one, ['--confirm'])
    expect([again.exit, again.mails_sent_before, again.mails_remembered]).to.deep.equal([0, 0, 0])
    expect(await waiting()).to.deep.equal([])
    await run('mail', 'deliver')
    expect(await told()).to.have.length(2)
  })
})
