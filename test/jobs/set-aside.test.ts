/** Rows that cannot be handled are named by an opaque reference: in the log, by the run and by `oubli status`. */
import { expect } from 'chai'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert, sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import { start } from '../engine/twins.ts'

/** Keys that nothing else looks like. */
const first = 777_000_111
const names = /prospect#[0-9a-f]{12}/g

/** No click of these people can be deleted, as a trigger of the site wants it. */
async function protect(database: Database): Promise<void> {
  const fails = database.dialect.locksRows
    ? `BEGIN IF OLD.prospect_id >= ${first} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Ada stays'; END IF; END`
    : `BEGIN SELECT RAISE(ABORT, 'Ada stays') WHERE OLD.prospect_id >= ${first}; END`
  await sql(database, `CREATE TRIGGER keeps BEFORE DELETE ON clicks FOR EACH ROW ${fails}`)
}

async function addPeople(database: Database, ids: readonly number[]): Promise<void> {
  const collected_at = '2020-01-01 10:00:00'
  await insert(
    database,
    'prospects',
    ids.map((id) => ({ id, email: `p${id}@mail.example`, first_name: 'Ada', collected_at })),
  )
  await insert(
    database,
    'clicks',
    ids.map((id) => ({ id, prospect_id: id, ip: '192.0.2.7' })),
  )
}

eachDatabase('rows that were set aside', (open) => {
  let one: Installation
  before(async () => {
    one = await install(await open(), siteFiles, start)
    await protect(one.database)
    await addPeople(one.database, [1, 2, ...Array.from({ length: 12 }, (_, n) => first + n)])
    await one.oubli(['run'])
    await one.approve()
  })
  after(() => one.close())

  it('are named by the run and in the log, each once, and never by key', async () => {
    const said = await one.oubli(['run', '--policy', 'prospects'])
    expect([said.exit, said.out.split('\n').at(-1)]).to.deep.equal([3, 'why stopped: 12 row(s) set aside'])
    const [line = ''] = said.out.split('\n').filter((text) => text.startsWith('Set aside'))
    const code = one.database.dialect.locksRows ? 'ER_SIGNAL_EXCEPTION' : 'SQLITE_CONSTRAINT_TRIGGER'
    expect(line).to.match(
      new RegExp(
        `^Set aside, nothing of them was changed \\(docs/errors\\.md\\): (prospect#[0-9a-f]{12} \\(${code}\\), ){9}prospect#[0-9a-f]{12} \\(${code}\\) and 2 more\\.$`,
      ),
    )
    const logged = ((await one.files()).get('oubli.log') ?? '')
      .split('\n')
      .filter((text) => text.includes('  row.set-aside  '))
    expect(logged).to.have.length(12)
    const refs = logged.map((text) => text.match(names)?.[0] ?? text)
    for (const text of logged)
      expect(text).to.match(
        new RegExp(`warn +row\\.set-aside  prospects: prospect#[0-9a-f]{12} was set aside: ${code}\\.`),
      )
    expect(new Set(refs).size).to.equal(12)
    expect(refs).to.include.members(line.match(names) ?? ['none'])
    await expectNoKey()
  })

  it('are named by status, ten of them, in both languages, and all in its JSON', async () => {
    const { out } = await one.oubli(['status'])
    const [line = ''] = out.split('\n').filter((text) => text.startsWith('Set aside'))
    expect(line.match(names)).to.have.length(10)
    expect(line).to.match(/ and 2 more\.$/)
    const fr = (await one.oubli(['status', '--lang', 'fr'])).out
    expect(fr).to.match(/^Mises de côté, rien n’en a été changé .*et 2 autres\.$/m)
    const json = JSON.parse((await one.oubli(['status', '--json'])).out) as {
      readonly setAside: readonly { readonly ref: string }[]
      readonly setAsideRows: object
    }
    expect(json.setAside.map(({ ref }) => ref)).to.include.members(line.match(names) ?? ['none'])
    expect(json.setAside).to.have.length(12)
    expect(json.setAsideRows).to.deep.equal({ failed: 12, busy: 0 })
    await expectNoKey()
  })

  it('are named by nobody any more once the site has mended it', async () => {
    await sql(one.database, 'DROP TRIGGER keeps')
    await setSandboxNow(one.database, start + 3_600_000)
    const said = await one.oubli(['run'])
    expect([said.exit, said.out.includes('Set aside')], said.text).to.deep.equal([0, false])
    expect((await one.oubli(['status'])).out).not.to.include('Set aside')
  })

  async function expectNoKey(): Promise<void> {
    const texts = [...one.said, ...(await one.files()).values()].join('\n')
    expect(texts).not.to.match(/777000|Ada/)
  }
})
