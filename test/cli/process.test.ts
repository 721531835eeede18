/** What only a process shows: pipes that close, signals, logs at the end, no stack for a mistake in a file. */
import { expect } from 'chai'
import { execFile, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eachDatabase } from '../databases.ts'
import { createLab, mainFile, start, until, type Lab } from './lab.ts'

describe('a mistake in the settings', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oubli-settings-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const password = 'hunter2-never-shown'
  const database = 'database: { sqlite: site.db }\n'
  const mysql = 'database:\n  mysql: { user: a, database: b, password_file: pass }\n'
  const mistakes: readonly (readonly [what: string, text: string | null, code: string, said: RegExp])[] = [
    ['wrong YAML', 'database: [', 'E_SETTINGS', /oubli\.yml:1:\d+ /],
    [
      'an unknown key',
      `${database}polices: ./policies\n`,
      'E_SETTINGS',
      /oubli\.yml:2:1 .*Did you mean policies\?/,
    ],
    [
      'a wrong value',
      `${database}mail: { port: smtp }\n`,
      'E_SETTINGS',
      /mail\.port: expected a whole number/,
    ],
    [
      'a schedule while clocks are set',
      `${database}schedule: { purge: 30 2 * * * }\n`,
      'E_SETTINGS',
      /schedule\.purge/,
    ],
    ['no file', null, 'E_SETTINGS_MISSING', /oubli\.yml/],
    ['no database', 'log: { level: info }\n', 'E_NO_DATABASE', /database/],
    ['a password that others may read', mysql, 'E_SECRET_EXPOSED', /pass.*found/],
    ['no folder of policies', `${database}policies: nowhere\n`, 'E_FILE_UNREADABLE', /nowhere/],
  ]
  for (const [what, text, code, said] of mistakes)
    it(`ends with 2, code, place and remedy: ${what}`, async () => {
      const config = join(folder, 'oubli.yml')
      await rm(config, { force: true })
      if (text !== null) await writeFile(config, text)
      await writeFile(join(folder, 'pass'), password)
      await chmod(join(folder, 'pass'), 0o644)
      const argv = what.includes('policies') ? ['lint'] : ['migrate']
      const child = start([...argv, '--config', config], folder)
      expect((await child.ended).code, child.err()).to.equal(2)
      expect(child.err()).to.match(new RegExp(`^${code} {2}\\S`))
      expect(child.err()).to.match(said)
      expect(child.err().trim().split('\n').length).to.be.greaterThan(1)
      expect(child.err()).not.to.match(/\n\s+at /)
      expect(child.err() + child.out()).not.to.include(password)
      expect(child.out()).to.equal('')
    })
})

