/** What a wake-up of the scheduler makes of slots that somebody else left, and of jobs that fail. */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadSettings } from '../../config/load.ts'
import { release, takeLease } from '../../db/own/lease.ts'
import { readSlot } from '../../db/own/slots.ts'
import type { JobContext } from '../../jobs/context.ts'
import { openContext } from '../../jobs/open.ts'
import { wakeUp } from '../../jobs/schedule.ts'
import { runSlot } from '../../jobs/slots.ts'
import { waker } from '../../jobs/waker.ts'
import { createLab, monday, type Lab } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'
import { report } from '../mail/report.ts'
import { backUp, restore } from '../replay/restored-site.ts'

const line = '30 4 * * *'
const slot = '2026-11-23T03:30:00.000Z'

eachDatabase('a wake-up', (open) => {
  let lab: Lab
  let ctx: JobContext & { readonly close: () => Promise<void> }
  const said: string[] = []
  const lease = (name: string) => ({ name, owner: 'somebody', now: ctx.clock(), ttlMs: 60_000 })
  const stateOf = (job: string) => readSlot(ctx.database, { job, slot })
  const done = () => Promise.resolve('done' as const)

  beforeEach(async () => {
    lab = await createLab(await open(), 50)
    await lab.oubli(['migrate'])
    said.splice(0)
    const env = { OUBLI_HEARTBEAT_FILE: join(lab.folder, 'beat') }
    const settings = await loadSettings({ file: lab.config, env, cwd: lab.folder })
    ctx = await openContext(settings, {
      clock: () => Date.now(),
      random: (bytes) => randomBytes(bytes),
      stop: () => null,
      writeLog: (text) => void said.push(text),
    })
  })
  afterEach(async () => {
    await ctx.close()
    await lab.close()
  })

  it('goes on with a slot that did not come to its end', async () => {
    const first = await runSlot(ctx, 'purge', line, monday, () => Promise.resolve('unfinished'))
    expect(first).to.deep.equal({ state: 'failed', slot, left: 2 })
    expect((await runSlot(ctx, 'purge', line, monday, done)).state).to.equal('ran')
    expect(await stateOf('purge')).to.deep.equal({ state: 'done', tries: 0 })
  })

  it('takes a slot up from a worker that died, not from one that is at work', async () => {
    await ctx.database.run({
      text: "INSERT INTO oubli_slot (job, slot, state) VALUES ('purge', ?, 'claimed 1')",
      values: [slot],
    })
    expect(await takeLease(ctx.database, lease('slot purge'))).not.to.equal(null)
    expect((await runSlot(ctx, 'purge', line, monday, done)).state).to.equal('not ours')
    await release(ctx.database, lease('slot purge'))
    expect((await runSlot(ctx, 'purge', line, monday, done)).state).to.equal('ran')
  })

  it('tells each try whose process died, also the last one, and that one once', async () => {
    const put = (state: string, at = slot) =>
      ctx.database.run({
        text: "INSERT INTO oubli_slot (job, slot, state) VALUES ('purge', ?, ?)",
        values: [at, state],
      })
    const told = () =>
      said.splice(0).flatMap((text) => {
        const { event, job, tries_left: left } = JSON.parse(text) as Readonly<Record<string, unknown>>
        return event === 'slot.unfinished' ? [[job, left]] : []
      })
    await put('claimed 3')
    expect(await takeLease(ctx.database, lease('slot purge'))).not.to.equal(null)
    await wakeUp(ctx, [{ job: 'purge', line }])
    expect([told(), await stateOf('purge')]).to.deep.equal([[], { state: 'claimed', tries: 3 }])
    await release(ctx.database, lease('slot purge'))
    for (let looks = 0; looks < 2; looks += 1) {
      await wakeUp(ctx, [{ job: 'purge', line }])
      expect(told()).to.deep.equal(looks === 0 ? [['purge', 0]] : [])
      expect(await stateOf('purge')).to.deep.equal({ state: 'failed', tries: 3 })
    }
    await ctx.database.run({ text: 'DELETE FROM oubli_slot WHERE job = ?', values: ['purge'] })
    await put('claimed 1')
    await wakeUp(ctx, [{ job: 'purge', line }])
    expect([told(), (await stateOf('purge'))?.state]).to.deep.equal([[['purge', 2]], 'done'])
  })

  it('tells a slot whose process died before the next slot came: nobody tries it again', async () => {
    const before = '2026-11-22T03:30:00.000Z'
    await ctx.database.run({
      text: "INSERT INTO oubli_slot (job, slot, state) VALUES ('verify', ?, 'claimed 1')",
      values: [before],
    })
    await wakeUp(ctx, [{ job: 'verify', line }])
    const unfinished = said.filter((text) => text.includes('"slot.unfinished"'))
    expect(unfinished).to.have.length(1)
    expect(unfinished[0]).to.match(/"tries_left":0/)
    expect(await readSlot(ctx.database, { job: 'verify', slot: before })).to.deep.equal({
      state: 'failed',
      tries: 1,
    })
    expect((await stateOf('verify'))?.state).to.equal('done')
  })

  it('only logs a lease that a run holds, where a run by hand ends with 5', async () => {
    await takeLease(ctx.database, lease('run'))
    await wakeUp(ctx, [{ job: 'purge', line }])
    expect(await stateOf('purge')).to.deep.equal({ state: 'waiting', tries: 0 })
    expect(said.join('\n')).to.include('"slot.busy"')
    const byHand = await lab.oubli(['run'])
    expect(byHand.exit).to.equal(5)
    expect(byHand.err).to.match(/^E_BUSY {2}/m)
    await release(ctx.database, lease('run'))
    await wakeUp(ctx, [{ job: 'purge', line }])
    expect(await stateOf('purge')).to.deep.equal({ state: 'done', tries: 0 })
  })

  it('tries again what could not seal its evidence', async () => {
    const tile = join(lab.folder, 'evidence/tile')
    await mkdir(join(lab.folder, 'evidence'), { recursive: true })
    await writeFile(tile, '')
    await wakeUp(ctx, [{ job: 'purge', line }])
    expect(await stateOf('purge')).to.deep.equal({ state: 'failed', tries: 1 })
    expect(said.join('\n')).to.include('the evidence waits to be sealed: E_FILE_UNWRITABLE')
    await rm(tile)
    await wakeUp(ctx, [{ job: 'purge', line }])
    expect((await stateOf('purge'))?.state).to.equal('done')
  })

  it('is not ended by a job that throws: the others have theirs, and the heartbeat is written', async () => {
    const jobs = [
      { job: 'purge', line },
      { job: 'verify', line },
    ] as const
    await rename(join(lab.folder, 'policies'), join(lab.folder, 'away'))
    await wakeUp(ctx, jobs)
    expect(await stateOf('purge')).to.deep.equal({ state: 'failed', tries: 1 })
    expect(await stateOf('verify')).to.deep.equal({ state: 'done', tries: 0 })
    expect(said.join('\n')).to.match(/"slot.failed".*E_FILE/)
    expect(existsSync(join(lab.folder, 'beat'))).to.equal(true)
    await rename(join(lab.folder, 'away'), join(lab.folder, 'policies'))
    await wakeUp(ctx, jobs)
    expect(await stateOf('purge')).to.deep.equal({ state: 'done', tries: 0 })
  })

  it('names the first problem of policy files that stop it, and where it stands', async () => {
    const file = join(lab.folder, 'policies/prospects.yml')
    await writeFile(file, (await readFile(file, 'utf8')).replace('then: erase', 'then: forget'))
    await wakeUp(ctx, [{ job: 'purge', line }])
    const told = said.map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>)
    const event = told.find((one) => one['event'] === 'slot.failed')
    expect(event).to.include({
      ...{ job: 'purge', code: 'E_POLICIES' },
      ...{ problem: 'E_CHOICE', file: 'prospects.yml', line: 12 },
    })
  })

  it('tells where a defect of ours is, without a word of its message', async () => {
    const broken = (): Promise<never> => Promise.reject(new TypeError('no such thing as alice@mail.example'))
    await wakeUp({ ...ctx, now: broken }, [{ job: 'purge', line }])
    const told = said.map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>)
    const defect = told.find(({ event }) => event === 'error.unexpected')
    expect(defect).to.include({ level: 'error', name: 'TypeError' })
    expect(defect?.['stack']).to.match(/^ +at .*broken .*wake-up\.test/)
    expect(said.join('\n')).not.to.include('alice')
    said.splice(0)
    await rename(join(lab.folder, 'policies'), join(lab.folder, 'away'))
    await wakeUp(ctx, [{ job: 'purge', line }])
    expect(said.join('\n')).to.include('"slot.failed"').and.not.include('error.unexpected')
  })

  it('takes mails that came back in before it delivers, and delivers where their folder is missing', async () => {
    const folder = join(lab.folder, 'bounces')
    const mail = { ...ctx.settings.mail, bounces: { ...ctx.settings.mail.bounces, folder } }
    const settings = Object.assign(Object.create(ctx.settings) as object, { mail }) as JobContext['settings']
    const jobs = [{ job: 'deliver', line }] as const
    await wakeUp({ ...ctx, settings }, jobs)
    expect(said.join('\n')).to.match(/"slot.failed".*"bounces".*E_FILE_UNREADABLE/)
    expect(await stateOf('deliver')).to.deep.equal({ state: 'done', tries: 0 })
    await mkdir(join(folder, 'new'), { recursive: true })
    await writeFile(join(folder, 'new/1'), report({ token: '0'.repeat(32) }))
    await ctx.database.run({ text: 'DELETE FROM oubli_slot WHERE job = ?', values: ['deliver'] })
    await wakeUp({ ...ctx, settings }, jobs)
    expect(existsSync(join(folder, 'done/1.taken'))).to.equal(true)
    expect(said.join('\n')).not.to.match(/"bounces\./)
    await writeFile(join(folder, 'new/mbox'), 'From a@b Mon Jun 1\n')
    await writeFile(join(folder, 'young'), '')
    await ctx.database.run({ text: 'DELETE FROM oubli_slot WHERE job = ?', values: ['deliver'] })
    await wakeUp({ ...ctx, settings }, jobs)
    expect(said.join('\n'))
      .to.match(/"bounces.left".*"count":1/)
      .and.to.match(/"bounces.young".*"count":1/)
    await ctx.database.run({ text: 'DELETE FROM oubli_slot WHERE job = ?', values: ['deliver'] })
    await mkdir(join(folder, 'other'))
    await writeFile(join(folder, 'other/answer'), 'Subject: Do not!')
    // In the morning, a slot is a few hours old.
    const day = 86_400_000
    const later = (Math.floor(Date.now() / day) + 32) * day + 10 * 3_600_000
    await ctx.database.run({
      text: "UPDATE oubli_run SET as_of = ? WHERE id > ''",
      values: [new Date(later).toISOString()],
    })
    await wakeUp({ ...ctx, settings, clock: () => later, now: () => Promise.resolve(later) }, jobs)
    expect(said.join('\n')).to.match(/"bounces.old".*"count":1/)
    expect(said.join('\n')).to.match(/"bounces.removed".*"count":1/)
    expect(existsSync(join(folder, 'done/1.taken'))).to.equal(false)
  })

  it('refuses a database that a newer version has migrated, as every command does', async () => {
    await ctx.database.run({ text: "INSERT INTO oubli_migration VALUES ('9999-future', 'x')", values: [] })
    await wakeUp(ctx, [
      { job: 'deliver', line },
      { job: 'purge', line },
    ])
    expect(said.filter((text) => /"slot.failed".*"E_MIGRATED_NEWER"/.test(text))).to.have.length(2)
    expect([await stateOf('deliver'), await stateOf('purge')]).to.deep.equal([null, null])
    for (const command of ['run', 'plan', 'schedule', 'status']) {
      const { exit, err } = await lab.oubli([command], { stop: () => 'interrupted by SIGTERM' })
      expect([command, exit, err.split(' ')[0]]).to.deep.equal([command, 4, 'E_MIGRATED_NEWER'])
    }
  })

  it('leaves the slot waiting while a restored database waits for its replay', async () => {
    expect((await lab.oubli(['run'])).exit).to.equal(0)
    const backup = await backUp(lab.database, [])
    expect((await lab.oubli(['run'])).exit).to.equal(0)
    await restore(lab.database, backup)
    const jobs = (['deliver', 'purge'] as const).map((job) => ({ job, line }))
    await wakeUp(ctx, jobs)
    expect(said.filter((text) => /"slot.failed".*"E_DATABASE_OLDER"/.test(text))).to.have.length(2)
    expect([await stateOf('deliver'), await stateOf('purge')]).to.deep.equal([null, null])
    expect((await lab.oubli(['replay', '--confirm'])).exit).to.equal(0)
    await wakeUp(ctx, jobs)
    expect((await stateOf('deliver'))?.state).to.equal('done')
    expect((await stateOf('purge'))?.state).to.equal('done')
  })

  it('finds a slot whose own ring came while a look was in hand', async () => {
    let now = Date.parse(slot) - 60_000
    let end: () => void = () => undefined
    const looks = [
      () => new Promise<void>((resolve) => (end = resolve)),
      () => wakeUp({ ...ctx, now: () => Promise.resolve(now) }, [{ job: 'verify', line }]),
    ]
    const { wake, idle } = waker(
      () => now,
      () => looks.shift()?.() ?? Promise.reject(new Error('one look too many')),
    )
    wake()
    now = Date.parse(slot)
    wake()
    now += 60_000
    const first = idle()
    end()
    await first
    expect(await stateOf('verify')).to.equal(null)
    now += 4 * 60_000
    wake()
    await idle()
    expect(await stateOf('verify')).to.deep.equal({ state: 'done', tries: 0 })
  })

  it('tells evidence that was checked, could not be checked and does not verify apart', async () => {
    // The last entry of all is compared before each slot.
    for (let runs = 0; runs < 2; runs += 1) expect((await lab.oubli(['run'])).exit).to.equal(0)
    async function checked(verifierKey: string | null): Promise<readonly object[]> {
      const evidence = { ...ctx.settings.evidence, verifierKey }
      const settings = Object.assign(Object.create(ctx.settings) as object, {
        evidence,
      }) as JobContext['settings']
      await ctx.database.run({ text: 'DELETE FROM oubli_slot WHERE job = ?', values: ['verify'] })
      said.splice(0)
      await wakeUp({ ...ctx, settings }, [{ job: 'verify', line }])
      return said
        .map((text) => JSON.parse(text) as { readonly event: string })
        .filter(({ event }) => event.startsWith('evidence.'))
    }
    const key = ctx.signingKey?.verifier.text ?? ''
    const [unverified, ...none] = await checked(null)
    expect(unverified).to.include({ level: 'warn', event: 'evidence.unverified' })
    expect(none).to.deep.equal([])
    expect((await checked(key))[0]).to.include({ level: 'info', event: 'evidence.checked' })
    await ctx.database.run({
      text: "UPDATE oubli_entry SET leaf = REPLACE(leaf, 'tool', 'fool') WHERE id = (SELECT entry_id FROM oubli_seal WHERE leaf_index = 0)",
      values: [],
    })
    const [failed] = await checked(key)
    expect(failed).to.include({ level: 'error', event: 'evidence.failed' })
    expect((failed as { readonly findings: number }).findings).to.be.at.least(1)
  })

  it('survives a heartbeat file that cannot be written', async () => {
    const settings = Object.assign(Object.create(ctx.settings) as object, {
      heartbeatFile: join(lab.config, 'under a file'),
    }) as JobContext['settings']
    await wakeUp({ ...ctx, settings }, [])
    expect(said.join('\n')).to.match(/"slot.failed".*heartbeat/)
  })
})
