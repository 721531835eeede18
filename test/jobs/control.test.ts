/** Operators and the surroundings against a run at work: pause, resume, stop, the pause file, a read-only server. */
import { expect } from 'chai'
import { readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onPoint, type Point } from '../../base/point.ts'
import { writeBeat } from '../../db/own/beat.ts'
import { takeLease } from '../../db/own/lease.ts'
import { finishRun, insertRun } from '../../db/own/runs.ts'
import { until } from '../cli/lab.ts'
import { eachDatabase, eachServer } from '../databases.ts'
import { install, type Installation, type Said } from '../engine/installation.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { quickPace } from '../quick-pace.ts'
import { signal } from '../signal.ts'

const start = Date.parse('2026-06-01T10:00:00Z')
const rows = 60
/** One transaction after the other, each a few rows. */
const pace = { ...quickPace, rows_per_commit: { min: 2, max: 2 }, pause_file: '../pause' }

interface StatusJson {
  readonly running: boolean
  readonly atWork: { readonly run: string; readonly state: string; readonly reason: string | null } | null
  readonly control: { readonly pause: { readonly by: string | null; readonly at: string } | null }
}

async function prepared(one: Installation): Promise<void> {
  await due(one, 1)
  await one.oubli(['run'])
  await one.approve()
}

async function due(one: Installation, from: number): Promise<void> {
  const views = Array.from({ length: rows }, (_, i) => i + from)
  await insert(
    one.database,
    'page_views',
    views.map((id) => ({ id, ip: '192.0.2.7', visited_at: '2024-01-01 10:00:00' })),
  )
}

async function statusOf(one: Installation): Promise<StatusJson> {
  return JSON.parse((await one.oubli(['status', '--json'])).out) as StatusJson
}

eachDatabase('the status of a run that has not said a word yet', (open) => {
  it('shows nothing of the run before it', async () => {
    const one = await install(await open(), siteFiles, Date.now())
    try {
      const beat = { beat: 7, at: new Date().toISOString(), policy: 'page-views', done: 5, due: 9 }
      const pace = { perSecond: null, batchSize: 2, writers: 1, state: 'working', reason: null } as const
      const claim = { name: 'run', owner: 'n'.repeat(32), now: Date.now(), ttlMs: 60_000 }
      await takeLease(one.database, claim)
      await writeBeat(one.database, { ...beat, ...pace, run: 'o'.repeat(32) })
      expect(await statusOf(one)).to.deep.include({ running: true, atWork: null })
      await writeBeat(one.database, { ...beat, ...pace, run: claim.owner })
      expect((await statusOf(one)).atWork).to.include({ run: claim.owner })
      // A replay has its name from the log.
      const run = { id: 'r'.repeat(32), job: 'replay', slot: null, toolVersion: '0', fingerprint: null }
      const asOf = new Date().toISOString()
      await insertRun(one.database, { ...run, asOf, startedAt: asOf })
      await writeBeat(one.database, { ...beat, ...pace, run: run.id })
      expect((await statusOf(one)).atWork).to.include({ run: run.id })
      await finishRun(one.database, run.id, 'done', Date.now(), 'x')
      expect((await statusOf(one)).atWork).to.equal(null)
    } finally {
      await one.close()
    }
  })
})

/** A run that other commands can act on: it goes slowly, and counts what it committed. */
function slowRun(
  one: Installation,
  argv: readonly string[] = [],
  { ahead = () => 0, held = Promise.resolve() }: { ahead?: () => number; held?: Promise<void> } = {},
) {
  const found = { committed: 0, ended: null as Said | null, result: Promise.resolve({} as Said) }
  const point = async (reached: Point): Promise<void> => {
    if (reached !== 'committed' && reached !== 'flat rows committed') return
    found.committed += 1
    await sleep(100)
    await held
  }
  found.result = one.oubli(['run', ...argv], { point, clock: () => Date.now() + ahead() }).then((said) => {
    found.ended = said
    return said
  })
  return found
}

async function left(one: Installation): Promise<number> {
  return (await dumpOf(one.database, 'page_views')).length
}

