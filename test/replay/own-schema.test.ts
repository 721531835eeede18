/** Site and own schema are two dumps: what is noticed when only one of them is restored, and what leads out of it. */
import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import { ownNames } from '../../db/own-names.ts'
import { eachServer } from '../databases.ts'
import { dumpOf, sql } from '../engine/lab.ts'
import type { Installation } from '../engine/installation.ts'
import { killAt } from '../engine/kill.ts'
import { openApart, type Apart } from '../own-schema.ts'
import { asSite, bringEvidence, keepEvidence, replayed, site, type Evidence } from './replayed.ts'
import { done, restore, siteWithPast } from './restored-site.ts'

interface Dumps {
  readonly site: string
  readonly own: string
}

eachServer('a backup of a site with an own schema', (open) => {
  let apart: Apart
  let one: Installation
  let today: Dumps
  let earlier: Dumps
  let evidence: Evidence
  before(async () => {
    apart = await openApart(open)
    const past = await siteWithPast(() => Promise.resolve(apart.database))
    one = past.one
    evidence = await keepEvidence(one)
    today = dumps()
    await restore(apart.database, past.backup)
    earlier = dumps()
  })
  beforeEach(async () => {
    await bringEvidence(one, evidence)
    load(today, 'site')
    load(today, 'own')
  })
  after(async () => {
    await one.close()
    await apart.close()
  })

  const schemas = () => ({ site: apart.settings.database, own: apart.settings.ownSchema ?? '' })

  function client(program: string, argv: readonly string[], input = ''): string {
    const { host = '127.0.0.1', port = 3306, user, password = '' } = apart.settings
    const login = [`--host=${host}`, `--port=${port}`, `--user=${user}`, `--password=${password}`]
    const ended = spawnSync(program, [...login, '--protocol=tcp', ...argv], {
      encoding: 'utf8',
      maxBuffer: 64 * 2 ** 20,
      input,
    })
    expect(ended.status, `${program} ${argv.join(' ')}: ${ended.stderr}`).to.equal(0)
    return ended.stdout
  }

  /** The clock of a test goes on. */
  function dumps(): Dumps {
    const { site: theirs, own } = schemas()
    const ignored = `--ignore-table=${own}.oubli_sandbox`
    return { site: client('mariadb-dump', [theirs]), own: client('mariadb-dump', [ignored, own]) }
  }

  /** The server tells the age of a table in seconds. */
  function load(from: Dumps, which: 'site' | 'own'): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, which === 'site' ? 1100 : 0)
    client('mariadb', [schemas()[which]], from[which])
  }

  async function refused(argv: readonly string[], code: string): Promise<void> {
    const said = await one.oubli(argv)
    expect([said.exit, said.text.split(' ')[0]], said.text).to.deep.equal([4, code])
  }

  /** Rows of nobody go by their dates with the next run. */
  async function expectNobodyBack(): Promise<void> {
    const people = (found: unknown) => ({ ...(found as Record<string, unknown>), page_views: [] })
    expect(people(await site(one))).to.deep.equal(people(asSite(evidence.database)))
  }

  /** Somebody whom the log has as erased is back, and under a hold, so that a replay leaves them. */
  async function restoredWithHold(): Promise<void> {
    load(earlier, 'site')
    load(earlier, 'own')
    await done(
      one,
      ...['hold', 'add', 'prospect', '201', '--matter', 'M', '--because', 'dispute', '--by', 'DPO'],
      ...['--review-by', '2027-01-01'],
    )
  }

  async function replayedAndGoesOn(): Promise<void> {
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, told.not_found, told.untold], told.why_stopped).to.deep.equal([0, 0, 0])
    await expectNobodyBack()
    await done(one, 'run')
  }

  it('whole, is an older database, and a replay does again what the log says', async () => {
    load(earlier, 'site')
    load(earlier, 'own')
    await refused(['run'], 'E_DATABASE_OLDER')
    await replayedAndGoesOn()
  })

  it('of the site alone, is found out by who is back, and nothing is written', async () => {
    load(earlier, 'site')
    const entries = await dumpOf(apart.database, 'oubli_entry')
    await refused(['run'], 'E_SITE_RESTORED')
    await refused(['replay'], 'E_SITE_RESTORED')
    await refused(['replay', '--confirm'], 'E_SITE_RESTORED')
    const doctor = await one.oubli(['doctor'])
    expect(doctor.text).to.match(/own schema[^\n]*is older than the schema/)
    expect(await dumpOf(apart.database, 'oubli_entry')).to.deep.equal(entries)
    load(earlier, 'own')
    await refused(['run'], 'E_DATABASE_OLDER')
    await replayedAndGoesOn()
  })

  it('of the site alone, is mended by empty tables of ours where there is no backup of them', async () => {
    load(earlier, 'site')
    await refused(['run'], 'E_SITE_RESTORED')
    for (const name of ownNames)
      if (!/sandbox/.test(name))
        await sql(
          apart.site,
          `DROP ${/oubli_pending_|_status$/.test(name) ? 'VIEW' : 'TABLE'} ${schemas().own}.${name}`,
        )
    await done(one, 'migrate')
    await refused(['run'], 'E_DATABASE_OLDER')
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, told.untold], told.why_stopped).to.deep.equal([0, 0])
    await expectNobodyBack()
  })

  it('of the own schema alone, is an older database in which nobody is back', async () => {
    load(earlier, 'own')
    await refused(['run'], 'E_DATABASE_OLDER')
    const told = await replayed(one, ['--confirm'])
    expect(told.exit, told.why_stopped).to.equal(0)
    await expectNobodyBack()
    await done(one, 'run')
  })

  it('of both, the own schema of a later day, is refused: who went in between would be left out', async () => {
    await done(one, 'run')
    load(earlier, 'site')
    load(today, 'own')
    await refused(['run'], 'E_DATABASE_OLDER')
    await refused(['replay'], 'E_SITE_RESTORED')
    await refused(['replay', '--confirm'], 'E_SITE_RESTORED')
    load(earlier, 'own')
    await replayedAndGoesOn()
  })

  it('is not found again in those whom a replay has left here', async () => {
    await restoredWithHold()
    expect((await replayed(one, ['--confirm'])).exit).to.equal(3)
    await sql(apart.site, 'ALTER TABLE prospects FORCE, ALGORITHM=COPY')
    await done(one, 'run')
    expect((await dumpOf(apart.database, 'prospects')).map(({ id }) => id)).to.include('201')
  })

  it('is not found again where the replay was killed as soon as the log was whole', async () => {
    await restoredWithHold()
    expect(await killAt(one, { point: 'restore reconciled' }, ['replay', '--confirm'])).to.equal('SIGKILL')
    await sql(apart.database, "UPDATE oubli_heartbeat SET expires_at = '' WHERE name = 'run'")
    await done(one, 'run')
  })

  it('is not what an ALTER looks like', async () => {
    await sql(apart.site, 'ALTER TABLE users ADD COLUMN nick VARCHAR(10) NULL, ALGORITHM=COPY')
    await done(one, 'run')
    await done(one, 'replay')
  })
})
