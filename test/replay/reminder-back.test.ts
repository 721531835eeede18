/** A reminder that came back: after a replay nobody goes on the first mail of that notice, nor before the day that it named. */
import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eachDatabase } from '../databases.ts'
import { insert } from '../engine/lab.ts'
import { bouncesSite, silent, type BouncesSite } from '../mail/bounces-site.ts'
import { reportOn } from '../mail/report.ts'
import { scriptedServer, type ScriptedServer } from '../mail/scripted-smtp.ts'
import { replayed } from './replayed.ts'
import { backUp, restore, type Backup } from './restored-site.ts'

eachDatabase('a reminder that came back since the backup', (open) => {
  let relay: ScriptedServer
  let site: BouncesSite
  beforeEach(async () => {
    relay = await scriptedServer()
    site = await bouncesSite(await open(), relay)
    const file = join(site.one.folder, 'policies/inactive-accounts.yml')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('[30]', '[60, 30, 7]').replace('wait: 90 days', 'wait: 10 days'))
    await insert(site.one.database, 'users', [silent(2)])
    await site.run('run')
    await site.one.approve()
    // The policy has acted before any backup.
    await runOn(0)
    await insert(site.one.database, 'users', [silent(1)])
  })
  afterEach(async () => {
    await site.one.close()
    await relay.close()
  })

  async function runOn(...days: readonly number[]): Promise<void> {
    for (const one of days) {
      await site.at(one)
      const said = await site.run('run')
      expect(said.exit, said.text).to.equal(0)
    }
  }

  async function comesBack(days: number): Promise<void> {
    await site.at(days)
    await site.lay(`back-${days}`, reportOn(relay, 'person1@mail.example', { status: '5.1.1' }))
    expect((await site.run('mail', 'bounces', 'bounces')).exit).to.equal(0)
  }

  const states = async () =>
    (
      await site.rows(
        'SELECT round, step, state FROM oubli_warning WHERE key_text = \'["1"]\' ORDER BY round, step',
      )
    ).map(({ round, step, state }) => `${String(round)}.${String(step)} ${String(state)}`)
  const left = async () => (await site.rows('SELECT id FROM users')).map(({ id }) => Number(id))

  async function restored(backup: Backup): Promise<Awaited<ReturnType<typeof replayed>>> {
    await restore(site.one.database, backup)
    const told = await replayed(site.one, ['--confirm'])
    expect(told.exit, JSON.stringify(told)).to.equal(0)
    return told
  }

  it('is told to a backup that has both mails, and the first one stays what it is', async () => {
    await runOn(1, 7)
    const backup = await backUp(site.one.database, ['users'])
    await comesBack(8)
    expect((await restored(backup)).mails_taken_back).to.equal(1)
    expect(await states()).to.deep.equal(['0.0 accepted', '0.1 undelivered'])
    expect((await replayed(site.one)).mails_taken_back).to.equal(0)
    await runOn(13)
    expect(await states()).to.deep.equal(['0.0 accepted', '0.1 undelivered', '1.0 accepted'])
    await runOn(19, 25, 31, 37, 41)
    expect(await left(), 'who has the same notice and no mail that came back goes').to.deep.equal([1])
  })

  it('is told with the first mail to a backup that has neither', async () => {
    const backup = await backUp(site.one.database, ['users'])
    await runOn(1, 7)
    await comesBack(8)
    await restored(backup)
    expect(await states()).to.deep.equal(['0.0 accepted', '0.1 undelivered'])
    await runOn(13)
    expect(await states()).to.deep.equal(['0.0 accepted', '0.1 undelivered', '1.0 accepted'])
    await runOn(19, 25, 31, 37, 41)
    expect(await left()).to.deep.equal([1])
  })

  it('leaves a notice alone that was sent after it', async () => {
    await runOn(1, 7)
    const backup = await backUp(site.one.database, ['users'])
    await comesBack(8)
    await runOn(9)
    expect((await restored(backup)).mails_taken_back).to.equal(1)
    expect(await states()).to.deep.equal(['0.0 accepted', '0.1 undelivered', '1.0 accepted'])
  })

  it('takes no day away that a mail named, where somebody replays without a restored backup', async () => {
    await runOn(1, 7)
    await comesBack(8)
    await runOn(9)
    await comesBack(10)
    const before = await states()
    expect(before).to.deep.equal(['0.0 accepted', '0.1 bounced', '1.0 bounced'])
    const told = await replayed(site.one, ['--confirm'])
    expect([told.exit, told.mails_taken_back, told.why_stopped]).to.deep.equal([
      0,
      0,
      'there is nothing to replay',
    ])
    expect(await states()).to.deep.equal(before)
    await runOn(16, 22, 28, 34, 36)
    expect(await left(), 'the first mail named the day after').to.deep.equal([1])
    await runOn(37)
    expect(await left()).to.deep.equal([])
  })
})
