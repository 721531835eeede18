import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { createLab, type Lab } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'
import { entryCounts } from '../../db/own/entries.ts'
import { stopWords } from '../../cli/stop-words.ts'
import { takeLease } from '../../db/own/lease.ts'
import { insertRun } from '../../db/own/runs.ts'
import type { Point } from '../../base/point.ts'
import { approved } from '../approve.ts'

interface RunJson {
  readonly exit: number
  readonly why_stopped: string
  readonly policies: readonly { readonly due: number; readonly outcome: { readonly done: number } | null }[]
}

eachDatabase('a run that is told to end', (open) => {
  let lab: Lab
  beforeEach(async () => {
    lab = await createLab(await open(), 120)
    await lab.oubli(['migrate'])
    await lab.oubli(['run'])
    await approved(lab)
  })
  afterEach(() => lab.close())

  it('by its time finishes the transaction at hand, says what is left, and the next run goes on', async () => {
    const settings = JSON.parse(await readFile(lab.config, 'utf8')) as object
    await writeFile(lab.config, JSON.stringify({ ...settings, limits: { run_minutes: 5 } }))
    let now = Date.parse('2026-11-23T10:00:00Z')
    let committed = 0
    const said = await lab.oubli(['run', '--json'], {
      clock: () => now,
      point: (point: Point) => {
        if (point === 'committed') {
          committed += 1
          now += 6 * 60_000
        }
        return Promise.resolve()
      },
    })
    const first = JSON.parse(said.out) as RunJson
    expect(said.exit, said.out + said.err).to.equal(0)
    expect(committed).to.equal(1)
    expect(first.why_stopped).to.match(
      /^the time of this run is used up, \d+ left, done about \d+ [A-Z][a-z]+ 20\d\d \([\d,]+ a run\)$/,
    )
    await expectTheRest(lab, first)
  })

  it('beside somebody who seals has done its work all the same, and the next run seals it', async () => {
    const claim = { name: 'seal', owner: 'somebody', now: Date.parse('2026-11-23T10:00:00Z'), ttlMs: 60_000 }
    expect(await takeLease(lab.database, claim)).not.to.equal(null)
    const said = await lab.oubli(['run', '--json'], { clock: () => claim.now })
    expect(said.exit, said.out + said.err).to.equal(0)
    expect((await entryCounts(lab.database)).unsealed).to.be.greaterThan(0)
    expect((await lab.oubli(['run'], { clock: () => claim.now + 61_000 })).exit).to.equal(0)
    expect((await entryCounts(lab.database)).unsealed).to.equal(0)
  })

  it('that a process did not live to tell is called interrupted by the next, and one at work is not', async () => {
    const dead = { id: 'd'.repeat(32), job: 'purge', slot: null, toolVersion: 'x', fingerprint: null }
    const at = '2026-11-22T10:00:00.000Z'
    await insertRun(lab.database, { ...dead, asOf: at, startedAt: at })
    const states = async () => {
      const rows = await lab.database.rows({
        text: 'SELECT state, ended_at, why_stopped FROM oubli_run ORDER BY as_of',
        values: [],
      })
      return rows.map((row) => Object.values(row))
    }
    let during: readonly unknown[] = []
    const said = await lab.oubli(['run'], {
      point: async (point: Point) => {
        if (point === 'committed' && during.length === 0) during = await states()
      },
    })
    expect(said.exit, said.out + said.err).to.equal(0)
    const why = 'its process ended without a word'
    expect(during).to.deep.include(['interrupted', null, why])
    expect(during).to.deep.include(['running', null, null])
    expect((await states()).map(([state]) => state)).to.deep.equal(['interrupted', 'done', 'done'])
    expect(stopWords(why, 'fr')).to.equal('son processus a pris fin sans un mot')
  })

  it('by a signal finishes the transaction at hand with exit 3, and the next run goes on', async () => {
    let word: string | null = null
    let committed = 0
    const said = await lab.oubli(['run', '--json'], {
      stop: () => word,
      point: (point: Point) => {
        if (point === 'before commit') word = 'interrupted by SIGTERM'
        if (point === 'committed') committed += 1
        return Promise.resolve()
      },
    })
    const first = JSON.parse(said.out) as RunJson
    expect([said.exit, first.exit, first.why_stopped]).to.deep.equal([3, 3, 'interrupted by SIGTERM'])
    expect(committed).to.equal(1)
    await expectTheRest(lab, first)
  })

  it('as a process by SIGTERM ends with exit 3, sealed and without the lease', async () => {
    const child = lab.spawn(['run'])
    child.process.stderr?.on('data', (text: Buffer) => {
      if (text.includes('"policy.done"') && !child.process.killed) child.process.kill('SIGTERM')
    })
    const { code } = await child.ended
    expect([code, child.out().trim().split('\n').at(-1)]).to.deep.equal([
      3,
      'why stopped: interrupted by SIGTERM',
    ])
    const status = JSON.parse((await lab.oubli(['status', '--json'])).out) as {
      readonly running: boolean
      readonly entries: { readonly unsealed: number }
    }
    expect([status.running, status.entries.unsealed]).to.deep.equal([false, 0])
    expect((await lab.oubli(['run'])).exit).to.equal(0)
  })
})

/** Together the interrupted run and the next one did what was due, no more and no less. */
async function expectTheRest(lab: Lab, first: RunJson): Promise<void> {
  const done = (report: RunJson): number =>
    report.policies.reduce((sum, one) => sum + (one.outcome?.done ?? 0), 0)
  const due = first.policies.reduce((sum, one) => sum + one.due, 0)
  expect(done(first)).to.be.within(1, due - 1)
  const said = await lab.oubli(['run', '--json'])
  const second = JSON.parse(said.out) as RunJson
  expect(said.exit, said.out + said.err).to.equal(0)
  expect(done(second)).to.be.greaterThan(0)
  const third = JSON.parse((await lab.oubli(['run', '--json'])).out) as RunJson
  expect(done(third)).to.equal(0)
  const verified = await lab.oubli(['audit', 'verify', '--key', `${lab.folder}/keys/signing-key.verifier`])
  expect(verified.exit, verified.out).to.equal(0)
}
