/** A replay that would take many: it asks for their number, and leaves no more evidence unsealed than may wait. */
import { expect } from 'chai'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onPoint, type Point } from '../../base/point.ts'
import { entryText } from '../../audit/entry-text.ts'
import { insertEntries } from '../../db/own/entries.ts'
import { tooManyWait, unsealedPace } from '../../jobs/backlog.ts'
import type { JobContext } from '../../jobs/context.ts'
import { steadyPace } from '../../engine/pace.ts'
import { personEntry } from '../audit/sample-log.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { siteOf, verified } from '../engine/kill.ts'
import { insert, sql } from '../engine/lab.ts'
import { siteFiles, siteTables } from '../engine/site-files.ts'
import { bringEvidence, keepEvidence, replayed, type Evidence } from './replayed.ts'
import { backUp, done, restore, type Backup } from './restored-site.ts'

const going = 40
const staying = 60

const prospects = siteFiles.policies['prospects'] ?? ''
const limited = (stop: string): string => prospects.replace('percent: 100', stop)

eachDatabase('a replay that would take many', (open) => {
  let one: Installation
  let backup: Backup
  let evidence: Evidence
  let gone: unknown
  before(async () => {
    one = await install(await open(), siteFiles, Date.parse('2026-06-01T10:00:00Z'))
    await insert(
      one.database,
      'prospects',
      Array.from({ length: going + staying }, (_, id) => ({
        ...{ id: id + 1, email: `p${id + 1}@mail.example`, first_name: `Nom${id + 1}` },
        collected_at: `${id < going ? '2020' : '2026'}-01-01 10:00:00`,
      })),
    )
    await done(one, 'run')
    await one.approve()
    backup = await backUp(one.database, siteTables)
    await done(one, 'run')
    gone = await site()
    evidence = await keepEvidence(one, siteTables)
  })
  after(() => one.close())
  beforeEach(async () => {
    await restore(one.database, backup)
    await bringEvidence(one, evidence)
    await stopAbove('percent: 100')
  })

  const site = () => siteOf(one.database, siteTables)
  const stopAbove = (stop: string) => writeFile(join(one.folder, 'policies/prospects.yml'), limited(stop))
  const lineOf = (text: string, start: string): string =>
    text.split('\n').find((line) => line.startsWith(start)) ?? ''

  async function refused(code: string, argv: readonly string[]): Promise<string> {
    const before = await backUp(one.database, siteTables)
    const said = await one.oubli(['replay', '--confirm', ...argv])
    expect([said.exit, said.text.split(' ')[0]], said.text).to.deep.equal([4, code])
    expect(await backUp(one.database, siteTables)).to.deep.equal(before)
    return said.text
  }

  const ceilings = [
    ['people: 39', { kind: 'count', found: 40, limit: 39 }, 'more than 39.'],
    ['percent: 39', { kind: 'share', found: 40, limit: 39 }, 'more than 39 % of 100 (39).'],
  ] as const
  for (const [stop, alarm, text] of ceilings)
    it(`stops above \`${stop}\` until their number is said, and takes no more than that`, async () => {
      await stopAbove(stop.startsWith('people') ? `percent: 100, ${stop}` : stop)
      const looked = await one.oubli(['replay'])
      expect(looked.exit).to.equal(0)
      expect(lineOf(looked.text, 'ALARM')).to.equal(
        `ALARM  prospects: 40 people go again, ${text} Is it the right backup?`,
      )
      expect(looked.text).to.include('To do this: oubli replay --confirm --at-most 40\n')
      const french = await one.oubli(['replay', '--lang', 'fr'])
      expect(lineOf(french.text, 'ALARM')).to.match(
        /^ALARM {2}prospects\s: 40 personnes partent de nouveau, /,
      )
      const told = await replayed(one)
      expect(told.above).to.have.length(1)
      expect([told.going, told.above[0]])
        .to.deep.include(40)
        .and.deep.include({
          ...{ policy: 'prospects', population: 0, percent: 0, ...alarm },
          ...(alarm.kind === 'share' ? { population: 100, percent: 39 } : {}),
        })
      expect(await refused('E_REPLAY_CEILING', [])).to.include('--at-most 40')
      expect(await refused('E_REPLAY_CEILING', ['--at-most', '39'])).to.include('found 40')
      expect((await one.oubli(['run'])).exit, 'all else stays refused').to.equal(4)
      const acted = await replayed(one, ['--confirm', '--at-most', '40'])
      expect([acted.exit, acted.policies[0]?.again]).to.deep.equal([0, 40])
      expect(await site()).to.deep.equal(gone)
      expect(await verified(one)).to.match(/^VERIFIED/m)
    })

  it('needs no number where the policies let as many, and works in small transactions', async () => {
    await stopAbove('percent: 40, people: 40')
    const looked = await one.oubli(['replay'])
    expect(looked.text).not.to.include('ALARM')
    expect(looked.text).to.include('To do this: oubli replay --confirm\n')
    let commits = 0
    const point = (reached: Point): Promise<void> => {
      if (reached === 'committed') commits += 1
      return Promise.resolve()
    }
    const env = { LANG: 'en', OUBLI_PACE_PEOPLE_PER_COMMIT_MAX: '7' }
    expect((await one.oubli(['replay', '--confirm'], { env, point })).exit).to.equal(0)
    expect(await site()).to.deep.equal(gone)
    expect(commits).to.equal(Math.ceil(going / 7))
  })

  it('holds a number that was said also where the policies let more', async () => {
    await refused('E_REPLAY_CEILING', ['--at-most', '39'])
  })

  it('counts on the way as well, and stops where one more comes than was shown', async () => {
    const [row = {}] = backup.get('prospects') ?? []
    await sql(one.database, 'DELETE FROM prospects WHERE id = 1')
    onPoint(async (reached) => {
      if (reached === 'run begun') await insert(one.database, 'prospects', [row])
    })
    const told = await replayed(one, ['--confirm', '--at-most', '39']).finally(() => {
      onPoint(() => Promise.resolve())
    })
    expect([told.exit, told.why_stopped]).to.deep.equal([
      4,
      'more people go again than may; run it again to go on',
    ])
    expect(await site()).not.to.deep.equal(gone)
    expect((await one.oubli(['run'])).exit, 'all else stays refused').to.equal(4)
    await done(one, 'replay', '--confirm', '--at-most', '40')
    expect(await site()).to.deep.equal(gone)
  })

  it('lets no canary pass, whatever number is said', async () => {
    const file = join(one.folder, 'policies/data-map.yml')
    const text = await readFile(file, 'utf8')
    try {
      await writeFile(
        file,
        text.replace('\nkinds:', '\ncanaries: { prospect: { email: p7@mail.example } }\nkinds:'),
      )
      const said = await one.oubli(['replay'])
      expect(lineOf(said.text, 'ALARM')).to.match(/^ALARM {2}prospects: 1 canaries would go again\. /)
      expect(said.text).not.to.include('To do this')
      await refused('E_REPLAY_CEILING', ['--at-most', '1000'])
    } finally {
      await writeFile(file, text)
    }
  })

  it('leaves no more evidence unsealed than may wait, unless as much is allowed for it', async () => {
    // The approval waits already.
    await fill(1_000 - going)
    const settings = { env: { LANG: 'en', OUBLI_EVIDENCE_WAITING_AT_MOST: '1000' } }
    const before = await site()
    const said = await one.oubli(['replay', '--confirm'], settings)
    expect([said.exit, said.text], said.text).to.satisfy(
      ([exit, words]: [number, string]) =>
        exit === 4 &&
        /^E_EVIDENCE_WAITS {2}961 entries .* and 40 people go again, .* at most 1000 may/m.test(words) &&
        words.includes('OUBLI_EVIDENCE_WAITING_AT_MOST=1001'),
    )
    expect(await site()).to.deep.equal(before)
    const more = { env: { LANG: 'en', OUBLI_EVIDENCE_WAITING_AT_MOST: '1001' } }
    expect((await one.oubli(['replay', '--confirm'], more)).exit).to.equal(0)
    expect(await site()).to.deep.equal(gone)
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  it('stops on the way where one more comes than was shown and its evidence would not fit, and says so', async () => {
    const [row = {}] = backup.get('prospects') ?? []
    await sql(one.database, 'DELETE FROM prospects WHERE id = 1')
    // With the approval, and those who go, as many as may.
    await fill(1_000 - going)
    onPoint(async (reached) => {
      if (reached === 'run begun') await insert(one.database, 'prospects', [row])
    })
    const env = { LANG: 'en', OUBLI_PACE_PEOPLE_PER_COMMIT_MAX: '1' }
    const told = await replayed(one, ['--confirm'], {
      env: { ...env, OUBLI_EVIDENCE_WAITING_AT_MOST: '1000' },
    }).finally(() => {
      onPoint(() => Promise.resolve())
    })
    expect([told.exit, told.why_stopped]).to.deep.equal([
      4,
      'too many entries wait to be sealed; run it again to go on',
    ])
    expect(await one.database.rows({ text: 'SELECT id FROM prospects', values: [] })).to.have.length(
      staying + 1,
    )
    expect((await one.oubli(['run'])).exit, 'all else stays refused').to.equal(4)
    await done(one, 'replay', '--confirm')
    expect(await site()).to.deep.equal(gone)
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  it('stops on the way where more wait than may', async () => {
    await fill(997)
    const evidenceOf = { settings: { evidence: { waitingAtMost: 1000 } }, database: one.database }
    const pace = (await unsealedPace(evidenceOf as unknown as JobContext))(
      steadyPace(1, () => null),
      true,
    )
    const sample = { milliseconds: 1, rows: 5, done: 1, end: 'committed' } as const
    for (const word of [null, null, tooManyWait]) {
      expect(await pace.turn()).to.equal(word)
      pace.took(sample)
    }
  })

  it('is done in part where its evidence finds no room at the end', async () => {
    await fill(300)
    const next = join(one.folder, 'evidence/tile/0/000')
    await mkdir(join(next, 'full'), { recursive: true })
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, told.why_stopped]).to.deep.equal([
      3,
      'all that the log says was done again; the evidence waits to be sealed: E_FILE_UNWRITABLE',
    ])
    const rows = await one.database.rows({
      text: "SELECT state, why_stopped FROM oubli_run WHERE job = 'replay'",
      values: [],
    })
    expect(rows.map((row) => [row['state'], row['why_stopped']])).to.deep.equal([
      ['partly', told.why_stopped],
    ])
    expect(await site()).to.deep.equal(gone)
    await rm(next, { recursive: true })
    await done(one, 'run')
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  it('seals first where the log is back, and erases nobody where that fails', async () => {
    const held = await one.oubli([
      ...['hold', 'add', 'prospect', '1', '--matter', 'M', '--because', 'dispute', '--by', 'DPO'],
      ...['--review-by', '2027-01-01', '--json'],
    ])
    expect((await replayed(one, ['--confirm'])).exit).to.equal(3)
    await done(one, 'hold', 'release', (JSON.parse(held.out) as { hold: string }).hold, '--by', 'DPO')
    await fill(1_001)
    // A folder has the name of the next file, as when a disk is full: nothing more can be written.
    const next = join(one.folder, 'evidence/tile/0/000')
    await mkdir(join(next, 'full'), { recursive: true })
    const settings = { env: { LANG: 'en', OUBLI_EVIDENCE_WAITING_AT_MOST: '1000' } }
    const said = await one.oubli(['replay', '--confirm'], settings)
    expect([said.exit, /^E_EVIDENCE_WAITS /m.test(said.text)], said.text).to.deep.equal([4, true])
    expect(await site()).not.to.deep.equal(gone)
    await rm(next, { recursive: true })
    expect((await one.oubli(['replay', '--confirm'], settings)).exit).to.equal(0)
    expect(await site()).to.deep.equal(gone)
  })

  async function fill(count: number): Promise<void> {
    const createdAt = '2026-06-01T10:00:00.000Z'
    const entries = Array.from({ length: count }, (_, at) => personEntry(at + 10_000)).map((entry) => ({
      ...{ id: entry.id, runId: 'r-1', createdAt, leaf: entryText(entry) },
    }))
    const outcome = await one.database.transaction((tx) => insertEntries(tx, entries))
    expect(outcome.state).to.equal('committed')
  }
})
