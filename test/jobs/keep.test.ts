/** A request to stay, from the command line to the evidence; and what the site and the person are told. */
import { expect } from 'chai'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import { statusWords } from '../../db/own/person-status.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { leavesOf, verified } from '../engine/kill.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { backUp, done, restore, restoreSite } from '../replay/restored-site.ts'
import { replayed } from '../replay/replayed.ts'

const at = (day: string): number => Date.parse(`${day}T10:00:00Z`)
const keep = (key: number | string, kind = 'account') => [
  ...['request', 'keep', kind, String(key), '--because', 'phoned in tears', '--by', 'Support Anna'],
]

eachDatabase('a request to stay', (open) => {
  let one: Installation

  /** 1 to 3 are warned today for 7 July; 4 has just signed in. */
  beforeEach(async () => {
    one = await install(await open(), restoreSite, at('2026-06-01'))
    await insert(
      one.database,
      'users',
      [1, 2, 3, 4].map((id) => ({
        ...{ id, email: `user${id}@mail.example`, first_name: `Nom${id}` },
        ...{ last_login_at: `${id === 4 ? '2026-05-01' : '2023-06-20'} 10:00:00` },
        created_at: '2015-01-01 10:00:00',
      })),
    )
    await done(one, 'run')
    await one.approve()
    await done(one, 'run')
  })
  afterEach(() => one.close())

  const statusOf = async (key: number) =>
    (
      await one.database.rows({
        text: 'SELECT state, policy, since, until_at, subject_id, what_en, next_fr FROM oubli_person_status WHERE kind = ? AND key_text = ? ORDER BY state',
        values: ['account', `["${key}"]`],
      })
    ).map((row) => ({ ...row }))
  const states = async (key: number) => (await statusOf(key)).map(({ state }) => state)
  const keys = async (table: string) => (await dumpOf(one.database, table)).map(({ key_text }) => key_text)
  const answer = async (...argv: string[]): Promise<unknown> => JSON.parse((await one.oubli(argv)).out)
  const run = async (day: string, ...more: string[]) => {
    await setSandboxNow(one.database, at(day))
    return await done(one, 'run', ...more)
  }

  it('makes every warning void at once, and says until when', async () => {
    expect(await states(1)).to.deep.equal(['warned'])
    const said = await done(one, ...keep(1))
    expect(said).to.match(/inactive-accounts: kept at least until the end of 2029-06-01/)
    expect(await states(1)).to.deep.equal(['kept'])
    expect(await keys('oubli_warning')).not.to.include('["1"]')
    expect(await run('2026-06-06')).to.match(/inactive-accounts/)
    expect(await keys('oubli_warning')).not.to.include('["1"]')
    await run('2026-06-12')
    await run('2026-06-19')
    await run('2026-06-26')
    await run('2026-07-02')
    await run('2026-07-08')
    const left = (await dumpOf(one.database, 'users')).map(({ id }) => Number(id)).sort()
    expect(left).to.deep.equal([1, 4])
  })

  it('counts once for each silence, and again after a real sign of life', async () => {
    await done(one, ...keep(1))
    const twice = await one.oubli(keep(1))
    expect([twice.exit, twice.text]).to.satisfy(
      ([exit, text]: [number, string]) => exit === 4 && /E_KEEP_TWICE .*2026-06-01/.test(text),
    )
    // The sixth in Paris.
    await setSandboxNow(one.database, Date.parse('2026-06-05T22:30:00Z'))
    await sql(one.database, 'UPDATE users SET last_login_at = ? WHERE id = ?', '2026-06-04 10:00:00', 1)
    await done(one, ...keep(1))
    expect((await dumpOf(one.database, 'oubli_kept')).map(({ key_text }) => key_text)).to.have.length(2)
    expect((await one.oubli(keep(1))).text).to.match(/E_KEEP_TWICE .* on 2026-06-06,/)
  })

  it('is refused where it would keep nothing', async () => {
    await insert(one.database, 'prospects', [
      { id: 9, email: 'p9@mail.example', first_name: 'Nom9', collected_at: '2020-01-01 10:00:00' },
    ])
    for (const [argv, exit, code] of [
      [keep(9, 'prospect'), 4, 'E_KEEP_NOTHING'],
      [keep(77), 4, 'E_KEEP_GONE'],
      [keep(1, 'nobody'), 2, 'E_KEEP_KIND'],
    ] as const) {
      const said = await one.oubli(argv)
      expect([said.exit, said.text.split(' ')[0]], argv.join(' ')).to.deep.equal([exit, code])
    }
    expect(await dumpOf(one.database, 'oubli_kept')).to.deep.equal([])
    expect((await leavesOf(one.database)).filter(({ kind }) => kind === 'request.kept')).to.deep.equal([])
  })

  it('stands in the evidence without the words, and goes with the person', async () => {
    await done(one, ...keep(1))
    expect((await leavesOf(one.database)).filter(({ kind }) => kind === 'request.kept')).to.have.length(1)
    for (const [path, text] of await one.files()) expect(text, path).not.to.match(/in tears|Anna/)
    expect(JSON.stringify(await leavesOf(one.database))).not.to.match(/in tears|Anna/)
    await run('2029-05-10', '--accept-clock-gap')
    expect(await states(1), 'a later mail says more').to.deep.equal(['warned'])
    await run('2029-06-14', '--accept-clock-gap')
    await run('2029-06-20')
    expect((await dumpOf(one.database, 'users')).map(({ id }) => String(id))).not.to.include('1')
    expect(await dumpOf(one.database, 'oubli_kept')).to.deep.equal([])
    expect(await states(1)).to.deep.equal([])
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  it('names the last real sign-in in the mails that follow', async () => {
    await done(one, ...keep(1))
    const before = new Set(await readdir(join(one.folder, 'mails')))
    await run('2029-05-10', '--accept-clock-gap')
    const names = (await readdir(join(one.folder, 'mails'))).filter((name) => !before.has(name))
    const texts = await Promise.all(names.map((name) => readFile(join(one.folder, 'mails', name), 'utf8')))
    const own = texts.find((text) => text.includes('user1@mail.example')) ?? ''
    expect(own)
      .to.match(/June 2023/)
      .and.not.to.match(/2026/)
  })

  it('comes back after a restored backup, and the warnings of before do not count', async () => {
    await setSandboxNow(one.database, at('2026-06-02'))
    await done(one, 'run')
    const backup = await backUp(one.database)
    const { request } = (await answer(...keep(1), '--json')) as { request: string }
    await done(one, ...keep(2))
    await restore(one.database, backup)
    await sql(one.database, 'DELETE FROM users WHERE id = 2')
    const looked = (await replayed(one)) as unknown as { kept_again: number; lost_requests: string[] }
    expect(looked.kept_again).to.equal(1)
    expect(looked.lost_requests).to.have.length(1).and.not.to.include(request)
    expect(await dumpOf(one.database, 'oubli_kept'), 'looking writes nothing').to.deep.equal([])
    expect((await replayed(one, ['--confirm'])).exit, 'one is left for a person').to.equal(3)
    expect((await dumpOf(one.database, 'oubli_kept')).map(({ id }) => id)).to.deep.equal([request])
    const marks = (await dumpOf(one.database, 'oubli_tombstone')).filter(({ act }) => act === 'kept')
    expect(
      marks.map(({ policy }) => policy),
      'the ledger could be told again',
    ).to.include(request)
    expect(marks).to.have.length(2)
    for (const day of ['2026-06-08', '2026-06-14', '2026-06-20', '2026-06-26', '2026-07-02', '2026-07-08'])
      await run(day)
    expect((await dumpOf(one.database, 'users')).map(({ id }) => String(id)).sort()).to.deep.equal(['1', '4'])
  })

  it('is over with the person: after a restored backup nobody is told to record it again', async () => {
    const config = join(one.folder, 'config/oubli.yml')
    const settings = JSON.parse(await readFile(config, 'utf8')) as { evidence: object }
    const evidence = { ...settings.evidence, tombstones_kept: '10 years' }
    await writeFile(config, JSON.stringify({ ...settings, evidence }))
    const backup = await backUp(one.database)
    await done(one, ...keep(1))
    await run('2029-05-10', '--accept-clock-gap')
    await run('2029-06-14', '--accept-clock-gap')
    await run('2029-06-20')
    expect((await dumpOf(one.database, 'users')).map(({ id }) => String(id))).not.to.include('1')
    await restore(one.database, backup)
    const told = (await replayed(one, ['--confirm'])) as unknown as Record<string, unknown>
    expect([told['exit'], told['kept_again'], told['lost_requests']]).to.deep.equal([0, 0, []])
    expect((await dumpOf(one.database, 'users')).map(({ id }) => String(id))).not.to.include('1')
  })

  it('shows each state of a person, and under a hold the hold alone', async () => {
    const [warned] = await statusOf(1)
    expect(warned).to.include({
      ...{ state: 'warned', policy: 'inactive-accounts', subject_id: '1' },
      // The first instant of 7 July in Paris, as the mail says: kept until the end of 6 July.
      ...{ until_at: '2026-07-06T22:00:00.000Z', what_en: statusWords.warned.what.en },
      next_fr: statusWords.warned.next.fr,
    })
    expect(await states(4)).to.deep.equal([])
    const hold = ['--matter', 'm', '--because', 'x', '--by', 'DPO', '--review-by', '2027-01-01']
    const { hold: id } = (await answer('hold', 'add', 'account', '1', ...hold, '--json')) as { hold: string }
    await done(one, ...keep(3))
    await done(one, 'hold', 'add', 'account', '3', ...hold)
    expect([await states(1), await states(3)]).to.deep.equal([['held'], ['held']])
    expect((await statusOf(1))[0]).to.include({ subject_id: '1', until_at: null, policy: null })
    await done(one, 'hold', 'release', id, '--by', 'DPO')
    expect(await states(1)).to.deep.equal(['warned'])
    await sql(
      one.database,
      "UPDATE oubli_warning SET state = 'refused' WHERE kind = 'account' AND key_text = '[\"2\"]'",
    )
    expect(await states(2)).to.deep.equal(['not reached'])
    await sql(
      one.database,
      "UPDATE oubli_warning SET state = 'open' WHERE kind = 'account' AND key_text = '[\"2\"]'",
    )
    expect(await states(2)).to.deep.equal(['writing'])
  })

  it('is told to the person in sentences, and no day before the one that the mail named', async () => {
    const said = async (...more: string[]) =>
      await done(one, 'explain', 'account', '1', '--for-the-person', ...more)
    const [mail = ''] = await readdir(join(one.folder, 'mails'))
    expect(await readFile(join(one.folder, 'mails', mail), 'utf8')).to.match(/6 July 2026/)
    expect(await said())
      .to.match(/told you so by mail\. Your data is kept at least until the end of 6 July 2026/)
      .and.match(/three years/)
    expect(await said('--lang', 'fr')).to.match(/jusqu’à la fin du 6 juillet 2026/)
    const json = (await answer('explain', 'account', '1', '--for-the-person', '--json')) as {
      policies: { policy: string; next: string }[]
    }
    expect(json.policies.map(({ policy }) => policy)).to.deep.equal(['inactive-accounts'])
    await done(one, ...keep(1))
    expect(await said()).to.match(
      /You asked us to keep your data: it is kept at least until the end of 1 June 2029/,
    )
    await sql(one.database, 'UPDATE users SET last_login_at = ? WHERE id = ?', '2026-06-01 09:00:00', 3)
    expect(await done(one, 'explain', 'account', '3', '--for-the-person', '--lang', 'fr')).to.match(
      /Conservation au moins jusqu’à la fin du 1er juin 2029/,
    )
  })
})
