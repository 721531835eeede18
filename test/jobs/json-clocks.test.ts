/** A clock inside JSON: read by one rule on every database, and never taken for old where it cannot be read. */
import { expect } from 'chai'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Point } from '../../base/point.ts'
import { openDatabase } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import type { Clocks } from '../../jobs/clocks.ts'
import { databaseUrlSettings, eachDatabase, eachServer } from '../databases.ts'
import type { Installation } from '../engine/installation.ts'
import { sql } from '../engine/lab.ts'
import { clientIds, dueClients, jsonFiles, jsonRows } from './json-site.ts'
import { fill, idsIn, installFilled, signIn } from './small-site.ts'

const site = async (open: () => Promise<Database>, tied = false): Promise<Installation> =>
  await installFilled(open, jsonFiles(tied), jsonRows)

for (const tied of [false, true])
  eachDatabase(`a clock inside JSON, ${tied ? 'tied' : 'loose'}`, (open) => {
    let one: Installation
    before(async () => {
      one = await site(open, tied)
    })
    after(() => one.close())

    it('finds due whom it calls silent, and spares whose values cannot be true', async () => {
      const said = await one.oubli(['plan', '--json'])
      expect(said.exit, said.text).to.equal(0)
      const [plan] = (JSON.parse(said.out) as { policies: { due: number; spared: object }[] }).policies
      expect(plan?.due).to.equal(dueClients.length)
      expect(plan?.spared).to.deep.equal({ 'clock cannot be true': 7, active: 4 })
    })

    it('is shown by the doctor with its place, and the rest of the column as not read', async () => {
      const said = await one.oubli(['doctor', '--clocks', '--json'])
      expect(said.exit, said.text).to.equal(0)
      const { events, policies } = JSON.parse(said.out) as Clocks
      const event = events.find(({ column }) => column === 'settings $.last_login')
      expect(event?.profile).to.include({ rows: 19, never: 10, unreadable: 5, future: 1, last: '2026-05' })
      expect(policies[0]).to.include({ silent: dueClients.length, people: 0 })
      expect(policies[0]?.notRead).to.include.members(['clients.settings', 'clients.prefs', 'devices.data'])
    })

    it('is explained for one person', async () => {
      const said = await one.oubli(['explain', 'client', '10'])
      expect([said.exit, said.out.includes('cannot be true')], said.text).to.deep.equal([0, true])
    })

    it('lets exactly those go who are due', async () => {
      await one.oubli(['run'])
      await one.approve()
      const said = await one.oubli(['run'])
      expect(said.exit, said.text).to.equal(0)
      expect(await idsIn(one.database, 'clients')).to.deep.equal(
        clientIds.filter((id) => !dueClients.includes(id)),
      )
    })
  })

eachDatabase('a clock whose place in JSON no document has', (open) => {
  let one: Installation
  before(async () => {
    one = await site(open)
    await one.oubli(['run'])
    await one.approve()
  })
  after(() => one.close())

  it('refuses the policy, says which place, and erases nobody', async () => {
    await writeFile(join(one.folder, 'policies/data-map.yml'), jsonFiles(false, '$.last_logn').dataMap)
    const said = await one.oubli(['run'])
    expect(said.exit).to.equal(4)
    expect(said.text).to.match(/E_CLOCK_EMPTY.*No row of "clients" has a time in "settings" at \$\.last_logn/)
    expect(await idsIn(one.database, 'clients')).to.deep.equal(clientIds)
  })
})

eachDatabase('a clock whose place in JSON only looks like one that documents have', (open) => {
  let one: Installation
  before(async () => {
    one = await site(open)
  })
  after(() => one.close())

  for (const path of ['$.stats.last_login', '$.Last_Login', '$.dead'])
    it(`refuses the policy at ${path}`, async () => {
      // Written with a capital nowhere, below another key, and nowhere but as null and as what means never.
      await sql(one.database, `UPDATE clients SET settings = '{"dead": 0}' WHERE id = 1`)
      await sql(one.database, `UPDATE clients SET settings = '{"dead": null}' WHERE id = 3`)
      await writeFile(join(one.folder, 'policies/data-map.yml'), jsonFiles(false, path).dataMap)
      const said = await one.oubli(['plan'])
      expect(said.exit, said.text).to.equal(4)
      expect(said.text).to.include('E_CLOCK_EMPTY').and.include(path)
    })

  it('is found at either end of thousands of documents that have nothing there', async () => {
    // Of 6,000: behind the first page of the oldest, and among the newest.
    const [early, late] = [1_700, 6_900]
    const rows = Array.from(
      { length: 6_000 },
      (_, i) => `(${1_000 + i}, 'n', '2026-05-01 08:00:00', '{"last_login": null}')`,
    )
    await sql(one.database, `INSERT INTO clients (id, email, created_at, settings) VALUES ${rows.join(', ')}`)
    await sql(one.database, `UPDATE clients SET settings = '{"last_login": 0}' WHERE id < 1000`)
    await writeFile(join(one.folder, 'policies/data-map.yml'), jsonFiles(false).dataMap)
    expect((await one.oubli(['plan'])).text).to.include('E_CLOCK_EMPTY')
    for (const id of [early, late]) {
      const write = async (said: string): Promise<unknown> =>
        await sql(one.database, `UPDATE clients SET settings = '{"last_login": ${said}}' WHERE id = ${id}`)
      await write('1700000000')
      expect((await one.oubli(['plan'])).text, `${id}`).not.to.include('E_CLOCK_EMPTY')
      await write('null')
    }
  })
})

const barriers: readonly Point[] = ['before lock', 'locked', 'children locked', 're-checked']
const now = Date.parse('2026-05-30T08:00:00Z') / 1000

const signIns: Readonly<Record<string, string>> = {
  'in the own row': `UPDATE clients SET settings = '{"last_login": ${now}}' WHERE id = 18`,
  'in a row that exists': `UPDATE devices SET data = '{"seen": ${now}000}' WHERE id = 180`,
  'in a new row': `INSERT INTO devices (id, client_id, data) VALUES (9000, 18, '{"seen": ${now}000}')`,
}

for (const tied of [false, true])
  eachServer(`a sign-in inside JSON during the erasure, ${tied ? 'tied' : 'loose'}`, (open) => {
    let one: Installation
    let other: Database
    before(async () => {
      one = await site(open, tied)
      other = await openDatabase(databaseUrlSettings(one.database).settings)
      await one.oubli(['run'])
      await one.approve()
    })
    after(async () => {
      await other.close()
      await one.close()
    })
    beforeEach(async () => {
      for (const table of ['devices', 'clients'])
        await sql(one.database, `DELETE FROM ${table} WHERE id >= 0`)
      await fill(one.database, jsonRows)
    })

    for (const [how, text] of Object.entries(signIns))
      for (const barrier of barriers)
        it(`${how} keeps the whole person or finds it gone, at "${barrier}"`, async () => {
          const { point, wasBefore } = signIn(other, text, barrier)
          const said = await one.oubli(['run'], { point })
          expect(said.exit, said.text).to.equal(0)
          const before = await wasBefore()
          const left = clientIds.filter((id) => !dueClients.includes(id))
          const found = await idsIn(one.database, 'clients')
          const kept = found.includes(18)
          if (!kept) expect(before, 'a sign of life before the COMMIT').to.equal(false)
          expect(found).to.deep.equal(kept ? [...left, 18].sort((a, b) => a - b) : left)
          const rows = await one.database.rows({
            text: 'SELECT id FROM devices WHERE client_id = 18 AND id < 9000',
            values: [],
          })
          expect(rows).to.have.length(kept ? 1 : 0)
        })
  })