eachDatabase('a run at work', (open) => {
  let one: Installation
  beforeEach(async () => {
    one = await install(await open(), { ...siteFiles, pace }, start)
    await prepared(one)
  })
  afterEach(() => one.close())

  async function stands(): Promise<void> {
    await until('held', async () => (await statusOf(one)).atWork?.state === 'paused')
  }

  it('is shown by status, with policy, progress and state', async () => {
    const looked = signal()
    const run = slowRun(one, [], { held: looked.given })
    await until('at work', async () => (await one.oubli(['status'])).out.includes('at work: page-views'))
    const said = await one.oubli(['status'])
    expect(said.out).to.match(/A run is at work: page-views: \d+ of 60 \(\d+ %\)/)
    expect((await statusOf(one)).atWork).to.include({ state: 'working', reason: null })
    looked.give()
    await run.result
    expect((await one.oubli(['status'])).out).to.include('No run is at work.')
  })

  it('pauses and goes on, and remembers who asked', async () => {
    const run = slowRun(one)
    await until('a first commit', () => run.committed > 0)
    const asked = await one.oubli(['pause', '--by', 'Night watch'])
    expect(asked.out).to.match(
      /^Paused until `oubli resume`\.\nThe run at work stops writing after the transaction at hand\.$/,
    )
    await stands()
    const { committed } = run
    await sleep(1500)
    // The transaction at hand was allowed to end.
    expect(run.committed).to.be.at.most(committed + 1)
    expect(run.ended).to.equal(null)
    const status = await one.oubli(['status'])
    expect(status.out).to.match(/page-views: .*, paused by oubli pause$/m)
    expect(status.out).to.match(/^Paused by Night watch since 2026-06-01T10:00:00\.000Z/m)
    expect((await one.oubli(['pause'])).out).to.match(/^It was paused already\./)
    expect((await one.oubli(['resume'])).out).to.equal('Resumed.')
    const said = await run.result
    expect([said.exit, await left(one)]).to.deep.equal([0, 0])
    expect(said.out).to.match(/^paused for \d+ s$/m)
    expect(said.out.split('\n').at(-1)).to.equal('why stopped: all that was due is done')
    const log = await readFile(join(one.folder, 'oubli.log'), 'utf8')
    expect(log).to.match(/run\.paused .* was paused: by oubli pause/)
    expect(log).to.match(/run\.resumed /)
    expect(log).not.to.include('Night watch')
  })

  it('stops after the transaction at hand, and the next run does not mind', async () => {
    const run = slowRun(one)
    await until('a first commit', () => run.committed > 0)
    expect((await one.oubli(['stop', '--by', 'Ops'])).out).to.equal(
      'The run ends after the transaction at hand.',
    )
    const said = await run.result
    expect(said.exit).to.equal(3)
    expect(said.out.split('\n').at(-1)).to.equal('why stopped: stopped by oubli stop')
    expect(await left(one)).to.be.within(1, rows - 1)
    expect((await one.oubli(['run'])).exit).to.equal(0)
    expect(await left(one)).to.equal(0)
    expect((await one.oubli(['stop'])).out).to.equal('No run is at work.')
  })

  it('goes by the first word that ends it, whatever is said while it ends', async () => {
    let committed = 0
    let signal: string | null = null
    const point = async (reached: Point): Promise<void> => {
      if (reached === 'policy recorded' && committed > 0) signal = 'interrupted by SIGTERM'
      if (reached !== 'flat rows committed') return
      committed += 1
      await sleep(100)
    }
    const run = one.oubli(['run'], { stop: () => signal, point })
    await until('a first commit', () => committed > 0)
    await one.oubli(['stop'])
    // A command that ends takes the places away.
    onPoint(point)
    const said = await run
    expect([said.exit, said.out.split('\n').at(-1), signal]).to.deep.equal([
      3,
      'why stopped: stopped by oubli stop',
      'interrupted by SIGTERM',
    ])
    expect(await left(one)).to.be.within(1, rows - 1)
  })

  it('hears a wish to stop from when it holds the lease on, though another had the last word', async () => {
    expect((await one.oubli(['run'])).exit).to.equal(0)
    await due(one, 1000)
    const asked: Said[] = []
    const nothing = () => Promise.resolve()
    onPoint(async (reached) => {
      if (reached !== 'lease taken') return
      onPoint(nothing)
      asked.push(await one.oubli(['stop']))
    })
    const said = await one.oubli(['run']).finally(() => {
      onPoint(nothing)
    })
    expect(asked.map(({ out }) => out)).to.deep.equal(['The run ends after the transaction at hand.'])
    expect(said.out.split('\n').at(-1)).to.equal('why stopped: stopped by oubli stop')
    expect([said.exit, await left(one)]).to.deep.equal([3, rows])
    expect((await one.oubli(['run'])).exit).to.equal(0)
    expect(await left(one)).to.equal(0)
  })

  it('waits from its first transaction when it begins in a pause, and can be stopped there', async () => {
    await one.oubli(['pause'])
    const run = slowRun(one)
    await stands()
    expect([run.committed, await left(one)]).to.deep.equal([0, rows])
    await one.oubli(['stop'])
    expect((await run.result).exit).to.equal(3)
    expect((await statusOf(one)).control.pause).to.deep.equal({ at: '2026-06-01T10:00:00.000Z', by: null })
    expect((await one.oubli(['resume'])).exit).to.equal(0)
    expect((await one.oubli(['resume'])).out).to.equal('Nothing was paused.')
  })

  it('in a pause still ends when its time is used up', async () => {
    await one.oubli(['pause'])
    let ahead = 0
    const run = slowRun(one, [], { ahead: () => ahead })
    // Its clock was compared with that of the server, so that it may jump.
    const log = join(one.folder, 'oubli.log')
    await until('held', async () => (await readFile(log, 'utf8')).includes('run.paused'))
    ahead = 61 * 60_000
    const said = await run.result
    expect(said.exit).to.equal(0)
    expect(said.out.split('\n').at(-1)).to.equal(`why stopped: the time of this run is used up, ${rows} left`)
  })

  it('waits while the pause file is there', async () => {
    const run = slowRun(one)
    await until('a first commit', () => run.committed > 0)
    await writeFile(join(one.folder, 'pause'), '')
    await stands()
    const { committed } = run
    expect((await statusOf(one)).atWork?.reason).to.equal('paused: the pause file is there')
    await sleep(1500)
    expect(run.committed).to.be.at.most(committed + 1)
    await rm(join(one.folder, 'pause'))
    expect((await run.result).exit).to.equal(0)
    expect(await left(one)).to.equal(0)
  })

  it('waits while nobody can tell whether the pause file is there', async () => {
    await symlink('pause', join(one.folder, 'pause'))
    const run = slowRun(one)
    await stands()
    expect(run.committed).to.equal(0)
    expect((await statusOf(one)).atWork?.reason).to.equal(
      'paused: the pause file cannot be looked for: ELOOP',
    )
    const log = await readFile(join(one.folder, 'oubli.log'), 'utf8')
    expect(log).to.match(/run\.paused .* was paused: the pause file cannot be looked for: ELOOP\./)
    await rm(join(one.folder, 'pause'))
    expect((await run.result).exit).to.equal(0)
    expect(await left(one)).to.equal(0)
  })
})

