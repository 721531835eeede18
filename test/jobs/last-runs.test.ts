/** What a monitor reads of `oubli status --json`: a run of another job must not hide the one that went wrong. */
import { expect } from 'chai'
import { symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase, eachServer } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { siteFiles } from '../engine/site-files.ts'
import { addDue, day, start } from '../engine/twins.ts'
import { quickPace } from '../quick-pace.ts'

interface StatusJson {
  readonly lastRun: { readonly job: string; readonly state: string } | null
  readonly lastRuns: Readonly<
    Record<'warn' | 'purge', { readonly job: string; readonly state: string } | null>
  >
}

const statusOf = async (one: Installation): Promise<StatusJson> =>
  JSON.parse((await one.oubli(['status', '--json'])).out) as StatusJson

eachDatabase('the last run', (open) => {
  let one: Installation
  beforeEach(async () => {
    one = await install(await open(), { ...siteFiles, pace: { ...quickPace, pause_file: '../pause' } }, start)
  })
  afterEach(() => one.close())

  it('is told by what it did, whatever came after it', async () => {
    expect((await statusOf(one)).lastRuns).to.deep.equal({ warn: null, purge: null })
    await addDue(one.database, 1)
    await one.oubli(['run'])
    await one.approve()
    const told = await statusOf(one)
    expect([told.lastRuns.warn, told.lastRuns.purge]).to.deep.equal([told.lastRun, told.lastRun])
    expect((await one.oubli(['status'])).out).not.to.include('Last that')
    await setSandboxNow(one.database, start + day)
    const stopped = await one.oubli(['run', '--only', 'purge'], { stop: () => 'interrupted by SIGTERM' })
    expect(stopped.exit).to.equal(3)
    await setSandboxNow(one.database, start + 1.2 * day)
    expect((await one.oubli(['run', '--only', 'warn'])).exit).to.equal(0)
    await setSandboxNow(one.database, start + 1.4 * day)
    expect((await one.oubli(['run', '--policy', 'prospects', '--pilot', '10'])).exit).to.equal(0)
    const { lastRun, lastRuns } = await statusOf(one)
    const states = [lastRun, lastRuns.warn, lastRuns.purge].map((run) => `${run?.job} ${run?.state}`)
    expect(states).to.deep.equal(['purge done', 'warn done', 'purge partly'])
    const said = await one.oubli(['status'])
    expect(said.out).to.match(/^Last that warned: 2026-06-02T14.*, done/m)
    expect(said.out).to.match(/^Last that erased: 2026-06-02T10.*, partly \(interrupted by SIGTERM\)$/m)
    expect((await one.oubli(['status'], { env: { LANG: 'fr' } })).out).to.match(
      /^La dernière qui a effacé\s: 2026-06-02T10/m,
    )
  })

  it('may wait for a pause, and status and doctor say since when', async () => {
    expect((await one.oubli(['doctor'])).out).not.to.match(/pause/)
    await one.oubli(['pause', '--by', 'Night watch'])
    await writeFile(join(one.folder, 'pause'), '')
    const at = new Date('2026-05-30T08:00:00Z')
    await utimes(join(one.folder, 'pause'), at, at)
    const said = await one.oubli(['doctor'])
    expect(said.out).to.match(
      /^warning {2}pause: runs are paused by Night watch since 2026-06-01T10:00:00\.000Z and erase nothing/m,
    )
    expect(said.out).to.match(/^warning {2}pause: the pause file is there since 2026-05-30T08:00:00\.000Z/m)
    const status = await one.oubli(['status'])
    expect(status.out).to.match(/^Paused by Night watch since 2026-06-01T10:00:00\.000Z/m)
    expect(status.out).to.match(/^Paused by the pause file since 2026-05-30T08:00:00\.000Z\.$/m)
  })

  it('may wait for a pause file that nobody can look for, and status and doctor say why', async () => {
    // A link to itself: as a folder that may not be entered, but also for an administrator.
    await symlink('pause', join(one.folder, 'pause'))
    expect((await one.oubli(['doctor'])).out).to.match(
      /^warning {2}pause: the pause file cannot be looked for \(ELOOP\), and runs erase nothing/m,
    )
    expect((await one.oubli(['status'])).out).to.match(
      /^Paused: the pause file cannot be looked for \(ELOOP\)\.$/m,
    )
    expect(await statusOf(one)).to.include({ pauseFile: null, pauseFileUnseen: 'ELOOP' })
    expect((await one.oubli(['status', '--lang', 'fr'])).out).to.match(/^En pause\u00a0: .*\(ELOOP\)\.$/m)
  })
})

eachServer('a replica that does not answer', (open) => {
  it('is named by doctor, and refuses a run that requires its lag', async () => {
    const pace = { ...quickPace, replicas: '127.0.0.1:1' }
    const one = await install(await open(), { ...siteFiles, pace }, start)
    try {
      const said = await one.oubli(['doctor'])
      expect(said.exit).to.equal(4)
      expect(said.out).to.match(/^REFUSED {2}signals: no answer from 127\.0\.0\.1:1 \([A-Z_]+\): while/m)
      const env = { LANG: 'en', OUBLI_PACE_REQUIRE: 'replica_lag_ms' }
      const refused = await one.oubli(['run'], { env })
      expect([refused.exit, refused.text]).to.deep.equal([4, refused.text])
      expect(refused.text).to.match(
        /^E_SIGNAL_MISSING {2}.*no way to read replica_lag_ms, no answer from 127\.0\.0\.1:1 \([A-Z_]+\)$/m,
      )
      expect((await one.oubli(['status'])).out).to.include('No run yet.')
      const waited = JSON.parse((await one.oubli(['run', '--json'])).out) as {
        readonly pace: { readonly signals_missing: readonly string[] }
      }
      expect(waited.pace.signals_missing).to.include('replica_lag_ms')
    } finally {
      await one.close()
    }
  })
})
