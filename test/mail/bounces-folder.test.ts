/** Mails that came back lie in a folder: all are taken in, none is lost, and none counts twice. */
import { expect } from 'chai'
import { existsSync } from 'node:fs'
import { rename, rm, truncate, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { bouncesSite, tokenTo, warnPeople, type BouncesSite } from './bounces-site.ts'
import { report, reportOn } from './report.ts'
import { scriptedServer, type ScriptedServer } from './scripted-smtp.ts'

const nothing = {
  recorded: 0,
  proven: 0,
  early: 0,
  ignored: 0,
  other: 0,
  young: 0,
  unreadable: 0,
  unread: 0,
  left: 0,
  removed: 0,
  old: 0,
  files: [] as readonly string[],
}

eachDatabase('a folder of mails that came back', (open) => {
  let relay: ScriptedServer
  let site: BouncesSite
  before(async () => {
    relay = await scriptedServer()
    site = await bouncesSite(await open(), relay)
    await warnPeople(site, 9)
  })
  after(async () => {
    await site.one.close()
    await relay.close()
  })
  const take = async (...argv: readonly string[]) => {
    const said = await site.run('mail', 'bounces', 'bounces', '--json', ...argv)
    return { exit: said.exit, ...(JSON.parse(said.out) as typeof nothing) }
  }
  const bounce = (person: number, action = 'failed') =>
    reportOn(relay, `person${person}@mail.example`, { action })
  const states = async () =>
    (await site.rows('SELECT state FROM oubli_warning ORDER BY key_text')).map(({ state }) => state)

  it('is nothing when it is empty, and an error when it is not there', async () => {
    expect(await take()).to.deep.equal({ exit: 0, ...nothing })
    const said = await site.run('mail', 'bounces', 'nowhere')
    expect([said.exit, said.text.slice(0, 17)]).to.deep.equal([2, 'E_FILE_UNREADABLE'])
  })

  it('is read file by file, in a Maildir too; what is no report is kept apart, a mailbox stays', async () => {
    await site.lay('1.eml', bounce(1))
    await site.lay('new/2', bounce(2), 0)
    await site.lay('cur/3:2,S', bounce(3), 0)
    await site.lay('tmp/4', bounce(4))
    await site.lay('.5', bounce(5))
    await site.lay('late', bounce(6, 'delayed'))
    await site.lay('away', 'Auto-Submitted: auto-replied\r\n\r\nI am away')
    await site.lay('foreign', report({ token: 'f'.repeat(32) }))
    await site.lay('broken', `X:${Buffer.from([0, 255, 13, 10, 200]).toString('latin1')}`)
    await site.lay('mbox', `From a@b Mon Jun 1\n${bounce(7)}\n\nFrom c@d Mon Jun 1\n${bounce(8)}`)
    expect(await take()).to.deep.equal({
      exit: 3,
      ...nothing,
      recorded: 3,
      ignored: 2,
      other: 2,
      left: 1,
      unread: 1,
      files: ['mbox'],
    })
    expect(await states()).to.deep.equal([...repeated(3, 'bounced'), ...repeated(6, 'accepted')])
    expect(await site.files()).to.deep.equal([
      '.5',
      ...['done/1.eml.taken', 'done/2.taken', 'done/3:2,S.taken', 'done/foreign.taken', 'done/late.taken'],
      'mbox',
      ...['other/away', 'other/broken'],
      'tmp/4',
    ])
    expect(await site.rows('SELECT day FROM oubli_refusal')).to.have.length(3)
  })

  it('counts nothing twice, and writes over nothing', async () => {
    await site.lay('1.eml', bounce(1))
    await site.lay('new/1.eml', bounce(9))
    expect(await take('--keep')).to.deep.equal({
      exit: 3,
      ...nothing,
      recorded: 1,
      ignored: 1,
      left: 1,
      unread: 1,
      files: ['mbox'],
    })
    expect(await site.files()).to.include.members(['1.eml', 'new/1.eml'])
    expect(await take()).to.deep.equal({
      exit: 3,
      ...nothing,
      ignored: 2,
      left: 1,
      unread: 1,
      files: ['mbox'],
    })
    expect(await site.files()).to.include.members([
      'done/1.eml.taken',
      'done/1.eml.1.taken',
      'done/1.eml.2.taken',
    ])
    expect(await site.rows('SELECT day FROM oubli_refusal')).to.have.length(4)
  })

  it('waits for a mail whose answer is not written yet', async () => {
    const token = tokenTo(relay, 'person5@mail.example')
    const set = (state: string) =>
      site.one.database.run({
        text: 'UPDATE oubli_outbox SET state = ? WHERE token = ?',
        values: [state, token],
      })
    await set('claimed')
    await site.lay('fast', bounce(5))
    expect(await take()).to.include({ early: 1, recorded: 0 })
    expect(await site.files()).to.include('fast')
    await set('accepted')
    expect(await take()).to.include({ early: 0, recorded: 1 })
    expect(await site.files()).to.include('done/fast.taken')
  })

  it('leaves what may still be written until it is a minute old', async () => {
    const file = join(site.one.folder, 'bounces/slow')
    await site.lay('slow', bounce(7).slice(0, 200), 0)
    expect(await take()).to.deep.equal({ exit: 3, ...nothing, young: 1, left: 1, unread: 1, files: ['mbox'] })
    const said = await site.run('mail', 'bounces', 'bounces')
    expect(said.text).to.include('1 too young, taken next time')
    await site.lay('slow', bounce(7), 2)
    expect(await take()).to.deep.equal({
      exit: 3,
      ...nothing,
      recorded: 1,
      left: 1,
      unread: 1,
      files: ['mbox'],
    })
    expect(existsSync(file)).to.equal(false)
  })

  it('leaves a mailbox with one mail, because the next one may come at any time', async () => {
    await site.lay('single', `From a@b Mon Jun 1\n${bounce(8)}`)
    expect(await take()).to.deep.equal({
      ...{ exit: 3, ...nothing, left: 2, unread: 2 },
      files: ['mbox', 'single'],
    })
    expect(await site.files()).to.include('single')
    await rm(join(site.one.folder, 'bounces/single'))
  })

  it('reads the beginning of a file that is too large, and those after it', async () => {
    for (const [name, text] of [
      ['0', bounce(4)],
      ['1', 'Subject: hello\r\n\r\n'],
    ] as const) {
      const large = join(site.one.folder, 'bounces', name)
      await site.lay(name, text)
      await truncate(large, 600 * 2 ** 20)
      await utimes(large, 0, 0)
    }
    await site.lay('small', bounce(8))
    expect(await take()).to.deep.equal({
      ...{ exit: 3, ...nothing, recorded: 2, other: 1, left: 1, unread: 1 },
      files: ['mbox'],
    })
    expect(await site.files()).to.include.members(['done/0.taken', 'other/1', 'done/small.taken'])
    await rm(join(site.one.folder, 'bounces/other/1'))
  })

  it('names what nobody read, and no address', async () => {
    await site.lay('camille@mail.example', 'From a@b Mon Jun 1\n')
    await site.lay('new/packed\u001b.gz', '\u001f', 0)
    const { files } = await take()
    expect(files).to.deep.equal(['…', 'mbox', 'new/packed?.gz'])
    const said = await site.run('mail', 'bounces', 'bounces', '--lang', 'fr')
    expect(said.text).to.match(/^WARNING {2}Personne ne peut ouvrir.*: …, mbox, new\/packed\?\.gz\./m)
    await rm(join(site.one.folder, 'bounces/camille@mail.example'))
    await rm(join(site.one.folder, 'bounces/new/packed\u001b.gz'))
  })

  it('keeps nothing that was read for longer than its term, and what was not read', async () => {
    await site.lay('answer', 'Subject: Do not!\r\n\r\nPlease', 60 * 24 * 400)
    expect(await take()).to.deep.equal({ exit: 3, ...nothing, other: 1, left: 1, unread: 1, files: ['mbox'] })
    const now = Date.now()
    const away = (days: number) => days * 86_400_000
    /** By this machine's clock and by that of the database. */
    const after = (days: number, here = days, ...argv: readonly string[]) =>
      setSandboxNow(site.one.database, now + away(here)).then(() =>
        site.one.oubli(['mail', 'bounces', 'bounces', '--json', ...argv], { clock: () => now + away(days) }),
      )
    const runs = await site.rows('SELECT id, as_of FROM oubli_run')
    const runsAt = async (when?: number) => {
      for (const { id, as_of: asOf } of runs)
        await site.one.database.run({
          text: 'UPDATE oubli_run SET as_of = ? WHERE id = ?',
          values: [when === undefined ? String(asOf) : new Date(when).toISOString(), String(id)],
        })
    }
    const read = (await site.files()).filter((name) => /^(done|other)\//.test(name))
    expect(read).to.include.members(['other/answer', 'done/1.eml.taken'])
    await runsAt(now + away(29))
    expect(JSON.parse((await after(29.9)).out)).to.include({ removed: 0, old: 0 })
    expect(JSON.parse((await after(30.1, 30.1, '--keep')).out)).to.include({ removed: 0 })
    // A machine whose clock runs ahead alone.
    expect(JSON.parse((await after(400, 29.9)).out)).to.include({ removed: 0 })
    // A database whose clock went back: nothing may be taken in, and nothing goes, though nothing new lies there.
    await rename(join(site.one.folder, 'bounces/mbox'), join(site.one.folder, 'mbox'))
    expect((await after(400, 28)).text).to.include('E_CLOCK')
    await rename(join(site.one.folder, 'mbox'), join(site.one.folder, 'bounces/mbox'))
    expect(await site.files()).to.include.members(read)
    const said = await after(30.1)
    const others = read.filter((name) => name.startsWith('other/'))
    expect([said.exit, JSON.parse(said.out)]).to.deep.equal([
      3,
      {
        ...nothing,
        left: 1,
        unread: 1,
        files: ['mbox'],
        removed: read.length - others.length,
        old: others.length,
      },
    ])
    expect(await site.files()).to.deep.equal(['.5', 'mbox', ...others, 'tmp/4'])
    await runsAt()
    await site.at(0)
  })

  it('is sealed, and names nobody', async () => {
    const key = join(site.one.folder, 'keys/signing-key.verifier')
    const verified = await site.run('audit', 'verify', '--key', key)
    expect(verified.exit, verified.text).to.equal(0)
    const said = await site.run('mail', 'bounces', 'bounces')
    expect(said.text).to.include('1 left where it was')
    expect(site.one.said.join('\n')).not.to.match(/person\d|camille/)
  })
})

function repeated(times: number, word: string): readonly string[] {
  return Array.from({ length: times }, () => word)
}