/** What a run of `policy` commits when somebody asks for a pause while the first half of a failed batch is written. */
const hot = 33
const ofKind = {
  'page-views': {
    table: 'page_views',
    rows: Array.from({ length: 50 }, (_, i) => ({
      ...{ id: i + 1, ip: '192.0.2.7', visited_at: '2024-01-01 10:00:00' },
    })),
  },
  prospects: {
    table: 'prospects',
    rows: Array.from({ length: 50 }, (_, i) => ({
      ...{ id: i + 1, email: `p${i}@site.example`, first_name: null, collected_at: '2020-01-01 10:00:00' },
    })),
  },
}

eachDatabase('a pause in the middle of a batch that fails', (open) => {
  const large = {
    ...quickPace,
    rows_per_commit: { min: 50, max: 50 },
    people_per_commit: { min: 50, max: 50 },
  }
  for (const [policy, { table, rows: due }] of Object.entries(ofKind))
    it(`holds its halves as well, and loses none of them (${policy})`, async () => {
      const one = await install(
        await open(),
        { ...siteFiles, pace: { ...large, pause_file: '../pause' } },
        start,
      )
      try {
        await insert(one.database, table, due)
        await one.oubli(['run'])
        await one.approve()
        const sqlite = one.database.dialect.name === 'sqlite'
        const refusal = sqlite
          ? `BEGIN SELECT RAISE(ABORT, 'no') WHERE OLD.id = ${hot}; END`
          : `IF OLD.id = ${hot} THEN SIGNAL SQLSTATE '45000'; END IF`
        await sql(one.database, `CREATE TRIGGER hot BEFORE DELETE ON ${table} FOR EACH ROW ${refusal}`)
        let [begun, committed, ended] = [0, 0, false]
        const point = async (reached: Point): Promise<void> => {
          if (reached === 'committed') committed += 1
          if (reached !== 'before lock') return
          begun += 1
          // The whole batch has failed; the flat way in steps begins one of its own before it.
          if (begun === (sqlite && policy === 'page-views' ? 3 : 2))
            await writeFile(join(one.folder, 'pause'), '')
        }
        const result = one.oubli(['run'], { point, clock: () => Date.now() }).then((said) => {
          ended = true
          return said
        })
        await until('held', async () => ended || (await statusOf(one)).atWork?.state === 'paused')
        await sleep(1000)
        expect([committed <= 1, ended]).to.deep.equal([true, false])
        expect((await dumpOf(one.database, table)).length).to.be.at.least(25)
        await rm(join(one.folder, 'pause'))
        const said = await result
        expect(said.text).to.include('1 row(s) set aside')
        expect((await dumpOf(one.database, table)).map(({ id }) => Number(id))).to.deep.equal([hot])
      } finally {
        await one.close()
      }
    })
})