eachDatabase('a process', (open) => {
  let lab: Lab
  beforeEach(async () => {
    lab = await createLab(await open(), 50)
    expect((await lab.oubli(['migrate'])).exit).to.equal(0)
  })
  afterEach(() => lab.close())

  it('outlives a reader that goes away, on both streams, and keeps its exit code', async () => {
    for (const argv of [['run'], ['plan']]) {
      const child = lab.spawn(argv)
      child.process.stdout?.destroy()
      child.process.stderr?.destroy()
      expect(await child.ended).to.deep.equal({ code: 0, signal: null })
    }
    expect(await readFile(join(lab.folder, 'oubli.log'), 'utf8')).to.include('"run.finished"')
  })

  /** Under a shell that sends a stream to a full disk; what is left of both. */
  function onFullDisk(argv: readonly string[], streams: string): Promise<{ code: number; said: string }> {
    const line = `"$0" "$@" --config "${lab.config}" ${streams}`
    return new Promise((resolve) => {
      execFile('/bin/sh', ['-c', line, process.execPath, mainFile, ...argv], (error, out, err) => {
        resolve({ code: Number(error?.code ?? 0), said: out + err })
      })
    })
  }

  it('outlives a full disk behind its streams, and its exit code says that output was lost', async function () {
    if (!existsSync('/dev/full')) this.skip()
    const { code } = await onFullDisk(['run'], '>/dev/full 2>&1')
    expect(code).to.equal(1)
    expect(await readFile(join(lab.folder, 'oubli.log'), 'utf8')).to.include('"run.finished"')
    const status = JSON.parse((await lab.oubli(['status', '--json'])).out) as { lastRun: { state: string } }
    expect(status.lastRun.state).to.equal('done')
    const result = await onFullDisk(['plan', '--json'], '>/dev/full')
    expect(result.code).to.equal(1)
    expect(result.said)
      .to.match(/^E_OUTPUT_LOST {2}.*ENOSPC/m)
      .and.not.to.match(/\n\s+at /)
    expect((await onFullDisk(['status'], '2>/dev/full')).code).to.equal(0)
  })

  it('keeps an exit code that says more than that output was lost', async function () {
    if (!existsSync('/dev/full')) this.skip()
    expect((await onFullDisk(['report', '--from', 'nonsense'], '>/dev/full 2>&1')).code).to.equal(2)
  })

  it('goes on with the schedule on a full disk', async function () {
    if (!existsSync('/dev/full')) this.skip()
    const log = () => readFile(join(lab.folder, 'oubli.log'), 'utf8').catch(() => '')
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [mainFile, 'schedule', '--config', lab.config], {
      cwd: lab.folder,
      stdio: ['ignore', full, full],
    })
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    closeSync(full)
    await until('a slot is done', async () => (await log()).includes('"slot.done"'))
    child.kill('SIGTERM')
    expect(await ended).to.equal(1)
    expect(await log()).to.include('"schedule.stopped"')
  })

  it('ends at once at the second signal', async () => {
    const child = lab.spawn(['schedule'])
    await until('started', () => child.err().includes('schedule.started'))
    child.process.kill('SIGINT')
    child.process.kill('SIGTERM')
    child.process.kill('SIGINT')
    expect((await child.ended).code).to.equal(130)
  })

  it('takes one Ctrl-C that comes twice for one, as under npx', async () => {
    const child = lab.spawn(['schedule'])
    await until('started', () => child.err().includes('schedule.started'))
    child.process.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 5))
    child.process.kill('SIGINT')
    expect(await child.ended).to.deep.equal({ code: 0, signal: null })
    expect(child.out().trim()).to.equal('why stopped: interrupted by SIGINT')
  })

  it('ends in good order when its terminal goes away, and is not hurried by it', async () => {
    const child = lab.spawn(['schedule'])
    await until('started', () => child.err().includes('schedule.started'))
    child.process.kill('SIGHUP')
    await new Promise((resolve) => setTimeout(resolve, 5))
    child.process.kill('SIGHUP')
    expect(await child.ended).to.deep.equal({ code: 0, signal: null })
    expect(child.out().trim()).to.equal('why stopped: interrupted by SIGHUP')
  })

  it('takes the first signal after that for a first one', async () => {
    const child = lab.spawn(['schedule'])
    await until('started', () => child.err().includes('schedule.started'))
    child.process.kill('SIGHUP')
    child.process.kill('SIGTERM')
    expect(await child.ended).to.deep.equal({ code: 0, signal: null })
  })

  it('has written every line of its log when it ends, to the stream and to the file', async () => {
    const child = lab.spawn(['run'])
    expect((await child.ended).code).to.equal(0)
    const streamed = child
      .err()
      .split('\n')
      .filter((line) => line !== '')
    for (const line of streamed) expect(JSON.parse(line)).to.include.keys('t', 'level', 'event')
    const last = JSON.parse(streamed.at(-1) ?? '{}') as { readonly event: string }
    expect(last.event).to.equal('run.finished')
    const file = await readFile(join(lab.folder, 'oubli.log'), 'utf8')
    expect(file.split('\n').filter((line) => line !== '')).to.deep.equal(streamed)
  })
})

describe('oubli … | head', () => {
  it('says nothing of the pipe', async () => {
    const said = await new Promise<string>((resolve) => {
      execFile(
        '/bin/sh',
        ['-c', `"${process.execPath}" "${mainFile}" --help | head -n 1`],
        (_error, out, err) => {
          resolve(out + err)
        },
      )
    })
    expect(said).to.equal('Usage: oubli [options] [command]\n')
  })
})
