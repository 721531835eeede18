/** What was written about a person (a request to stay, a hold, a mail) goes with them, also where no policy of ours took them. */
import { expect } from 'chai'
import { addHold, releaseHold } from '../../db/own/holds.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { warnedSite } from '../mail/warned-site.ts'
import { done } from '../replay/restored-site.ts'

const at = (day: string): number => Date.parse(`${day}T10:00:00Z`)
const files = {
  ...warnedSite(25),
  mail: {
    ...{ transport: 'files', folder: '../mails', language: 'en' },
    from: { name: 'Site', address: 'notices@site.example' },
  },
}

eachDatabase('the words of a request to stay', (open) => {
  let one: Installation
  afterEach(() => one.close())

  const begin = async (then: string, mark: string | null = null): Promise<void> => {
    const text = files.policies['inactive-accounts']?.replace('then: erase', `then: ${then}`) ?? ''
    const marked =
      mark === null
        ? {}
        : {
            tables: [...files.tables, `ALTER TABLE users ADD COLUMN ${mark} DATETIME NULL`],
            dataMap: files.dataMap.replace('    personal:', `    done: { anonymise: ${mark} }\n$&`),
          }
    const changed = { ...files, ...marked, policies: { 'inactive-accounts': text } }
    one = await install(await open(), changed, at('2026-06-01'))
    await insert(
      one.database,
      'users',
      [1, 2, 3].map((id) => ({
        ...{ id, email: `user${id}@mail.example`, first_name: `Nom${id}` },
        ...{ last_login_at: '2023-06-20 10:00:00', created_at: '2015-01-01 10:00:00' },
      })),
    )
    await done(one, 'run')
    await one.approve()
    await done(one, 'run')
    for (const id of ['1', '2', '3']) {
      await done(one, 'request', 'keep', 'account', id, '--because', 'phoned', '--by', 'Anna')
      await heldOnce(id)
    }
  }
  const heldOnce = async (key: string): Promise<void> => {
    const words = ['--matter', 'a case', '--because', 'a dispute', '--by', 'DPO', '--review-by', '2027-01-01']
    const said = await one.oubli(['hold', 'add', 'account', key, ...words, '--json'])
    await done(one, 'hold', 'release', (JSON.parse(said.out) as { hold: string }).hold, '--by', 'DPO')
  }
  const run = async (day: string): Promise<void> => {
    await setSandboxNow(one.database, at(day))
    await done(one, 'run', '--accept-clock-gap')
  }
  const kept = async () =>
    (await dumpOf(one.database, 'oubli_kept'))
      .map((row) => [row['key_text'], row['because'], row['asked_by'], row['kept_at']])
      .sort()
  const holds = async () =>
    (await dumpOf(one.database, 'oubli_hold')).map(({ key_text, matter }) => [key_text, matter]).sort()
  const shown = async () =>
    (
      await one.database.rows({
        text: "SELECT key_text FROM oubli_person_status WHERE state = 'kept' ORDER BY key_text",
        values: [],
      })
    ).map((row) => row['key_text'])
  const then = '2026-06-01T10:00:00.000Z'

  it('go when the person is anonymised; the mark stays for other policies, unseen', async () => {
    await begin('anonymise')
    await sql(one.database, 'UPDATE users SET last_login_at = ? WHERE id = 3', '2029-05-01 10:00:00')
    for (const day of ['2029-05-10', '2029-06-14', '2029-06-20']) await run(day)
    expect((await dumpOf(one.database, 'users')).map(({ first_name }) => first_name)).to.include('Nom3')
    expect(JSON.stringify(await dumpOf(one.database, 'users'))).not.to.match(/user[12]@/)
    expect(await kept()).to.deep.equal([
      ['["1"]', '', '', then],
      ['["2"]', '', '', then],
      ['["3"]', 'phoned', 'Anna', then],
    ])
    expect(await shown()).to.deep.equal(['["3"]'])
    expect(await holds()).to.deep.equal([['["3"]', 'a case']])
  })

  for (const mark of ['ours', 'of the site'])
    it(`go with the sweep where the person was anonymised before holds went with the act, by a mark ${mark}`, async () => {
      await begin('anonymise', mark === 'ours' ? null : 'gone_at')
      for (const day of ['2029-06-14', '2029-07-20']) await run(day)
      expect(JSON.stringify(await dumpOf(one.database, 'users'))).not.to.match(/user[123]@/)
      expect(await holds()).to.deep.equal([])
      for (const id of ['1', '2', '3'])
        await addHold(one.database, {
          ...{ id: `h${id}`, kind: 'account', keyText: `["${id}"]`, matter: 'a case', because: 'a dispute' },
          ...{ setBy: 'DPO', setAt: '2026-06-01T10:00:00.000Z', reviewBy: '2027-01-01' },
        })
      for (const id of ['h1', 'h2']) await releaseHold(one.database, id, 'DPO', '2026-06-02T10:00:00.000Z')
      await sql(one.database, "UPDATE users SET last_login_at = '2029-07-21 10:00:00' WHERE id = 2")
      await run('2029-07-22')
      expect(await holds(), 'who came back, and who is held').to.deep.equal([
        ['["2"]', 'a case'],
        ['["3"]', 'a case'],
      ])
    })

  it('go when the site deletes the person, and a later one with that key reads nothing of it', async () => {
    await begin('erase')
    await sql(one.database, 'DELETE FROM users WHERE id IN (1, 2)')
    await insert(one.database, 'users', [
      { id: 2, email: 'new@mail.example', first_name: 'Neu', created_at: '2026-06-01 09:00:00' },
    ])
    await run('2026-06-02')
    expect(await kept()).to.deep.equal([
      ['["2"]', '', '', then],
      ['["3"]', 'phoned', 'Anna', then],
    ])
    expect(await shown()).to.deep.equal(['["3"]'])
    expect(await holds(), 'a hold knows no identity').to.deep.equal([
      ['["2"]', 'a case'],
      ['["3"]', 'a case'],
    ])
  })

  it('go with the mails whose key is an address, when the site deletes who was warned', async () => {
    const byAddress = {
      ...files,
      tables: [...files.tables, 'CREATE UNIQUE INDEX users_email ON users (email)'],
      dataMap: files.dataMap.replace('key: id', 'key: email'),
    }
    one = await install(await open(), byAddress, at('2026-06-01'))
    const address = (id: number): string => `user${id}@mail.example`
    await insert(
      one.database,
      'users',
      [1, 2].map((id) => ({
        ...{ id, email: address(id), first_name: `Nom${id}` },
        ...{ last_login_at: '2023-06-20 10:00:00', created_at: '2015-01-01 10:00:00' },
      })),
    )
    await done(one, 'run')
    await one.approve()
    await done(one, 'run')
    for (const id of [1, 2]) await heldOnce(address(id))
    const mails = async () =>
      (await dumpOf(one.database, 'oubli_outbox')).map(({ key_text, state }) => [key_text, state]).sort()
    expect(await mails()).to.deep.equal([1, 2].map((id) => [`["${address(id)}"]`, 'accepted']))
    await sql(one.database, 'DELETE FROM users WHERE id = 1')
    await run('2026-06-02')
    expect(await mails()).to.deep.equal([[`["${address(2)}"]`, 'accepted']])
    expect(await holds()).to.deep.equal([[`["${address(2)}"]`, 'a case']])
    for (const table of ['oubli_warning', 'oubli_refusal', 'oubli_hold', 'oubli_outbox'])
      expect(JSON.stringify(await dumpOf(one.database, table)), table).not.to.include(address(1))
  })
})