eachServer('a server that turns read-only in mid-run', (open) => {
  it('ends the run with the reason, and the next one goes on', async () => {
    const one = await install(await open(), { ...siteFiles, pace }, start)
    try {
      await prepared(one)
      const run = slowRun(one)
      await until('a first commit', () => run.committed > 0)
      // The account of the test may write all the same; the signal alone ends the run.
      await sql(one.database, 'SET GLOBAL read_only = 1')
      const said = await run.result.finally(() => sql(one.database, 'SET GLOBAL read_only = 0'))
      expect(said.exit).to.equal(1)
      expect(said.out.split('\n').at(-1)).to.equal('why stopped: page-views: the server is read-only')
      expect(await left(one)).to.be.within(1, rows - 1)
      expect((await one.oubli(['run'])).exit).to.equal(0)
      expect(await left(one)).to.equal(0)
    } finally {
      await one.close()
    }
  })
})

eachDatabase('progress of a run at work', (open) => {
  it('goes to standard error; standard output keeps its one document, or its last line', async () => {
    const one = await install(await open(), { ...siteFiles, pace }, start)
    try {
      await prepared(one)
      let now = Date.now()
      const point = async (reached: Point): Promise<void> => {
        if (reached !== 'committed' && reached !== 'flat rows committed') return
        now += 1000
        await sleep(100)
      }
      const said = await one.oubli(['run', '--json', '--progress', '1'], { point, clock: () => now })
      const document = JSON.parse(said.out) as { readonly pace: unknown; readonly why_stopped: string }
      expect(document.why_stopped).to.equal('all that was due is done')
      expect(document.pace).to.include.keys('throttled_seconds', 'paused_seconds', 'signals_missing')
      const lines = said.text.split('\n').filter((line) => line.startsWith('{"progress"'))
      expect(lines).not.to.have.length(0)
      for (const line of lines)
        expect((JSON.parse(line) as { progress: object }).progress).to.include({
          policy: 'page-views',
          due: rows,
        })
      const wrong = await one.oubli(['run', '--progress', 'often'])
      expect([wrong.exit, wrong.text.split('\n')[0]]).to.deep.equal([
        2,
        "E_USAGE  option '--progress <seconds>' argument 'often' is invalid. Expected whole seconds.",
      ])
    } finally {
      await one.close()
    }
  })
})
