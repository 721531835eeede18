/** What befalls an SQLite file while a run is at work on it: another process writes, the disk refuses to. */
import { expect } from 'chai'
import { spawn, spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Database } from '../../db/session.ts'
import { mainFile } from '../cli/lab.ts'
import { databaseUrlSettings, eachDatabase } from '../databases.ts'
import { changesOf, later, siteOf, verified } from './kill.ts'
import { sql } from './lab.ts'
import { siteTables } from './site-files.ts'
import { addDue, twins, type Twins } from './twins.ts'

/** Error → writes to the log of the file that still work: the run is then past its flat rows, in a batch. */
const refusals = { EROFS: 90, ENOSPC: 120 } as const

interface Neighbour {
  readonly locked: Promise<unknown>
  /** How each of its transactions ended. */
  readonly ended: Promise<readonly string[]>
}

function neighbour(database: Database, times: number, holds: number, rests: number): Neighbour {
  const driver = join(dirname(fileURLToPath(import.meta.url)), 'lock-driver.js')
  const argv = [driver, fileOf(database), ...[times, holds, rests].map(String)]
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  const locked = new Promise((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('locked')) resolve(null)
    })
  })
  const ended = new Promise<readonly string[]>((resolve) => {
    child.once('close', () => {
      resolve(JSON.parse(text.split('\n')[1] ?? '[]') as readonly string[])
    })
  })
  return { locked, ended }
}

function fileOf(database: Database): string {
  const { settings } = databaseUrlSettings(database)
  return settings.client === 'sqlite' ? settings.file : ''
}

eachDatabase('an SQLite file that others use too', (open) => {
  let pair: Twins
  let n = 0
  before(async function () {
    if ((await open()).dialect.name !== 'sqlite') this.skip()
    pair = await twins(open)
    for (const { database } of [pair.killed, pair.undisturbed])
      await sql(database, 'CREATE TABLE carts (id INTEGER NOT NULL PRIMARY KEY)')
  })
  after(async () => {
    if ((pair as Twins | undefined) !== undefined) await pair.close()
  })
  beforeEach(async () => {
    await sql(pair.killed.database, 'DELETE FROM carts')
    await pair.nextDay((n += 1))
    for (const { database } of [pair.killed, pair.undisturbed])
      for (const more of [20, 40, 60]) await addDue(database, (n + 1) * 100 + more)
    expect((await pair.undisturbed.oubli(['run'])).exit).to.equal(0)
  })

  async function expectDone(): Promise<void> {
    const { killed, undisturbed } = pair
    expect(await siteOf(killed.database, siteTables)).to.deep.equal(
      await siteOf(undisturbed.database, siteTables),
    )
    expect(await changesOf(killed.database)).to.deep.equal(await changesOf(undisturbed.database))
    expect(await verified(killed)).to.match(/^VERIFIED/m)
  }

  const clock = () => Date.now() + later(n * 2)

  it('is shared with a process that writes all the time: each has its turn, and nothing is lost', async () => {
    const site = neighbour(pair.killed.database, 25, 20, 5)
    await site.locked
    const said = await pair.killed.oubli(['run'], { clock })
    expect(said.exit, said.text).to.equal(0)
    expect(new Set(await site.ended)).to.deep.equal(new Set(['committed']))
    expect(await pair.killed.database.rows({ text: 'SELECT id FROM carts', values: [] })).to.have.length(25)
    await expectDone()
  })

  it('is held for longer than one wait in mid-run: the batch is tried again, whole', async () => {
    let site: Neighbour | null = null
    const said = await pair.killed.oubli(['run'], {
      clock,
      point: async (point) => {
        if (point !== 'flat rows committed' || site !== null) return
        site = neighbour(pair.killed.database, 1, 6000, 0)
        await site.locked
      },
    })
    expect(said.exit, said.text).to.equal(0)
    expect(site, 'was at work').not.to.equal(null)
    expect(await (site as Neighbour | null)?.ended).to.deep.equal(['committed'])
    await expectDone()
  })

  for (const [error, writes] of Object.entries(refusals))
    it(`lies on a disk that refuses every write from some moment on (${error}): the run says so, and the next one goes on`, async function () {
      if (spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status !== 0) {
        process.stderr.write(
          '\n*** NOT RUN: faults by strace, which is not installed or may not trace ***\n\n',
        )
        this.skip()
      }
      const { killed } = pair
      const before = await siteOf(killed.database, siteTables)
      const said = spawnSync(
        'strace',
        [
          ...['-f', '-qq', '-o', '/dev/null', '-P', `${fileOf(killed.database)}-wal`],
          ...['-e', `inject=pwrite64:error=${error}:when=${writes}+`],
          ...[process.execPath, mainFile, 'run'],
        ],
        { cwd: killed.folder, env: { ...process.env, LANG: 'en' }, encoding: 'utf8' },
      )
      const text = said.stdout + said.stderr
      expect(said.status, text).to.equal(1)
      expect(text)
        .to.match(/E_NOT_WRITABLE/)
        .and.not.include('E_UNEXPECTED')
      expect(await siteOf(killed.database, siteTables), 'it had begun').not.to.deep.equal(before)
      expect(await killed.database.rows({ text: 'SELECT * FROM oubli_set_aside', values: [] })).to.deep.equal(
        [],
      )
      const next = await killed.oubli(['run'], { clock })
      expect(next.exit, next.text).to.equal(0)
      await expectDone()
    })
})
