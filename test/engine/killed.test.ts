/** `kill -9` at every named place of a batch: the next run ends as if nothing had happened. */
import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import { points, type Point } from '../../engine/ports.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from './installation.ts'
import { dumpOf, insert } from './lab.ts'
import { siteFiles, siteTables } from './site-files.ts'

const start = Date.parse('2026-06-01T10:00:00Z')
const day = 86_400_000
/** Beyond the time that a lease outlives its holder; the second run that is killed holds one as well. */
const later = (leases: number): number => leases * 61_000

/** Which of the two policies come by a point. Where a block holds the whole transaction, flat rows stop at its ends only. */
function visited(point: Point, { dialect }: Database): { readonly people: boolean; readonly rows: boolean } {
  const flat = point === 'before flat rows' || point === 'flat rows committed'
  const steps = ['before lock', 'locked', 'root written', 'evidence written', 'before commit'].includes(point)
  return { people: !flat, rows: flat || (steps && !dialect.blocks) }
}

eachDatabase('a run that is killed', (open) => {
  let killed: Installation
  let undisturbed: Installation
  before(async function () {
    this.timeout(120_000)
    const both: Installation[] = []
    for (const database of [await open(), await open()]) {
      const one = await install(database, siteFiles, start)
      await addDue(database, 1)
      expect((await one.oubli(['run'])).text).to.include('New terms were observed only')
      await one.approve()
      expect((await one.oubli(['run'])).exit).to.equal(0)
      both.push(one)
    }
    ;[killed, undisturbed] = both as [Installation, Installation]
  })
  after(async () => {
    await killed.close()
    await undisturbed.close()
  })

  points.forEach((point, i) => {
    it(`at "${point}", of people and of flat rows`, async () => {
      const way = visited(point, killed.database)
      const now = start + (i + 1) * day
      for (const { database } of [killed, undisturbed]) {
        await setSandboxNow(database, now)
        await addDue(database, (i + 2) * 100)
      }
      const runs = await runIds(killed.database)
      const [signal, plain] = await Promise.all([
        killAt(killed, point, 0, ['run', '--policy', way.people ? 'prospects' : 'page-views']),
        undisturbed.oubli(['run']),
      ])
      expect([signal, plain.exit]).to.deep.equal(['SIGKILL', 0])
      const busy = await killed.oubli(['run'])
      expect(busy.exit, busy.text).to.equal(5)
      expect(busy.text).to.include('E_BUSY')
      if (way.people && way.rows)
        expect(await killAt(killed, point, later(1), ['run', '--policy', 'page-views'])).to.equal('SIGKILL')

      expect((await killed.oubli(['run'], { clock: () => Date.now() + later(2) })).exit).to.equal(0)
      expect(await siteOf(killed.database)).to.deep.equal(await siteOf(undisturbed.database))
      expect(await changesOf(killed.database)).to.deep.equal(await changesOf(undisturbed.database))

      const dump = await siteOf(killed.database)
      const changes = await changesOf(killed.database)
      for (const shift of [0, day / 2]) {
        await setSandboxNow(killed.database, now + shift)
        expect((await killed.oubli(['run'])).exit).to.equal(0)
      }
      expect(await siteOf(killed.database)).to.deep.equal(dump)
      expect(await changesOf(killed.database)).to.deep.equal(changes)
      const ended = (await finished(killed.database)).filter((run) => !runs.includes(run))
      expect(ended, 'one run.finished for each run that ended').to.have.length(3)
      expect(new Set(ended).size).to.equal(3)
    })
  })

  it('leaves evidence that verifies, and no mail', async () => {
    for (const one of [killed, undisturbed]) {
      const said = await one.oubli([
        'audit',
        'verify',
        '--key',
        join(one.folder, 'keys/signing-key.verifier'),
      ])
      expect(said.text).to.match(/^VERIFIED/m)
    }
    expect(await dumpOf(killed.database, 'oubli_outbox')).to.deep.equal([])
    expect(await dumpOf(killed.database, 'oubli_set_aside')).to.deep.equal([])
  })
})

/** Rows that are due, and some that are not, numbered from `from`. */
async function addDue(database: Database, from: number): Promise<void> {
  const people = [0, 1, 2].map((n) => from + n)
  await insert(
    database,
    'prospects',
    people.map((id, n) => ({
      id,
      email: `p${id}@mail.example`,
      first_name: 'Ada',
      collected_at: n === 2 ? '2026-01-01 10:00:00' : '2020-01-01 10:00:00',
    })),
  )
  await insert(
    database,
    'clicks',
    people.map((id) => ({ id, prospect_id: id, ip: '192.0.2.7' })),
  )
  await insert(
    database,
    'receipts',
    people.map((id) => ({ id, prospect_id: id, number: `R${id}`, issued_on: '2019-05-01', holder: 'Ada' })),
  )
  await insert(
    database,
    'page_views',
    [0, 1, 2].map((n) => ({
      id: from + n,
      ip: '192.0.2.7',
      visited_at: n === 2 ? '2026-05-01 10:00:00' : '2024-01-01 10:00:00',
    })),
  )
}

function killAt(
  one: Installation,
  point: Point,
  ahead: number,
  argv: readonly string[],
): Promise<string | null> {
  const driver = join(dirname(fileURLToPath(import.meta.url)), 'kill-driver.js')
  const child = spawn(process.execPath, [driver, point, String(ahead), ...argv], {
    cwd: one.folder,
    stdio: 'pipe',
  })
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void one.said.push(chunk.toString()))
  return new Promise((resolve) => {
    child.once('close', (_code, signal) => {
      resolve(signal)
    })
  })
}

async function siteOf(database: Database): Promise<unknown> {
  const dump: Record<string, unknown> = {}
  for (const table of siteTables) dump[table] = await dumpOf(database, table)
  return dump
}

async function leaves(database: Database): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const rows = await database.rows({ text: 'SELECT leaf FROM oubli_entry', values: [] })
  return rows.map((row) => JSON.parse(String(row['leaf'])) as Record<string, unknown>)
}

/** What was changed, without what is random: ids of entries, runs and batches, and the commitment. */
async function changesOf(database: Database): Promise<readonly string[]> {
  const random = new Set(['id', 'run', 'batch', 'subject'])
  return (await leaves(database))
    .filter((leaf) => leaf['kind'] !== 'run.finished')
    .map((leaf) => JSON.stringify(Object.entries(leaf).filter(([name]) => !random.has(name))))
    .sort()
}

async function finished(database: Database): Promise<readonly string[]> {
  return (await leaves(database))
    .filter((leaf) => leaf['kind'] === 'run.finished')
    .map((leaf) => String(leaf['run']))
}

async function runIds(database: Database): Promise<readonly string[]> {
  const rows = await database.rows({ text: 'SELECT id FROM oubli_run', values: [] })
  return rows.map((row) => String(row['id']))
}
