/** Who has asked to go is told no later day by another policy, and does not wait for one. */
import { expect } from 'chai'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation, type SiteFiles } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { scriptedServer, type ScriptedServer } from '../mail/scripted-smtp.ts'
import { warnedSite } from '../mail/warned-site.ts'

const day = 86_400_000
const first = Date.parse('2026-06-01T10:00:00Z')

const requests = `policy: deletion-requests
promise: deletion-on-request
status: enforce
data: account
keep_at_most: 7 days
counted_from: deletion_requested
only: { status: closing }
then: erase
per_run: { people: 500 }
stop_above: { percent: 100 }
purpose: right to erasure
legal_basis: legal obligation
because: Who asks goes after seven days to think about it.
approved_by: DPO
approved_on: 2026-05-01
review_by: 2027-05-01
`

function files(port: number): SiteFiles {
  const { policies, tables, dataMap, ...site } = warnedSite(port)
  return {
    ...site,
    policies: { ...policies, 'deletion-requests': requests },
    tables: [
      ...tables.map((text) =>
        text.replace('(id ', '(status VARCHAR(20) NOT NULL, deletion_requested_at DATETIME NULL, id '),
      ),
      'CREATE INDEX users_asked ON users (deletion_requested_at)',
    ],
    dataMap: dataMap.replace(
      '    events:',
      '$&\n      deletion_requested: { column: deletion_requested_at, slides: never }',
    ),
  }
}

eachDatabase('who has asked to go', (open) => {
  let relay: ScriptedServer
  let one: Installation
  beforeEach(async () => {
    relay = await scriptedServer()
    one = await install(await open(), files(relay.port), first)
    await insert(one.database, 'users', [silent(1), silent(2)])
    await one.oubli(['run'])
    await one.approve()
  })
  afterEach(async () => {
    await one.close()
    await relay.close()
  })

  const silent = (id: number) => ({
    ...{ id, email: `person${id}@mail.example`, first_name: null, status: 'active' },
    ...{ last_login_at: '2022-05-01 10:00:00', created_at: '2018-01-01 10:00:00' },
  })
  const asked = (id: number, at: string) =>
    one.database.run({
      text: "UPDATE users SET status = 'closing', deletion_requested_at = ? WHERE id = ?",
      values: [at, id],
    })
  const people = async () =>
    (await one.database.rows({ text: 'SELECT id FROM users ORDER BY id', values: [] })).map(({ id }) =>
      Number(id),
    )
  const writtenTo = () =>
    relay.taken.map((text) => Number(/^To: person(\d)@/m.exec(text)?.[1])).sort((a, b) => a - b)
  const at = (days: number) => setSandboxNow(one.database, first + days * day)
  async function done(...words: readonly string[]): Promise<void> {
    const said = await one.oubli(words)
    expect(said.exit, said.text).to.equal(0)
  }

  it('is not warned of a later day, and goes after the days to think about it', async () => {
    await asked(1, '2026-05-30 10:00:00')
    await done('run')
    expect([writtenTo(), await people()]).to.deep.equal([[2], [1, 2]])
    // On the very day on which they go a run warns before it erases.
    await at(6)
    await done('run')
    expect([writtenTo(), await people()]).to.deep.equal([[2], [2]])
  })

  it('has no mail written for them that could not leave', async () => {
    await asked(1, '2026-05-30 10:00:00')
    await done('run', '--only', 'warn')
    const written = { text: 'SELECT subject_id FROM oubli_warning ORDER BY subject_id', values: [] }
    expect((await one.database.rows(written)).map((row) => String(row['subject_id']))).to.deep.equal(['2'])
  })

  it('gets no mail that was queued before', async () => {
    await done('run', '--only', 'warn')
    await asked(1, '2026-06-01 10:00:00')
    await at(0.1)
    await done('mail', 'deliver')
    expect(writtenTo()).to.deep.equal([2])
    await at(4)
    await done('run')
    await at(8)
    await done('run')
    expect([writtenTo(), await people()]).to.deep.equal([[2], [2]])
  })

  it('is warned where the request is older than the last sign of life', async () => {
    await asked(1, '2022-04-30 10:00:00')
    await done('run', '--policy', 'inactive-accounts')
    expect([writtenTo(), await people()]).to.deep.equal([
      [1, 2],
      [1, 2],
    ])
  })
})
