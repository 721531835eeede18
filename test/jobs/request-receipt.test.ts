/** The receipt of a request to stay: by its id, it names who asked, as long as they are here and the term runs. */
import { expect } from 'chai'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReceiptCheck } from '../../audit/receipt.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { inProcess } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { leavesOf } from '../engine/kill.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { done, restoreSite } from '../replay/restored-site.ts'

const at = (day: string): number => Date.parse(`${day}T10:00:00Z`)

eachDatabase('a receipt of a request to stay', (open) => {
  let one: Installation
  /** A folder of somebody else's, without settings. */
  let away = ''

  /** 1 and 2 are warned today. */
  beforeEach(async () => {
    one = await install(await open(), restoreSite, at('2026-06-01'))
    away = await mkdtemp(join(tmpdir(), 'oubli-asked-'))
    await insert(
      one.database,
      'users',
      [1, 2].map((id) => ({
        ...{ id, email: `user${id}@mail.example`, first_name: `Nom${id}` },
        ...{ last_login_at: '2023-06-20 10:00:00', created_at: '2015-01-01 10:00:00' },
      })),
    )
    await done(one, 'run')
    await one.approve()
    await done(one, 'run')
  })
  afterEach(async () => {
    await rm(away, { recursive: true })
    await one.close()
  })

  async function keep(key: number): Promise<string> {
    const words = ['--because', 'phoned', '--by', 'Support', '--json']
    return (
      JSON.parse((await one.oubli(['request', 'keep', 'account', String(key), ...words])).out) as {
        request: string
      }
    ).request
  }
  const receipt = async (id: string): Promise<string> => `${await done(one, 'audit', 'receipt', id)}\n`
  const run = async (day: string) => {
    await setSandboxNow(one.database, at(day))
    await done(one, 'run', '--accept-clock-gap')
  }
  const openings = async () => (await dumpOf(one.database, 'oubli_opening')).length

  async function check(text: string, ...more: readonly string[]) {
    const file = join(away, 'asked.tlog-proof')
    await writeFile(file, text)
    const key = join(one.folder, 'keys/signing-key.verifier')
    return await inProcess(away, ['audit', 'check', file, '--key', key, ...more])
  }
  const personIn = async (text: string) =>
    (JSON.parse((await check(text, '--json')).out) as ReceiptCheck).said?.opening?.key ?? null

  it('opens its own commitment to whoever has it, offline', async () => {
    const ids = [await keep(1), await keep(2)]
    for (const [nr, id] of ids.entries()) {
      const said = await check(await receipt(id))
      expect(said.exit, said.out + said.err).to.equal(0)
      expect(said.out.split('\n').slice(0, 2)).to.deep.equal([
        'On 2026-06-01 10:00 UTC a person asked to stay: the term began anew.',
        `The person is account ${nr + 1}.`,
      ])
      expect(said.out).to.match(/^VERIFIED /m)
    }
    const french = await check(await receipt(ids[0]!), '--lang', 'fr')
    expect(french.out).to.match(/^Le 2026-06-01 10:00 UTC, une personne a demandé à rester/)
    const entries = (await leavesOf(one.database)).filter(({ kind }) => kind === 'request.kept')
    expect(entries).to.have.length(2)
    for (const { id } of entries)
      expect(await personIn(await receipt(String(id))), 'by its entry').to.equal(null)
    // What is kept of one fits no other.
    await sql(
      one.database,
      "UPDATE oubli_opening SET sealed = (SELECT x.sealed FROM (SELECT MIN(sealed) AS sealed FROM oubli_opening) x) WHERE entry_id > ''",
    )
    const said = await Promise.all(ids.map((id) => one.oubli(['audit', 'receipt', id])))
    expect(said.map(({ exit }) => exit).sort()).to.deep.equal([0, 6])
  })

  it('names nobody once they are erased, and what was given out stays valid', async () => {
    const id = await keep(1)
    const text = await receipt(id)
    await sql(
      one.database,
      "UPDATE oubli_opening SET until_at = '2035-01-01T00:00:00.000Z' WHERE entry_id > ''",
    )
    await run('2029-05-10')
    await run('2029-06-14')
    expect(await openings()).to.equal(1)
    await run('2029-06-20')
    expect((await dumpOf(one.database, 'users')).map((user) => Number(user['id']))).not.to.include(1)
    expect(await openings()).to.equal(0)
    expect(await personIn(await receipt(id))).to.equal(null)
    expect(await personIn(text)).to.deep.equal(['1'])
  })

  it('names nobody behind the end of the term that it began, or once the site has deleted them', async () => {
    const [first, second] = [await keep(1), await keep(2)]
    await sql(one.database, 'DELETE FROM users WHERE id = 2')
    await run('2026-06-02')
    expect(await openings()).to.equal(1)
    expect(await personIn(await receipt(second))).to.equal(null)
    await setSandboxNow(one.database, at('2029-06-01'))
    expect(await personIn(await receipt(first))).to.deep.equal(['1'])
    await setSandboxNow(one.database, at('2029-06-02'))
    expect(await personIn(await receipt(first))).to.equal(null)
    await run('2029-06-02')
    expect(await openings()).to.equal(0)
  })
})
